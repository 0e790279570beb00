import copy
import textwrap

import pytest
import yaml

from mdwarfs.archives.settings import source_of
from mdwarfs.catalogues.hosts import HOSTS, Host
from mdwarfs.config import (
    check_config,
    config_text,
    manual,
    merge_config,
    read_config,
    schema_path,
)
from mdwarfs.errors import ConfigError, InputError
from mdwarfs.labels import OF_PAPER
from mdwarfs.slam import regressors

GAUSSIAN = {"mean": 0.0, "sigma": 0.3}


@pytest.fixture(scope="module")
def default(root):
    return read_config([root / "config" / "config.yaml"])


@pytest.fixture(scope="module")
def dr19(root):
    return read_config([root / "config" / "dr19.yaml"])


@pytest.fixture
def real(default, dr19):
    """The configuration of the real sky."""
    return copy.deepcopy(merge_config(default, dr19))


@pytest.fixture(scope="module")
def schema(root):
    return schema_path(root)


@pytest.mark.parametrize(
    "files",
    [
        ["config.yaml"],
        ["ci.yaml"],
        ["lamost54.yaml"],
        ["gaiaxp.yaml"],
        ["mine.yaml"],
        ["dr19.yaml"],
        ["dr19.yaml", "loopback.yaml"],
        ["dr19.yaml", "dr20.yaml"],
    ],
)
def test_the_shipped_configurations_are_accepted(root, default, schema, files):
    config = default
    for file in files:
        config = merge_config(config, read_config([root / "config" / file]))
    check_config(config, schema)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sede": 1}, "sede: unknown key; did you mean seed"),
        ({"candidates": {"belwo": 6}}, "candidates.belwo: unknown.*mean below"),
        ({"xyz": 6}, "xyz: unknown key$"),
        ({"slam": {"labels": ["tef"]}}, "no label tef, did you mean teff.*labels.py"),
        ({"slam": {"folds": "ten"}}, "slam.folds: 'ten' is not of type 'integer'"),
        ({"slam": {"folds": 5000}}, "slam.folds: 5000 folds of 870 training stars"),
        ({"slam": {"grid": {"epsilon": [0.1, 100]}}}, "slam.grid.epsilon: within 100"),
        ({"slam": {"block": 10**12}}, "slam.block: .* maximum of 100000"),
        ({"slam": {"parts": 9000}}, "slam.parts: 9000 jobs share 17.. pixels"),
        ({"prediction": {"block": 10**12}}, "prediction.block: .* maximum of 100000"),
        ({"prediction": {"usable": {"feh": [-7, 5]}}}, "usable.feh: .* stars have -6"),
        (
            {"candidates": {"below": {"slope": -1e9}}},
            "candidates.below.slope: .* -1000",
        ),
        ({"slam": {"grid": {"C": [0.0]}}}, r"slam\.grid\.C\.0"),
        ({"seed": 1.0}, "seed: 1.0 is not of type 'integer'; write 1$"),
        ({"split": {"train": 870.5}}, "split.train: 870.5 is not of type 'integer'$"),
        ({"pairs": {"ruwe_max": "1,4"}}, "ruwe_max: '1,4' is not .*; write 1.4$"),
        ({"spectra": {"step_dex": "1e-4"}}, "step_dex: .*text, write 1.0e-4$"),
        ({"slam": {"folds": "10"}}, "folds: '10' is not .* without quotes, .*--config"),
        ({"spectra": {"continuum": {"first_smoothing": 0}}}, "first_smoothing: 0 is"),
        ({"spectra": {"continuum": {"quantile": 1}}}, "continuum.quantile: 1 is"),
        ({"run": "simulated\n"}, "run: .*does not match"),
        ({"pairs": {2.5: 1, "x": 3}}, "pairs.2.5: a key is a word, .* as 2.5"),
        ({None: 3}, "None: a key is a word"),
        ({"slam": {"labels": ["teff", "logg"]}}, "slam.labels: .*alpha_m, feh"),
        ({"slam": {"labels": ["mass"]}}, "slam.labels: there is no label mass. .*feh"),
        ({"prediction": {"usable": {"alpha_m": [0, 1]}}}, "alpha_m: unknown .*outside"),
        ({"spectra": {"step": 20}}, "spectra.step: .*either step_dex"),
        ({"spectra": {"step_dex": None}}, "spectra.step: .*either step_dex"),
        ({"spectra": {"continuum": None}}, "spectra.continuum: .*normalised"),
        ({"spectra": {"wave_min": 3000.0}}, "BOSS spectra reach from 3550"),
        ({"source": "lamost54"}, "source: lamost54 is called files"),
        ({"lamost54": {"folder": "x"}}, "lamost54: is called files, .*files.folder"),
        ({"spectra": {"wave_min": 9000.0}}, "spectra.wave_max: .*before it begins"),
        ({"spectra": {"wave_min": 8956.0}}, "spectra.wave_max: .*1 pixels"),
        ({"spectra": {"wave_min": float("nan")}}, "spectra.wave_min: not a finite"),
        ({"prediction": {"usable": {"teff": [3900, 3100]}}}, "usable.teff"),
        ({"prediction": {"prior": {"feh": {"mean": 0.0}}}}, "feh: 'sigma' is a req"),
        ({"prediction": {"prior": {"teffs": {}}}}, "teffs: unknown.*mean teff"),
        ({"comparisons": {"snr_edges": [8, 3]}}, "snr_edges: .*do not rise"),
        (
            {"prediction": {"method": "astra-0.6.0", "prior": {"feh": GAUSSIAN}}},
            "prediction.prior: .*leave it empty",
        ),
        ({"split": {"test": 2000}}, "split.test: .*the sample has 1120"),
        ({"uncertainty": {"min_per_bin": 500}}, "uncertainty.min_per_bin: 250 test"),
        ({"run": "dr19"}, "run: .*simulated"),
        ({"source": "archives"}, "run: .*simulated"),
        ({"simulation": {"scale": 0.001}}, "slam.folds: .*scale 0.001"),
        ({"simulation": {"fgk_m": 500}}, "simulation.fgk_m"),
        ({"simulation": {"fgk_fgk": 0}}, "simulation.fgk_fgk"),
        ({"simulation": {"m_m": 0}}, "simulation.m_m"),
        ({"labels": {"source": "theirs"}}, "labels.source: 'theirs' is not one of"),
        ({"boss": {"subclass": ""}}, "boss.subclass"),
        ({"run": "simulated/../x"}, "run: "),
        ({"run": "simulated" * 12}, "run: .*is too long"),
        ({"run": "unsimulatedx"}, "run: .*by the word simulated"),
        ({"slam": {"regressor": "nope"}}, "slam.regressor: 'nope' is none of svr"),
        ({"slam": {"grid": {"gamma": [1e300]}}}, "slam.grid.gamma.0: .*maximum"),
        ({"slam": {"grid": {"C": [1e-300]}}}, "slam.grid.C.0: .*minimum"),
        ({"slam": {"parts": 10**9}}, "slam.parts: .*maximum"),
        ({"stars": {"parts": 10**9}}, "stars.parts: .*maximum"),
        ({"uncertainty": {"realisations": 10**9}}, "uncertainty.realisations: .*max"),
        ({"uncertainty": {"parts": 10**6}}, "uncertainty.parts: .*maximum"),
        ({"uncertainty": {"snr_bins": 10**6}}, "uncertainty.snr_bins: .*maximum"),
        (
            {"diagnostics": {"selection": {"teff": [4000, 3000]}}},
            r"diagnostics.selection.teff: the bounds .* do not rise",
        ),
        ({"diagnostics": {"selection": {"feh": [50, 60]}}}, "selection.feh: no dwarf"),
        ({"diagnostics": {"teff": [1]}}, "diagnostics.teff.0: .*minimum"),
        ({"diagnostics": {"teff": [1e6]}}, "diagnostics.teff.0: .*maximum"),
        ({"diagnostics": {"templates": "folder"}}, "diagnostics.templates: .*match"),
        ({"comparisons": {"snr_edges": [1]}}, "comparisons.snr_edges: .*too short"),
        ({"spectra": {"continuum": {"bin_width": 1e-9}}}, "bin_width: .*minimum"),
        ({"figures": {"teff_bin": 1e-9}}, "figures.teff_bin: .*minimum"),
        ({"pairs": {"r_chance_align_max": 2}}, "pairs.r_chance_align_max: .*maximum"),
        ({"pairs": {"fgk_teff": [0, 1]}}, "pairs.fgk_teff: no dwarf has a .* 0 to 1"),
        ({"isochrones": {"mh": [-1, -1]}}, "isochrones.mh: .*non-unique"),
        ({"extinction": {"r_v": 1e9}}, "extinction.r_v: .*maximum"),
        ({"extinction": {"r_v": 1e-9}}, "extinction.r_v: .*minimum"),
        ({"extinction": {"map_to_ebv": 1e5}}, "extinction.map_to_ebv: .*maximum"),
        (
            {"prediction": {"usable": {"logg": [450, 510]}}},
            "usable.logg: .*another uni",
        ),
        ({"prediction": {"usable": {"feh": [50, 60]}}}, "usable.feh: no dwarf"),
        ({"prediction": {"usable": {"teff": [3, 4]}}}, "usable.teff: no dwarf"),
        (
            {"prediction": {"prior": {"teff": {"mean": 0.1, "sigma": 0.1}}}},
            "prediction.prior.teff.mean: no dwarf has a .* of 0.1",
        ),
        (
            {"prediction": {"prior": {"feh": {"mean": 0, "sigma": 1e-9}}}},
            "prediction.prior.feh.sigma: .*lets no spectrum say anything",
        ),
        ({"spectra": {"wave_min": 620.0}}, "spectra.wave_min: 620.* both in Angstrom"),
    ],
)
def test_what_cannot_be_run_is_refused_and_named(default, schema, changes, message):
    with pytest.raises(ConfigError, match=message):
        check_config(merge_config(default, changes), schema)


