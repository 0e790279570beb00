"""The scripts that draw figures with values of the configuration."""

import runpy
from types import SimpleNamespace

import pytest

from mdwarfs import tables as files


@pytest.mark.parametrize(
    "number, inputs, parameter",
    [
        ("01", ("m_type",), "candidates"),
        ("03", ("labels", "split"), "usable"),
        ("08", ("lamost_m", "mann"), "bin_width"),
    ],
)
def test_script_writes_both_files(
    root, tmp_path, tables, config, stamp, number, inputs, parameter
):
    values = {
        "candidates": config["candidates"],
        "usable": config["prediction"]["usable"],
        "bin_width": config["figures"]["logg_bin"],
    }
    paths = {name: tmp_path / f"{name}.fits" for name in inputs}
    for name, path in paths.items():
        table = tables[name].copy()
        for column in table.colnames:
            table[column].info.description = "of a test"
        files.write(table, path, stamp)
    pdf, png = tmp_path / "figure.pdf", tmp_path / "figure.png"
    main = runpy.run_path(str(root / "scripts" / f"figure_{number}.py"))["main"]
    main(
        SimpleNamespace(
            input=SimpleNamespace(**paths),
            output=SimpleNamespace(pdf=pdf, png=png),
            params=SimpleNamespace(**{parameter: values[parameter]}, stamp=stamp),
        )
    )
    assert pdf.read_bytes().startswith(b"%PDF")
    assert png.read_bytes().startswith(b"\x89PNG")
