"""rocrate-validator without a network: it is given the contexts of crates."""

import io
import json
from importlib.resources import files

import requests
from requests_cache import CachedSession
from rocrate_validator import services
from urllib3.response import HTTPResponse

CRATE = "https://w3id.org/ro/crate/1.1/context"
RUN = "https://w3id.org/ro/terms/workflow-run/context"
BIOSCHEMAS = {
    "ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow",
    "FormalParameter": "https://bioschemas.org/FormalParameter",
    "input": "https://bioschemas.org/ComputationalWorkflow#input",
    "output": "https://bioschemas.org/ComputationalWorkflow#output",
}
"""Terms to which RO-Crate 1.1 gives other addresses than the later version that the
package rocrate has (so the change logs of the profiles)."""
OF_RUNS = ("sha256", "resourceUsage", "environment", "containerImage")
"""Terms of the context of workflow runs."""


def contexts():
    """The two contexts, by address."""
    file = files("rocrate") / "data" / "ro-crate.jsonld"
    terms = json.loads(file.read_text(encoding="utf-8"))["@context"] | BIOSCHEMAS
    for name in OF_RUNS:
        terms.pop(name, None)
    own = RUN.removesuffix("/context")
    return {CRATE: terms, RUN: {name: f"{own}#{name}" for name in OF_RUNS}}


def remember(path):
    """Put the contexts into the cache of the validator, as if they had been fetched."""
    with CachedSession(str(path), backend="sqlite", expire_after=-1) as session:
        for address, terms in contexts().items():
            content = json.dumps({"@context": terms}).encode()
            response = requests.Response()
            response.status_code, response.url = 200, address
            response.request = requests.Request("GET", address).prepare()
            response.headers["Content-Type"] = "application/ld+json"
            response.raw = HTTPResponse(
                io.BytesIO(content), headers=dict(response.headers),
                preload_content=False,
            )  # fmt: skip
            session.cache.save_response(response)


def issues(folder, cache, severity="REQUIRED"):
    """What the validator has against a crate: its check, the entity, what is wrong."""
    remember(cache)
    settings = services.ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier="provenance-run-crate",
        requirement_severity=severity,
        cache_path=cache,
        offline=True,
    )
    return [
        (issue.check.identifier, str(issue.violatingEntity), issue.message)
        for issue in services.validate(settings).get_issues()
    ]
