"""Parts of a run's page: tables, texts, weaknesses, stars."""

import json
import re

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.figures import spectral_features
from mdwarfs.figures.registry import NEEDS
from mdwarfs.report import (
    cells,
    contents,
    entries,
    introduction,
    stars,
    weaknesses,
)
from mdwarfs.slam.infer.flags import Flag

STAMP = {"run": "simulated-test", "simulated": True}


@pytest.fixture(scope="module")
def plots():
    """The module that needs Bokeh, which is not imported where tests are collected."""
    from mdwarfs.report import plots

    return plots


@pytest.fixture(scope="module")
def page():
    """The module that needs the one before."""
    from mdwarfs.report import page

    return page


def test_numbers_are_told_with_four_digits_and_nulls_not():
    table = Table(
        {"label": ["teff", "feh"], "std": [168.43219, np.nan], "n": [1120, 3]}
    )
    table["std"].info.description = "Standard deviation"
    made = cells.table(table)
    texts = [[cell["text"] for cell in row] for row in made["rows"]]
    assert texts == [["Teff", "168.4", "1,120"], ["[Fe/H]", "", "3"]]
    assert made["heads"][2]["name"] == "stars"
    assert made["heads"][1]["words"] == "Standard deviation"


def test_numbers_have_as_many_decimals_as_their_errors_or_labels():
    table = Table({"median": [0.0007187, -1.99], "e_median": [0.00785, 12.9]})
    table["teff_std"] = [1234.5, 92.31]
    texts = [[cell["text"] for cell in row] for row in cells.table(table)["rows"]]
    assert texts == [["0.0007 ± 0.0078", "1,234"], ["−2 ± 13", "92"]]


def test_a_number_without_an_error_stands_alone_and_an_error_without_one_not_at_all():
    table = Table({"feh": [-0.1, 0.2, np.nan], "e_feh": [np.nan, 0.1, 0.1]})
    table["feh"].info.description, table["e_feh"].info.description = "[Fe/H]", "Error"
    made = cells.table(table)
    assert [row[0]["text"] for row in made["rows"]] == ["−0.100", "0.200 ± 0.100", ""]
    assert [head["words"] for head in made["heads"]] == ["[Fe/H]; ± Error"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("e_FeH", "± [Fe/H]"),
        ("alphaM", "[α/M]"),
        ("chi2", "χ²"),
        ("snr_factor", "factor of SNR"),
        ("feh_niu", "[Fe/H] (Niu scale)"),
        ("logg_n", "log g, stars"),
    ],
)
def test_headings_are_words(name, words):
    assert cells.heading(name) == words


def test_the_whole_folder_has_a_size(page, tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "a.png").write_bytes(bytes(2_000_000))
    assert page._room(tmp_path, 1_000_000, 10) == pytest.approx(9.8 - 3)
    with pytest.raises(InputError, match="report.size is 3 MB"):
        page._room(tmp_path, 1_000_000, 3)


def test_features_are_those_within_the_spectra():
    found = list(spectral_features.placed(8000.0, 8300.0, 3.0))
    assert "Na I" in {x.name for x in found}
    assert all(8000 <= x.middle <= 8300 for x in found)
    for lane in {x.lane for x in found}:
        ends = [
            (x.middle - 1.5 * len(x.name), x.middle + 1.5 * len(x.name))
            for x in found
            if x.lane == lane and x.name and "$" not in x.name
        ]
        assert all(a[1] <= b[0] + 3 for a, b in zip(ends, ends[1:]))


def test_identifiers_are_told_in_full():
    table = Table({"source_id": [4295806720123456789], "n": [-1234]})
    ((number, count),) = cells.table(table)["rows"]
    assert number["text"] == "4295806720123456789"
    assert count["text"] == "−1,234"


def test_texts_lose_their_title_and_no_html_gets_through():
    made = cells.html(
        "# Title\n\n## Part\n\n<script>x</script> | a\n\n| a |\n|---|\n| 1 |"
    )
    assert "Title" not in made
    assert "<h4>Part</h4>" in made
    assert "<script>" not in made
    assert '<div class="wide"><table>' in made


def test_parts_of_a_text_are_found_by_their_headings():
    parts = cells.parts("# A\n\nx\n\n## One\n\n1\n\n## Two\n\n2\n")
    assert list(parts) == ["One", "Two"] and parts["Two"].strip() == "2"


