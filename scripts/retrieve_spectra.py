"""List the coadded BOSS spectra that were fetched."""

from mdwarfs import tables
from mdwarfs.archives.record import write_record
from mdwarfs.archives.spectra import came, require_most
from mdwarfs.run.job import run
from mdwarfs.spectra.manifest import folder_of
from mdwarfs.tables.tabulate import stacked


def main(snakemake):
    params = snakemake.params
    listed = stacked([tables.read(part) for part in snakemake.input.parts])
    source, path = params.source, snakemake.output.manifest
    require_most(listed, source["urls"][0])
    tables.write(listed, path, params.stamp)
    write_record(
        path,
        {
            "request": {"version": source["version"], "urls": source["urls"]},
            "url": source["urls"][0],
            **came(listed, folder_of(path)),
        },
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
