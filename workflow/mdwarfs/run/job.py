"""Running one script of the workflow: its log, its errors, its exit status."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

from mdwarfs.errors import InputError
from mdwarfs.run.record import recorded
from mdwarfs.run.usage import cpu_seconds, peak_memory

logger = logging.getLogger("mdwarfs")


def run(main: Callable, snakemake: object) -> None:
    """Call a script's `main` with logging set up; end the process on failure.

    Messages go to the terminal, with the rule's name, and to the rule's log file. An
    `InputError` is printed as it stands; any other exception is printed as one line,
    with the traceback in the log file. What a step that ended well read and made is
    recorded beside its products (`mdwarfs.run.record`).

    The stamp of the products gets the run's configuration, of whose digest they tell.
    No rule has it as a parameter, or else any change of it would repeat all of them.

    Parameters
    ----------
    main
        Takes the object that Snakemake gives to a script.
    snakemake
        With the attributes `rule`, `log`, `config` and `params.stamp`; of a rule with a
        log all that Snakemake gives.
    """
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(logging.Formatter(f"[{snakemake.rule}] %(message)s"))
    logger.addHandler(terminal)
    logger.setLevel(logging.INFO)
    log = Path(snakemake.log[0]) if len(snakemake.log) else None
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        file = logging.FileHandler(log, mode="w", encoding="utf-8")
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(file)
        logging.captureWarnings(True)
        logging.getLogger("py.warnings").addHandler(file)
    snakemake.params.stamp["config"] = snakemake.config
    try:
        if log is None:
            main(snakemake)
        else:
            recorded(main, snakemake)
        logger.info(
            "%.1f s of CPU, at most %.0f MB of memory", cpu_seconds(), peak_memory()
        )
    except Exception as error:
        kind = "" if isinstance(error, InputError) else f"{type(error).__name__}: "
        terminal.close()
        logger.removeHandler(terminal)
        logger.exception("failed: %s%s", kind, error)
        print(f"[{snakemake.rule}] FAILED: {kind}{error}", file=sys.stderr)
        if log is not None:
            print(f"[{snakemake.rule}] the whole story is in {log}", file=sys.stderr)
        sys.exit(1)
