"""What tests read by the quick loader of YAML is what users read by astropy's own."""

import pytest
import yaml
from astropy.io.misc import yaml as astropy_yaml
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
