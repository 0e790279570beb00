# Stage 8: spectra in the rest frame, on one grid, divided by their pseudo-continuum.
# The stars are shared out among as many jobs as the configuration (or --set-scatter
# stars=N) says; the spectra are the same. Parts are not kept, here as where labels are
# found, so that the rule that gathers them has their parameters: by these it is seen when
# they are to be made anew.


rule normalise_part:
    """Read, resample and normalise the spectra of some of the stars that have one."""
    input:
        stars=STARS_WITH_SPECTRA,
        manifest=RAW["spectra"],
    output:
        spectra=temp(f"{RESULTS}/spectra/normalised/{{scatteritem}}.fits"),
    threads: 16
    params:
        spectra=config["spectra"],
        astra=SDSS["astra_boss"],
    script:
        "../scripts/normalise_part.py"


rule normalise_spectra:
    """Gather the normalised spectra of all stars."""
    input:
        parts=gather.stars(f"{RESULTS}/spectra/normalised/{{scatteritem}}.fits"),
    output:
        spectra=f"{RESULTS}/spectra/normalised.fits",
    params:
        made_by=code("normalise_part"),
        spectra=config["spectra"],
        astra=SDSS["astra_boss"],
    script:
        "../scripts/normalise_spectra.py"
