"""The page of the small run, as a browser opens it: from a file, without a network."""

import base64
import re

import pytest

from mdwarfs import tables
from mdwarfs.figures.captions import CAPTIONS
from mdwarfs.figures.registry import EXPERIMENT, FIGURES
from mdwarfs.paper_tables.registry import TABLES
from mdwarfs.report.contents import SECTIONS
from tests import browser

pytestmark = pytest.mark.dag

MOST = 30e6  # bytes of a page
INSIDE = ("data:", "blob:", "chrome:")
"""What is in the page or the browser itself."""
OUTSIDE = re.compile(
    r'(?:src|href)="(?!#|figures/|tables/|assets/|data/|data:,")([^"]*)'
)
"""What a file of the page names beyond the page."""
SHOWN = "return document.body.dataset.spectrum"
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
WIDER = """return [...document.querySelectorAll("main *, nav, .banner")].filter((x) =>
    !x.closest(".wide, pre") && x.getBoundingClientRect().right > 391
).map((x) => x.tagName + "#" + x.id)"""

PLACE = """
const doc = Bokeh.documents[0], plot = doc.get_model_by_name("diagram");
const view = Bokeh.index.find_one(plot), data = doc.get_model_by_name("shown").data;
const box = view.el.getBoundingClientRect(), frame = view.frame;
const inner = (z, [a, b]) => (z - a) * (z - b) < 0;
const ends = (r) => [r.start, r.end];
for (let i = data.star.length - 1; i >= 0; i--) {
    const x = data.diagram_x[i], y = data.diagram_y[i];
    if (inner(x, ends(plot.x_range)) && inner(y, ends(plot.y_range))) {
        return [box.left + frame.x_scale.compute(x),
                box.top + frame.y_scale.compute(y), data.star[i]];
    }
}
"""
"""Where on the screen the uppermost star of the first plot is drawn, and its number."""
TIP = """[...function* all(root) {
    for (const x of root.querySelectorAll("*")) {
        if (x.matches(".bk-tooltip-content")) yield x;
        if (x.shadowRoot) yield* all(x.shadowRoot);
    }
}(document)].map((x) => x.textContent).join(" ")"""
"""The words beside the pointer."""


@pytest.fixture(scope="module")
def results(finished):
    return finished.path / "results" / "simulated-ci"


@pytest.fixture(scope="module")
def page(results):
    return results / "report"


