"""A trace as text: a tree of files, and the details of each step."""

from __future__ import annotations

import json
import textwrap

from mdwarfs.provenance import commits
from mdwarfs.provenance.history import (
    CHANGED,
    CONFIGURATION,
    ELSEWHERE,
    GIVEN,
    UNKNOWN,
    WHOLE,
)
from mdwarfs.run.parameters import WHOLE as ALL

WIDTH = 96
SET_IN = "    "
"""Before what explains the line above."""


def text(trace: dict, verbose: bool = False) -> str:
    """A trace for a person.

    Parameters
    ----------
    trace
        As `mdwarfs.provenance.trace.trace` gives it.
    verbose
        With the modules of each step.

    Returns
    -------
    text
        What is wrong (`alarms`); what was asked for; the commits of the steps behind
        it; a tree, in which a file stands over those that it was made of, with the
        number of the step; the steps, by number, with times, code, parameters.
    """
    numbers = numbered(trace)
    lines = alarms(trace)
    lines += [""] if lines else []
    for said in trace["words"]:
        lines += wrapped(said.strip()) if said.startswith(SET_IN) else hanging(said)
    if trace["steps"]:
        codes = (step["code"] for step in trace["steps"].values())
        lines += textwrap.wrap(commits.words(codes), WIDTH, subsequent_indent="  ")
    lines.append("")
    shown = set()
    for product in trace["products"]:
        lines += tree(trace, numbers, product, shown)
        lines.append("")
    said = [software_lines(step) for step in trace["steps"].values()]
    common = [line for line in said[0] if all(line in x for x in said)] if said else []
    if common:
        told = [line for text in common for line in wrapped(text)]
        lines += ["All of these steps:", *told, ""]
    for name, step in trace["steps"].items():
        lines += step_lines(numbers[name], name, step, common, verbose)
    outside = [p for p, f in trace["files"].items() if f["state"] == ELSEWHERE]
    if outside:
        names = ", ".join(outside)
        lines += ["", f"Not beside this folder, and so not looked at: {names}"]
    return "\n".join(lines) + "\n"


def numbered(trace: dict) -> dict[str, int]:
    """The numbers by which the steps of a trace are called."""
    return {name: place for place, name in enumerate(trace["steps"], start=1)}


def tree(trace: dict, numbers: dict, path: str, shown: set, indent: str = "") -> list:
    """Lines of a file and of those behind it; nothing is told twice."""
    file = trace["files"][path]
    step = file["step"]
    line = f"{indent}{path}"
    if file.get("place"):
        line += f"  ({file['place']})"
    if step:
        line += f"  <- [{numbers[step]}] {trace['steps'][step]['rule']}"
    if file["state"] not in (WHOLE, UNKNOWN, GIVEN):
        line += f"  {file['state']}"
    if not step and not file.get("archive"):
        known = file["state"] in (UNKNOWN, GIVEN)
        line += f"  {file['state']}" if known else "  given"
    lines = [line]
    if "archive" in file:
        lines += [f"{indent}    {said}" for said in from_archive(file["archive"])]
    if step is None:
        return lines
    if step in shown:
        if trace["steps"][step]["inputs"]:
            lines[0] += "  (as above)"
        return lines
    shown.add(step)
    for other in trace["steps"][step]["inputs"]:
        lines += tree(trace, numbers, other, shown, indent + "  ")
    others = len(trace["steps"][step]["passed_over"])
    if others:
        lines.append(f"{indent}  (from {others} more of its inputs it was not taken)")
    return lines


def from_archive(archive: dict) -> list[str]:
    """Lines of an archive: where a raw file is from; when and what, and the record."""
    date = archive["date"][:19].replace("T", " ")
    said = [f"{date} UTC" if date else "", archive["version"], archive["request"]]
    what = "; ".join(x for x in said if x)
    return [f"from {archive['address']}", f"{what} ({archive['record']})"]


def step_lines(
    number: int, name: str, step: dict, common: list[str], verbose: bool
) -> list[str]:
    """What there is to say of a step, but for what is common to all."""
    code = step["code"]
    lines = [
        f"[{number}] {name}: rule {step['rule']}, {step['started'][:19]} to "
        f"{step['ended'][:19]} UTC",
        f"    {code['script']}, code {code['digest']}",
    ]
    if verbose:
        lines += wrapped(f"modules: {', '.join(code['modules'])}")
    for said in software_lines(step):
        lines += [] if said in common else wrapped(said)
    for key, value in step["parameters"].items():
        said = f" = {json.dumps(value)}"
        if key == ALL:
            said = f": provenance/configurations/{step['configuration']}.json"
        other = f"  (not as in {CONFIGURATION})" if key in step["disagrees"] else ""
        lines += wrapped(f"{key}{said}{other}")
    if not step["parameters"]:
        lines.append("    takes nothing of the configuration")
    return lines


def software_lines(step: dict) -> list[str]:
    """Commit and environment of a step, a line each."""
    code = step["code"]
    at = f"version {code['version']}, whose commit is not known"
    if code["commit"]:
        files = commits.changed(code)
        at = f"commit {code['commit']}, "
        at += f"changed in {', '.join(files)}" if files else "unchanged"
    lock = f", requirements.lock {code['lock'][:16]}" if code["lock"] else ""
    packages = f"provenance/environments/{step['environment']}.json"
    return [at, f"Python {step['python']}{lock}, packages in {packages}"]


def wrapped(text: str) -> list[str]:
    """A text in lines, set in."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=SET_IN,
        subsequent_indent="      ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def hanging(text: str) -> list[str]:
    """A text in lines, of which all but the first are set in."""
    return textwrap.wrap(
        text,
        WIDTH,
        subsequent_indent=SET_IN,
        break_on_hyphens=False,
        break_long_words=False,
    )


def alarms(trace: dict) -> list[str]:
    """What an auditor has to know: steps and files that do not belong together."""
    lines, numbers = [], numbered(trace)
    for path, file in trace["files"].items():
        if file["state"] == CHANGED:
            lines.append(f"! {path} is not as [{numbers[file['step']]}] left it")
    if trace["configuration"] is None:
        lines.append(
            f"! {CONFIGURATION} is missing: with what a step was run stands in "
            "provenance/configurations"
        )
    for name, step in trace["steps"].items():
        at = f"[{numbers[name]}] {step['rule']}"
        if step["disagrees"]:
            keys = ", ".join(step["disagrees"])
            lines.append(
                f"! {at} was run with another configuration than {CONFIGURATION}: "
                f"{keys}; its own is "
                f"provenance/configurations/{step['configuration']}.json"
            )
        lines += [
            f"! {path} has been made anew since {at} read it"
            for path in step["replaced"]
        ]
    return lines
