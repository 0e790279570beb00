"""Errors that a user can correct."""


class InputError(ValueError):
    """A file, a column or a value is not what it has to be.

    The message names the file, the column or the star, and says what to do. A
    failing rule prints it as its cause, without a traceback.
    """


class MissingTable(InputError):
    """A file or an archive has no such table."""


class MissingColumn(InputError):
    """A table lacks a column."""


class WrongType(InputError):
    """A column holds something else than what is wanted of it."""


class ConfigError(InputError):
    """The configuration cannot be run; the message names the key."""
