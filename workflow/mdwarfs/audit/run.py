"""What the audit knows of a run."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.table import Row, Table


class NotTestable(LookupError):
    """The run has nothing from which a number could be taken; the message says why."""


@dataclass(frozen=True)
class Run:
    """The products and the configuration of a run.

    Attributes
    ----------
    tables
        The products that the audit reads, by name.
    config
        The whole configuration.
    """

    tables: dict[str, Table]
    config: dict
    simulated: bool

    def table(self, name: str) -> Table:
        """A product by name; raises NotTestable if the run has none."""
        if name not in self.tables:
            raise NotTestable(f"the run has no product {name}")
        return self.tables[name]

    def row(self, name: str, **values: Any) -> Row:
        """The row of a product whose columns have the given values.

        Raises
        ------
        NotTestable
            If there is none.
        """
        table = self.table(name)
        found = np.ones(len(table), bool)
        for column, value in values.items():
            found &= np.asarray(table[column]) == value
        if not found.any():
            wanted = ", ".join(f"{key} {value}" for key, value in values.items())
            raise NotTestable(f"{name} has no row of {wanted}")
        return table[int(np.argmax(found))]
