"""What the user of docs/your_spectra.md has: spectra as CSV files, and a table."""

import numpy as np

from mdwarfs.simulation.stellar_spectrum import spectra

NEW = 3  # spectra that come later, in a folder of their own
KNOWN, UNKNOWN = 18, 2  # stars of the table with and without labels


def write(folder, seed=3):
    """Write spectra/, new/ and stars.csv.

    Returns
    -------
    dict of ndarray
        The true labels of the stars, those of new/ last.
    """
    rng = np.random.default_rng(seed)
    n = KNOWN + UNKNOWN + NEW
    wavelength = 6000 * 10 ** (2e-4 * np.arange(860))
    teff = rng.permutation(np.linspace(3150, 3850, n))
    feh = rng.uniform(-0.5, 0.3, n)
    flux = 300 * spectra(wavelength, teff, 4.8 - 0.0004 * (teff - 3500), feh)
    v_rad = rng.normal(0, 30, n)
    lines = ["filename,star,Teff,e_Teff,Fe_H,e_Fe_H"]
    for k in range(n):
        name = f"star{k + 1:02d}"
        place = folder / ("spectra" if k < n - NEW else "new") / f"{name}.csv"
        place.parent.mkdir(parents=True, exist_ok=True)
        shifted = wavelength * (1 + v_rad[k] / 299792.458)
        error = flux[k].mean() / rng.uniform(30, 80) * np.ones(len(wavelength))
        noisy = flux[k] + error * rng.normal(size=len(wavelength))
        columns = np.transpose([shifted, noisy, error])
        head = (
            f"# AIRORVAC: vac\n# V_RAD: {v_rad[k]:.2f}\nwavelength_angstrom,flux,error"
        )
        np.savetxt(place, columns, "%.6f", ",", header=head, comments="")
        if k < KNOWN:
            found = teff[k] + rng.normal(0, 20), feh[k] + rng.normal(0, 0.03)
            lines.append(f"{name}.csv,{name},{found[0]:.0f},30,{found[1]:.2f},0.05")
        elif k < KNOWN + UNKNOWN:
            lines.append(f"{name}.csv,{name},,,-9999,")
    (folder / "stars.csv").write_text("\n".join(lines) + "\n")
    return {"teff": teff, "feh": feh}
