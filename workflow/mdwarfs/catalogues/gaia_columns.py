"""Descriptions of the Gaia DR3 columns that more than one catalogue has."""

DESCRIBED = {
    "parallax": ("mas", "Gaia DR3 parallax"),
    "parallax_error": ("mas", "Standard error of the parallax"),
    "ruwe": ("", "Gaia renormalised unit weight error"),
    "phot_g_mean_mag": ("mag", "Gaia G magnitude (Vega)"),
    "phot_bp_mean_mag": ("mag", "Gaia BP magnitude (Vega)"),
    "phot_rp_mean_mag": ("mag", "Gaia RP magnitude (Vega)"),
}
