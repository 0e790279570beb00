"""The run as an RO-Crate: products, steps, code and parameters as linked data.

`ro-crate-metadata.json` lies at the top of the run's results and follows the profile
Provenance Run Crate 0.5 (Leo et al. 2024, PLoS ONE 19, e0309210), which contains
Workflow Run Crate, Process Run Crate and Workflow RO-Crate. It follows from the records
of the steps and the files as they are, and from nothing else; so it says of what is no
longer there, or has been made anew since, that it is so. All paths are relative to it.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from mdwarfs import tables
from mdwarfs.provenance.history import CONFIG, ELSEWHERE, WHOLE, History
from mdwarfs.provenance.parameters import WHOLE as ALL
from mdwarfs.provenance.sources import archive_of
from mdwarfs.provenance.step import CRATE, FOLDER

RUN_CRATE = "https://w3id.org/ro/wfrun"
PROFILES = {
    f"{RUN_CRATE}/process/0.5": ("Process Run Crate", "0.5"),
    f"{RUN_CRATE}/workflow/0.5": ("Workflow Run Crate", "0.5"),
    f"{RUN_CRATE}/provenance/0.5": ("Provenance Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
CONTEXT = "https://w3id.org/ro/terms/workflow-run/context"
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
WORKFLOW = f"{FOLDER}/workflow"
"""Where the rules lie in a run, as they were when it ended."""
SNAKEFILE = f"{WORKFLOW}/Snakefile"
FOLDERS = {
    "benchmarks": "Time and memory of each step, by Snakemake",
    "logs": "Log of each step",
    FOLDER: "Record of each step; configurations, environments, and the rules",
}
"""Folders that are described as wholes."""
FORMATS = {
    ".ecsv": "text/csv",
    ".fits": "application/fits",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".smk": "text/plain",
    ".tex": "application/x-tex",
}
TYPES = {bool: "Boolean", int: "Integer", float: "Float", str: "Text"}


def write(history: History) -> Path:
    """Write the crate of a run at the top of its folder, and return its path."""
    path = history.folder / CRATE
    text = json.dumps(crate_of(history), indent=1, ensure_ascii=False)
    tables.write_text(path, text + "\n")
    return path


def crate_of(history: History) -> dict:
    """The crate of a run, as JSON-LD."""
    return Crate(history).made()


class Crate:
    """The entities of a run's crate, each made once.

    Parameters
    ----------
    history
        Of the run.
    """

    def __init__(self, history: History):
        self.history = history
        self.live = history.live()
        self.crate = ROCrate(version="1.1")
        self.crate.metadata.extra_contexts.append(CONTEXT)
        self.values = {}  # of parameters, by key
        self.parts = {}  # of the crate, by identifier

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
        root["conformsTo"] = profiles
        self.crate.metadata.append_to("conformsTo", profiles[-1])
        root["mainEntity"] = workflow
        root["mentions"] = [run, *actions]
        root["hasPart"] = list(self.parts.values())
        if self.reproduces():
            root["isBasedOn"] = root["citation"] = self.add(PAPER)
        return self.crate.metadata.generate()

    def add(self, entity: dict, **properties: object) -> ContextEntity:
        """An entity of the crate, made if there is none of that identifier."""
        identifier = entity["@id"]
        found = self.crate.dereference(identifier)
        if found is None:
            kind = {"@type": entity["@type"]}
            found = self.crate.add(ContextEntity(self.crate, identifier, kind))
            for name, value in {**entity, **properties}.items():
                if not name.startswith("@") and value not in (None, []):
                    found[name] = single(value)
        return found

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
        return (
            f"{does} {data}. What each file is and which step made it follows from the "
            "actions of this crate; `mdwarfs trace` prints it."
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
            actionStatus="http://schema.org/CompletedActionStatus",
        )

    def tool(self, name: str) -> ContextEntity:
        """The script of a step with the modules that it used, of one digest."""
        record = self.history.steps[name]
        code, environment = record["code"], record["environment"]
        identifier = f"#{record['rule']}-{code['digest']}-{environment}"
        return self.add(
            {"@id": identifier, "@type": "SoftwareSourceCode"},
            name=f"{code['script']}, rule {record['rule']}",
            description=f"{code_words(code)} Modules: {', '.join(code['modules'])}.",
            version=code["digest"],
            programmingLanguage=self.add(
                {"@id": "https://www.python.org", "@type": "ComputerLanguage"},
                name="Python",
                url="https://www.python.org",
            ),
            softwareRequirements=self.environment(name),
        )

    def environment(self, name: str) -> ContextEntity:
        """Python and the packages that a step ran on, as one thing with parts."""
        digest = self.history.steps[name]["environment"]
        found = self.crate.dereference(f"#environment-{digest}")
        if found is not None:
            return found
        said = self.history.environment(name)
        lock = self.history.steps[name]["code"]["lock"]
        return self.add(
            {"@id": f"#environment-{digest}", "@type": "SoftwareSourceCode"},
            name=f"{said['implementation']} {said['python']} on {said['system']}",
            description="The installed packages. requirements.lock: "
            + (f"SHA-256 {lock}" if lock else "none in the checkout"),
            version=said["python"],
            softwareRequirements=[
                self.package(package, version)
                for package, version in said["packages"].items()
            ],
        )

    def package(self, name: str, version: str) -> ContextEntity:
        """A package of Python."""
        address = f"https://pypi.org/project/{quote(name)}/{quote(version)}/"
        return self.add(
            {"@id": address, "@type": "SoftwareApplication"},
            name=name,
            softwareVersion=version,
            url=address,
        )

    def parameter(self, step: str, key: str) -> ContextEntity:
        """A key of the configuration with the value that a step was given."""
        value = self.history.steps[step]["parameters"][key]
        if key == ALL:
            value = (
                f"{FOLDER}/configurations/{self.history.steps[step]['configuration']}"
            )
            value += ".json"
        text = value if isinstance(value, str) else json.dumps(value)
        known = self.values.setdefault(key, [])
        if text not in known:
            known.append(text)
        number = known.index(text)
        suffix = f"-{number + 1}" if number else ""
        identifier = f"#parameter-{quote(key)}"
        formal = self.add(
            {"@id": identifier, "@type": "FormalParameter"},
            name=key,
            description=f"Key {key} of the configuration",
            additionalType=TYPES.get(type(value), "PropertyValue"),
        )
        found = self.add(
            {"@id": f"{identifier}-value{suffix}", "@type": "PropertyValue"},
            name=key,
            value=text if type(value) not in (bool, int, float) else value,
            exampleOfWork=formal,
        )
        if found not in as_list(formal.get("workExample")):
            formal.append_to("workExample", found, compact=True)
        return found

    def file(self, entry: dict) -> ContextEntity:
        """A file, as a step read or left it.

        What is there no longer, or has other content now, is described and no part of
        the crate; so is what lies outside of the run's folder.
        """
        path, history = entry["path"], self.history
        place = history.place(path)
        if "listing" in entry:
            return self.folder(path, entry)
        if history.is_inside(path) and place.exists() and history.is_as(place, entry):
            return self.part(path, entry)
        if not history.is_inside(path):
            why = "Outside of the folder of the run."
        elif place.exists():
            why = f"An earlier content of {path}, which has been made anew since."
        else:
            why = "Not kept."
        return self.add(
            {"@id": f"#{quote(path)}@{entry['sha256'][:12]}", "@type": "CreativeWork"},
            name=path,
            description=why,
            sha256=entry["sha256"],
            encodingFormat=format_of(path),
        )

    def part(self, path: str, entry: dict) -> ContextEntity:
        """A file that is part of the crate."""
        found = self.add(
            {"@id": quote(path), "@type": "File"},
            name=path,
            sha256=entry["sha256"],
            contentSize=str(entry["bytes"]),
            encodingFormat=format_of(path),
            **self.origin(path),
        )
        self.contain(found)
        return found

    def origin(self, path: str) -> dict:
        """Where a raw file came from, if an archive's record lies beside it."""
        said = archive_of(self.history.folder / path)
        if said is None:
            return {}
        address = said.address
        if not address.startswith("http"):
            return {"description": f"From {address}, {said.date}. {said.version}"}
        source = self.add(
            {"@id": quote(address, safe=":/?&=%#+,;@"), "@type": "CreativeWork"},
            name=said.version or address,
            url=address,
        )
        return {"isBasedOn": source, "sdDatePublished": said.date}

    def folder(self, path: str, entry: dict) -> ContextEntity:
        """A folder that a step read or made as a whole."""
        inside = self.history.is_inside(path)
        found = self.add(
            {
                "@id": f"{quote(path)}/" if inside else f"#{quote(path)}",
                "@type": "Dataset" if inside else "CreativeWork",
            },
            name=path,
            description=f"A folder of {entry['files']} files",
        )
        if inside:
            self.contain(found)
        return found

    def contain(self, entity: Entity) -> None:
        """Make an entity part of the crate, once."""
        self.parts[entity.id] = entity

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
        configuration = [x for x in ends if x["path"] == CONFIG]
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
            result=[self.file(x) for x in ends if x["path"] != CONFIG],
            startTime=min(step["started"] for step in steps),
            endTime=max(step["ended"] for step in steps),
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
        )

    def other_files(self) -> None:
        """What else lies in the folder: whole folders, and files of no step."""
        history = self.history
        for name, words in FOLDERS.items():
            if (history.folder / name).is_dir():
                self.contain(
                    self.add(
                        {"@id": f"{name}/", "@type": "Dataset"},
                        name=name,
                        description=words,
                    )
                )
        for path in sorted(history.folder.glob(f"{WORKFLOW}/rules/*.smk")):
            found = self.add(
                {
                    "@id": quote(str(path.relative_to(history.folder))),
                    "@type": ["File", "SoftwareSourceCode"],
                },
                name=f"rules/{path.name}",
                version=self.crate.dereference(SNAKEFILE)["version"],
                encodingFormat="text/plain",
            )
            self.contain(found)
        for path, listed in files_below(history.folder):
            name = str(path.relative_to(history.folder))
            if listed:
                entity = self.add(
                    {"@id": f"{quote(name)}/", "@type": "Dataset"},
                    name=name,
                    description=f"The files that {name}.ecsv lists, with checksums",
                )
            elif name == "README.md":
                entity = self.add(
                    {"@id": name, "@type": "File"},
                    name="What lies in this folder",
                    about=self.crate.root_dataset,
                    encodingFormat="text/markdown",
                )
            elif self.crate.dereference(quote(name)) is None:
                entity = self.add(
                    {"@id": quote(name), "@type": "File"},
                    name=name,
                    description=f"No step left it so: it was {history.state(name)}.",
                    sha256=history.checksum(path),
                    contentSize=str(path.stat().st_size),
                    encodingFormat=format_of(name),
                )
            else:
                continue
            self.contain(entity)


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


def code_words(code: dict) -> str:
    """Commit of a step's code, and whether the checkout was changed, in words."""
    if not code["commit"]:
        return f"Version {code['version']}, whose commit is not known."
    if not code["changed"]:
        return f"Commit {code['commit']}, unchanged."
    return f"Commit {code['commit']}, changed in {', '.join(code['changed'])}."


def format_of(path: str) -> str:
    """Media type of a file, by its name."""
    name = path.removesuffix(".gz")
    known = FORMATS.get(Path(name).suffix) or mimetypes.guess_type(name)[0]
    return "application/gzip" if path.endswith(".gz") else known or "text/plain"


def single(value: object) -> object:
    """A value of an entity: a list of one is written as that one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def as_list(value: object) -> list:
    """A value of an entity as a list, whether it has none, one or several."""
    return value if isinstance(value, list) else [] if value is None else [value]
