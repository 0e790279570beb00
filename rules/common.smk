# Names that all rules share: paths, the stamp, and the digest of the library code.

import atexit
import re
from functools import cache
from pathlib import Path

ROOT = Path(str(workflow.current_basedir)).parent

# The library lies in the checkout; nothing has to be installed for the rules to find
# it, here or in a job on another machine.
sys.path.insert(0, str(ROOT / "workflow"))
os.environ.update(PYTHONPATH=str(ROOT / "workflow"))

from mdwarfs.archives.settings import release_of
from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.audit.closing import closing_words
from mdwarfs.catalogues import registry
from mdwarfs.config import check_config, merge_config, read_config, schema_path
from mdwarfs.contradictions import is_simulated
from mdwarfs.run import needs
from mdwarfs.run.digest import script_digest
from mdwarfs.errors import ConfigError, InputError
from mdwarfs.given.check import require_there
from mdwarfs.given.settings import cross_validated
from mdwarfs.run.interrupted import at_work, note_end, note_start, sweep
from mdwarfs.provenance.around import begin, conclude
from mdwarfs.spectra.manifest import folder_of

# A workflow that uses this one as a module gives a configuration of its own, and Snakemake
# reads no default then.
if workflow.modifier.skip_configfile:
    config = merge_config(read_config([ROOT / "config" / "config.yaml"]), config)

try:
    check_config(config, schema_path(ROOT))
    require_there(config, f"results/{config['run']}/raw", ROOT)
except ConfigError as error:
    raise WorkflowError(error)

# The default has ranges of labels that a run on given spectra need not have.
config["prediction"]["usable"] = {
    label: limits
    for label, limits in config["prediction"]["usable"].items()
    if label in config["slam"]["labels"]
}

RUN = config["run"]
RESULTS = f"results/{RUN}"
FIGURES = f"figures/{RUN}"
LOGS = f"{RESULTS}/logs"
BENCHMARKS = f"{RESULTS}/benchmarks"
STAMP = {"run": RUN, "simulated": is_simulated(config)}


def say_who_is_at_work():
    """What Snakemake does not say of a lock: whose it is, and what to do."""
    for other in at_work(RUN):
        print(other.advice, file=sys.stderr)


if workflow.is_main_process:
    atexit.register(say_who_is_at_work)

# The versions of the SDSS pipelines, which are parts of their files' names.
RELEASE = release_of(config)
SDSS = RELEASES[RELEASE]

# The raw files, under the names that their archives give them, and the catalogues that
# are made of one each: those of the registry that this run has.
RAW = {
    key: f"{RESULTS}/raw/{raw.path.format(**RELEASES[raw.release or RELEASE])}"
    for key, raw in registry.inputs_of(config, RELEASE).items()
}
# Spectra lie beside their list, as do the lists of jobs that share them.
if "spectra" in RAW:
    FOLDER_OF_SPECTRA = str(folder_of(RAW["spectra"]))
    SHARES_OF_SPECTRA = f"{RESULTS}/raw/astra/shares"
CATALOGUES = {c.name: c for c in registry.CATALOGUES if c.raw.key in RAW}
COMPARED = {name: c.comparison for name, c in CATALOGUES.items() if c.comparison}


def called(name):
    """What a workflow that uses this one calls a rule."""
    return workflow.modifier.modify_rulename(name)


def in_order(caption):
    """A caption that sorts by its number: a second blank, which no browser shows."""
    return re.sub(r"^(Figure) (?=\d\b)", r"\1  ", caption.rstrip("."))


def entry(wildcards):
    """The catalogue of the registry that a job is about."""
    return CATALOGUES[wildcards.catalogue]


# Stars are shared out among so many jobs where their spectra are fetched, normalised
# and labelled; what is gathered does not depend on it.
scattergather:
    stars=config["stars"]["parts"],


RECORDS = {}  # of the raw files that come from archives, by input

# Released labels of the candidates spare most spectra: those of the training, test and
# M+M stars are enough.
RELEASED_USED = (
    config["source"] == "archives" and config["archives"]["candidates"] == "released"
)
STARS_WITH_SPECTRA = (
    f"{RESULTS}/samples/{'chosen' if RELEASED_USED else 'candidates'}.fits"
)
LABELS_OF_CANDIDATES = (
    f"{RESULTS}/slam/{'with_released' if RELEASED_USED else 'predictions'}.fits"
)

# How labels are found: those of maximum posterior, or as the released ones were.
MAP = config["prediction"]["method"] == "map"

# Where the training labels are those of the paper's own table, the labels of the sample
# that is built here lie beside them, to be compared.
LABELS_OF_PAPER = config["labels"]["source"] == "published"
OWN_LABELS = f"{RESULTS}/samples/{'own_labels' if LABELS_OF_PAPER else 'labels'}.fits"
LABELS_FROM_PAPER = (
    f"{RESULTS}/samples/{'labels' if LABELS_OF_PAPER else 'paper_labels'}.fits"
)

# With folds or leave-one-out every labelled star is a test star: no split says which.
CROSS_VALIDATED = config["source"] == "files" and cross_validated(config["files"])
# Labels of stars by models that have not seen them, and the role of those stars.
UNSEEN, ROLE_OF_UNSEEN = (
    ("held_out", "train") if CROSS_VALIDATED else ("predictions", "test")
)
SPLIT = [] if CROSS_VALIDATED else f"{RESULTS}/samples/split.fits"


