"""The run on 54 LAMOST spectra: fetched from loopback, and from a folder."""

import pytest
import yaml

from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

WANTED = ["samples/labels.fits", "samples/split.fits", "spectra/normalised.fits"]


def configured(root, path, section):
    """A copy of the checkout, and what Snakemake is told there."""
    checkout = copy_of(root, path)
    (checkout.path / "own.yaml").write_text(yaml.safe_dump({"lamost54": section}))
    return checkout, ["--configfile", "config/lamost54.yaml", "own.yaml"]


def products(checkout):
    results = checkout.path / "results" / "lamost54"
    return [(results / name).read_bytes() for name in WANTED]


def test_fetched_and_given_spectra_make_the_same_products(
    root, real, lamost54, tmp_path
):
    targets = ["--", *(f"results/lamost54/{name}" for name in WANTED)]
    given, files = configured(
        root, tmp_path / "given", {"folder": str(real / "lamost")}
    )
    given.snakemake("--cores", "1", *files, *targets)
    assert "retrieve_lamost54" not in given.planned(*files)
    fetched, files = configured(
        root, tmp_path / "fetched", {"fetch": {"url": f"{lamost54.url}/Stage2"}}
    )
    fetched.snakemake("--cores", "1", *files, *targets)
    assert len(lamost54.asked) == 55
    assert products(fetched) == products(given)
    planned = fetched.planned(*files)
    assert not {"retrieve_lamost54", "list_lamost54", "read_lamost54"} & planned


def test_a_run_without_a_network_ends_with_what_to_do_and_can_go_on(
    root, lamost54, tmp_path
):
    nowhere = {"url": "http://127.0.0.1:9", "limits": {"first_wait": 0.01}}
    checkout, files = configured(root, tmp_path / "copy", {"fetch": nowhere})
    done = checkout.snakemake("--cores", "1", *files, "--", "samples", check=False)
    said = done.stdout + done.stderr
    assert done.returncode and "FAILED: GitHub" in said and "Traceback" not in said
    raw = checkout.path / "results" / "lamost54" / "raw" / "lamost"
    assert f"copy what is in its folder Stage2 into {raw}" in said
    for name, content in lamost54.others.items():  # by hand
        path = raw / name.removeprefix("/Stage2/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    checkout.snakemake("--cores", "1", *files, "--", "samples")
    assert lamost54.asked == []


def test_a_folder_that_lacks_something_is_named(root, tmp_path):
    checkout, files = configured(root, tmp_path / "copy", {"folder": "nowhere"})
    done = checkout.snakemake("-n", *files, check=False)
    said = done.stdout + done.stderr
    assert "nowhere/lamost54_labels.csv" in said and "real_files.md" in said
