"""What is quick in tests does what astropy's own does."""

import astropy.units as u
import numpy as np
import pytest
import yaml
from astropy.io.misc import yaml as astropy_yaml
from astropy.table import Column, MaskedColumn, QTable, Table
from astropy.table.meta import get_header_from_yaml

from tests import quick_astropy

FILES = "comparisons/aspcap_correction.ecsv", "tables/table_2.ecsv"


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="no libyaml, no quick loader")
@pytest.mark.parametrize("name", FILES)
def test_headers_of_products_are_read_alike(root, monkeypatch, name):
    file = root / "tests/workflow/baseline/tables" / name
    lines = [x[2:] for x in file.read_text().splitlines() if x.startswith("# ")]
    assert astropy_yaml.AstropyLoader is not quick_astropy.SLOW_LOADER
    quick = get_header_from_yaml(lines)
    monkeypatch.setattr(astropy_yaml, "AstropyLoader", quick_astropy.SLOW_LOADER)
    slow = get_header_from_yaml(lines)
    assert repr(quick) == repr(slow)  # types and order of what is in it, too
    assert quick["meta"] and {"unit", "description"} <= {
        key for column in quick["datatype"] for key in column
    }


def test_attributes_of_columns_are_kept_and_looked_at():
    table = QTable({"a": Column([1.0, 2.0], description="some")})
    table["a"].unit = "km"  # which makes it a quantity
    assert table["a"].unit == u.km and isinstance(table["a"], u.Quantity)
    column = Table({"a": [1, 2]})["a"]
    column.description, column.format = "another", "%d"
    assert (column[:1].description, column[:1].format) == ("another", "%d")
    with pytest.raises(AttributeError, match="mask"):
        column.mask = [True, False]
    masked = MaskedColumn([1, 2], mask=[False, True])
    masked.mask = [True, False]
    np.testing.assert_array_equal(masked.mask, [True, False])
