"""Formats find themselves; a file may hold many spectra."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.spectra import formats
from mdwarfs.spectra.files import opened
from mdwarfs.spectra.formats import read, read_all
from mdwarfs.spectra.spectrum import build_spectrum
from tests.spectra.observed import write_lamost

PIXELS = np.linspace(6000.0, 9000.0, 50)


@pytest.fixture
def plain(monkeypatch):
    """A format of which each line is the name and the flux of a spectrum."""

    def spectra(content):
        for line in content.data.decode().splitlines()[1:]:
            name, flux = line.split()
            values = np.full(50, float(flux))
            yield build_spectrum(PIXELS, values, np.ones(50), at_rest=True, name=name)

    module = SimpleNamespace(
        NAME="plain",
        TITLE="plain lines",
        recognises=lambda content: content.data.startswith(b"plain"),
        read=lambda content: list(spectra(content)),
    )
    known = formats.formats()
    monkeypatch.setattr(formats, "formats", lambda: (*known, module))
    return module


@pytest.fixture
def three(plain, tmp_path):
    """A file of three spectra."""
    path = tmp_path / "three.txt"
    path.write_text("plain\nA 1\nB 2\nC 3\n")
    return path


def test_every_module_of_the_package_is_a_format(root):
    folder = root / "workflow" / "mdwarfs" / "spectra" / "readers"
    names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    found = formats.formats()
    assert sorted(module.__name__.rpartition(".")[2] for module in found) == names
    assert {"lamost", "mwm_star", "spec"} <= set(names)
    ranks = [getattr(module, "RANK", 0) for module in found]
    assert ranks == sorted(ranks) and [m.NAME for m in found][-2:] == [
        "table",
        "specutils",
    ]
    assert len({module.NAME for module in found}) == len(found)
    for module in found:
        assert module.TITLE in formats.titles()


def test_the_documentation_has_a_row_for_each_in_the_order_of_trying(root):
    lines = (root / "docs" / "formats.md").read_text().split("##")[0].splitlines()
    rows = [line.split("|")[1:3] for line in lines if line.startswith("| `")]
    assert [[word.strip(" `") for word in row] for row in rows] == [
        [module.NAME, module.__name__.rpartition(".")[2]]
        for module in formats.formats()
    ]


def test_a_file_of_one_format_is_not_taken_for_another(real):
    files = [
        real / "boss" / "pyhammer_spec-1123-52882-0065.fits.gz",
        *list((real / "lamost" / "spectrum").glob("*.fits"))[:3],
    ]
    for path in files:
        with opened(path) as content:
            known = [m for m in formats.formats() if not getattr(m, "RANK", 0)]
            assert sum(module.recognises(content) for module in known) == 1


def test_all_spectra_of_a_file_are_read_in_their_order(three):
    spectra = read_all(three)
    assert [spectrum.name for spectrum in spectra] == ["A", "B", "C"]
    assert [spectrum.flux[0] for spectrum in spectra] == [1, 2, 3]
    sources = [f"{three}[{number}]" for number in (1, 2, 3)]
    assert [spectrum.source for spectrum in spectra] == sources
    assert {spectrum.kind for spectrum in spectra} == {"plain"}


def test_one_of_several_is_chosen_by_its_number(three):
    by_selector, by_number = read(f"{three}[2]"), read(three, which=2)
    assert by_selector.name == by_number.name == "B"
    assert by_selector.source == by_number.source == f"{three}[2]"
    (again,) = read_all(by_selector.source)
    assert again.name == "B"


def test_one_of_several_is_chosen_by_its_name(plain, three):
    assert read(f"{three}[C]").source == read(three, "C").source == f"{three}[3]"
    three.write_text("plain\n12 1\n2 2\nC 3\nC 4\n")
    assert read(f"{three}[12]").source == f"{three}[1]"  # there is no twelfth
    assert read(f"{three}[2]").name == "2" and read(f"{three}[1]").name == "12"
    with pytest.raises(InputError, match="2 spectra of the name C: choose by the num"):
        read(f"{three}[C]")
    with pytest.raises(
        InputError, match=r"has no spectrum D: it holds 4 spectra \(12,"
    ):
        read(f"{three}[D]")


def test_without_a_choice_the_message_says_how_many_and_how(three):
    with pytest.raises(InputError) as caught:
        read(three)
    message = str(caught.value)
    assert message.startswith(f"{three}: holds 3 spectra (A, B, C)")
    assert f"as {three}[1]" in message
    three.write_text("plain\n" + "".join(f"S{k} 1\n" for k in range(90)))
    with pytest.raises(InputError, match=r"90 spectra \(S0, S1, S2, S3, S4, ...\)"):
        read(three)


@pytest.mark.parametrize("number", [0, 4])
def test_a_number_that_is_not_there_is_refused(three, number):
    with pytest.raises(InputError, match=f"has no spectrum {number}: it holds 3"):
        read(f"{three}[{number}]")
    with pytest.raises(InputError, match=f"has no spectrum {number}: it holds 3"):
        read(three, number)


def test_a_file_of_that_very_name_goes_before_a_number(tmp_path):
    path = tmp_path / "download[2]"
    write_lamost(path, 0.0)
    assert read(path).source == str(path)
    one = tmp_path / "one.fits"
    write_lamost(one, 0.0)
    assert read(f"{one}[1]").source == read(one).source == str(one)
    with pytest.raises(InputError, match="has no spectrum 2: it holds 1 spectrum$"):
        read(f"{one}[2]")
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "absent.fits[2]")


def test_a_format_without_spectra_and_one_that_fails_are_reasons(plain, three):
    three.write_text("plain\n")
    with pytest.raises(InputError, match="three.txt: holds no spectrum"):
        read_all(three)

    class Odd(Exception):
        pass

    def fail(content):
        raise Odd("an odd byte")

    plain.read = fail
    reason = r"three.txt: looks like plain lines, and cannot .* \(an odd byte\)"
    with pytest.raises(InputError, match=reason):
        read_all(three)
    plain.recognises = fail
    with pytest.raises(InputError, match="three.txt: is not a FITS file, nor of a kn"):
        read_all(three)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty$"),
        (
            "# wave flux\n6000 1 .1\n6001 1 .1\n",
            "a text table needs commas between its",
        ),
        ("wave;flux\n600,1;1,5\n600,2;1,4\n", "a text table needs commas between its"),
        ("wave\tflux\n" + 2000 * "6000\t1\n", "a text table needs commas between its"),
        ("wave,flax\n6000,1\n6001,1\n", "is not a FITS file, nor of a known format"),
        ("a page of 404 words\n", "is not a FITS file, nor of a known format"),
    ],
)
def test_texts_that_are_no_tables_say_what_they_lack(tmp_path, text, words):
    path = tmp_path / "text.dat"
    path.write_text(text)
    with pytest.raises(InputError, match=f"text.dat: .*{words}"):
        read(path)


@pytest.mark.parametrize(
    ("name", "advised"),
    [
        ("wavelength_air", "wavelength_air"),
        ("wave", "wave"),
        ("AWAV", "wavelength_air"),
    ],
)
def test_advice_on_a_unit_keeps_the_medium(tmp_path, name, advised):
    path = tmp_path / "unit.ecsv"
    table = Table({name: np.arange(6000.0, 6010)})
    table["flux"], table["error"] = 1.0, 0.1
    table.write(path, format="ascii.ecsv")
    words = f"the column {name} a unit, .* WAVEUNIT .* name it {advised}_angstrom, _nm"
    with pytest.raises(InputError, match=words):
        read(path)
    table.rename_column(name, f"{advised}_angstrom")
    table.meta = {} if advised != "wave" else {"AIRORVAC": "air"}
    table.write(path, format="ascii.ecsv", overwrite=True)
    assert abs(read(path).wavelength[0] - 6001.66) < 0.01  # of air


@pytest.mark.parametrize(
    "error", [MemoryError(), RecursionError("deep"), OverflowError("high"),
              AssertionError(), AttributeError("none"), KeyError("key")]
)  # fmt: skip
def test_whatever_a_parser_throws_is_a_reason(plain, three, monkeypatch, error):
    def fail(*arguments):
        raise error

    plain.read = fail
    with pytest.raises(InputError, match="three.txt: looks like plain lines, and"):
        read_all(three)
    monkeypatch.setattr(formats, "parse", fail)
    with pytest.raises(InputError, match=r"three.txt: cannot be read \(.+\)"):
        read_all(three)


def test_the_mark_of_simulated_files_is_handed_on(plain, three, tmp_path):
    path = tmp_path / "lamost.fits"
    write_lamost(path, 0.0)
    assert read(path).simulated is None
    with fits.open(path, mode="update") as hdus:
        hdus[0].header["SIMULATD"] = True
    assert read(path).simulated is True
    with fits.open(path, mode="update") as hdus:
        hdus[0].header["SIMULATD"] = False
    assert read(path).simulated is False
    assert read(three, 1).simulated is None
