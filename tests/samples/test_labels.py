import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.audit.invariants import violations
from mdwarfs.errors import InputError
from mdwarfs.labels import OF_PAPER
from mdwarfs.literature.niu import niu_offset
from mdwarfs.samples import labels as samples
from mdwarfs.samples.labels import require_labelled

NAN = np.nan
SIGN = Table({"sign": ["none", "add", "subtract"], "chosen": [False, False, True]})


def pairs(n=3):
    columns = {
        "source_id1": np.arange(n) + 1,
        "source_id2": np.arange(n) + 11,
        "sdss_id": np.arange(n) + 111,
        "snr": np.full(n, 12.0),
        "feh": np.full(n, -0.1),
        "e_feh": np.full(n, 0.03),
        "teff_fgk": np.full(n, 5800.0),
        "selected": np.ones(n, bool),
    }
    columns |= {"ra1": np.full(n, 1.0), "dec1": np.full(n, 2.0)}
    columns |= {"ra2": np.full(n, 3.0), "dec2": np.full(n, 4.0)}
    return Table(columns)


def catalogue(source_id, sdss_id, snr=None, **labels):
    n = len(source_id)
    table = Table({"source_id": source_id, "sdss_id": sdss_id})
    table["snr_apogee"] = np.full(n, 50.0) if snr is None else snr
    for name, values in labels.items():
        table[name] = np.array(values, float)
        table[f"e_{name}"] = np.full(n, 0.01)
    return table


IDS = ([11, 12, 13], [111, 112, 113])
NET = catalogue(*IDS, teff=[3400, 3500, 3600], logg=[4.9, 4.8, 4.7])
ASPCAP = catalogue(*IDS, alpha_m=[0.1, 0.0, -0.1])


def assemble_labels(*tables):
    """The paper's five labels, whatever others the registry has."""
    return samples.assemble_labels(*tables, names=tuple(OF_PAPER))


def test_the_five_labels_come_from_their_sources():
    row = assemble_labels(pairs(), SIGN, NET, ASPCAP)[1]
    assert (row["source_id"], row["sdss_id"], row["source_id1"]) == (12, 112, 2)
    assert (row["teff"], row["logg"], row["alpha_m"]) == (3500.0, 4.8, 0.0)
    assert (row["feh"], row["e_feh"]) == (-0.1, 0.03)
    assert row["feh_niu"] == pytest.approx(-0.1 - niu_offset(5800.0))
    assert row["e_feh_niu"] == row["e_feh"]
    assert (row["ra1"], row["ra"], row["snr"]) == (1.0, 3.0, 12.0)
    assert row["labelled"] and row["reason"] == ""


def test_the_settled_sign_is_used():
    sign = Table({"sign": ["none", "add", "subtract"], "chosen": [False, True, False]})
    labels = assemble_labels(pairs(), sign, NET, ASPCAP)
    assert labels["feh_niu"] == pytest.approx(-0.1 + niu_offset(5800.0))


def test_only_selected_pairs_are_labelled():
    table = pairs()
    table["selected"][1] = False
    assert assemble_labels(table, SIGN, NET, ASPCAP)["source_id"].tolist() == [11, 13]


def test_a_star_that_lacks_a_label_is_kept_with_the_reason():
    aspcap = catalogue([11, 12], [111, 112], alpha_m=[0.1, NAN])
    net = catalogue([12, 13], [112, 113], teff=[3500, 3600], logg=[NAN, 4.7])
    labels = assemble_labels(pairs(), SIGN, net, aspcap)
    assert not labels["labelled"].any()
    assert labels["reason"].tolist() == [
        "no APOGEE Net Teff; no APOGEE Net log g",
        "no APOGEE Net log g; no ASPCAP [alpha/M]",
        "no ASPCAP [alpha/M]",
    ]
    with pytest.raises(InputError, match="of 3 pairs, none .*, 1 with no ASPCAP"):
        require_labelled(labels)


def many(n, logg):
    ids = np.arange(n)
    net = catalogue(ids + 11, ids + 111, teff=np.full(n, 3400.0), logg=logg)
    return pairs(n), SIGN, net, catalogue(ids + 11, ids + 111, alpha_m=np.zeros(n))


@pytest.mark.parametrize("fill", [0.0, 1.2, 6.8])
def test_a_star_with_a_label_that_no_dwarf_has_is_kept_with_the_reason(fill):
    logg = np.full(40, 4.8)
    logg[1] = fill
    labels = assemble_labels(*many(40, logg))
    assert np.flatnonzero(~labels["labelled"]).tolist() == [1]
    assert labels["reason"][1] == "logg outside 3 to 6.5, no M dwarf's"
    (found,) = violations({"samples/labels.fits": labels}).values()
    assert found[-1] == "1 stars have a label that is no M dwarf's"


def test_many_such_labels_stop_the_run():
    logg = np.full(40, 4.8)
    logg[:3] = 1.5
    with pytest.raises(InputError, match="3 of 40 M dwarfs .* logg.*11 with 1.5"):
        assemble_labels(*many(40, logg))


def test_a_primary_outside_the_correction_s_range_has_no_corrected_label():
    table = pairs()
    table["teff_fgk"][0] = 7100.0
    table["feh"][1] = NAN
    labels = assemble_labels(table, SIGN, NET, ASPCAP)
    assert labels["labelled"].tolist() == [False, False, True]
    assert "4000-7000 K" in labels["reason"][0]
    assert labels["reason"][1] == "no LAMOST [Fe/H]"


def test_a_star_without_its_gaia_source_is_found_by_its_sdss_id():
    net = catalogue([0, -1, 13], IDS[1], teff=[3400, 3500, 3600], logg=[4.9] * 3)
    labels = assemble_labels(pairs(), SIGN, net, ASPCAP)
    assert labels["teff"].tolist() == [3400.0, 3500.0, 3600.0]


def test_a_label_that_its_catalogue_lacks_is_named():
    with pytest.raises(InputError, match="aspcap has no column alpha_m, .*reader"):
        assemble_labels(pairs(), SIGN, NET, NET)


def test_of_two_rows_of_a_star_the_better_is_taken():
    net = catalogue(
        [11, 11, 12, 13], [111, 211, 112, 113], snr=np.array([20.0, 90.0, 50.0, 50.0]),
        teff=[3000, 3400, 3500, 3600], logg=[4.9] * 4,
    )  # fmt: skip
    assert assemble_labels(pairs(), SIGN, net, ASPCAP)["teff"][0] == 3400.0
