"""What archives do wrong, as changes of a right answer."""

import gzip
import io
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

import numpy as np
from astropy.io import fits

PAGE = b"<!DOCTYPE html><html><body>The service is down for maintenance</body></html>"


@dataclass(frozen=True)
class Answer:
    """What a server says to one request.

    Attributes
    ----------
    body : bytes
    status : int
    kind : str
        Content-Type.
    headers : dict
    ranges : bool
        Whether a part of the body is sent if one is asked for.
    etag : str
    breaks : str
        "reset" or "stall", half-way; "closed", half-way and without a word, of an
        answer that names no size; "drip", which sends byte by byte and takes for ever;
        "silence", of which nothing is sent; "endless", after its end; "" if all is
        sent.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "application/octet-stream"
    headers: dict = field(default_factory=dict)
    ranges: bool = True
    etag: str = ""
    breaks: str = ""


def busy(answer, seconds=0):
    """Maintenance; please come again, in so many seconds."""
    after = {"Retry-After": str(seconds)}
    return Answer(b"maintenance", 503, "text/plain", after)


def too_many(answer):
    """Too many requests."""
    return Answer(b"slow down", 429, "text/plain", {"Retry-After": "0"})


def gateway(answer):
    """A proxy that waits in vain for the archive."""
    return Answer(PAGE, 504, "text/html")


def failed(answer):
    """An error of the server itself."""
    return Answer(PAGE, 500, "text/html")


def reset(answer):
    """The connection is reset half-way."""
    return replace(answer, breaks="reset")


def stall(answer):
    """Nothing more comes, half-way, and the connection stays."""
    return replace(answer, breaks="stall")


def closed(answer):
    """The connection is closed half-way, as at the end of an answer without a size."""
    return replace(answer, breaks="closed")


def drip(answer):
    """So few bytes at a time that nothing stalls, and it never ends."""
    return replace(answer, breaks="drip")


def silence(answer):
    """Nothing comes, and the connection stays."""
    return replace(answer, breaks="silence")


def no_range(answer):
    """Reset half-way, and the whole file in answer to a request for the rest."""
    return replace(answer, breaks="reset", ranges=False)


def changed(answer):
    """Reset half-way, of a file that is another one by the next attempt."""
    return replace(answer, breaks="reset", etag='"before"')


def page(answer):
    """A web page with status 200."""
    return Answer(PAGE, kind="text/html; charset=utf-8")


def page_as_file(answer):
    """A web page with status 200 that says it is a file."""
    return replace(answer, body=PAGE)


def json_error(answer):
    """An error as JSON with status 200."""
    said = b'{"error": "no such file", "code": 404}'
    return Answer(said, kind="application/json")


def text_error(answer):
    """An error as text with status 200, as SkyServer's."""
    return Answer(b"#Error: Invalid object name 'spAll'.\n", kind="text/plain")


EXPIRED = (
    "Execution Timeout Expired.  The timeout period elapsed prior to completion of the "
    "operation or the server is not responding."
)


def json_timeout(answer):
    """A query that took too long, as SkyServer's web service says it."""
    said = f'{{"ErrorCode": 500, "ErrorMessage": "{EXPIRED}"}}'
    return Answer(said.encode(), 500, "application/json")


def text_timeout(answer):
    """The same as text with status 200."""
    return Answer(f"#Error: {EXPIRED}\n".encode(), kind="text/plain")


def page_timeout(answer):
    """The same on a page with status 200."""
    said = f"<html><body><h2>An error occured</h2>{EXPIRED}</body></html>"
    return Answer(said.encode(), kind="text/html")


def query_error(answer):
    """A query that cannot be run, as SkyServer's web service says it."""
    said = b'{"ErrorCode": 500, "ErrorMessage": "Invalid object name \'spAll\'."}'
    return Answer(said, 500, "application/json")


def unknown_function(answer):
    """A TAP service that does not know a function of the query."""
    return Answer(b"Unknown function: MOD", 400, "text/plain")


