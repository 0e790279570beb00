"""What each figure shows, in words: for the page of a run and for Snakemake's report.

The one line of `mdwarfs.figures.registry` is the title. Numbers of a run stand in its
figures and tables, and not here.
"""

CAPTIONS = {
    "figure_01": """
        Every star of class M of the BOSS list in the colour-magnitude diagram,
        dereddened. The lines are criteria 1 (dwarfs), 2 (above the white dwarfs) and
        3 (below stars that are too luminous for single M dwarfs of the main
        sequence). What lies between the lines is a candidate (red) unless its ruwe
        is too large, which is criterion 4 (black: those stars lie on top of the
        candidates). In a simulated run given numbers of stars are drawn for each
        criterion and kept only on their side of its line: groups that end at a line,
        and gaps between them, are of that, and not of the sky.""",
    "figure_02": """
        Both components of the wide binaries in the colour-magnitude diagram. Above:
        FGK primaries and their M dwarfs, from which SLAM learns, the metallicity of
        the primary being that of both. Below: the pairs of two M dwarfs, whose
        metallicities must agree with each other. In a simulated run the M dwarfs are
        drawn until they meet criteria 1 to 3, so that they end at those lines.""",
    "figure_03": """
        Labels of the training stars. The dashed lines are the usable range, outside
        of which too few stars were trained on: labels there are flagged, not
        removed.""",
    "figure_04": """
        SLAM's labels against the reference labels of the test stars, which were not
        trained on, and their difference below; faint spectra are blue, bright ones
        red (the arrows of the bar are for the few beyond it). The line is equality.
        The numbers are median and standard deviation of
        SLAM minus reference, and the slope of that against the reference; the
        references' own errors are part of all three, and alone make a slope below
        zero.""",
    "figure_05": """
        Bias and scatter of SLAM minus reference in bins of the signal-to-noise
        ratio, with equally many test stars each. The curve is the power law fitted
        to the scatter (the paper's equations 6 to 8), from which the uncertainties
        e_* of the catalogue come; horizontal bars are the extent of the bins. A law
        is called a poor fit where its chi-square has a probability below 1 per cent,
        and "no decrease" where its exponent is less than two standard errors below
        zero.""",
    "figure_06": """
        [Fe/H] held against itself and against others: primary against secondary of
        the M+M pairs, SLAM against Birky+2020 and against Behmard+2025. Above the
        labels (faint spectra blue, bright ones red), then their difference with its
        slope, medians and standard deviations in bins of 0.2 dex that hold five or
        more, then its distribution with median and standard deviation. Training stars
        are among them: comparisons/summary.ecsv has the numbers without these.""",
    "figure_07": """
        SLAM's effective temperature against that of Birky+2020, of the LAMOST M
        dwarfs (Du+2024) and of colours (Mann+2015): the labels, the differences with
        their slope, medians and standard deviations in bins of temperature that hold
        five stars or more, and their distribution. Only labels of SLAM's within the
        usable range are compared: its ends (dotted) cut the clouds off, and near
        them the differences are biased. Cells have the same size in every panel.
        Training stars are among them: comparisons/summary.ecsv has the numbers without
        these.""",
    "figure_08": """
        SLAM's surface gravity against that of the LAMOST M dwarfs (Du+2024) and that
        of mass and radius from the absolute magnitude (Mann+2015, 2019): the labels,
        the differences with their slope, medians and standard deviations in bins of
        gravity that hold five stars or more, and their distribution. Only labels of
        SLAM's within the usable range are compared: its ends (dotted) cut the clouds
        off, and near them the differences are biased. Cells have the same size in
        every panel. Training stars are among them: comparisons/summary.ecsv has the
        numbers without these.""",
    "figure_09": """
        All candidates in the dereddened colour-magnitude diagram, coloured by SLAM's
        effective temperature and by its surface gravity. Temperature must follow the
        colour, and gravity the place along the main sequence. The colours are those
        of the middle 90 per cent of the stars; the arrows are for the rest.""",
    "figure_10": """
        SLAM's [Fe/H] minus that of ASPCAP against the effective temperature, before
        and after the correction of ASPCAP's metallicities (the paper's equation 10),
        which takes out the trend with temperature. Training stars are among them:
        comparisons/aspcap_correction.ecsv has median and spread without these.""",
    "figure_11": """
        Median [Fe/H] in cells of the colour-magnitude diagram that hold two stars or
        more, by SLAM, by ASPCAP and by the corrected ASPCAP, with PARSEC isochrones.
        The colours are those of the middle 90 per cent of the cells of all three.
        More metal-rich stars should lie above and to the right, as the isochrones
        do.""",
    "figure_12": """
        Differences of [Fe/H] between the two FGK stars of wide binaries against the
        temperature of the primary, as LAMOST catalogues them and after the
        correction of Niu+2023 (the paper's equation 11). Two stars of one birth
        should not differ; points with bars are medians and standard deviations.""",
    "files_labels": """
        SLAM's labels against the reference labels of stars that the model had not
        seen, and their difference below. The line is equality; the numbers are
        median and standard deviation. The errors of the references are part of the
        difference.""",
    "files_scatter": """
        Bias and scatter of SLAM minus reference in bins of the signal-to-noise
        ratio. The curve is the power law fitted to the scatter, from which the
        uncertainties e_* come; horizontal bars are the extent of the bins.""",
    "files_methods": """
        How far the labels of each method scatter about the references, on the same
        stars and divided in the same way: robustly (1.4826 times the median absolute
        deviation), and as a standard deviation. A method beyond the mean of the
        training labels, given to every star, has measured nothing.""",
    "files_compared": """
        SLAM's labels and the reference labels against those of others for the same
        stars. Where the references themselves are off, SLAM, which learns from them,
        must be off as well.""",
    "files_pulls": """
        Differences from the references in units of each uncertainty: above their
        standard deviation in bins of the signal-to-noise ratio, which is 1 if the
        uncertainty means what it says; below their distribution beside a Gaussian of
        unit width.""",
    "diagnostic_sensitivity": """
        The model's spectrum at some temperatures, and below how much its flux
        changes, pixel by pixel, if one label changes and the others do not. The bars
        and ticks above are where molecules, atoms and the Earth's air absorb. In a
        simulated run the black line is what the simulation makes of the label at the
        middle temperature. The axes are as long as the model's changes ask for: a
        black line that is cut off above or below changes by more than the model has
        learnt.""",
    "diagnostic_information": """
        Where in the spectrum each label is told: shares of its information in bins
        of wavelength, with the other labels known and with all of them free. Red
        marks are the quarters of the sum. Shares are negative where pixels, with the
        other labels free, take away; steps that leave an axis below are counted
        above it. The notes are the formal errors at the temperatures and the
        signal-to-noise ratio that they name.""",
    "diagnostic_pixels": """
        For each pixel, how much of the flux of stars that it was not trained on the
        labels explain, and which hyperparameters it chose. Where that is nothing,
        the labels do not show there.""",
    "diagnostic_windows": """
        Labels of the test stars from parts of the spectrum: without each window, and
        from that window alone. A label that hangs on one window, or to which one
        window does harm, shows here.""",
    "diagnostic_gained": """
        How far off SLAM's and the hybrid labels are, by signal-to-noise ratio: half
        the width that holds 68 per cent of the differences from the references and,
        in a simulated run, from the truth. Hybrid labels are given with and without
        the population of the training stars as prior.""",
    "diagnostic_gained_catalogues": """
        SLAM's and the hybrid labels against the catalogues of the paper's Table 2 (R2
        to R7), on the very same stars: half the width that holds 68 per cent of the
        differences, and below it their median. The errors of the catalogues are part
        of the width, and their offsets of the median. Training stars are among them,
        whose hybrid labels are by models that have not seen them, and SLAM's by the
        one that has: validation/gained_catalogues.ecsv has the widths without these.
        Numbers of stars stand below the names. Of M+M pairs it is the difference
        between the two stars.""",
    "diagnostic_limit": """
        How far off SLAM's and the hybrid labels of simulated stars are, and the
        least that the noise of their spectra and all else that these differ by
        allow: of labels without bias, and of labels that know the population of the
        stars. The notes have the half widths over both bounds.""",
    "diagnostic_released_labels": """
        This run's labels minus those that SDSS released for the same stars, against
        the signal-to-noise ratio, with their median and scatter in bins. Both are of
        the same spectra: what is left is how they were inferred. In a simulated run
        the released labels are simulated as well.""",
    "diagnostic_paper_sample": """
        The training and test stars that this run built, against the paper's own
        published table: how many pairs both have, why the others are in one alone,
        and for those in both the difference of each label that differs in any pair;
        red points are outliers.""",
    "diagnostic_releases": """
        Labels of the later data release minus those of the one before, for the same
        stars, against the signal-to-noise ratio.""",
    "diagnostic_value_added": """
        This run's labels minus those from Gaia XP spectra for the same stars,
        against the signal-to-noise ratio.""",
    "diagnostic_selection": """
        Which M dwarfs the criteria cost: the share that each removes, by metallicity
        and by temperature, and what criterion 3 removes by both. Metal-rich stars
        are brighter, so that criterion 3 takes more of them: whoever counts stars by
        metallicity must know it.""",
    "diagnostic_metal_poor": """
        Candidates for metal-poor stars. Above: their motion (Toomre's diagram, the
        solid arc is the limit of the halo, the dotted one half of it), and TiO5
        against CaH2 + CaH3 with lines of equal zeta, by this run's own stars (black)
        and by Lépine+2007 (broken). Below, in a simulated run: which share of the
        wanted stars each way finds, and which share of what it finds is wanted.""",
    "diagnostic_pulls": """
        Errors of the labels against the truth of the simulation in units of each
        uncertainty: above their standard deviation in bins of the signal-to-noise
        ratio, which is 1 if the uncertainty means what it says; below their
        distribution beside a Gaussian of unit width.""",
    "diagnostic_templates": """
        Normalised spectra of the simulation over templates of real M dwarfs, by
        spectral type and metallicity: how far the simulated spectra are like real
        ones.""",
    "experiment_methods": """
        How far off the labels of every method are, against the signal-to-noise
        ratio, on the same stars and with the same training stars.""",
    "experiment_label_errors": """
        What the errors of the training labels add to the errors of SLAM's labels:
        models that were trained on labels drawn anew within their errors differ by
        so much.""",
    "experiment_weighting": """
        What it does to the labels to weight pixels by their noise, beside weighting
        all pixels alike as the published code does.""",
    "experiment_emulation": """
        Bias and scatter of every variant of the emulation of the released labels
        against the signal-to-noise ratio: what each ingredient costs.""",
}
"""By the name of the figure."""

CAPTIONS = {name: " ".join(text.split()) for name, text in CAPTIONS.items()}