def test_a_cut_flow_is_in_shares_of_what_there_was():
    counts = Table(
        {"criterion": ["all", "a"], "n_removed": [0, 30], "n_left": [40, 10]}
    )
    assert [step["share"] for step in cells.flow(counts)] == [100, 25]
    assert cells.flow(counts)[1]["alone"] is None


def test_what_is_shown_has_a_need_and_a_section():
    for entry in contents.SHOWN:
        assert entry.needs in NEEDS
        assert entry.section in {*contents.SECTIONS, ""}
    names = [entry.name for entry in contents.SHOWN]
    assert len(set(names)) == len(names)
    assert len({entry.path for entry in contents.SHOWN}) == len(names)


@pytest.mark.dag
def test_plots_are_the_same_whatever_was_plotted_before(plots):
    first, roots = plots.document(6000.0, 8960.0)
    second, again = plots.document(6000.0, 8960.0)
    assert first == second and roots == again
    assert set(roots) == {"diagram", "labels", "features", "spectrum", "residual"}
    assert set(json.loads(first)) >= {"roots"}


def test_plots_do_not_depend_on_the_order_of_a_set(plots):
    source = {"id": "p2", "type": "object", "attributes": {"low": 1, "high": 2}}
    columns = [["top", 3], ["bottom", 4]]
    first = {"map": {"type": "map", "entries": columns}, "a": source, "b": {"id": "p2"}}
    turned = source | {"attributes": {"high": 2, "low": 1}}
    second = {"b": turned, "a": {"id": "p2"}}
    second["map"] = {"entries": columns[::-1], "type": "map"}
    written = json.dumps(plots.in_order(first))
    assert json.dumps(plots.in_order(second)) == written
    assert json.loads(written)["a"] == source and json.loads(written)["b"] == {
        "id": "p2"
    }


def test_the_scripts_of_the_plots_are_at_hand(plots):
    (text,) = plots.scripts().values()
    assert len(text) > 500_000


def catalogue(n=4):
    """A catalogue of n stars, one without labels."""
    table = Table({"source_id": np.arange(1, n + 1), "sdss_id": [7, 0, 9, 10][:n]})
    table["snr"] = np.linspace(5, 20, n)
    table["teff"] = np.where(np.arange(n) == 2, np.nan, 3500.0)
    table["e_teff"] = 80.0
    table["flags"] = np.array([0, int(Flag.LOW_SNR), int(Flag.NO_LABELS), 0])[:n]
    table["reason"] = np.array(["", "", "no spectrum", ""])[:n]
    return table


def test_a_star_has_what_the_run_knows_of_it():
    labels = Table(
        {"source_id": [4, 2], "teff": [3400.0, 3600.0], "e_teff": [50.0, 60.0]}
    )
    split = Table({"source_id": [4, 2], "role": ["test", "train"]})
    hybrid = Table(
        {"source_id": [1, 2, 3, 4], "teff": [1.0, 2, 3, 4], "flags": [0] * 4}
    )
    found = stars.table(catalogue(), hybrid, split, labels, ["teff"])
    assert list(found["called_sdss_id"]) == ["7", "", "9", "10"]
    assert list(found["called_source_id"]) == ["1", "2", "3", "4"]
    assert list(found["role"]) == [0, 1, 0, 2]
    assert found["ref_teff"][3] == 3400 and np.isnan(found["ref_teff"][0])
    assert found["ref_e_teff"][1] == 60
    assert list(found["hybrid_teff"]) == [1, 2, 3, 4]
    assert "bp_rp0" not in found.colnames and "true_teff" not in found.colnames
    text = stars.script(stars.packed(found, ["teff"]), {"stars": []})
    content = json.loads("[" + text[len("mdwarfs.stars(") : -len(");\n")] + "]")[0]
    assert content["n"] == 4 and content["labels"][0]["unit"] == "K"
    assert [x["title"] for x in content["called"]] == ["Gaia DR3", "SDSS"]
    seen = {bit["name"] for bit in content["bits"] if bit["seen"]}
    assert seen == {"low_snr", "no_labels"}


