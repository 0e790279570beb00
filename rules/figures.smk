# Stage 14: the paper's twelve figures.


rule figure_01:
    """Figure 1: all M-type stars in the colour-magnitude diagram."""
    input:
        m_type=f"{RESULTS}/samples/m_type.fits",
    output:
        pdf=f"{FIGURES}/figure_01.pdf",
        png=f"{FIGURES}/figure_01.png",
    params:
        candidates=config["candidates"],
    script:
        "../scripts/figure_01.py"


rule figure_02:
    """Figure 2: both components of the FGK+M and M+M pairs."""
    input:
        pairs_fgk_m=f"{RESULTS}/samples/pairs_fgk_m.fits",
        pairs_m_m=f"{RESULTS}/samples/pairs_m_m.fits",
    output:
        pdf=f"{FIGURES}/figure_02.pdf",
        png=f"{FIGURES}/figure_02.png",
    script:
        "../scripts/figure_02.py"


rule figure_03:
    """Figure 3: histograms of the training labels."""
    input:
        labels=f"{RESULTS}/samples/labels.fits",
        split=f"{RESULTS}/samples/split.fits",
    output:
        pdf=f"{FIGURES}/figure_03.pdf",
        png=f"{FIGURES}/figure_03.png",
    params:
        usable=config["prediction"]["usable"],
    script:
        "../scripts/figure_03.py"


rule figure_04:
    """Figure 4: SLAM against reference labels of the test stars."""
    input:
        test=f"{RESULTS}/validation/test.fits",
    output:
        pdf=f"{FIGURES}/figure_04.pdf",
        png=f"{FIGURES}/figure_04.png",
    script:
        "../scripts/figure_04.py"


rule figure_05:
    """Figure 5: CV bias and scatter against SNR, with the power laws."""
    input:
        bins=f"{RESULTS}/validation/snr_bins.ecsv",
        power_laws=f"{RESULTS}/validation/power_laws.ecsv",
    output:
        pdf=f"{FIGURES}/figure_05.pdf",
        png=f"{FIGURES}/figure_05.png",
    script:
        "../scripts/figure_05.py"


rule figure_06:
    """Figure 6: comparisons of [Fe/H]."""
    input:
        m_m=f"{RESULTS}/comparisons/m_m.fits",
        birky=f"{RESULTS}/comparisons/birky.fits",
        behmard=f"{RESULTS}/comparisons/behmard.fits",
    output:
        pdf=f"{FIGURES}/figure_06.pdf",
        png=f"{FIGURES}/figure_06.png",
    script:
        "../scripts/figure_06.py"


rule figure_07:
    """Figure 7: comparisons of the effective temperature."""
    input:
        birky=f"{RESULTS}/comparisons/birky.fits",
        lamost_m=f"{RESULTS}/comparisons/lamost_m.fits",
        mann=f"{RESULTS}/comparisons/mann.fits",
    output:
        pdf=f"{FIGURES}/figure_07.pdf",
        png=f"{FIGURES}/figure_07.png",
    params:
        bin_width=config["figures"]["teff_bin"],
    script:
        "../scripts/figure_07.py"


rule figure_08:
    """Figure 8: comparisons of the surface gravity."""
    input:
        lamost_m=f"{RESULTS}/comparisons/lamost_m.fits",
        mann=f"{RESULTS}/comparisons/mann.fits",
    output:
        pdf=f"{FIGURES}/figure_08.pdf",
        png=f"{FIGURES}/figure_08.png",
    params:
        bin_width=config["figures"]["logg_bin"],
    script:
        "../scripts/figure_08.py"


rule figure_09:
    """Figure 9: the candidates, coloured by temperature and by gravity."""
    input:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
    output:
        pdf=f"{FIGURES}/figure_09.pdf",
        png=f"{FIGURES}/figure_09.png",
    script:
        "../scripts/figure_09.py"


rule figure_10:
    """Figure 10: the ASPCAP metallicities before and after equation 10."""
    input:
        aspcap=f"{RESULTS}/comparisons/aspcap.fits",
    output:
        pdf=f"{FIGURES}/figure_10.pdf",
        png=f"{FIGURES}/figure_10.png",
    script:
        "../scripts/figure_10.py"


rule figure_11:
    """Figure 11: metallicity over the colour-magnitude diagram, with isochrones."""
    input:
        catalogue=f"{RESULTS}/catalogue/slam_labels.fits",
        aspcap=f"{RESULTS}/comparisons/aspcap.fits",
        parsec=f"{RESULTS}/catalogues/parsec.ecsv",
    output:
        pdf=f"{FIGURES}/figure_11.pdf",
        png=f"{FIGURES}/figure_11.png",
    script:
        "../scripts/figure_11.py"


rule figure_12:
    """Figure 12: [Fe/H] differences of FGK+FGK pairs before and after equation 11."""
    input:
        pairs_fgk_fgk=f"{RESULTS}/samples/pairs_fgk_fgk.fits",
        sign=f"{RESULTS}/samples/niu_sign.ecsv",
    output:
        pdf=f"{FIGURES}/figure_12.pdf",
        png=f"{FIGURES}/figure_12.png",
    script:
        "../scripts/figure_12.py"
