"""Interfaces whose attributes have to be there, as abstract methods have to."""

from abc import ABCMeta
from inspect import get_annotations, isabstract
from typing import Any


class Interface(ABCMeta):
    """A class whose attributes every class that has its methods must have as well.

    The attributes are those that abstract classes annotate. A class may have them as
    fields, as properties, or set them in `__init__`: so they are looked for in what has
    been made.
    """

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make an object.

        Raises
        ------
        TypeError
            If it lacks an attribute.
        """
        made = super().__call__(*args, **kwargs)
        lacking = [
            f"{base.__name__}.{name}"
            for base in cls.__mro__
            if isabstract(base)
            for name in get_annotations(base)
            if name not in vars(made) and not hasattr(cls, name)
        ]
        if lacking:
            raise TypeError(f"{cls.__name__} lacks {', '.join(lacking)}")
        return made