# What a run has: the words of mdwarfs.figures.registry.NEEDS, and more. Rules are there
# for every run; what it has not, it is not asked for.
HAS = {
    "": True,
    "survey": config["source"] != "files",
    "files": config["source"] == "files",
}
HAS["truth"] = HAS["survey"] and STAMP["simulated"]
HAS["matched"] = HAS["survey"] and config["diagnostics"]["templates"] != "none"
HAS["templates"] = HAS["truth"] and HAS["matched"]
HAS["test_set"] = not CROSS_VALIDATED
HAS["posteriors"] = MAP  # what the release's code found is no maximum of one
HAS["compared"] = HAS["files"] and bool(config["files"].get("compared"))
HAS["labels_of_paper"] = HAS["survey"] and LABELS_OF_PAPER
HAS["released_used"] = HAS["survey"] and RELEASED_USED
HAS["earlier_release"] = HAS["survey"] and "astra_slam_dr19" in CATALOGUES
HAS["value_added"] = HAS["survey"] and {"mdwarf_contin", "mdwarf_active"} <= set(
    CATALOGUES
)
# The experiment holds a second model, of contiguous folds, against the run's own: of a
# run that has such folds itself it would show nothing.
HAS["second_model"] = HAS["survey"] and config["slam"]["fold_assignment"] == "random"
# Other releases' labels were made by other code than is emulated.
HAS["emulation"] = HAS["second_model"] and (
    HAS["truth"] or SDSS["astra_boss"] == "0.6.0"
)


def code(script, *modules):
    """Digest of the modules behind a script, so that editing them re-runs it.

    `modules` are those that it imports by their names, below the package.
    """
    return script_digest(ROOT / "scripts" / f"{script}.py", *modules)


def only(section, *keys):
    """Those keys of a section of the configuration on which a step depends."""
    return {key: config[section][key] for key in keys}


NEEDS = needs.read(ROOT / "rules" / "needs.tsv")


def jobs_of(gathered):
    """Among how many jobs something is shared out."""
    return len(gathered("{scatteritem}"))


@cache
def groups():
    """The group of each rule that may have one; asked for after all rules have been read."""
    applies = {
        "every run": True,
        "simulated": config["source"] == "simulated",
        "not shared out": jobs_of(gather.stars) == jobs_of(gather.slam) == 1,
    }
    sections = [section for section, it_does in applies.items() if it_does]
    return needs.read_groups(ROOT / "rules" / "groups.yaml", sections)


def group_of(name):
    """The group of a rule, if it has one and a profile asks for groups; or None.

    Nothing of a group may wait for what waits for the group. For a rule that somebody adds,
    that is of no concern on one machine. What a profile asks for is known only when
    Snakemake makes its plan, after the rules.
    """
    asked = workflow.group_settings.group_components
    return groups().get(needs.row_of(name, groups())) if asked else None


# What stands for the size of what a group will make first: tables of all stars; where that
# is their spectra, they are so many times as large as the stars' table (1,740 pixels).
ALL_STARS = {f"{RESULTS}/{x}.fits": 1 for x in ("catalogues/boss", "samples/m_type")}
THEIR_SPECTRA = {STARS_WITH_SPECTRA: 57}


def needed_by(name):
    """Memory and time of a rule's jobs, by the size of their inputs: mem_mb, runtime."""
    need = needs.need_of(name, NEEDS)

    def size(input):
        group = group_of(name)
        stand_ins = THEIR_SPECTRA if group == "labels" else ALL_STARS
        return needs.size(input, stand_ins if group else {})

    def part(wildcards):  # of the work, where jobs share it
        return 1 / int(wildcards.get("scatteritem", "1-of-1").partition("-of-")[2])

    def mem_mb(wildcards, input, attempt, threads):
        return need.mem_mb(size(input), threads, part(wildcards), attempt)

    def runtime(wildcards, input, attempt, threads):
        share = part(wildcards)
        least = needs.LEAST_IN_GROUP if group_of(name) else needs.LEAST
        return need.runtime(size(input), threads, share, attempt, least)

    return {"mem_mb": mem_mb, "runtime": runtime}


def complete_rules():
    """Give every rule with a script what it has in common with all others.

    That is a log, a benchmark, the environment, memory and time, the group that it is in
    on a cluster, and as parameters the run (`stamp`) and the digest of the code behind the
    script (`code`), unless the rule has its own.
    """
    asked = workflow.resource_settings.overwrite_resources  # by --set-resources
    before, after = called("*").split("*")
    for step in workflow.rules:
        if not step.script or Path(str(step.basedir)) != ROOT / "rules":
            continue
        name = step.name.removeprefix(before).removesuffix(after)
        stem = "_".join([name, *(f"{{{x}}}" for x in sorted(step.wildcard_names))])
        step.log_modifier = step.benchmark_modifier = step.output_modifier
        step.set_log(f"{LOGS}/{stem}.log")
        step.benchmark = f"{BENCHMARKS}/{stem}.tsv"
        step.conda_env = "../environment.yml"
        if needs.row_of(name, groups()):  # a local rule must not have a group
            step.group = lambda wildcards, name=name: group_of(name)
        step.resources.update(needed_by(name))
        step.resources.update(asked.get(step.name, {}))
        if name.startswith(("retrieve_", "record_")):
            workflow.localrules(step.name)  # nodes lack the internet; done in no time
        own = set(step.params.keys())
        if "code" not in own:
            step.set_params(code=code(Path(str(step.script)).stem))
        if "stamp" not in own:
            step.set_params(stamp=STAMP)
