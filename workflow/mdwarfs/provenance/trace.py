"""Trace a number, a file, a column or a star back to what it was made from."""

from __future__ import annotations

from mdwarfs.provenance.following import follow
from mdwarfs.provenance.history import History
from mdwarfs.provenance.questions import find
from mdwarfs.run.folder import CONFIGURATION
from mdwarfs.types import PathLike


def trace(folder: PathLike, question: str) -> dict:
    """The history of whatever a question names.

    Parameters
    ----------
    folder
        Results of a run.
    question
        A number of the audit (`R1 teff std`) or of the paper's Table 2 (`table 2 R3
        teff`); a file, by its path or name; a column, as `file:column`; or the
        source_id or sdss_id of a star.

    Returns
    -------
    entries
        `question`, `words`, `products`; `files`, by path, each with its state, the step
        that made it and, of a raw file, the archive; `steps`, by name, each with rule,
        times, code, parameters and what it read; `configuration`.

    Raises
    ------
    InputError
        If the run has no such thing, or several of that name.
    """
    history = History(folder)
    answer = find(history, question.strip())
    files, steps = {}, {}
    for product in answer.products:
        follow(history, product, files, steps, answer.through)
    for path, words in answer.places.items():
        if path in files:
            files[path]["place"] = words
    return {
        "question": answer.question,
        "run": str(folder),
        "words": answer.words,
        "products": answer.products,
        "configuration": CONFIGURATION if history.config else None,
        "files": files,
        "steps": steps,
    }
