"""Stars shared out among jobs: `--set-scatter stars=N`, or `stars.parts`."""

GROUP = 256
"""Each share has a multiple of so many stars, but for the last. Stars are labelled in
groups (SLAM 64, the hybrid labels 256 at a time), and how sums over them are rounded
depends on which stars are in a group together. As shares begin where groups do, groups
are the same ones for any number of shares, and so are labels, to the last bit."""


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
