"""Damaged and hostile files: a reason, at once, and in little memory."""

import gzip
import json
import subprocess
import sys
from contextlib import suppress

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.spectra.fits_sizes import check_sizes
from mdwarfs.spectra.formats import read, read_all
from mdwarfs.spectra.load import load_all
from tests.spectra import forms
from tests.spectra.observed import LOGLAM, flux_with_lines, write_lamost, write_spec

FLUX = flux_with_lines(10**LOGLAM, 0.0)
IVAR = np.ones(len(LOGLAM))


def card(text):
    return text.encode().ljust(80)


def header(*cards):
    """A header of FITS, filled up to whole blocks."""
    data = b"".join(map(card, [*cards, "END"]))
    return data.ljust(-(-len(data) // 2880) * 2880)


def primary(*cards):
    return header(
        "SIMPLE  =                    T", "BITPIX  =                  -32", *cards
    )


def table(rows, width, *cards):
    return primary("NAXIS   =                    0") + header(
        "XTENSION= 'BINTABLE'", "BITPIX  =                    8",
        "NAXIS   =                    2", f"NAXIS1  = {width}", f"NAXIS2  = {rows}",
        *cards,
    )  # fmt: skip


ZEROS = bytes(2880)
FIELDS = "PCOUNT  = 0", "GCOUNT  = 1", "TFIELDS = 1"
HOSTILE = {
    "dimensions": primary("NAXIS   = 99999999999"),
    "pixels": primary("NAXIS   = 1", "NAXIS1  = 100000000000"),
    "image": primary("NAXIS   = 2", "NAXIS1  = 1000", "NAXIS2  = 1000") + ZEROS,
    "product": primary("NAXIS   = 3", *(f"NAXIS{k} = 2000" for k in (1, 2, 3))) + ZEROS,
    "negative": primary("NAXIS   = 1", "NAXIS1  = -5"),
    "no number": primary("NAXIS   = 1", "NAXIS1  = many"),
    "no end": primary("NAXIS   = 0").replace(b"END", b"ENE") + b"X" * 500_000,
    "rows": table(10**11, 8, *FIELDS, "TFORM1  = '1D'", "TTYPE1  = 'flux'"),
    "rows of nothing": table(10**11, 0, *FIELDS, "TFORM1  = '0D'"),
    "heap": table(1, 8, "PCOUNT  = 100000000000", *FIELDS[1:], "TFORM1  = '1D'"),
    "groups": table(1, 8, "PCOUNT  = 0", "GCOUNT  = 99999999999", FIELDS[2]),
    "wide": table(1, 8, *FIELDS, "TFORM1  = '99999999999D'", "TTYPE1 = 'flux'") + ZEROS,
    "fields": table(1, 8, *FIELDS[:2], "TFIELDS = 999999999", "TFORM1  = '1D'") + ZEROS,
    "compressed": table(
        1, 8, *FIELDS, "TFORM1  = '1PB(0)'", "TTYPE1  = 'COMPRESSED_DATA'",
        "ZIMAGE  =                    T", "ZCMPTYPE= 'RICE_1'", "ZBITPIX = 32",
        "ZNAXIS  = 2", "ZNAXIS1 = 1000000", "ZNAXIS2 = 1000000",
    ) + ZEROS,
    "lengths": table(
        3, 48, "PCOUNT  = 0", FIELDS[1], "TFIELDS = 3",
        *(f"TFORM{k}  = '1QD(9)'" for k in (1, 2, 3)), "TTYPE1  = 'wave_vac_nm'",
        "TTYPE2  = 'flux'", "TTYPE3  = 'ivar'",
    ) + np.full(360, 10**11, ">i8").tobytes(),
    "less": table(0, 8, *FIELDS, "TFORM1  = '1D'") + ZEROS + header("XTENSION= 'A'"),
    "bomb": gzip.compress(bytes(2**24), 1) * 20,
    "FITS bomb": gzip.compress(primary("NAXIS   = 1", f"NAXIS1  = {2**26}"))
    + gzip.compress(bytes(2**24), 1) * 20,
}  # fmt: skip

PROBE = """
import json, pathlib, re, resource, sys, time
from mdwarfs.errors import InputError
from mdwarfs.spectra.formats import read_all
resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
found = {}
for path in sys.argv[1:]:
    begin = time.process_time()
    try:
        read_all(path)
        reason = ""
    except InputError as error:
        reason = str(error)
    found[path] = time.process_time() - begin, reason
status = pathlib.Path("/proc/self/status")
if status.exists():  # what getrusage says begins with the memory of the parent
    memory = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
else:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"memory": memory, "found": found}))
"""


@pytest.mark.dag
def test_what_promises_more_than_it_holds_costs_nothing(tmp_path, root):
    paths = []
    for name, data in HOSTILE.items():
        paths.append(tmp_path / f"{name}.fits")
        paths[-1].write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *map(str, paths)],
        env={"PYTHONPATH": str(root / "workflow"), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["memory"] < 300_000, "KiB"
    for path, (seconds, reason) in answer["found"].items():
        assert reason, path
        assert seconds < 1, path
    reasons = {path.stem: answer["found"][str(path)][1] for path in paths}
    check_reasons(reasons)
    assert "inflates to more than 128 MiB" in reasons["bomb"]
    assert "inflates to more than 128 MiB" in reasons["FITS bomb"]


def check_reasons(reasons):
    """What is said of files that promise more than they hold."""
    assert "NAXIS = 99999999999" in reasons["dimensions"]
    assert "promises less than the file holds" in reasons["less"]
    assert "a compressed image promises 1000000000000" in reasons["compressed"]
    for name in ("pixels", "rows", "rows of nothing", "heap", "groups"):
        assert "a header promises" in reasons[name], reasons[name]
    for name in ("image", "product", "no end"):
        assert reasons[name].endswith("the file is truncated"), reasons[name]


def test_what_promises_more_than_it_holds_is_refused(tmp_path):
    reasons, path = {}, tmp_path / "hostile.fits"
    for name in HOSTILE.keys() - {"bomb", "FITS bomb"}:
        path.write_bytes(HOSTILE[name])
        with pytest.raises(InputError) as error:
            read_all(path)
        reasons[name] = str(error.value)
    check_reasons(reasons)


def test_a_large_gzipped_file_is_unpacked_by_its_user(tmp_path, monkeypatch):
    path = tmp_path / "a.fits.gz"
    write_lamost(tmp_path / "a.fits", 0.0)
    path.write_bytes(gzip.compress((tmp_path / "a.fits").read_bytes()))
    assert read(path).kind == "lamost"
    monkeypatch.setattr("mdwarfs.spectra.files.LARGEST_INFLATED", 50_000)
    with pytest.raises(InputError, match="unpack it first"):
        read(path)
    monkeypatch.setattr("mdwarfs.spectra.files.LARGEST", 50_000)
    with pytest.raises(InputError, match="is larger than 0 MiB"):
        read(tmp_path / "a.fits")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Sound files of every kind, which nobody changes."""
    folder = tmp_path_factory.mktemp("sound")
    planes = 10**LOGLAM, FLUX, IVAR
    row = {"flux": FLUX, "ivar": IVAR, "pixel_flags": np.zeros(len(FLUX), int),
           "mjd": 59900, "snr": 9.0, "in_stack": True, "xcsao_v_rad": 3.0}  # fmt: skip
    write_lamost(folder / "lamost.fits", 1e-4)
    write_spec(folder / "spec.fits", {"CLASS": "STAR", "Z": 1e-4, "ZWARNING": 4})
    write_mwm_star(
        folder / "mwm.fits", {"sdss_id": 7, "snr": 9.0}, *planes[1:], 0 * FLUX
    )
    forms.write_visits(folder / "visit.fits", [row, row])
    forms.write_dr8(folder / "dr8.fits", *planes, Z=1e-4)
    forms.write_pilot(folder / "pilot.fits", (3.5523, 1e-4), *planes[1:])
    forms.write_sp_spec(folder / "sp.fits", (3.5523, 1e-4), *planes[1:])
    mask = np.zeros((1, len(FLUX)))
    forms.write_desi(
        folder / "desi.fits", [1], {"Z": (planes[0], FLUX[None], IVAR[None], mask)}
    )
    few = tuple(plane[::20] for plane in planes)
    for suffix in ("fits", "csv", "ecsv"):
        forms.write_table(folder / f"table.{suffix}", *few)
    return sorted(folder.iterdir())


def test_bytes_behind_the_end_are_left_alone(sound, tmp_path):
    path = tmp_path / "longer.fits"
    for file in sound:
        if file.suffix == ".fits":
            spectrum, data = read_all(file)[0], file.read_bytes()
            assert check_sizes(data) == len(data)
            for behind in (b"\r\n", bytes(5000)):
                path.write_bytes(data + behind)
                again = read_all(path)[0]
                np.testing.assert_array_equal(again.flux, spectrum.flux)
                assert again.zwarning == spectrum.zwarning


def is_sane(spectrum):
    """Whether a spectrum is one, whatever it shows."""
    wavelength, flux, ivar = spectrum.wavelength, spectrum.flux, spectrum.ivar
    assert wavelength.shape == flux.shape == ivar.shape == (len(wavelength),)
    assert np.isfinite([wavelength, flux, ivar]).all()
    assert (np.diff(wavelength) > 0).all() and wavelength[0] > 0 and (ivar >= 0).all()
    return type(spectrum.v_rad) is type(spectrum.snr) is float


def damaged(data, rng):
    """Data with some bits flipped or bytes or digits changed, most in a header."""
    data = bytearray(data)
    starts = [0]
    while (found := bytes(data).find(b"XTENSION=", starts[-1] + 1)) > 0:
        starts.append(found)
    for _ in range(rng.integers(1, 4)):
        spot = rng.integers(len(data))
        if rng.random() < 0.7:
            spot = min(rng.choice(starts) + rng.integers(4000), len(data) - 1)
        data[spot] = rng.choice(
            [
                data[spot] ^ 1 << rng.integers(8),
                rng.integers(256),
                ord("0") + rng.integers(10),
            ]
        )
    return data


@pytest.mark.dag
def test_random_damage_gives_a_reason_or_a_spectrum(sound, tmp_path):
    rng = np.random.default_rng(2025)
    path, outcomes = tmp_path / "damaged.fits", {"read": 0, "refused": 0}
    for k in range(110):
        file = sound[k % len(sound)]
        path.write_bytes(damaged(file.read_bytes(), rng))
        try:
            assert all(map(is_sane, read_all(path)))
            outcomes["read"] += 1
        except InputError as error:
            assert str(error).startswith(f"{path}: ")
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20


def test_a_fits_file_that_is_cut_off_is_never_read(sound, tmp_path):
    rng = np.random.default_rng(7)
    for file in sound:
        data = file.read_bytes()
        if file.suffix != ".fits":
            continue
        part = tmp_path / "part.fits"
        ends = {0}
        for end in (*rng.integers(len(data), size=12), len(data) - 1, 2880, 2881):
            part.write_bytes(data[:end])
            try:
                ends.add(check_sizes(data[:end]))
            except InputError:
                with pytest.raises(InputError):
                    read(part)
        assert ends <= {0, 2880}, "the end of a part, of which the rest is not known"


def test_one_damaged_file_costs_its_own_row(sound, settings, tmp_path):
    flipped = tmp_path / "flipped.fits"
    data = (mwm := next(p for p in sound if p.name == "mwm.fits")).read_bytes()
    flipped.write_bytes(data.replace(b"TTYPE26 = '", b"TTYPE26 = g", 1))
    stars = load_all([flipped, mwm, tmp_path / "a\0b"], settings).stars
    assert stars["status"][0].startswith("is damaged (") and stars["status"][1] == "ok"
    assert stars["status"][2].startswith("cannot be read (")


def outcome(path):
    """What is made of a file: the kinds of its spectra, or the reason."""
    try:
        return [spectrum.kind for spectrum in read_all(path)]
    except InputError as error:
        return str(error).removeprefix(f"{path}: ")


def test_the_faults(shared):
    folder = shared / "faults" / "spectra"
    if not folder.is_dir():
        pytest.skip("the folder of faulty spectra is not beside this checkout")
    expected = {
        "mwmVisit.fits": ["mwmVisit"] * 2,
        "lamost-dr8.fits": ["lamost-dr8"],
        "lamost-pilot.fits": ["lamost-pilot"],
        "spSpec.fit": ["spSpec"],
        "spec-trailing.fits": ["spec"],
        "spec-no-spall.fits": ["spec"],
        "spec-ok.fits": ["spec"],
        "good_mwm.fits": ["mwmStar"],
    }
    assert {name: outcome(folder / name) for name in expected} == expected
    assert outcome(folder / "flip_ttype.fits").startswith("is damaged (Unparsable card")
    assert "NAXIS = 99999999999" in outcome(folder / "naxis_1e11.fits")
    other = outcome(folder / "mwmStar-0.6.0-54050002.fits")
    assert other == (
        "its name says the star of SDSS_ID 54050002, its header that of 54000006"
    )
    right = read(folder / "spec-ok.fits")
    np.testing.assert_array_equal(read(folder / "spec-trailing.fits").flux, right.flux)
    bare = read(folder / "spec-no-spall.fits")
    np.testing.assert_array_equal(bare.flux, right.flux)
    assert np.isnan(bare.snr) and np.isnan(bare.v_rad) and bare.zwarning is None
    assert read(folder / "spec-zwarning-0.004.fits").zwarning == 4
    np.testing.assert_allclose(
        read(folder / "spSpec.fit").flux, right.flux, rtol=1e-6, atol=1e-6
    )
    lamost = [read(folder / f"lamost-{form}.fits") for form in ("dr8", "pilot")]
    np.testing.assert_allclose(lamost[0].flux, lamost[1].flux, rtol=1e-6)
    assert [s.v_rad for s in lamost] == pytest.approx([right.v_rad] * 2)
    visits = read_all(folder / "mwmVisit.fits")
    assert all(visit.at_rest and visit.v_rad == 42 for visit in visits)
    assert read(folder / "good_mwm.fits").simulated is True


def test_real_files_are_damaged_to_a_reason_too(real, tmp_path):
    rng = np.random.default_rng(4)
    files = [*(real / "lamost" / "spectrum").glob("*.fits")][:2]
    lamost = [path.read_bytes() for path in files]
    packed = real / "boss" / "pyhammer_spec-1123-52882-0065.fits.gz"
    boss = gzip.decompress(packed.read_bytes())
    path = tmp_path / "damaged.fits"
    for k in range(20):
        whole = lamost[k % 2] if k % 3 else boss
        path.write_bytes(
            damaged(whole, rng) if k % 5 else whole[: rng.integers(len(whole))]
        )
        with suppress(InputError):
            assert all(map(is_sane, read_all(path)))


def test_a_sound_file_of_another_kind_is_not_damaged(tmp_path):
    path = tmp_path / "other.fits"
    others = [
        fits.PrimaryHDU(np.ones((5, 40), "f4")),
        fits.PrimaryHDU(np.ones(40, "f4")),
        fits.PrimaryHDU(np.ones((3, 5, 40), "i2")),
        fits.PrimaryHDU(),
    ]
    for hdu in others:
        hdu.writeto(path, overwrite=True)
        assert "damaged" not in outcome(path) and "known format" in outcome(path)
    names = fits.BinTableHDU(
        np.ones(3, [("flux", "f4"), ("loglam", "f4"), ("ivar", "f4")])
    )
    forms.write(path, fits.PrimaryHDU(), names)
    assert outcome(path).startswith("its wavelengths are not a rising series")
