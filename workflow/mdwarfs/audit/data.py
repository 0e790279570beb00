"""The versions of a run's data, and where they do not match."""

from collections.abc import Sequence

from mdwarfs.tables.markdown import grid

REMEDIES = {
    "LAMOST": "`archives.inputs.lamost_stellar.route: download` takes v2.0 for both."
}
"""What makes the versions of a survey one, where they should be one."""


def section(records: Sequence[dict]) -> list[str]:
    """The audit's section on the raw files.

    Parameters
    ----------
    records
        Of the raw files, as `mdwarfs.archives.record` writes them.

    Returns
    -------
    entries
        Its parts, in Markdown; none if there are no records.
    """
    if not records:
        return []
    rows = [(f"`{r['file']}`", version(r), origin(r)) for r in records]
    parts = ["## Data", grid(("raw file", "version", "from"), rows)]
    for record in records:
        parts += [f"`{record['file']}`: {said}." for said in record.get("warnings", [])]
    for survey, files in mixed(records).items():
        found = "; ".join(f"{release}: {', '.join(f)}" for release, f in files.items())
        said = f"**This run mixes versions of {survey}.** {found}."
        parts.append(f"{said} {REMEDIES[survey]}")
    return parts


def origin(record: dict) -> str:
    """Where a raw file is from; that of a table that could not be had, is nowhere."""
    return "not at hand" if "absent" in record else record["url"]


def version(record: dict) -> str:
    """Version of what a raw file holds."""
    return record.get("version") or record["request"]["version"]


def mixed(records: Sequence[dict]) -> dict[str, dict[str, list[str]]]:
    """The surveys of `REMEDIES` of which a run has files of more than one release.

    Others may be mixed on purpose: a run of SDSS DR20 has the labels of DR19 as well.

    The first word of a version names the survey; what stands before its first comma,
    the release.

    Returns
    -------
    entries
        File names by release, by survey.
    """
    surveys = {}
    for record in records:
        release = version(record).partition(",")[0]
        files = surveys.setdefault(release.partition(" ")[0], {})
        files.setdefault(release, []).append(record["file"])
    return {name: surveys[name] for name in REMEDIES if len(surveys.get(name, ())) > 1}
