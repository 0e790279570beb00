"""Stars shared out among jobs: `--set-scatter stars=N`, or `stars.parts`."""

GROUP = 256
"""Stars of a share come in groups of so many, but for the last: what solves stars in
groups (of 64, SLAM; of 256, the hybrid labels) has the same ones in every share, so
that its sums are rounded in the same way."""


def share(item: str, stars: int) -> slice:
    """The rows of one of several jobs that share stars.

    Parameters
    ----------
    item
        Snakemake's name of the part, such as `2-of-3`.
    stars
        How many there are. If these are fewer groups than parts, some shares are empty.

    Returns
    -------
    rows
        Next to each other; the shares of all items follow each other.
    """
    number, parts = map(int, item.split("-of-"))
    groups = -(-stars // GROUP)
    first, last = (k * groups // parts * GROUP for k in (number - 1, number))
    return slice(min(first, stars), min(last, stars))