def test_archives_that_serve_a_simulated_survey_make_a_simulated_run(real, schema):
    loopback = merge_config(
        real, {"run": "simulated-x", "archives": {"simulated": True}}
    )
    check_config(loopback, schema)
    with pytest.raises(ConfigError, match="run: .*simulated"):
        check_config(merge_config(loopback, {"run": "dr19"}), schema)


def test_the_chosen_route_of_an_input_must_be_given(real, schema):
    wrong = {"archives": {"inputs": {"bayestar": {"route": "query"}}}}
    with pytest.raises(ConfigError, match="inputs.bayestar: 'query' is a required"):
        check_config(merge_config(real, wrong), schema)


def test_the_inputs_are_those_of_the_registry(real, schema):
    inputs = real["archives"]["inputs"]
    for name, hint in (("brky", "mean birky"), ("zzz", "registry.py has no entry")):
        wrong = {"archives": {"inputs": {name: inputs["birky"]}}}
        with pytest.raises(ConfigError, match=f"inputs.{name}: unknown key; .*{hint}"):
            check_config(merge_config(real, wrong), schema)
    asked = {"route": "query", "query": {"archive": "vizier", "megabytes": 1}}
    with pytest.raises(ConfigError, match="behmard.route: no rule asks vizier for it"):
        check_config(
            merge_config(real, {"archives": {"inputs": {"behmard": asked}}}), schema
        )
    del inputs["behmard"]
    with pytest.raises(ConfigError, match="inputs: 'behmard' is a required property"):
        check_config(real, schema)


