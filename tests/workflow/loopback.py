"""A real run from archives on loopback that serve what the small run simulated."""

import shutil

import yaml

from mdwarfs.config import read_config
from tests.archives.servers.loopback import served
from tests.workflow.conftest import copy_of

RUN = "simulated-ci"
LOOPBACK = [
    "--config", f"run={RUN}",
    "--configfile", "config/dr19.yaml", "config/ci.yaml", "config/loopback.yaml",
    "served.yaml",
]  # fmt: skip


def copy_to_run_in(root, path, server):
    """A copy of the checkout, with a configuration that says where the servers are."""
    checkout = copy_of(root, path)
    archives = read_config([root / "config" / "dr19.yaml"])["archives"]
    served_yaml = yaml.safe_dump(served(archives, server))
    (checkout.path / "served.yaml").write_text(served_yaml)
    raw = checkout.path / "results" / RUN / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name in ("truth.fits", "truth_paper_table.fits"):  # which no archive has
        shutil.copy(server.raw / name, raw / name)
    return checkout
