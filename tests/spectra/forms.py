"""One spectrum written in the forms of many surveys, from their descriptions.

Each writer takes a path, wavelengths in vacuum [Angstrom], flux and inverse variance,
and what its header says.
"""

import numpy as np
from astropy.io import fits
from astropy.table import Table

from mdwarfs.literature import air


def primary(**header):
    hdu = fits.PrimaryHDU()
    hdu.header.update(header)
    return hdu


def write(path, *hdus):
    fits.HDUList(list(hdus)).writeto(path, overwrite=True)


def columns_of_row(name, **arrays):
    """A table of one row of arrays, LAMOST's form."""
    columns = [
        fits.Column(key.upper(), f"{np.size(values)}{code}", array=[values])
        for key, (code, values) in arrays.items()
    ]
    return fits.BinTableHDU.from_columns(columns, name=name)


def write_dr8(path, wavelength, flux, ivar, and_mask=None, **header):
    zeros = np.zeros(len(flux))
    hdu = columns_of_row(
        "COADD",
        flux=("E", flux), ivar=("E", ivar), wavelength=("D", wavelength),
        andmask=("E", zeros if and_mask is None else and_mask), ormask=("E", zeros + 1),
        normalization=("E", zeros),
    )  # fmt: skip
    write(path, primary(**header), hdu)


def write_mrs(path, arms, **header):
    """Arms: name to (wavelength, flux, ivar)."""
    hdus = [primary(**header)]
    for name, (wavelength, flux, ivar) in arms.items():
        zeros = np.zeros(len(flux), "i4")
        hdu = columns_of_row(
            name, flux=("E", flux), ivar=("E", ivar), wavelength=("D", wavelength),
            andmask=("J", zeros), ormask=("J", zeros),
        )  # fmt: skip
        hdu.header["SNR"] = 10.0 * len(hdus)
        hdus.append(hdu)
    write(path, *hdus)


def five_rows(path, rows, loglam, **header):
    hdu = fits.PrimaryHDU(np.array(rows, "f4"))
    hdu.header.update(COEFF0=loglam[0], COEFF1=loglam[1], **header)
    hdu.writeto(path, overwrite=True)


def write_pilot(path, loglam, flux, ivar, **header):
    zeros = np.zeros(len(flux))
    continuum = np.full(len(flux), np.median(flux))
    five_rows(path, [flux, ivar, flux - continuum, zeros, zeros], loglam, **header)


def write_sp_spec(path, loglam, flux, ivar, **header):
    zeros = np.zeros(len(flux))
    error = np.where(ivar > 0, 1 / np.sqrt(np.where(ivar > 0, ivar, 1)), 0)
    rows = [flux, flux - np.median(flux), error, zeros, zeros]
    five_rows(path, rows, loglam, **{"SPEC_CLN": 6} | header)


def write_visits(path, visits, grid=(3.5523, 1e-4), sdss_id=7, **header):
    """Visits are dictionaries of the columns of a row."""
    n = len(visits[0]["flux"])
    codes = {
        "mjd": "J", "snr": "E", "in_stack": "L", "xcsao_v_rad": "E",
        "xcsao_e_v_rad": "E", "xcsao_rxc": "E", "zwarning_flags": "K",
        "flux": f"{n}E", "ivar": f"{n}E", "pixel_flags": f"{n}K",
    }  # fmt: skip
    columns = [
        fits.Column(key, code, array=np.array([visit[key] for visit in visits]))
        for key, code in codes.items()
        if key in visits[0]
    ]
    apo = fits.BinTableHDU.from_columns(columns, name="BOSS/APO")
    apo.header.update(CRVAL=grid[0], CDELT=grid[1], CTYPE="LOG-LINEAR", CRPIX=1)
    apo.header.update(header)
    lco = fits.BinTableHDU(np.zeros(0, [("snr", "f4")]), name="BOSS/LCO")
    write(path, primary(SDSS_ID=sdss_id), apo, lco)


def write_desi(path, targets, arms, compressed=False):
    """Arms: letter to (wavelength, flux (n, p), ivar (n, p), mask (n, p))."""
    fibermap = Table({"TARGETID": np.array(targets, np.int64)})
    hdus = [primary(SURVEY="main"), fits.BinTableHDU(fibermap, name="FIBERMAP")]
    for arm, (wavelength, flux, ivar, mask) in arms.items():
        image = fits.CompImageHDU if compressed else fits.ImageHDU
        hdus += [
            fits.ImageHDU(wavelength, name=f"{arm}_WAVELENGTH"),
            fits.ImageHDU(flux.astype("f4"), name=f"{arm}_FLUX"),
            fits.ImageHDU(ivar.astype("f4"), name=f"{arm}_IVAR"),
            image(mask.astype(np.uint32), name=f"{arm}_MASK"),
        ]
    write(path, *hdus)


def write_table(path, wavelength, flux, ivar, medium="vacuum", unit="nm", **meta):
    """FITS, ECSV or CSV, by the name; the errors are standard deviations."""
    scale = {"angstrom": 1.0, "nm": 10.0, "micron": 1e4}[unit]
    pixels = (air.to_air(wavelength) if medium == "air" else wavelength) / scale
    error = np.where(ivar > 0, 1 / np.sqrt(np.where(ivar > 0, ivar, 1)), np.nan)
    table = Table({f"wavelength_{medium}_{unit}": pixels, "flux": flux, "error": error})
    table.meta.update(meta)
    if path.suffix != ".csv":
        table.write(path, overwrite=True)
        return
    table.write(path, format="ascii.csv", overwrite=True)
    said = "".join(f"# {key}: {value}\n" for key, value in meta.items())
    path.write_text(said + path.read_text())
