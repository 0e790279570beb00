"""astropy as it is, in less time: a fifth of what tests take that read or write tables.

It looks up and checks its configuration for every card of a header, and reads the YAML
of tables by a parser in Python, although that of libyaml is there; and each of the six
attributes that a slice of a column gets passes a function that is about three others.
"""

import re

import numpy as np
import yaml
from astropy.config import ConfigItem
from astropy.io.misc import yaml as own
from astropy.table import Column, MaskedColumn

SLOW_LOADER = own.AstropyLoader
"""astropy's, by which the quick one is measured."""


LOOKED_AT = {"mask", "dtype", "unit"}
"""The attributes for which a column does more than to keep them."""


def hasten():
    """All three, in this process and in those that it forks."""
    remember_configuration()
    read_by_libyaml()
    keep_attributes()


def remember_configuration():
    """Look a value of astropy's configuration up when it may have changed, and then."""
    known = {}
    look_up = ConfigItem.__call__

    def value(item):
        if item not in known:
            known[item] = look_up(item)
        return known[item]

    def forgetting(change):
        def changed(item, *arguments):
            try:
                return change(item, *arguments)
            finally:
                known.pop(item, None)

        return changed

    ConfigItem.__call__ = value
    ConfigItem.set = forgetting(ConfigItem.set)
    ConfigItem.reload = forgetting(ConfigItem.reload)


def read_by_libyaml():
    """Let astropy read YAML by libyaml, if that is there, into the same objects."""
    if not yaml.__with_libyaml__:
        return

    class AstropyLoader(yaml.CSafeLoader):
        yaml_constructors = own.AstropyLoader.yaml_constructors.copy()

        def __init__(self, text):
            # of which libyaml says that it knows no such directive
            super().__init__(re.sub(r"\A%ECSV .*\n", "", text))

    own.AstropyLoader = AstropyLoader


def keep_attributes():
    """Let a column without a mask keep its other attributes as any array does."""
    look = Column.__setattr__

    def keep(column, name, value):
        if name in LOOKED_AT:
            look(column, name, value)
        else:
            np.ndarray.__setattr__(column, name, value)

    MaskedColumn.__setattr__ = look
    Column.__setattr__ = keep
