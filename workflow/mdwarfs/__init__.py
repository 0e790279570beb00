"""Stellar parameters of BOSS M dwarfs: the science library behind the workflow.

The workflow's rules call it; it never imports Snakemake and serves a notebook as well:
`from mdwarfs import Slam, normalise, read_spectra, show` (see `mdwarfs.api`).
"""

from importlib import import_module as _import_module

__version__ = "0.1.0"
__all__ = ["Slam", "normalise", "read_spectra", "show"]  # noqa: F822


def __getattr__(name):
    """What a notebook wants, imported when it is asked for."""
    if name in __all__:
        return getattr(_import_module("mdwarfs.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
