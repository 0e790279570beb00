"""The run as an RO-Crate: products, steps, code and parameters as linked data.

`ro-crate-metadata.json` lies at the top of the run's results and follows the profile
Provenance Run Crate 0.5 (Leo et al. 2024, PLoS ONE 19, e0309210), which contains
Workflow Run Crate, Process Run Crate and Workflow RO-Crate. It follows from the records
of the steps and the files as they are, and from nothing else; so it says of what is no
longer there, or has been made anew since, that it is so. All paths are relative to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from rocrate.model.contextentity import ContextEntity

from mdwarfs import tables
from mdwarfs.provenance import commits
from mdwarfs.provenance.crate_entities import (
    WORKFLOW,
    Entities,
    code_words,
    format_of,
    single,
)
from mdwarfs.provenance.history import ELSEWHERE, WHOLE, History
from mdwarfs.run.folder import CONFIGURATION
from mdwarfs.run.record import CRATE, FOLDER

RUN_CRATE = "https://w3id.org/ro/wfrun"
PROFILES = {
    f"{RUN_CRATE}/process/0.5": ("Process Run Crate", "0.5"),
    f"{RUN_CRATE}/workflow/0.5": ("Workflow Run Crate", "0.5"),
    f"{RUN_CRATE}/provenance/0.5": ("Provenance Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
BIOSCHEMAS = "https://bioschemas.org/profiles"

PAPER = {
    "@id": "https://arxiv.org/abs/2511.20005",
    "@type": "ScholarlyArticle",
    "name": "Stellar Parameters of BOSS M dwarfs in SDSS-V DR19",
    "identifier": "arXiv:2511.20005",
    "url": "https://arxiv.org/abs/2511.20005",
}
BY = "Qiu, Johnson, Liu et al. 2025"
LANGUAGE = {
    "@id": "https://w3id.org/workflowhub/workflow-ro-crate#snakemake",
    "@type": "ComputerLanguage",
    "name": "Snakemake",
    "identifier": {"@id": "https://doi.org/10.1093/bioinformatics/bts480"},
    "url": {"@id": "https://snakemake.github.io"},
}
LICENCE = {
    "@id": "https://spdx.org/licenses/MIT",
    "@type": "CreativeWork",
    "name": "MIT License",
    "description": "Of the code, and of what it made. Raw files have their archives'.",
}
SNAKEFILE = f"{WORKFLOW}/Snakefile"
FOLDERS = {
    "benchmarks": "Time and memory of each step, by Snakemake",
    "logs": "Log of each step",
    FOLDER: "Record of each step; configurations, environments, and the rules",
}
"""Folders that are described as wholes."""


def write(history: History) -> Path:
    """Write the crate of a run at the top of its folder, and return its path."""
    path = history.folder / CRATE
    text = json.dumps(crate_of(history), indent=1, ensure_ascii=False)
    tables.write_text(path, text + "\n")
    return path


def crate_of(history: History) -> dict:
    """The crate of a run, as JSON-LD."""
    return Crate(history).made()


class Crate(Entities):
    """The crate: the run, its steps, the workflow, and all that they read and made.

    Parameters
    ----------
    history
        Of the run.
    """

    def __init__(self, history: History):
        super().__init__(history)
        self.live = history.live()

    def made(self) -> dict:
        """The whole crate, as JSON-LD."""
        root, steps = self.crate.root_dataset, self.history.steps
        profiles = [
            self.add(
                {"@id": address, "@type": "CreativeWork"},
                name=name,
                version=version,
            )
            for address, (name, version) in PROFILES.items()
        ]
        workflow = self.workflow()
        actions = [self.action(name) for name in self.live]
        run = self.run(workflow, actions)
        self.tools_of(workflow)
        self.organised(run)
        self.other_files()
        ended = max(steps[name]["ended"] for name in self.live)
        stamp = next(iter(steps.values()))["run"]
        root["name"] = f"Run {stamp['run']} of mdwarfs"
        root["description"] = self.words(stamp)
        root["datePublished"] = ended
        root["license"] = self.add(LICENCE)
        if "agent" in run:
            root["author"] = run["agent"]
        root["conformsTo"] = profiles
        self.crate.metadata.append_to("conformsTo", profiles[-1])
        root["mainEntity"] = workflow
        root["mentions"] = [run, *actions]
        root["hasPart"] = list(self.parts.values())
        if self.reproduces():
            root["isBasedOn"] = root["citation"] = self.add(PAPER)
        return self.crate.metadata.generate()

    def reproduces(self) -> bool:
        """Whether the run does what the paper does, and not on stars of its own."""
        return (self.history.config or {}).get("source") != "files"

    def words(self, stamp: Mapping) -> str:
        """What the run is, for a person."""
        stars = "simulated stars: it shows nothing of the sky"
        data = stars if stamp["simulated"] else "observed stars"
        does = f"A reproduction of {BY} ({PAPER['identifier']}), on"
        if not self.reproduces():
            does = f"SLAM, as in {BY} ({PAPER['identifier']}), on"
        code = commits.words(self.history.steps[name]["code"] for name in self.live)
        return (
            f"{does} {data}. {code}. What each file is and which step made it follows "
            "from the actions of this crate; `mdwarfs trace` prints it."
        )

    def workflow(self) -> ContextEntity:
        """The Snakefile, which is the crate's main entity."""
        last = self.history.steps[self.live[-1]]["code"]
        workflow = self.add(
            {
                "@id": SNAKEFILE,
                "@type": [
                    "File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo",
                ],
            },
            name="mdwarfs",
            description=f"The rules as they were in the end. {code_words(last)}",
            encodingFormat="text/plain",
            version=last["commit"] or "unknown",
            programmingLanguage=self.add(LANGUAGE),
            isBasedOn=self.add(PAPER),
            license=self.add(LICENCE),
            author=self.authors(),
            url=self.code_address(),
            conformsTo=self.add(
                {
                    "@id": f"{BIOSCHEMAS}/ComputationalWorkflow/1.0-RELEASE",
                    "@type": "CreativeWork",
                },
                name="Bioschemas ComputationalWorkflow",
                version="1.0-RELEASE",
            ),
        )  # fmt: skip
        self.contain(workflow)
        return workflow

    def action(self, name: str) -> ContextEntity:
        """What one step did."""
        record = self.history.steps[name]
        parameters = [self.parameter(name, key) for key in record["parameters"]]
        read = [self.file(entry) for entry in self.history.inputs(name)]
        return self.add(
            {"@id": f"#{quote(name)}", "@type": "CreateAction"},
            name=f"{record['rule']} {' '.join(record['wildcards'].values())}".strip(),
            description=f"Run of rule {record['rule']}. {code_words(record['code'])}",
            instrument=self.tool(name),
            object=[*read, *parameters],
            result=[self.file(entry) for entry in self.history.outputs(name)],
            startTime=record["started"],
            endTime=record["ended"],
            agent=self.agent(self.history.configuration(name)),
            actionStatus="http://schema.org/CompletedActionStatus",
        )

    def run(
        self, workflow: ContextEntity, actions: list[ContextEntity]
    ) -> ContextEntity:
        """The run as a whole: what it was given, what it was to make."""
        steps = [self.history.steps[name] for name in self.live]
        made = {x["path"] for name in self.live for x in self.history.outputs(name)}
        read = [x for name in self.live for x in self.history.inputs(name)]
        used = {entry["path"] for entry in read}
        ends = [
            entry
            for name in self.live
            for entry in self.history.outputs(name)
            if entry["path"] not in used
            and self.history.state(entry["path"]) in (WHOLE, ELSEWHERE)
        ]
        given = {x["path"]: x for x in read if x["path"] not in made}
        configuration = [x for x in ends if x["path"] == CONFIGURATION]
        return self.add(
            {"@id": "#run", "@type": "CreateAction"},
            name="Run of the workflow",
            description=f"{len(steps)} steps, of which some may be of earlier "
            "invocations of Snakemake: each has its own time, code and parameters.",
            instrument=workflow,
            object=[self.file(x) for x in [*given.values(), *configuration]]
            + [
                self.crate.dereference(f"#parameter-{quote(key)}-value")
                for key in self.values
            ],
            result=[self.file(x) for x in ends if x["path"] != CONFIGURATION],
            startTime=min(step["started"] for step in steps),
            endTime=max(step["ended"] for step in steps),
            agent=self.agent(self.history.config),
            actionStatus="http://schema.org/CompletedActionStatus",
        )

    def tools_of(self, workflow: ContextEntity) -> None:
        """Tell the workflow its steps, their tools and its parameters."""
        tools, position = {}, {}
        for name in self.live:
            rule = self.history.steps[name]["rule"]
            position.setdefault(rule, len(position) + 1)
            tools.setdefault(rule, {})[self.tool(name).id] = self.tool(name)
        workflow["step"] = [
            self.add(
                {"@id": f"#step-{rule}", "@type": "HowToStep"},
                name=rule,
                position=str(position[rule]),
                workExample=list(of_rule.values()),
            )
            for rule, of_rule in tools.items()
        ]
        workflow["hasPart"] = [
            x for of_rule in tools.values() for x in of_rule.values()
        ]
        formal = [
            self.crate.dereference(f"#parameter-{quote(key)}") for key in self.values
        ]
        if formal:
            workflow["input"] = single(formal)
        for name in self.live:
            keys = self.history.steps[name]["parameters"]
            if keys and "input" not in self.tool(name):
                self.tool(name)["input"] = single(
                    [self.crate.dereference(f"#parameter-{quote(key)}") for key in keys]
                )

    def organised(self, run: ContextEntity) -> None:
        """That Snakemake ran the steps."""
        last = self.live[-1]
        version = self.history.environment(last)["packages"].get("snakemake", "unknown")
        controls = [
            self.add(
                {"@id": f"#control-{quote(name)}", "@type": "ControlAction"},
                name=f"Snakemake runs {name}",
                instrument=self.add(
                    {"@id": f"#step-{self.history.steps[name]['rule']}"}
                ),
                object=self.add({"@id": f"#{quote(name)}"}),
            )
            for name in self.live
        ]
        self.add(
            {"@id": "#organised", "@type": "OrganizeAction"},
            name=f"Snakemake {version} runs the workflow",
            instrument=self.package("snakemake", version),
            object=controls,
            result=run,
            startTime=run["startTime"],
            endTime=run["endTime"],
            agent=self.agent(self.history.config),
        )

    def other_files(self) -> None:
        """What else lies in the folder: whole folders, rules, and files of no step."""
        folder = self.history.folder
        for name, words in FOLDERS.items():
            if (folder / name).is_dir():
                self.dataset(name, name, words)
        for path in sorted(folder.glob(f"{WORKFLOW}/rules/*.smk")):
            found = self.add(
                {
                    "@id": quote(str(path.relative_to(folder))),
                    "@type": ["File", "SoftwareSourceCode"],
                },
                name=f"rules/{path.name}",
                version=self.crate.dereference(SNAKEFILE)["version"],
                url=self.code_address(),
                encodingFormat="text/plain",
            )
            self.contain(found)
        for path, listed in files_below(folder):
            name = str(path.relative_to(folder))
            if listed:
                words = f"The files that {name}.ecsv lists, with checksums"
                self.dataset(quote(name), name, words)
            elif name == "README.md" or self.crate.dereference(quote(name)) is None:
                self.left_over(path, name)

    def dataset(self, identifier: str, name: str, words: str) -> None:
        """Describe a folder as a whole."""
        entity = {"@id": f"{identifier}/", "@type": "Dataset"}
        self.contain(self.add(entity, name=name, description=words))

    def left_over(self, path: Path, name: str) -> None:
        """Describe a file of no step, or of one that has not left it so."""
        if name == "README.md":
            said = {
                "name": "What lies in this folder",
                "about": self.crate.root_dataset,
                "encodingFormat": "text/markdown",
            }
        else:
            state = self.history.state(name)
            said = {
                "name": name,
                "description": f"No step left it so: it was {state}.",
                "sha256": self.history.checksum(path),
                "contentSize": str(path.stat().st_size),
                "encodingFormat": format_of(name),
            }
        self.contain(self.add({"@id": quote(name), "@type": "File"}, **said))


def files_below(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Files of a run that are to be described, and folders that a manifest describes.

    Yields
    ------
    path, listed
        `listed`: it is a folder, whose files stand in the manifest beside it.
    """
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in (*FOLDERS, CRATE):
            continue
        if path.is_file():
            yield path, False
        elif path.with_suffix(".ecsv").is_file():
            yield path, True
        else:
            yield from files_below(path)
