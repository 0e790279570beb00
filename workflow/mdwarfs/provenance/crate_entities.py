"""What the crate of a run names: files, software, parameters and people, each once."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import yaml
from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from mdwarfs.provenance.commits import changed
from mdwarfs.provenance.history import History
from mdwarfs.provenance.sources import archive_of
from mdwarfs.run.parameters import WHOLE as ALL
from mdwarfs.run.record import FOLDER

CONTEXT = "https://w3id.org/ro/terms/workflow-run/context"
WORKFLOW = f"{FOLDER}/workflow"
"""Where the rules lie in a run, as they were when it ended, and who wrote them."""
CITATION = f"{WORKFLOW}/CITATION.cff"
FORMATS = {
    ".ecsv": "text/csv",
    ".fits": "application/fits",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".smk": "text/plain",
    ".tex": "application/x-tex",
}
TYPES = {bool: "Boolean", int: "Integer", float: "Float", str: "Text"}


class Entities:
    """The entities of a run's crate, each made when it is first asked for.

    Parameters
    ----------
    history
        Of the run.

    Attributes
    ----------
    crate
        What they are part of.
    values
        Of parameters, by key.
    parts
        What lies in the folder of the crate, by identifier.
    """

    def __init__(self, history: History):
        self.history = history
        self.crate = ROCrate(version="1.1")
        self.crate.metadata.extra_contexts.append(CONTEXT)
        self.values: dict[str, list[str]] = {}
        self.parts: dict[str, Entity] = {}

    def add(self, entity: dict, **properties: object) -> ContextEntity:
        """An entity of the crate, made if there is none of that identifier."""
        identifier = entity["@id"]
        found = self.crate.dereference(identifier)
        if found is None:
            kind = {"@type": entity["@type"]}
            found = self.crate.add(ContextEntity(self.crate, identifier, kind))
            for name, value in {**entity, **properties}.items():
                if not name.startswith("@") and value not in (None, [], ""):
                    found[name] = single(value)
        return found

    def tool(self, name: str) -> ContextEntity:
        """The script of a step with the modules that it used, of one digest."""
        record = self.history.steps[name]
        code, environment = record["code"], record["environment"]
        address = self.code_address()
        identifier = f"{address}#{record['rule']}-{code['digest']}-{environment}"
        return self.add(
            {"@id": identifier, "@type": "SoftwareSourceCode"},
            name=f"{code['script']}, rule {record['rule']}",
            description=f"{code_words(code)} Modules: {', '.join(code['modules'])}.",
            version=code["digest"],
            url=address,
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

    @cached_property
    def citation(self) -> dict:
        """What CITATION.cff said of the code when the run ended; empty without one."""
        path = self.history.folder / CITATION
        return yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}

    def code_address(self) -> str:
        """Where the code is published, if CITATION.cff says it; else empty."""
        return str(self.citation.get("repository-code", ""))

    def authors(self) -> list[ContextEntity]:
        """Who wrote the workflow."""
        return [
            self.person(author) if "family-names" in author else self.organisation(name)
            for author in self.citation.get("authors", [])
            for name in [str(author.get("name", ""))]
        ]

    def agent(self, config: Mapping | None) -> ContextEntity | None:
        """Who ran a step, if its configuration says so."""
        said = (config or {}).get("agent")
        return self.person(said) if said else None

    def person(self, said: Mapping) -> ContextEntity:
        """A person, as CITATION.cff or the configuration names one."""
        parts = (said.get(x) for x in ("name", "given-names", "family-names"))
        name = " ".join(filter(None, parts))
        affiliation = said.get("affiliation")
        return self.add(
            {
                "@id": said.get("orcid") or f"#person-{quote(name)}",
                "@type": "Person",
            },
            name=name,
            affiliation=self.organisation(affiliation) if affiliation else None,
        )

    def organisation(self, name: str) -> ContextEntity:
        """An organisation."""
        return self.add(
            {"@id": f"#organisation-{quote(name)}", "@type": "Organization"}, name=name
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


def code_words(code: dict) -> str:
    """Commit of a step's code, and whether the checkout was changed, in words."""
    if not code["commit"]:
        return f"Version {code['version']}, whose commit is not known."
    if not changed(code):
        return f"Commit {code['commit']}, unchanged."
    return f"Commit {code['commit']}, changed in {', '.join(changed(code))}."


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