def test_the_example_of_an_input_can_be_given(root, real, schema):
    recipe = (root / "CONTRIBUTING.md").read_text().partition("```yaml\n")[2]
    example = yaml.safe_load(textwrap.dedent(recipe.partition("```")[0]))
    real["archives"]["inputs"]["birky"] = example
    check_config(real, schema)
    del example["version"]
    with pytest.raises(ConfigError, match="'version' is a required") as refused:
        check_config(real, schema)
    assert "dr20" not in str(refused.value)  # dr19.yaml has been given
    del real["archives"]["addresses"]
    with pytest.raises(ConfigError, match="give that before them"):
        check_config(real, schema)


def test_an_archive_has_an_entry_and_an_address(real, schema, monkeypatch):
    at = {"archive": "another", "urls": ["{anoter}/x.csv"]}
    mine = merge_config(real, {"archives": {"inputs": {"birky": {"download": at}}}})
    with pytest.raises(ConfigError, match="archive: 'another' is none.*hosts.py"):
        check_config(mine, schema)
    monkeypatch.setitem(HOSTS, "another", Host("Another", "Another archive"))
    with pytest.raises(ConfigError, match="addresses.another: missing; .*inputs.birky"):
        check_config(mine, schema)
    given = {"addresses": {"another": "https://astro.another.edu"}}
    mine = merge_config(mine, {"archives": given})
    with pytest.raises(InputError, match="birky.download.urls: 'anoter' in braces"):
        source_of(mine["archives"], "birky", "download")
    given["inputs"] = {"birky": {"download": {"urls": ["{another}/x.csv"]}}}
    mine = merge_config(mine, {"archives": given})
    check_config(mine, schema)
    assert source_of(mine["archives"], "birky", "download")["archive"] == "Another"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"download": {"urls": ["{sas/x"]}}, r"download.urls: '{sas/x' has to have a"),
        ({"download": {"urls": ["{}/x"]}}, "download.urls: '{}/x' has to have a name"),
        (
            {"version": "DR{relaese}"},
            "spall.version: 'relaese' in braces is none",
        ),
        ({"version": "DR{release"}, "spall.version: 'DR{release' has to have a name"),
    ],
)
def test_braces_that_stand_for_nothing_are_named(root, default, given, message):
    real = read_config([root / "config/dr19.yaml"])
    mine = {"archives": {"inputs": {"spall": given}}}
    config = merge_config(merge_config(default, real), mine)
    with pytest.raises(InputError, match=message):
        source_of(config["archives"], "spall", "download")


