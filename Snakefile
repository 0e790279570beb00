# Stellar parameters of BOSS M dwarfs: Qiu, Johnson, Liu et al. 2025, reproduced.
#
#   snakemake --cores N                                    the simulated survey
#   snakemake --cores N --configfile config/dr19.yaml      the real archives
#
# The stages stand in the order in which data flow. README.md is the way in.

from snakemake.utils import min_version

min_version("9.0")


configfile: workflow.source_path("config/config.yaml")


report: "workflow/report/workflow.rst"


include: "rules/common.smk"


if config["source"] == "lamost54":

    include: "rules/lamost54.smk"

else:

    include: f"rules/raw_{config['source']}.smk"
    include: "rules/catalogues.smk"
    include: "rules/samples.smk"

    if LABELS_OF_PAPER:

        include: "rules/paper_labels.smk"
    include: "rules/spectra.smk"
    include: "rules/train.smk"
    include: "rules/predict.smk"

    if RELEASED_USED:

        include: "rules/released_labels.smk"


include: "rules/validate.smk"
include: "rules/tables.smk"
include: "rules/figures.smk"


if STAMP["simulated"]:

    include: "rules/recovery.smk"

    # The templates do not belong to this project: where they lie, simulated spectra are
    # held against them.
    if Path(config["diagnostics"]["templates"]).exists():

        include: "rules/templates.smk"


include: "rules/interpretation.smk"


if config["source"] != "lamost54":

    include: "rules/released.smk"
    include: "rules/paper_sample.smk"

    if "astra_slam_dr19" in CATALOGUES:

        include: "rules/releases.smk"

    if {"mdwarf_contin", "mdwarf_active"} <= set(CATALOGUES):

        include: "rules/value_added.smk"


include: "rules/audit.smk"


if config["source"] != "lamost54":

    include: "rules/label_errors.smk"

    # The experiment holds a second model, of contiguous folds, against the run's own: of
    # a run that has such folds itself it would show nothing.
    if config["slam"]["fold_assignment"] == "random":

        include: "rules/emulation.smk"


include: "rules/targets.smk"


complete_rules()


onsuccess:
    for line in closing_words(RESULTS):
        print(line, file=sys.stderr)


rule all:
    """Every figure and table, and the audit."""
    default_target: True
    input:
        TARGETS["all"],
