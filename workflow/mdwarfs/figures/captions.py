"""The captions of the figures, for the page of a run and for Snakemake's report.

Titles are in `mdwarfs.figures.registry`. Captions have no numbers of a run; those are
in its figures and tables.
"""

CAPTIONS = {
    "figure_01": """
        The dereddened colour-magnitude diagram of every star of class M in the BOSS
        list. The lines are criteria 1 (dwarfs), 2 (above the white dwarfs) and
        3 (below stars that are too luminous for single main-sequence M dwarfs).
        Stars between the lines are candidates (red), unless their ruwe is too large
        (criterion 4; black, plotted over the candidates). In a simulated run a fixed
        number of stars is drawn for each criterion and kept only on its side of the
        line. Groups that end at a line, and gaps between groups, come from that, and
        not from the sky.""",
    "figure_02": """
        Both components of the wide binaries in the colour-magnitude diagram. Above:
        FGK primaries and their M dwarfs, on which SLAM is trained, assuming that both
        have the metallicity of the primary. Below: pairs of two M dwarfs, whose
        metallicities must agree with each other. In a simulated run M dwarfs are
        drawn until they meet criteria 1 to 3, so that they end at those lines.""",
    "figure_03": """
        Labels of the training stars. The dashed lines mark the usable range. Outside
        it there are too few training stars; labels there are flagged, not removed.""",
    "figure_04": """
        SLAM's labels against the reference labels of the test stars, which were not
        trained on, and below their difference. Faint spectra are blue, bright ones
        red (the arrows of the colour bar stand for the few beyond its ends). The line
        is equality. The numbers are median and standard deviation of SLAM minus
        reference, and the slope of that difference against the reference. All three
        include the errors of the references, which by themselves make the slope
        negative.""",
    "figure_05": """
        Bias and scatter of SLAM minus reference in bins of the signal-to-noise
        ratio, with equally many test stars each. The curve is the power law fitted
        to the scatter (the paper's equations 6 to 8), which gives the uncertainties
        e_* of the catalogue. Horizontal bars show the extent of the bins. "Poor fit"
        means that the chi-square of the law has a probability below 1 per cent,
        "no decrease" that its exponent is less than two standard errors below
        zero.""",
    "figure_06": """
        Tests of [Fe/H]: primary against secondary of the M+M pairs, and SLAM against
        Birky+2020 and Behmard+2025. From top to bottom: the labels (faint spectra blue,
        bright ones red); their difference, with its slope, and medians and standard
        deviations in bins of 0.2 dex with five stars or more; and the distribution of
        the difference, with median and standard deviation. The samples include training
        stars; comparisons/summary.ecsv also has the numbers without them.""",
    "figure_07": """
        SLAM's effective temperature against that of Birky+2020, of the LAMOST M dwarfs
        (Du+2024) and from colours (Mann+2015): the labels; the differences, with their
        slope, and medians and standard deviations in bins of temperature with five
        stars or more; and their distribution. Only SLAM labels within the usable range
        are compared. Its ends (dotted) cut off the point clouds, and the differences
        are biased near them. Cells have the same size in every panel. The samples
        include training stars; comparisons/summary.ecsv also has the numbers without
        them.""",
    "figure_08": """
        SLAM's surface gravity against that of the LAMOST M dwarfs (Du+2024) and that
        from mass and radius by absolute magnitude (Mann+2015, 2019): the labels; the
        differences, with their slope, and medians and standard deviations in bins of
        gravity with five stars or more; and their distribution. Only SLAM labels within
        the usable range are compared. Its ends (dotted) cut off the point clouds, and
        the differences are biased near them. Cells have the same size in every panel.
        The samples include training stars; comparisons/summary.ecsv also has the
        numbers without them.""",
    "figure_09": """
        All candidates in the dereddened colour-magnitude diagram, coloured by SLAM's
        effective temperature and by its surface gravity. Temperature must follow the
        colour, and gravity the position along the main sequence. The colour bar
        covers the middle 90 per cent of the stars; its arrows stand for the rest.""",
    "figure_10": """
        SLAM's [Fe/H] minus that of ASPCAP against the effective temperature, before and
        after the correction of ASPCAP's metallicities (the paper's equation 10), which
        takes out the trend with temperature. The sample includes training stars;
        comparisons/aspcap_correction.ecsv also has median and spread without them.""",
    "figure_11": """
        Median [Fe/H] in cells of the colour-magnitude diagram that hold two stars or
        more, by SLAM, by ASPCAP and by the corrected ASPCAP, with PARSEC isochrones.
        The colour bar covers the middle 90 per cent of the cells of all three.
        More metal-rich stars should lie above and to the right, as the isochrones
        do.""",
    "figure_12": """
        Differences of [Fe/H] between the two FGK stars of wide binaries against the
        temperature of the primary, as catalogued by LAMOST and after the
        correction of Niu+2023 (the paper's equation 11). Stars that were born together
        should not differ. Points with bars are medians and standard deviations.""",
    "files_labels": """
        SLAM's labels against the reference labels of stars that the model had not
        seen, and below their difference. The line is equality; the numbers are
        median and standard deviation. The difference includes the errors of the
        references.""",
    "files_scatter": """
        Bias and scatter of SLAM minus reference in bins of the signal-to-noise
        ratio. The curve is the power law fitted to the scatter, which gives the
        uncertainties e_*. Horizontal bars show the extent of the bins.""",
    "files_methods": """
        Scatter of the labels of each method about the references, on the same stars
        with the same division into training and test: robust (1.4826 times the
        median absolute deviation), and as a standard deviation. A method that
        scatters more than the mean of the training labels, given to every star, has
        measured nothing.""",
    "files_compared": """
        SLAM's labels and the reference labels against labels of the same stars from
        other work. Where the references themselves are off, SLAM, which learns from
        them, must be off as well.""",
    "files_pulls": """
        Differences from the references in units of each uncertainty. Above: their
        standard deviation in bins of the signal-to-noise ratio, which is 1 if the
        uncertainty is right. Below: their distribution, with a Gaussian of unit
        width.""",
    "diagnostic_sensitivity": """
        The model's spectrum at some temperatures, and below how much its flux
        changes, pixel by pixel, if one label changes and the others do not. The bars
        and ticks above show where molecules, atoms and the Earth's atmosphere absorb.
        In a simulated run the black line is the true change of the simulated
        spectra at the middle temperature. The axes fit the model's changes. A black
        line that is cut off at the top or bottom changes by more than the model has
        learnt.""",
    "diagnostic_information": """
        Where in the spectrum the information about each label is: its share in bins
        of wavelength, with the other labels known and with all of them free. Red
        marks divide the sum into quarters. With the other labels free, a share can be
        negative; the number above an axis counts steps that leave it at the bottom.
        The notes are formal errors at the given temperatures and signal-to-noise
        ratio.""",
    "diagnostic_pixels": """
        For each pixel, the fraction of the flux variations of held-out stars that the
        labels explain, and the hyperparameters that it chose. Where the fraction is
        zero, the labels do not affect the pixel; points on the lower edge lie below
        it. Beside each value of a hyperparameter is the share of the pixels that
        chose it.""",
    "diagnostic_windows": """
        Labels of the test stars from parts of the spectrum: without each window, and
        from that window alone, against their references (scatter, bias) and against
        the labels from all pixels (scatter of the change). Dashed lines are scatter
        and formal error from all pixels. This shows whether a label depends on one
        window, and whether a window makes it worse.""",
    "diagnostic_gained": """
        Errors of SLAM's and the hybrid labels by signal-to-noise ratio: half the
        width that contains 68 per cent of the differences from the references and,
        in a simulated run, from the truth. Hybrid labels are shown with and without
        the population of the training stars as prior.""",
    "diagnostic_gained_catalogues": """
        SLAM's and the hybrid labels against the catalogues of the paper's Table 2 (R2
        to R7), on the very same stars: half the width that contains 68 per cent of the
        differences, and below it their median. The width includes the errors of the
        catalogues, and the median their offsets. The samples include training stars.
        Hybrid labels of these come from models that have not seen them, SLAM's from the
        model that has; validation/gained_catalogues.ecsv also has the widths without
        them. The numbers of stars are below the names. For M+M pairs it is the
        difference between the two stars.""",
    "diagnostic_limit": """
        Errors of SLAM's and the hybrid labels of simulated stars, and the smallest
        errors that the noise and the other differences between their spectra allow:
        for unbiased labels, and for labels that use the population of the stars as
        prior. The notes give the half widths divided by both bounds.""",
    "diagnostic_released_labels": """
        This run's labels minus those that SDSS released for the same stars, against
        the signal-to-noise ratio, with their median and scatter in bins. Both come
        from the same spectra, so that the differences come from the inference. In a
        simulated run the released labels are simulated as well.""",
    "diagnostic_paper_sample": """
        The training and test stars that this run built, against the paper's own
        published table: how many pairs both have, why the others are in only one of
        the two, and for pairs in both the difference of each label that differs in
        any pair; red points are outliers. In a simulated run the table is a copy of
        the simulated sample that was changed on purpose: pairs were left out, pairs
        were added that a step must remove, and the labels of some pairs were shifted.
        Numbers in brackets are what was put in. The figure shows that it is found,
        and says nothing about the paper.""",
    "diagnostic_releases": """
        Labels of the later data release minus those of the one before, for the same
        stars, against the signal-to-noise ratio. Left: each star, with median and
        robust scatter in bins. Right: the scatter, robust (1.4826 times the median
        absolute deviation) and as a standard deviation.""",
    "diagnostic_value_added": """
        This run's labels minus those from Gaia XP spectra for the same stars,
        against the signal-to-noise ratio. Left: each star, with median and robust
        scatter in bins. Right: the scatter, robust (1.4826 times the median absolute
        deviation) and as a standard deviation.""",
    "diagnostic_selection": """
        Which M dwarfs the criteria remove: the fraction that each removes, by
        metallicity and by temperature, and the fraction that criterion 3 removes by
        both. Metal-rich stars are brighter, so that criterion 3 removes more of them.
        This biases counts of stars by metallicity.""",
    "diagnostic_metal_poor": """
        Candidates for metal-poor stars. Above: their motion (in Toomre's diagram, the
        solid arc is the limit of the halo, the dotted one half of it), and TiO5
        against CaH2 + CaH3 with lines of equal zeta, from this run's own stars
        (black) and from Lépine+2007 (dashed). Below, in a simulated run: the fraction
        of the wanted stars that each measure finds (completeness), and the fraction
        of its finds that are wanted (purity).""",
    "diagnostic_pulls": """
        Differences of the labels from the simulated truth in units of each
        uncertainty. Above: their standard deviation in bins of the signal-to-noise
        ratio, which is 1 if the uncertainty is right. Below: their distribution, with
        a Gaussian of unit width.""",
    "diagnostic_templates": """
        Normalised simulated spectra plotted over templates of real M dwarfs, by
        spectral type and metallicity, to compare the simulation with real stars.""",
    "experiment_methods": """
        Errors of the labels of every method against the signal-to-noise ratio, for
        the same stars and with the same training stars.""",
    "experiment_label_errors": """
        How much the errors of the training labels add to the errors of SLAM's
        labels: the scatter between models trained on labels that were drawn again
        within their errors.""",
    "experiment_weighting": """
        Labels with pixels weighted by their noise, compared with the weighting of the
        published code. Left: the difference for each star, with median and robust
        scatter in bins. Right: the scatter.""",
    "experiment_emulation": """
        Bias and scatter of every variant of the emulation of the released labels
        against the signal-to-noise ratio, to show what each ingredient costs. The
        black line is this run's method, the red one all ingredients of the
        published code together, and each thin line one ingredient.""",
}
"""By the name of the figure."""

CAPTIONS = {name: " ".join(text.split()) for name, text in CAPTIONS.items()}