def test_a_regressor_has_its_settings(default, schema, monkeypatch):
    monkeypatch.setattr(regressors.REGRESSORS["svr"], "settings", ("penalties",))
    with pytest.raises(ConfigError, match="slam.penalties: missing; slam.regressor"):
        check_config(default, schema)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080/x", "https://[::1]:80", "http://localhost"]
)
def test_an_address_of_the_web_is_accepted(real, schema, address):
    there = {"archives": {"addresses": {"sas": address}}}
    check_config(merge_config(real, there), schema)


@pytest.mark.parametrize(
    "address",
    ["", "data.sdss.org", "ftp://data.sdss.org", "https://[bad", "https://a:abc",
     "https://a:99999", "https://a b"],
)  # fmt: skip
def test_an_address_is_one_of_the_web(real, schema, address):
    there = {"archives": {"addresses": {"sas": address}}}
    with pytest.raises(ConfigError, match="addresses.sas: .*does not match"):
        check_config(merge_config(real, there), schema)


def test_so_is_that_of_a_file(real, schema):
    urls = {"birky": {"download": {"urls": ["Table6.csv"]}}}
    with pytest.raises(ConfigError, match="urls.0: .*does not match"):
        check_config(merge_config(real, {"archives": {"inputs": urls}}), schema)


def test_numbers_of_rows_rise(real, schema):
    wrong = {"archives": {"inputs": {"slam": {"download": {"rows": [10, 1]}}}}}
    with pytest.raises(ConfigError, match="slam.download.rows: .*ends at 1, before"):
        check_config(merge_config(real, wrong), schema)


def test_the_leave_one_out_has_labels_of_its_own(root, default, schema):
    config = merge_config(default, read_config([root / "config/lamost54.yaml"]))
    with pytest.raises(ConfigError, match="labels.source: a run on given spectra"):
        check_config(merge_config(config, {"labels": {"source": "published"}}), schema)


def test_a_label_beyond_the_paper_s_is_not_taken_from_its_table(
    default, schema, monkeypatch
):
    others = {name: x for name, x in OF_PAPER.items() if name != "alpha_m"}
    monkeypatch.setattr("mdwarfs.contradictions.OF_PAPER", others)
    check_config(default, schema)
    with pytest.raises(ConfigError, match="paper's own table has no alpha_m"):
        check_config(merge_config(default, {"labels": {"source": "published"}}), schema)


def test_every_problem_is_reported_at_once(default, schema):
    changes = {"seed": -1, "run": 5, "extinction": {"r_v": "x"}}
    with pytest.raises(ConfigError) as error:
        check_config(merge_config(default, changes), schema)
    assert all(key in str(error.value) for key in ("seed", "run", "extinction.r_v"))


