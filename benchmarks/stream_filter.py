"""Peak memory and disk of filtering a large table while it is downloaded.

A server on loopback makes up a gzipped table in the form of LAMOST's A/F/G/K catalogue
(all of its columns) as it sends it; nothing of it is ever on disk. A process of its own
fetches it with the code of the workflow, which keeps the needed columns of one star in
eight. Disk and memory are the most at any time.
"""

import contextlib
import gzip
import multiprocessing
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import command
import numpy as np
from astropy.table import Table
from matplotlib.ticker import NullLocator

from mdwarfs.archives import wanted
from mdwarfs.archives.fetch import deliver_file
from mdwarfs.archives.transfer import Limits
from mdwarfs.figures import style
from mdwarfs.simulation.files.columns.layout import read_layouts
from mdwarfs.simulation.files.fits_table import (
    BLOCK,
    primary_header,
    records,
    table_header,
)
from mdwarfs.simulation.files.lamost import NULLS

COLUMNS = {
    "rows": ("", "Rows of the table that is downloaded"),
    "inflated_MB": ("Mbyte", "Its size, inflated"),
    "sent_MB": ("Mbyte", "What the server sent"),
    "rows_kept": ("", "Rows that were kept"),
    "file_MB": ("Mbyte", "Size of the file that was kept"),
    "disk_MB": ("Mbyte", "Most on disk at any time"),
    "imports_MB": ("Mbyte", "Peak memory before the download began"),
    "memory_MB": ("Mbyte", "Peak memory"),
    "seconds": ("s", "Wall time, the making of the table included"),
}
ROWS_AT_ONCE = 100_000
FIRST_ID = 10**18
KEPT = 8  # one star in so many


def pieces(n_rows):
    """The gzipped file in pieces: as many members as blocks of rows."""
    (layout,) = read_layouts("LRS_stellar")
    rng = np.random.default_rng(1)
    yield gzip.compress(primary_header() + table_header(layout, n_rows), 1)
    size = 0
    for start in range(0, n_rows, ROWS_AT_ONCE):
        n = min(ROWS_AT_ONCE, n_rows - start)
        number = start + np.arange(n)
        rows = records(
            layout,
            {
                "obsid": number,
                "gaia_source_id": (FIRST_ID + number).astype(str),
                "snrg": rng.gamma(2, 20, n),
                "teff": rng.normal(5500, 600, n),
                "feh": rng.normal(-0.2, 0.3, n),
                "subclass": np.full(n, "G2"),
            },
            NULLS,
        ).tobytes()
        size += len(rows)
        yield gzip.compress(rows, 1)
    yield gzip.compress(bytes(-size % BLOCK), 1)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/gzip")
        self.end_headers()
        for piece in pieces(self.server.n_rows):
            self.server.sent += len(piece)
            self.wfile.write(piece)

    def log_message(self, *args):
        pass


def client(url, n_rows, n_stars, folder, results):
    """Fetch the table; report peak memory, time and what was kept."""
    before = command.peak_memory()
    stars = FIRST_ID + np.arange(n_stars) * (n_rows // n_stars)
    source = {"archive": "LAMOST", "version": "DR11", "urls": [url], "kind": "table"}
    source["rows"] = [n_rows, n_rows]
    limits = Limits(attempts=1, first_wait=1, connect=5, stall=60, total=3600)
    start = time.monotonic()
    path = Path(folder) / "dr11_v2.0_LRS_stellar.fits.gz"
    record = deliver_file(path, source, limits, wanted.lamost_table("fgk", stars))
    results.put((before, command.peak_memory(), time.monotonic() - start, record))


def size_of(folder):
    """Bytes of the files in a folder, some of which may go away meanwhile."""
    size = 0
    for file in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            size += file.stat().st_size
    return size


def measure(n_rows):
    """Peak memory, disk and time for a table of so many rows."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.n_rows, server.sent = n_rows, 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/stellar.fits.gz"
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context("spawn")
        results = context.Queue()
        arguments = (url, n_rows, n_rows // KEPT, folder, results)
        process = context.Process(target=client, args=arguments)
        process.start()
        largest = 0
        while process.is_alive():
            largest = max(largest, size_of(Path(folder)))
            time.sleep(0.5)
        before, after, seconds, record = results.get()
    server.shutdown()
    server.server_close()
    (layout,) = read_layouts("LRS_stellar")
    return {
        "rows": n_rows,
        "inflated_MB": n_rows * layout.dtype.itemsize / 1e6,
        "sent_MB": server.sent / 1e6,
        "rows_kept": record["rows_kept"],
        "file_MB": record["bytes"] / 1e6,
        "disk_MB": largest / 1e6,
        "imports_MB": before,
        "memory_MB": after,
        "seconds": seconds,
    }


@style.styled
def draw(table):
    """Memory and disk against the number of rows."""
    figure = style.new(style.COLUMN, 2.5)
    axes = figure.subplots()
    rows = table["rows"] / 1e6
    for name, label, line, colour in (
        ("inflated_MB", "the table, inflated", "--", style.GREY),
        ("memory_MB", "peak memory", "o-", style.BLUE),
        ("disk_MB", "most on disk", "s-", style.RED),
    ):
        axes.plot(rows, table[name], line, color=colour, ms=4, label=label)
    axes.set(xscale="log", xlabel="Rows (million)", ylabel="Size (MB)")
    axes.set_yscale("log", nonpositive="mask")
    axes.set_xticks(rows, [f"{n:g}" for n in rows])
    axes.xaxis.set_minor_locator(NullLocator())
    low, high = axes.get_ylim()
    axes.set_ylim(low, 10 * high)  # room for the legend
    axes.legend(loc="upper left")
    return figure


def main(arguments=None):
    parser = command.parser(__doc__, run=False)
    sizes = [1_000_000, 2_000_000, 4_000_000, 8_000_000]
    parser.add_argument("--rows", type=int, nargs="+", default=sizes)
    options = parser.parse_args(arguments)
    table = Table([measure(n_rows) for n_rows in options.rows])
    command.show(table)
    command.write(options, "stream_filter", table, COLUMNS, command.MADE_UP, draw)


if __name__ == "__main__":
    main()
