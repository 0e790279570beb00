import pytest

from mdwarfs.archives.parsec import form
from mdwarfs.errors import InputError


def test_one_form_asks_for_the_four_isochrones_of_figure_11():
    fields = form(9.5, [0.3, 0.0, -0.3, -0.6])
    assert fields["isoc_lagelow"] == fields["isoc_lageupp"] == "9.5"
    assert float(fields["isoc_metlow"]) == -0.6
    assert float(fields["isoc_metupp"]) == 0.3
    assert float(fields["isoc_dmet"]) == pytest.approx(0.3)


def test_uneven_metallicities_cannot_be_asked_for():
    with pytest.raises(InputError, match="not evenly spaced"):
        form(9.5, [-0.6, 0.0, 0.1])
