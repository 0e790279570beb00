import numpy as np
import pytest

from mdwarfs.literature.air import refractive_index, to_air, to_vacuum


def test_lines_of_known_wavelengths():
    """Air and vacuum wavelengths of NIST: H alpha, Na D2, K I and Ca II."""
    air = [6562.79, 5889.950, 7698.965, 8542.09]
    vacuum = [6564.60, 5891.583, 7701.084, 8544.44]
    np.testing.assert_allclose(to_vacuum(air), vacuum, atol=0.011)


def test_there_and_back():
    vacuum = np.geomspace(2001, 25000, 500)
    np.testing.assert_allclose(to_vacuum(to_air(vacuum)), vacuum, rtol=1e-13)
    shift = 299792.458 * (refractive_index([6000.0, 9000.0]) - 1)
    assert shift == pytest.approx([83.0, 82.4], abs=0.3)  # km/s


def test_the_far_ultraviolet_is_in_vacuum_anyway():
    np.testing.assert_array_equal(to_vacuum([1215.67, 1999.0]), [1215.67, 1999.0])
