"""The figures: the title, tables and settings of each, and which runs have it.

A figure is a module of this package with a function `draw`, and an entry here. Rule,
job, log and target follow: `snakemake figure_06` draws the figure of that name. Its
words, for the page of a run and Snakemake's report, are in `mdwarfs.figures.captions`.
"""

from dataclasses import dataclass, field

from mdwarfs.figures.captions import CAPTIONS

PAPER, GIVEN = "paper", "given"
DIAGNOSTIC, EXPERIMENT = "diagnostic", "experiment"

NEEDS = {
    "": "every run",
    "survey": "a run of the survey: candidates, pairs, a test set",
    "files": "a run on given spectra",
    "test_set": "one with a test set: not one that is validated by folds",
    "compared": "one that compares with the labels of others",
    "truth": "a run of simulated stars",
    "templates": "one, where there is a file of templates",
    "earlier_release": "a run that has the labels of the release before",
    "value_added": "a run that has the value-added catalogues",
    "second_model": "a run of the survey with random folds, unlike the second model",
    "emulation": "one whose labels the emulation can be held against",
}
"""What a run must have for a figure to be asked of it; `rules/common.smk` says which of
these a run has."""


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes
    ----------
    name
        Of the module with `draw`, of the rule, and of the files below figures/<run>.
    kind
        `PAPER`; `GIVEN`: what a run on given spectra is held against; `DIAGNOSTIC`:
        what a run shows of itself; or `EXPERIMENT`: is drawn when it is asked for.
    caption
        What it shows, in a line.
    tables
        By argument of `draw`, the path of a table below results/<run>.
    settings
        By argument of `draw`, a key of the configuration, with dots between its parts;
        or of what follows from the configuration: `release`, `sdss.<pipeline>` (the
        versions of `mdwarfs.catalogues.releases.RELEASES`) and `simulated`.
    of_truth
        More tables, which simulated runs alone have.
    needs
        One of `NEEDS`.
    """

    name: str
    kind: str
    caption: str
    tables: dict[str, str]
    settings: dict[str, str] = field(default_factory=dict)
    of_truth: dict[str, str] = field(default_factory=dict)
    needs: str = "survey"

    @property
    def words(self) -> str:
        """What it shows, in sentences: of `captions.CAPTIONS`, or else the caption."""
        return CAPTIONS.get(self.name, self.caption)

    def inputs(self, results: str, simulated: bool) -> dict[str, str]:
        """Paths of the tables, by argument of `draw`.

        Parameters
        ----------
        results
            Folder of the run's results.
        """
        tables = self.tables | (self.of_truth if simulated else {})
        return {name: f"{results}/{path}" for name, path in tables.items()}

    def values(self, configuration: dict) -> dict:
        """The settings, by argument of `draw`.

        Parameters
        ----------
        configuration
            The merged configuration, and what follows from it.

        Raises
        ------
        KeyError
            If it has no such key; the message names the figure.
        """
        found = {}
        for name, key in self.settings.items():
            value = configuration
            for part in key.split("."):
                if part not in value:
                    raise KeyError(f"{self.name}: the configuration has no {key}")
                value = value[part]
            found[name] = value
        return found


FIGURES = (
    Figure(
        "figure_01",
        PAPER,
        "Figure 1: all M-type stars in the colour-magnitude diagram.",
        {"m_type": "samples/m_type.fits"},
        {"criteria": "candidates"},
    ),
    Figure(
        "figure_02",
        PAPER,
        "Figure 2: both components of the FGK+M and M+M pairs.",
        {
            "pairs_fgk_m": "samples/pairs_fgk_m.fits",
            "pairs_m_m": "samples/pairs_m_m.fits",
        },
    ),
    Figure(
        "figure_03",
        PAPER,
        "Figure 3: histograms of the training labels.",
        {"labels": "samples/labels.fits", "split": "samples/split.fits"},
        {"usable": "prediction.usable"},
    ),
    Figure(
        "figure_04",
        PAPER,
        "Figure 4: SLAM against reference labels of the test stars.",
        {"test": "validation/test.fits"},
    ),
    Figure(
        "figure_05",
        PAPER,
        "Figure 5: CV bias and scatter against SNR, with the power laws.",
        {
            "bins": "validation/snr_bins.ecsv",
            "power_laws": "validation/power_laws.ecsv",
        },
    ),
    Figure(
        "figure_06",
        PAPER,
        "Figure 6: comparisons of [Fe/H].",
        {
            "m_m": "comparisons/m_m.fits",
            "birky": "comparisons/birky.fits",
            "behmard": "comparisons/behmard.fits",
        },
    ),
    Figure(
        "figure_07",
        PAPER,
        "Figure 7: comparisons of the effective temperature.",
        {
            "birky": "comparisons/birky.fits",
            "lamost_m": "comparisons/lamost_m.fits",
            "mann": "comparisons/mann.fits",
        },
        {"bin_width": "figures.teff_bin", "usable": "prediction.usable"},
    ),
    Figure(
        "figure_08",
        PAPER,
        "Figure 8: comparisons of the surface gravity.",
        {"lamost_m": "comparisons/lamost_m.fits", "mann": "comparisons/mann.fits"},
        {"bin_width": "figures.logg_bin", "usable": "prediction.usable"},
    ),
    Figure(
        "figure_09",
        PAPER,
        "Figure 9: the candidates, coloured by temperature and by gravity.",
        {"catalogue": "catalogue/slam_labels.fits"},
    ),
    Figure(
        "figure_10",
        PAPER,
        "Figure 10: the ASPCAP metallicities before and after equation 10.",
        {"aspcap": "comparisons/aspcap.fits"},
    ),
    Figure(
        "figure_11",
        PAPER,
        "Figure 11: metallicity over the colour-magnitude diagram, with isochrones.",
        {
            "catalogue": "catalogue/slam_labels.fits",
            "aspcap": "comparisons/aspcap.fits",
            "isochrones": "catalogues/parsec.ecsv",
        },
    ),
    Figure(
        "figure_12",
        PAPER,
        "Figure 12: [Fe/H] differences of FGK+FGK pairs before and after equation 11.",
        {"pairs": "samples/pairs_fgk_fgk.fits", "sign": "samples/niu_sign.ecsv"},
    ),
    Figure(
        "files_labels",
        GIVEN,
        "SLAM against reference labels of stars that the model has not seen.",
        {"test": "validation/test.fits"},
        {"labels": "slam.labels"},
        needs="files",
    ),
    Figure(
        "files_scatter",
        GIVEN,
        "Bias and scatter of SLAM minus reference against SNR, with the power laws.",
        {
            "bins": "validation/snr_bins.ecsv",
            "power_laws": "validation/power_laws.ecsv",
        },
        {"labels": "slam.labels"},
        needs="files",
    ),
    Figure(
        "files_methods",
        GIVEN,
        "Scatter of the labels of SLAM and of all other methods, on the same stars.",
        {"table": "validation/methods.ecsv"},
        needs="files",
    ),
    Figure(
        "files_compared",
        GIVEN,
        "SLAM and reference labels against those of others for the same stars.",
        {"stars": "validation/compared_stars.fits"},
        needs="compared",
    ),
    Figure(
        "files_pulls",
        GIVEN,
        "Differences from the reference labels in units of each uncertainty.",
        {
            "table": "validation/pulls.ecsv",
            "stars": "validation/pulls_of_stars.fits",
        },
        needs="files",
    ),
    Figure(
        "diagnostic_sensitivity",
        DIAGNOSTIC,
        "How the model's flux answers to the labels, pixel by pixel.",
        {"table": "diagnostics/sensitivity.ecsv"},
        of_truth={"injected": "diagnostics/injected_sensitivity.ecsv"},
        needs="",
    ),
    Figure(
        "diagnostic_information",
        DIAGNOSTIC,
        "The wavelengths that tell each label.",
        {"table": "diagnostics/information.ecsv"},
        {"snr": "diagnostics.snr"},
        needs="",
    ),
    Figure(
        "diagnostic_pixels",
        DIAGNOSTIC,
        "What each pixel chose, and how much of its flux the labels explain.",
        {"table": "diagnostics/pixels.ecsv"},
        needs="",
    ),
    Figure(
        "diagnostic_windows",
        DIAGNOSTIC,
        "Labels from parts of the spectrum.",
        {"table": "diagnostics/windows.ecsv"},
        needs="test_set",
    ),
    Figure(
        "diagnostic_gained",
        DIAGNOSTIC,
        "How much less the hybrid labels are off than SLAM's, by SNR and label.",
        {"table": "validation/gained.ecsv"},
        needs="",
    ),
    Figure(
        "diagnostic_gained_catalogues",
        DIAGNOSTIC,
        "Offset and scatter of both labels against the comparison catalogues (R2-R7).",
        {"table": "validation/gained_catalogues.ecsv"},
    ),
    Figure(
        "diagnostic_limit",
        DIAGNOSTIC,
        "How far off labels are, and the least that spectra and noise allow, by SNR.",
        {"table": "diagnostics/limit.ecsv"},
        needs="truth",
    ),
    Figure(
        "diagnostic_released_labels",
        DIAGNOSTIC,
        "This run's labels minus the released ones, against SNR.",
        {
            "comparison": "comparisons/released.fits",
            "summary": "diagnostics/released_labels.ecsv",
        },
        {"astra": "sdss.astra_boss", "simulated": "simulated"},
    ),
    Figure(
        "diagnostic_paper_sample",
        DIAGNOSTIC,
        "The sample that is built here against the paper's own, pair by pair.",
        {
            "comparison": "comparisons/paper_sample.fits",
            "counts": "diagnostics/paper_sample_counts.ecsv",
            "summary": "diagnostics/paper_sample.ecsv",
        },
        of_truth={"recovered": "audit/recovered_sample.ecsv"},
    ),
    Figure(
        "diagnostic_releases",
        DIAGNOSTIC,
        "Released labels of this data release minus those of the one before.",
        {
            "comparison": "comparisons/releases.fits",
            "summary": "diagnostics/releases.ecsv",
        },
        {"release": "release", "simulated": "simulated"},
        needs="earlier_release",
    ),
    Figure(
        "diagnostic_value_added",
        DIAGNOSTIC,
        "Labels of the catalogue minus those from Gaia XP, against SNR.",
        {
            "comparison": "comparisons/value_added.fits",
            "summary": "diagnostics/value_added.ecsv",
        },
        {"simulated": "simulated"},
        needs="value_added",
    ),
    Figure(
        "diagnostic_selection",
        DIAGNOSTIC,
        "Which M dwarfs the criteria cost, by metallicity and temperature.",
        {"table": "diagnostics/selection.ecsv"},
        of_truth={"truth": "diagnostics/true_selection.ecsv"},
    ),
    Figure(
        "diagnostic_metal_poor",
        DIAGNOSTIC,
        "Candidates for metal-poor stars: by how they move, and by CaH and TiO.",
        {
            "kinematics": "metal_poor/kinematics.fits",
            "indices": "metal_poor/indices.fits",
            "locus": "metal_poor/locus.ecsv",
        },
        {"limits": "metal_poor"},
        of_truth={"recovered": "metal_poor/recovered.ecsv"},
    ),
    Figure(
        "diagnostic_pulls",
        DIAGNOSTIC,
        "Errors of the labels in units of each uncertainty, against the truth.",
        {
            "table": "diagnostics/pulls.ecsv",
            "stars": "diagnostics/pulls_of_stars.fits",
        },
        needs="truth",
    ),
    Figure(
        "diagnostic_templates",
        DIAGNOSTIC,
        "Spectra of the simulation and of real M dwarfs, by type.",
        {
            "table": "diagnostics/templates.ecsv",
            "spectra": "diagnostics/template_spectra.fits",
        },
        needs="templates",
    ),
    Figure(
        "experiment_methods",
        EXPERIMENT,
        "How far off the labels of every method are, against SNR.",
        {"table": "experiments/methods.ecsv"},
        needs="",
    ),
    Figure(
        "experiment_label_errors",
        EXPERIMENT,
        "What the errors of the training labels add, against SNR.",
        {"table": "experiments/label_errors.ecsv"},
    ),
    Figure(
        "experiment_weighting",
        EXPERIMENT,
        "What the weighting of pixels does to labels.",
        {
            "labels": "experiments/emulated_labels.fits",
            "summary": "experiments/weighting.ecsv",
        },
        needs="second_model",
    ),
    Figure(
        "experiment_emulation",
        EXPERIMENT,
        "Bias and scatter of every variant of the emulation against SNR.",
        {"accuracy": "experiments/emulation.ecsv"},
        needs="emulation",
    ),
)


def named(kind: str, has: dict[str, bool]) -> list[str]:
    """Names of the figures of a kind that a run has.

    Parameters
    ----------
    kind
        `PAPER`, `GIVEN`, `DIAGNOSTIC` or `EXPERIMENT`.
    has
        Which of `NEEDS` the run has.
    """
    return [f.name for f in FIGURES if f.kind == kind and has[f.needs]]
