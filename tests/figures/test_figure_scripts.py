"""The scripts that draw figures with values of the configuration."""

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
    run_script, tmp_path, tables, config, stamp, number, inputs, parameter
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
    run_script(
        f"figure_{number}",
        paths,
        {"pdf": pdf, "png": png},
        {parameter: values[parameter]},
    )
    assert pdf.read_bytes().startswith(b"%PDF")
    assert png.read_bytes().startswith(b"\x89PNG")