def rejected(answer):
    """Too many queries in a minute, as SkyServer's procedure for SQL says it."""
    said = (
        b"#Table1\nerror_message\nERROR: Maximum 60 queries allowed per minute. "
        b"Rejected query: SELECT\n"
    )
    return Answer(said, kind="text/plain")


def firewall(answer):
    """Status 202 and nothing, as a web application firewall has it."""
    challenge = {"x-amzn-waf-action": "challenge"}
    return Answer(status=202, kind="text/html", headers=challenge)


def endless(answer):
    """The file, and then more, for ever, without a Content-Length."""
    return replace(answer, breaks="endless", etag="")


def length(said):
    """The right answer with a Content-Length that is none."""
    return lambda answer: replace(answer, headers={"Content-Length": said})


def too_long(answer):
    """The right answer, announced as a thousand times what it is."""
    return replace(answer, headers={"Content-Length": str(10**12)})


def maintenance(answer):
    """The page that stands for all of an archive while it is looked after."""
    said = b"<html><body><h2>Archive down for maintenance</h2></body></html>"
    return Answer(said, kind="text/html")


def gone(answer):
    """No such file."""
    return Answer(b"<html><body>Not Found</body></html>", 404, "text/html")


def empty(answer):
    """Nothing, with status 200."""
    return replace(answer, body=b"")


def truncated(answer):
    """Half a file, of which the server says that it is the whole."""
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def unpacked(answer):
    """The file inflated on the way, under the same name."""
    return replace(answer, body=gzip.decompress(answer.body))


def capped(rows):
    """SkyServer's CSV with exactly so many rows."""

    def cut(answer):
        name, head, *lines = answer.body.splitlines(keepends=True)
        return replace(answer, body=name + head + b"".join((lines * rows)[:rows]))

    return cut


def flipped(answer):
    """A file of the right size with one wrong byte."""
    body = bytearray(answer.body)
    body[len(body) // 2] ^= 0xFF
    return replace(answer, body=bytes(body))


def no_table(answer):
    """CMD's page where it made no table."""
    said = b"<html><body><p class='errorwarning'>Invalid photometric system</p></html>"
    return Answer(said, kind="text/html")


def unfinished(answer):
    """CMD's table without its last line."""
    kept = answer.body.splitlines(keepends=True)
    return replace(
        answer, body=b"".join(line for line in kept if b"terminated" not in line)
    )


def fewer_lines(answer):
    """A gzipped text without its last line."""
    lines = gzip.decompress(answer.body).splitlines(keepends=True)
    return replace(answer, body=gzip.compress(b"".join(lines[:-1]), mtime=0))


def fewer_lines_unpacked(answer):
    """The same, unpacked on the way."""
    return unpacked(fewer_lines(answer))


def without_column(name):
    """A FITS table in which a column has another name."""
    return partial(edited, change=partial(renamed, name=name))


def fewer_rows(answer):
    """A FITS table without its last row."""
    return edited(answer, all_but_the_last)


def no_rows(answer):
    """A FITS table without any row."""
    return edited(answer, none_of_them)


def all_but_the_last(rows):
    return rows[:-1]


def none_of_them(rows):
    return rows[:0]


def edited(answer, change):
    """An answer whose first table with rows is changed."""
    return replace(answer, body=edited_file(answer.body, change))


@lru_cache(maxsize=8)
def edited_file(body, change):
    """The file that is sent; a client asks for it more than once."""
    packed = body.startswith(b"\x1f\x8b")
    content = gzip.decompress(body) if packed else body
    with fits.open(io.BytesIO(content)) as hdus:
        number = next(i for i, hdu in enumerate(hdus) if i and len(hdu.data))
        table = fits.BinTableHDU(change(hdus[number].data))
        out = io.BytesIO()
        fits.HDUList([*hdus[:number], table, *hdus[number + 1 :]]).writeto(out)
    return gzip.compress(out.getvalue(), 1) if packed else out.getvalue()


def renamed(rows, name):
    """Rows whose column `name` is called otherwise."""
    rows = np.array(rows)
    rows.dtype.names = [f"{n}_new" if n == name else n for n in rows.dtype.names]
    return rows