def leaves(schema, name=""):
    for key, value in schema.get("properties", {}).items():
        path = f"{name}.{key}" if name else key
        yield path, value
        yield from leaves(value, path)


def test_what_follows_from_a_first_fault_is_not_said(default, schema):
    config = merge_config(default, {"spectra": {"wave_min": 9200, "wave_max": 8800}})
    with pytest.raises(ConfigError) as caught:
        check_config(config, schema)
    assert "ends at 8800, before it begins at 9200" in str(caught.value)
    assert "slam.parts" not in str(caught.value)


def test_every_key_has_a_description_and_a_unit(schema):
    keys = dict(leaves(yaml.safe_load(schema.read_text())))
    assert len(keys) > 60
    lacking = [k for k, v in keys.items() if not (v.get("description") and "unit" in v)]
    assert lacking == []


def test_unknown_keys_are_refused_at_every_level(schema):
    def open_objects(node, name="top"):
        if isinstance(node, dict):
            others = node.get("additionalProperties", True)
            if node.get("type") == "object" and others in (True, {}):
                yield name
            for key, value in node.items():
                yield from open_objects(value, key)

    assert list(open_objects(yaml.safe_load(schema.read_text()))) == []


def test_the_manual_lists_every_key_as_the_schema_has_it(root, schema):
    readme = (root / "config" / "README.md").read_text()
    _, _, listed = readme.partition("## Every key\n\n")
    changed = sorted(set(manual(schema).splitlines()) ^ set(listed.splitlines()))
    assert not changed, "run `make manual`: config/README.md is not of this schema"
    assert listed == manual(schema)


def test_a_configuration_written_down_is_read_back_the_same(default, tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(config_text(default, "simulated", True))
    assert read_config([path]) == default
    assert path.read_text().startswith("# The whole configuration of run simulated.")
    assert "Its data are simulated." in path.read_text().partition("\n")[0]
    assert "simulated" not in config_text({}, "dr19", False)


def test_later_files_change_earlier_ones(tmp_path):
    first, second, empty = (tmp_path / f"{n}.yaml" for n in range(3))
    first.write_text("a: {b: 1, c: [1, 2]}\nd: 4")
    second.write_text("a: {c: [3]}")
    empty.write_text("# nothing")
    assert read_config([first, second, empty]) == {"a": {"b": 1, "c": [3]}, "d": 4}


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"a: [", b"words", b"[1]"])
def test_what_is_no_configuration_is_named(tmp_path, content):
    path = tmp_path / "wrong.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="wrong.yaml"):
        read_config([path])


def test_dr20_completes_dr19_and_is_given_after_it(root):
    folder = root / "config"
    default, dr19, dr20 = (
        folder / f"{name}.yaml" for name in ("config", "dr19", "dr20")
    )
    check_config(read_config([default, dr19, dr20]), schema_path(root))
    with pytest.raises(ConfigError, match="slam_dr19.*dr20.yaml after config/dr19"):
        check_config(read_config([default, dr20, dr19]), schema_path(root))
    with pytest.raises(ConfigError, match="dr20.yaml.* only change what.*dr19.yaml"):
        check_config(read_config([default, dr20]), schema_path(root))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"prediction": {"behaviour": "maximum_posterior"}},
            "(?s)prediction.behaviour: is called prediction.method now.*"
            "maximum_posterior is called map now",
        ),
        ({"prediction": {"method": "maximum_posterior"}}, "is called map now"),
        (
            {"archives": {"candidates": "published"}},
            "archives.candidates: published is called released now",
        ),
        (
            {"archives": {"inputs": {"spall": {"route": "lean"}}}},
            "spall.route: lean is called query now",
        ),
        (
            {"archives": {"inputs": {"slam": {"full": {"rows": [1, 2]}}}}},
            "archives.inputs.slam.full: is called download now",
        ),
        (
            {"archives": {"inputs": {"published_table": {}}}},
            "is called archives.inputs.paper_table now",
        ),
    ],
)
def test_names_of_earlier_versions_are_refused_with_those_of_today(
    root, default, schema, changes, message
):
    real = read_config([root / "config" / "dr19.yaml"])
    with pytest.raises(ConfigError, match=message):
        check_config(merge_config(merge_config(default, real), changes), schema)