@pytest.fixture(scope="module")
def text(page):
    return (page / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def driver(page, tmp_path_factory):
    """A browser in which the page is open and its plots are drawn."""
    try:
        with browser.chromium(tmp_path_factory.mktemp("chromium")) as driver:
            driver.get((page / "index.html").as_uri())
            until(driver, SHOWN)
            yield driver
    except browser.Unavailable as error:
        pytest.skip(str(error))


def until(driver, script, *arguments):
    """What a script returns, once it returns something."""
    from selenium.webdriver.support.ui import WebDriverWait

    wait = WebDriverWait(driver, browser.PATIENCE, poll_frequency=0.05)
    return wait.until(lambda driver: driver.execute_script(script, *arguments))


def element(driver, selector):
    return driver.find_element("css selector", selector)


def set_to(driver, selector, value, event="input"):
    """Give a control a value, as a user does."""
    driver.execute_script(
        "const x = document.querySelector(arguments[0]); x.value = arguments[1];"
        "x.dispatchEvent(new Event(arguments[2], {bubbles: true}))",
        selector, value, event,
    )  # fmt: skip


def rows(driver, selector):
    """Texts of the rows of a table that are seen."""
    return driver.execute_script(
        "return [...document.querySelectorAll(arguments[0] + ' tbody tr:not(.claim)')]"
        ".filter((x) => x.offsetParent).map((x) => x.textContent)",
        selector,
    )


def claims_seen(driver):
    """Headings of the claims of the ledger that are seen."""
    return driver.execute_script(
        "return [...document.querySelectorAll('#claims .claim')]"
        ".filter((x) => x.offsetParent).map((x) => x.textContent)"
    )


def test_it_says_at_the_top_that_it_is_simulated(text):
    body = text[text.index("<body>") :]
    assert "Simulated: invented stars" in body[:200]


def test_every_section_has_its_content(text):
    parts = re.split(r'<section id="(\w+)" class="part">', text)
    found = dict(zip(parts[1::2], parts[2::2]))
    assert list(found) == list(SECTIONS)
    bare = {
        x: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", y)) for x, y in found.items()
    }
    assert all(len(words) > 300 for words in bare.values())
    assert "the stars are invented" in bare["overview"]
    assert "hybrid_labels.fits" in bare["overview"]
    assert "Criterion 3: below the over-luminous stars" in bare["samples"]
    assert "Behmard et al. (2025)" in bare["tables"]
    assert "What the model knows" in bare["diagnostics"]
    assert "Nothing here is of the sky" in bare["weaknesses"]
    assert "fgk_m_rejected" in bare["provenance"]


def test_every_figure_is_large_and_has_its_words(text, finished, page):
    made = {x.stem for x in (finished.path / "figures" / "simulated-ci").glob("*.png")}
    expected = {x.name for x in FIGURES if x.kind != EXPERIMENT} & made
    assert len(expected) > 20
    for name in expected:
        assert (page / "figures" / f"{name}.png").stat().st_size > 5000
        words = text[text.index(f'<figure id="{name}">') :].partition("</figure>")[0]
        assert CAPTIONS[name][:40].replace("'", "&#39;") in words, name


def test_it_is_not_large_and_names_nothing_outside(page):
    files = [path for path in page.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST
    named = {file: OUTSIDE.findall(file.read_text()) for file in page.rglob("*.html")}
    assert len(named) > 15
    assert not {file.name: names for file, names in named.items() if names}


@pytest.mark.parametrize("name", ["table_3", "table_4", "comparisons"])
def test_tables_fit_a_desktop(driver, name):
    """The browser is 1280 pixels wide."""
    there, least = driver.execute_script(
        "const x = document.getElementById(arguments[0]).closest('.wide');"
        "return [x.clientWidth, x.scrollWidth]",
        name,
    )
    assert least <= there


def test_it_opens_without_errors_or_requests_elsewhere(driver, page):
    errors = [x for x in driver.get_log("browser") if x["level"] == "SEVERE"]
    assert not errors
    asked = [browser.file_of(x) for x in browser.requests(driver)]
    assert any(x.endswith("spectra_000.js") for x in asked)
    outside = {x for x in asked if not x.startswith((str(page), *INSIDE))}
    assert not outside


def test_a_star_can_be_chosen_and_its_spectrum_appears(driver, results):
    catalogue = tables.read(results / "catalogue" / "slam_labels.fits")
    star = catalogue[catalogue["reason"] == ""][7]
    name = f"SDSS {star['sdss_id']}"
    set_to(driver, "#find", name, "change")
    until(driver, "return document.body.dataset.spectrum === arguments[0]", name)
    assert element(driver, "#star-name").text == name
    labels = element(driver, "#star-labels").text
    assert f"{star['teff']:.0f}" in labels
    assert f"{star['feh']:.3f}".replace("-", "−") in labels
    drawn = driver.execute_script(
        "const data = Bokeh.documents[0].get_model_by_name('pixels').data;"
        "return ['wavelength', 'flux', 'model', 'residual'].map((x) =>"
        " [...data[x]].filter(Number.isFinite).length)"
    )
    assert min(drawn) > 0.9 * drawn[0] > 500


def test_stars_are_found_by_every_name_and_what_is_not_found_is_said(driver, results):
    candidates = tables.read(results / "samples" / "candidates.fits")
    star = candidates[candidates["candidate"]][11]
    heading = "return document.querySelector('#star h3').innerText"
    said = "return document.querySelector('#found').textContent"
    for name in (
        str(star["source_id"]),
        f"Gaia DR3 {star['source_id']}",
        f"2MASS J{star['tmass_designation']}",
        str(star["sdss_id"]),
    ):
        set_to(driver, "#find", "", "change")
        set_to(driver, "#find", name, "change")
        assert f"Gaia DR3 {star['source_id']}" in driver.execute_script(heading)
        assert not driver.execute_script(said)
    set_to(driver, "#find", "nobody", "change")
    assert f"No such star: nobody. SDSS {star['sdss_id']}" in driver.execute_script(
        said
    )
    set_to(driver, "#find", "54000", "change")
    assert "stars contain 54000 in an identifier" in driver.execute_script(said)
    first = (
        f"SDSS {tables.read(results / 'catalogue' / 'slam_labels.fits')[7]['sdss_id']}"
    )
    set_to(driver, "#find", first, "change")
    until(driver, "return document.body.dataset.spectrum === arguments[0]", first)


def test_the_page_says_when_and_of_what_code_the_run_was_made(driver, text):
    made = driver.execute_script("return document.querySelector('#made').textContent")
    assert made.startswith("Made from 20")
    assert made.endswith("steps; the commit of their code is not known.")  # a copy
    assert "numpy" in text[text.index('<dl class="software">') :][:1500]


def test_the_spectrum_that_appears_is_that_of_the_run(driver, results):
    from mdwarfs.spectra.spectrum_set import SpectrumSet

    name = element(driver, "#star-name").text
    with SpectrumSet.open(results / "spectra" / "normalised.fits") as spectra:
        number = int(name.removeprefix("SDSS "))
        (row,) = (spectra.stars["sdss_id"] == number).nonzero()[0]
        flux, ivar = spectra.flux[[row]][0], spectra.ivar[[row]][0]
    drawn = driver.execute_script(
        "return [...Bokeh.documents[0].get_model_by_name('pixels').data.flux]"
        ".map((x) => Number.isFinite(x) ? x : null)"
    )
    off = [
        abs(seen - true)
        for seen, true, weight in zip(drawn, flux, ivar)
        if seen is not None and weight > 0
    ]
    assert sorted(off)[int(0.98 * len(off))] < 0.02


def test_a_star_is_pointed_at_and_clicked(driver):
    from selenium.webdriver import ActionChains

    name = element(driver, "#star-name").text
    driver.execute_script(
        "document.querySelector('#planes').scrollIntoView({block: 'center'})"
    )
    x, y, number = driver.execute_script(PLACE)
    ActionChains(driver).move_by_offset(int(x), int(y)).perform()
    until(driver, f"return {TIP}.includes('Teff')")
    tip = driver.execute_script(f"return {TIP}")
    assert "SNR" in tip and "±" in tip and "<" not in tip
    ActionChains(driver).click().perform()
    changed = "return document.querySelector('#star-name').innerText !== arguments[0]"
    until(driver, changed, name)
    assert element(driver, "#star-name").text in tip


def test_stars_are_chosen_by_snr_role_and_flags(driver, results):
    catalogue = tables.read(results / "catalogue" / "slam_labels.fits")
    split = tables.read(results / "samples" / "split.fits")
    count = "return Number(document.body.dataset.shown)"
    assert driver.execute_script(count) == len(catalogue)
    set_to(driver, "#snr-min", "10")
    assert driver.execute_script(count) == (catalogue["snr"] >= 10).sum()
    set_to(driver, "#snr-min", "0")
    set_to(driver, "#role", "test", "change")
    assert driver.execute_script(count) == (split["role"] == "test").sum()
    set_to(driver, "#role", "", "change")
    element(driver, "#unflagged").click()
    assert driver.execute_script(count) == (catalogue["flags"] == 0).sum()
    element(driver, "#unflagged").click()


@pytest.mark.parametrize("colour", ["hybrid_teff", "any", "role", "snr"])
def test_stars_are_coloured_by_labels_flags_and_roles(driver, colour):
    set_to(driver, "#colour", colour, "change")
    bar, legend, kinds = driver.execute_script(
        "return [Bokeh.documents[0].get_model_by_name('bar').visible,"
        " document.querySelectorAll('#legend span').length,"
        " new Set(Bokeh.documents[0].get_model_by_name('shown').data.colour).size]"
    )
    assert kinds > 1
    assert bar == (legend == 0) == (colour not in ("any", "role"))


def test_the_ledger_is_filtered(driver, results):
    claims = tables.read(results / "audit" / "claims.ecsv")
    all_claims = list(dict.fromkeys(claims["id"]))
    assert len(rows(driver, "#claims")) == len(claims)
    assert [x.split()[0] for x in claims_seen(driver)] == all_claims
    assert "≥ 90,000" in rows(driver, "#claims")[0]
    set_to(driver, "form[data-table=claims] select[name=agrees]", "yes", "change")
    agree = (claims["agrees"] == "yes").sum()
    assert 0 < len(rows(driver, "#claims")) == agree < len(claims)
    assert f"{agree} of {len(claims)} rows" in element(driver, ".filters output").text
    assert len(claims_seen(driver)) < len(all_claims)
    set_to(driver, "form[data-table=claims] select[name=agrees]", "")
    set_to(driver, "form[data-table=claims] input", "Behmard")
    (left,) = claims_seen(driver)
    assert "Behmard" in left
    assert len(rows(driver, "#claims")) == (claims["id"] == left.split()[0]).sum()
    set_to(driver, "form[data-table=claims] input", "feh, median")  # as it is in files
    assert "[Fe/H], median" in rows(driver, "#claims")[0]
    set_to(driver, "form[data-table=claims] input", "no such number")
    assert not rows(driver, "#claims") and not claims_seen(driver)
    set_to(driver, "form[data-table=claims] input", "")


def test_a_status_that_all_numbers_have_is_said_once(driver, text):
    ledger = text[text.index('<table id="claims"') :].partition("</table>")[0]
    assert not element(driver, "#ledger").find_elements("name", "status")
    assert "status</th>" not in ledger
    assert "numbers are simulated: the stars are invented" in text


def test_it_prints(driver):
    done = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    content = base64.b64decode(done["data"])
    assert content.startswith(b"%PDF")
    assert 8 < content.count(b"/Type /Page\n") + content.count(b"/Type /Page/") < 120


def test_nothing_is_wider_than_a_phone(driver, page):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    try:
        driver.get((page / "index.html").as_uri())
        until(driver, SHOWN)
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide == PHONE["width"]
        assert not driver.execute_script(WIDER)
        assert element(driver, ".banner").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_finger_on_a_plot_moves_the_page(driver, page):
    active = """return Bokeh.documents[0].get_model_by_name('diagram').toolbar.tools
        .filter((x) => x.active && x.type.includes("Pan")).length"""
    assert driver.execute_script(active) == 1  # of a mouse
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        driver.get((page / "index.html").as_uri())
        until(driver, SHOWN)
        assert driver.execute_script(active) == 0
    finally:
        driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_figures_have_their_room_before_they_are_read(text):
    for name in re.findall(r'<a href="figures/(\w+)\.png">', text):
        assert re.search(rf'{name}\.png" alt="[^"]*" style="--w: \d+; --h: \d+"', text)


@pytest.fixture(scope="module")
def report(finished, tmp_path_factory):
    """Snakemake's own report of the run."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    finished.snakemake("--report", str(path))
    return path


def test_snakemakes_report_has_figures_and_tables_with_captions(finished, report):
    text = report.read_text(encoding="utf-8")

    def entry(path):
        """What the report says of a file, without the file."""
        said = text[text.index(f'"{path}": {{"name"') :][:2500]
        return re.sub(" +", " ", said)  # figures are sorted by a second blank

    made = finished.path / "figures" / "simulated-ci"
    drawn = [x for x in FIGURES if (made / f"{x.name}.png").exists()]
    assert len(drawn) > 20
    for figure in drawn:
        said = entry(f"figures/simulated-ci/{figure.name}.png")
        assert "Simulated: invented stars" in said
        assert figure.caption.rstrip(".") in said
        assert re.sub("[^a-z ]", "", CAPTIONS[figure.name][:30]) in re.sub(
            "[^a-z ]", "", said
        )
    for table in TABLES:
        for form in table.forms:
            said = entry(f"results/simulated-ci/tables/{table.name}.{form}")
            assert table.words[:25] in said
        said = entry(f"results/simulated-ci/report/tables/{table.name}.html")
        assert table.words[:25] in said and "Simulated: invented stars" in said
    for category in ("Figures of the paper", "Diagnostics", "Tables"):
        assert f'"{category}"' in text


KINDS_IN_REPORT = """return Object.entries(results).filter(([path]) =>
    path.includes("/report/tables/")).map(([, x]) => x.mime_type)"""


FIRST = "return document.evaluate(arguments[0], document, null, 9).singleNodeValue"
"""The first element of an XPath, or null."""


@pytest.fixture
def in_report(driver, report, page):
    """The browser with Snakemake's report open; afterwards with the page again."""
    driver.get(report.as_uri())
    yield driver
    driver.get((page / "index.html").as_uri())
    until(driver, SHOWN)


def test_snakemakes_report_shows_tables(in_report, page):
    """Its window shows pictures and HTML; what is neither it only downloads."""
    driver = in_report
    for words in ("Tables", "Ledger"):  # as a reader goes
        until(driver, FIRST, f"//*[normalize-space(text())='{words}']").click()
    until(driver, FIRST, "//*[@id='app']//td//a").click()
    assert "SLAM minus Behmard+2025" in shown_in_frame(driver)
    kinds = driver.execute_script(KINDS_IN_REPORT)
    assert len(kinds) == len(list((page / "tables").glob("*.html"))) > 15
    assert set(kinds) == {"text/html"}


def shown_in_frame(driver):
    """The words of the table that Snakemake's report shows."""
    until(driver, "return document.querySelector('iframe')")
    driver.switch_to.frame(element(driver, "iframe"))
    try:
        assert element(driver, ".banner").is_displayed()
        return element(driver, "main").text
    finally:
        driver.switch_to.default_content()
