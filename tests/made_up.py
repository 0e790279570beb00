"""What tables of tests hold and say of themselves."""

from mdwarfs.labels import LABELS
from mdwarfs.tables.columns import meaning

SAID = "Made up for a test"


def described(table):
    """Describe the columns that only their stages know, as a stage would; in place."""
    for name in table.colnames:
        info = table[name].info
        if not meaning(name) and not info.description:
            info.description = SAID
    return table


def of_a_dwarf(label):
    """A value of a label that M dwarfs can have."""
    return sum(LABELS[label].dwarf) / 2


def step(label):
    """A small difference of a label: a measure of errors that fits each."""
    return LABELS[label].step or LABELS[LABELS[label].scale_of].step