def test_where_not_all_stars_fit_those_of_the_split_are_listed_first():
    n = 20_000
    rng = np.random.default_rng(3)
    listed = Table({"source_id": np.arange(n), "snr": rng.uniform(2, 50, n)})
    listed["called_source_id"] = listed["source_id"].astype(str)
    for name in ("teff", "logg"):
        listed[name] = rng.normal(size=n)
    for name in ("flags", "hybrid_flags"):
        listed[name] = np.zeros(n, int)
    listed["role"] = np.where(np.arange(n) % 40 == 0, 1, 0)
    names = ["teff", "logg"]
    packed = stars.packed(listed, names)
    size = len(stars.script(packed, {})) / 1e6
    assert list(stars.that_fit(listed, packed, size)) == list(range(n))
    some = stars.that_fit(listed, packed, size / 4)
    assert np.all(np.isin(np.flatnonzero(listed["role"]), some))
    fewer = stars.packed(listed[some], names)
    assert len(stars.script(fewer, {})) / 1e6 < 1.1 * size / 4
    assert np.median(listed["snr"][some]) == pytest.approx(26, abs=2)


def products():
    """Products of a run, as little as weaknesses are told of."""
    return {
        "catalogue": catalogue(),
        "products": Table({"path": ["a"], "problems": [""]}),
    }


def told(given, stamp=STAMP):
    return {x["title"]: x for x in weaknesses.weaknesses(given, stamp)}


def test_weaknesses_are_those_of_the_run():
    given = products()
    found = told(given)
    assert "Nothing here is of the sky" in found
    assert "1 of 4 stars have no labels, or not all" in found
    flagged = found["2 of 4 stars have a flag"]["parts"]
    assert any(part.startswith("low snr, 1:") for part in flagged)
    assert not any("audit" in title for title in found)
    assert "Nothing here is of the sky" not in told(given, STAMP | {"simulated": False})


def test_training_stars_in_comparisons_are_told_with_the_numbers_without_them():
    given = products()
    given["catalogue"]["trained_on"] = [True, False, False, False]
    columns = {"median": [-30.0, 5.0], "std": [60.0, 9.0]}
    columns |= {"median_unseen": [-28.0, 5.0], "std_unseen": [80.0, 9.0]}
    given["comparisons"] = Table(
        {
            "comparison": ["R5", "R1"],
            "label": ["teff"] * 2,
            "n": [3, 2],
            "n_unseen": [2] * 2,
        }
        | columns
    )
    (line,) = told(given)["1 of 4 stars of the catalogue are training stars"]["parts"]
    assert line == (
        "R5 Teff, 2 of 3: median −28 in place of −30, standard deviation 80 in place "
        "of 60 K"
    )


def test_numbers_that_disagree_are_weaknesses():
    claims = Table(
        {"id": ["R1", "R2"], "quantity": ["a", "b"], "agrees": ["yes", "no"]}
    )
    claims["status"] = ["reproduced", "differs"]
    claims["unit"], claims["judged"], claims["paper"] = "dex", "within", 0.0
    claims["found"], claims["e_found"], claims["injected"] = -0.069, 0.014, 0.0
    claims["kind"], claims["cause"] = "expected", "cool stars"
    given = products() | {"claims": claims}
    (line,) = told(given)["1 number is not what was put in"]["parts"]
    assert line == (
        "R2 b: found −0.069 ± 0.014, injected 0.000 dex, −4.9 sigma (cool stars)"
    )
    real = told(given, STAMP | {"simulated": False})
    assert (
        "R2 b (our expectation)"
        in (real["1 number of the paper is not reproduced"]["text"])
    )


def simulated_stars(n=600):
    """Stars of known labels: alpha_m is not measured, Teff is, but too warm if cool."""
    rng = np.random.default_rng(4)
    table = Table({"true_teff": rng.normal(3450, 150, n)})
    table["true_alpha_m"] = rng.normal(0, 0.04, n)
    cool = table["true_teff"] < weaknesses.COOL
    table["teff"] = table["true_teff"] + 60 * cool + rng.normal(0, 20, n)
    table["alpha_m"] = 0.2 * table["true_alpha_m"] + rng.normal(0, 0.05, n)
    table["flags"], table["role"] = (
        np.arange(n) % 7 == 0,
        (np.arange(n) % 2).astype(int),
    )
    table["alpha_m"][1::2] = table["true_alpha_m"][1::2]  # training stars say nothing
    table["alpha_m"][::7] = table["true_alpha_m"][::7]  # nor do those with a flag
    return table


