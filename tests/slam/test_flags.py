"""Bits of flags: from numbers to words and back."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.cli import main
from mdwarfs.errors import InputError
from mdwarfs.slam.infer.flags import (
    DESCRIPTIONS,
    Flag,
    add_words,
    decode,
    encode,
    give_reason,
)


@pytest.mark.parametrize("bits", [0, 12, int(sum(Flag))])
def test_names_are_the_way_back(bits):
    assert encode(name for _, name, _ in decode(bits)) == bits
    assert sum(bit for bit, _, _ in decode(bits)) == bits


def test_what_is_no_flag_is_refused():
    with pytest.raises(InputError, match="did you mean low_snr"):
        encode(["lowsnr"])
    for number in (int(sum(Flag)) + 1, -1):
        with pytest.raises(InputError, match=f"{number} is not a sum"):
            decode(number)


def test_the_command_spells_out_numbers_and_sums_up_names(capsys):
    assert main(["flags", "12", "0"]) == 0
    said = capsys.readouterr().out
    assert "4  outside_logg" in said and "8  outside_hull" in said
    assert "low_snr" not in said and "0: no flag is set" in said
    assert main(["flags", "low_snr,at_edge", "no_labels"]) == 0
    assert capsys.readouterr().out.startswith("1120: ")
    assert main(["flags"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(Flag)
    assert main(["flags", "nothing"]) == 2


@pytest.mark.parametrize("word", ["²", "--5", "٣", 5000 * "9"])
def test_what_is_no_number_is_taken_for_a_name(word, capsys):
    assert main(["flags", "--", word]) == 2
    out, err = capsys.readouterr()
    assert err.startswith(f"mdwarfs: there is no flag '{word}'") and not out
    assert main(["flags", "--", "-5"]) == 2
    out, err = capsys.readouterr()
    assert "-5 is not a sum of flags" in err and not out


def test_labels_without_a_flag_that_are_not_recommended_have_a_reason():
    table = Table({"flags": [0, int(Flag.LOW_SNR), int(Flag.NO_LABELS), 0]})
    table["simulated"] = [False, False, False, True]
    table["simulated_model"], table["reason"] = True, ["", "", "no file", ""]
    add_words(table, np.array([True, True, False, True]))
    assert give_reason(table)["reason"].tolist() == [
        "not recommended: the model is of simulated stars, and the spectrum is not",
        "", "no file", "",
    ]  # fmt: skip
    table["simulated_model"] = False
    add_words(table, np.array([True, True, False, True]))
    assert "the model is of real stars" in give_reason(table)["reason"][3]


def test_a_file_spells_out_its_bits_and_says_what_is_recommended(tmp_path, stamp):
    table = Table({"flags": [0, 0, int(Flag.LOW_SNR | Flag.AT_EDGE)]})
    add_words(table, np.array([True, False, True]))
    assert table["recommended"].tolist() == [True, False, False]
    # labels of a real star by a model of simulated ones are wrong by more than they say
    table["simulated"], table["simulated_model"] = False, True
    assert not add_words(table, np.array([True, False, True]))["recommended"].any()
    table["simulated"] = True
    add_words(table, np.array([True, False, True]))
    assert table["recommended"].tolist() == [True, False, False]
    table.remove_columns(["simulated", "simulated_model"])
    tables.write(table, tmp_path / "a.fits", stamp)
    header = fits.getheader(tmp_path / "a.fits", 1)
    for number, flag in enumerate(Flag):
        said = f"{int(flag)} {flag.name.lower()}: {DESCRIPTIONS[flag]}"
        assert header[f"FLAG{number}"] == said
    for flag in Flag:
        assert f"{int(flag)} {flag.name.lower()}" in header["TCOMM1"]
    back = tables.read(tmp_path / "a.fits")
    assert back["flag_names"][2] == "at_edge,low_snr"
