"""Draw simulated spectra over the template spectra of the same spectral types."""

from mdwarfs.figures import diagnostic_templates, style
from mdwarfs.job import run
from mdwarfs.simulation import templates


def main(snakemake):
    params = snakemake.params
    compared = templates.compare(
        templates.read(snakemake.input.templates),
        params.wave_min,
        params.wave_max,
        params.continuum,
    )
    shown = compared["source"] == templates.SOLAR
    figure = diagnostic_templates.draw(
        compared["wavelength"],
        compared["simulated"][shown],
        compared["template"][shown],
        compared["spt"][shown],
        compared["correlation"][shown],
    )
    output = snakemake.output
    style.save(figure, output.pdf, output.png, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
