"""A proxy on loopback that connects to where it is told (CONNECT), and tells of it."""

import base64
import contextlib
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    def do_CONNECT(self):
        server = self.server
        server.asked.append(self.path)
        given = self.headers.get("Proxy-Authorization", "").removeprefix("Basic ")
        server.users.append(base64.b64decode(given).decode())
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as there:
            self.send_response(200, "Connected")
            self.end_headers()
            with contextlib.suppress(OSError):
                pass_on(self.connection, there)
        self.close_connection = True

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_error(501)

    def log_message(self, *arguments):
        pass


def pass_on(one, other):
    """Hand on what either end says, until one of them ends."""
    to = {one: other, other: one}
    while True:
        for ready in select.select([one, other], [], [], 10)[0]:
            data = ready.recv(1 << 16)
            if not data:
                return
            to[ready].sendall(data)


class Proxy(ThreadingHTTPServer):
    """The proxy; a context manager that gives itself.

    Attributes
    ----------
    port : int
    asked : list of str
        Where it was to connect, "host:port".
    users : list of str
        Who asked, "name:password" or "".
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port, self.asked, self.users = self.server_port, [], []

    def handle_error(self, request, client_address):
        """A client that goes away is none of ours."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()
