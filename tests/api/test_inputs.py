import numpy as np
import pytest
from astropy import units as u

from mdwarfs.api import inputs
from mdwarfs.errors import InputError


def test_what_is_masked_is_no_value():
    masked = np.ma.array([[1.0, -99e3, 1.0]], mask=[[0, 1, 0]])
    flux, ivar = inputs.flux_and_ivar(masked, None, [[0.1, 0.1, 0.1]])
    assert ivar[0, 1] == 0 and flux[0, 1] == 1 and (ivar[0, [0, 2]] > 0).all()
    _, ivar = inputs.flux_and_ivar(
        [[1.0, 1.0, 1.0]], None, np.ma.array(masked.data, mask=1)
    )
    assert (ivar == 0).all()
    labels = np.ma.array([[3500.0, 0.0], [3600.0, 0.1]], mask=[[0, 0], [0, 1]])
    with pytest.raises(InputError, match="lack feh"):
        inputs.training_labels(labels, ["teff", "feh"], 2)


def test_errors_are_brought_to_the_unit_of_the_flux():
    flux, ivar = inputs.flux_and_ivar([[1.0]] * u.Jy, None, [[100.0]] * u.mJy)
    assert ivar[0, 0] == pytest.approx(100)
