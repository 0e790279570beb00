"""Tables whose columns say what they are."""

from astropy.table import Table


def from_rows(rows, columns):
    """A table of rows whose columns say what they are.

    Parameters
    ----------
    rows : sequence of sequence
    columns : dict of str to (str, str)
        Unit ("" if there is none or it differs by row) and description of each
        column, in order.

    Returns
    -------
    astropy.table.Table
    """
    return annotate(Table(rows=rows or None, names=list(columns)), columns)


def annotate(table, columns):
    """Attach units and descriptions to columns; in place.

    Parameters
    ----------
    table : astropy.table.Table
    columns : dict of str to (str, str)
        Unit ("" if there is none) and description by name of the column.

    Returns
    -------
    astropy.table.Table
        The same table.
    """
    for name, (unit, description) in columns.items():
        table[name].info.description = description
        if unit:
            table[name].info.unit = unit
    return table
