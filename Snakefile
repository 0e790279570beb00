# Stellar parameters of BOSS M dwarfs: Qiu, Johnson, Liu et al. 2025, reproduced.
#
#   snakemake --cores N                                    the simulated survey
#   snakemake --cores N --configfile config/dr19.yaml      the real archives
#
# The stages stand in the order in which data flow. Every rule is there for every run; the
# targets say what a run has. README.md is the way in.

from snakemake.utils import min_version

min_version("9.0")


configfile: f"{workflow.current_basedir}/config/config.yaml"


report: "workflow/report/workflow.rst"


include: "rules/common.smk"
include: "rules/raw_simulated.smk"
include: "rules/raw_archives.smk"
include: "rules/catalogues.smk"
include: "rules/samples.smk"
include: "rules/spectra.smk"
include: "rules/train.smk"
include: "rules/predict.smk"
include: "rules/files.smk"
include: "rules/validate.smk"
include: "rules/posteriors.smk"
include: "rules/files_summary.smk"
include: "rules/hybrid.smk"
include: "rules/metal_poor.smk"
include: "rules/comparisons.smk"
include: "rules/interpretation.smk"
include: "rules/recovery.smk"
include: "rules/experiments.smk"
include: "rules/tables.smk"
include: "rules/figures.smk"
include: "rules/audit.smk"
include: "rules/report.smk"
include: "rules/targets.smk"


complete_rules()


onstart:
    note_start(RUN)
    for part in sweep(RESULTS, FIGURES):
        print(f"{part}, of a run that was killed, is removed", file=sys.stderr)
    begin(RESULTS, config, STAMP)


onsuccess:
    note_end()
    for line in [*conclude(RESULTS, ROOT, STAMP), *closing_words(RESULTS)]:
        print(line, file=sys.stderr)


onerror:
    note_end()
    conclude(RESULTS, ROOT, STAMP)


rule all:
    """Every figure and table, and the audit."""
    default_target: True
    input:
        TARGETS["all"],
