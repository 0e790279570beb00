"""Peak memory and disk of filtering a large table while it is downloaded.

    python benchmarks/stream_filter.py [--rows 8000000] [--stars 1000000]

A server on loopback makes up a gzipped table in the form of LAMOST's A/F/G/K catalogue
(all of its columns) as it sends it; nothing of it is ever on disk. A process of its own
fetches it with the code of the workflow, which keeps the needed columns of some stars.
"""

import argparse
import contextlib
import gzip
import multiprocessing
import resource
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from mdwarfs.archives import wanted
from mdwarfs.archives.fetch import deliver_file
from mdwarfs.archives.transfer import Limits
from mdwarfs.simulation.files.columns.layout import read_layouts
from mdwarfs.simulation.files.fits_table import (
    BLOCK,
    primary_header,
    records,
    table_header,
)
from mdwarfs.simulation.files.lamost import NULLS

ROWS_AT_ONCE = 100_000
FIRST_ID = 10**18


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
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stars = FIRST_ID + np.arange(n_stars) * (n_rows // n_stars)
    source = {"archive": "LAMOST", "urls": [url], "kind": "table", "rows": [n_rows] * 2}
    limits = Limits(attempts=1, first_wait=1, connect=5, stall=60, total=3600)
    start = time.monotonic()
    path = Path(folder) / "dr11_v2.0_LRS_stellar.fits.gz"
    record = deliver_file(path, source, limits, wanted.lamost_table("fgk", stars))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results.put((before, after, time.monotonic() - start, record))


def size_of(folder):
    """Bytes of the files in a folder, some of which may go away meanwhile."""
    size = 0
    for file in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            size += file.stat().st_size
    return size


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=8_000_000)
    parser.add_argument("--stars", type=int, default=1_000_000)
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.n_rows, server.sent = options.rows, 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/stellar.fits.gz"
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context("spawn")
        results = context.Queue()
        arguments = (url, options.rows, options.stars, folder, results)
        process = context.Process(target=client, args=arguments)
        process.start()
        largest = 0
        while process.is_alive():
            largest = max(largest, size_of(Path(folder)))
            time.sleep(0.5)
        before, after, seconds, record = results.get()
    (layout,) = read_layouts("LRS_stellar")
    width = layout.dtype.itemsize
    print(f"rows {record['rows']:,} of {width} bytes, {len(layout.columns)} columns")
    inflated = options.rows * width / 1e9
    print(f"sent {server.sent / 1e6:,.0f} MB gzipped, {inflated:.2f} GB inflated")
    print(f"kept {record['rows_kept']:,} rows in {record['bytes'] / 1e6:,.0f} MB")
    print(f"most on disk at once {largest / 1e6:,.0f} MB")
    print(f"peak memory {after / 1e3:,.0f} MB, of which imports {before / 1e3:,.0f} MB")
    print(f"time {seconds:.0f} s, the making of the table included")


if __name__ == "__main__":
    main()