def test_labels_that_scatter_as_the_stars_do_are_said_not_to_be_measured():
    title = "Some labels of SLAM are hardly measured, or not at all"
    found = told(products() | {"stars": simulated_stars()})[title]
    (line,) = found["parts"]
    assert (
        line.startswith("[alpha/M]: scatter 0.056 dex, spread")
        and "(257 stars)" in line
    )
    assert "the truth" in found["text"]
    stars_ = simulated_stars()
    stars_.rename_columns(
        ["true_teff", "true_alpha_m"], ["ref_teff", "ref_alpha_m"]
    )  # of a run on the sky
    assert "the references" in told(products() | {"stars": stars_})[title]["text"]
    stars_["alpha_m"] = stars_["ref_alpha_m"] + 0.01
    assert title not in told(products() | {"stars": stars_})


def test_numbers_that_disagree_come_with_the_errors_of_cool_and_warm_stars():
    claims = Table({"id": ["R2"], "quantity": ["b"], "agrees": ["no"], "unit": ["K"]})
    claims["judged"], claims["paper"], claims["cause"] = "within", 0.0, ""
    claims["found"], claims["e_found"], claims["injected"] = 3.0, np.nan, 4.0
    found = told(products() | {"claims": claims, "stars": simulated_stars()})
    text = found["1 number is not what was put in"]["text"]
    cool, warm = re.search(r"Teff (\S+) and (\S+) K", text).groups()
    assert abs(float(cool) - 60) < 12 and abs(float(warm.replace("−", "-"))) < 12


@pytest.mark.parametrize(("std", "said"), [(2.7, True), (1.1, False)])
def test_uncertainties_that_are_too_small_are_told(std, said):
    pulls = Table(
        {"label": ["teff"], "uncertainty": ["formal"], "bin": [0], "std": [std]}
    )
    found = told(products() | {"pulls": pulls})
    assert ("Some uncertainties are too small" in found) == said


def test_problems_of_the_audit_are_told():
    bad = Table({"path": ["a.fits"], "problems": ["3 rows twice"]})
    found = told(products() | {"products": bad})
    assert (
        "a.fits: 3 rows twice"
        in found["The audit found problems in 1 products"]["text"]
    )


@pytest.mark.parametrize(
    ("config", "simulated", "said"),
    [
        ({"source": "simulated"}, True, "Everything is simulated"),
        ({"source": "files"}, False, "are real"),
        ({"source": "files"}, True, "are simulated"),
        (
            {"source": "archives", "archives": {"candidates": "released"}},
            False,
            "released ones of SDSS",
        ),
        (
            {"source": "archives", "archives": {"candidates": "predicted"}},
            True,
            "served on this machine",
        ),
    ],
)
def test_the_top_says_what_is_real(config, simulated, said):
    assert said in " ".join(introduction.origin(config, simulated))


def test_the_numbers_at_the_top_are_counted():
    facts = introduction.facts(catalogue(), np.array([0, 1, 0, 2]), {}, True)
    assert [x["number"] for x in facts] == ["4", "3", "2", "1", "1"]


def claim_of(status):
    """A row of the audit's numbers, of a real run."""
    row = {"id": "R1", "where": "table 2", "claim": "SLAM minus others", "unit": "dex"}
    row |= {"quantity": "feh, std", "judged": "within", "kind": "printed"}
    row |= {"paper": 0.2, "paper_upper": np.nan, "tolerance": 0.1, "found": 0.25}
    row |= {"e_found": 0.01, "injected": np.nan, "agrees": "", "status": status}
    return row | {"product": "a.fits", "rule": "a", "note": "printed so", "cause": ""}


@pytest.mark.parametrize("several", [True, False])
def test_statuses_stand_beside_numbers_where_they_differ(page, several):
    rows = [claim_of("reproduced"), claim_of("differs" if several else "reproduced")]
    (alone,) = entries.alone({"claims": Table(rows)})
    (listed,) = entries.of_section("ledger", {"claims": Table(rows)})
    for entry in (alone, listed):
        text = (
            page._templates()
            .get_template("alone.html.j2")
            .render(entry=entry, style="", banner="", **STAMP)
        )
        assert ('<th scope="col">status</th>' in text) == several
        assert ("injected" in text, "within the allowed" in text) == (False, True)
        assert "Allowed difference: printed so." in text
    assert bool(listed["filters"]) == several and not alone["filters"]


def test_numbers_of_given_spectra_say_once_that_they_are_real():
    table = Table({"quantity": ["a", "b"], "of": ["SLAM", "hybrid"]})
    table["label"], table["status"] = "teff", "real"
    (entry,) = entries.of_section("ledger", {"numbers": table})
    assert entry["alike"] == "All 2 numbers are of real stars."
    assert list(entry["filters"]) == ["of"]
    assert "status" not in [head["name"] for head in entry["heads"]]
