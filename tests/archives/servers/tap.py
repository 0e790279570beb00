"""A real TAP server on loopback: GAVO DaCHS over a PostgreSQL of its own.

    python -m tests.archives.servers.tap install       Debian packages, as root
    python -m tests.archives.servers.tap serve RAW     tables of a folder of raw files

Database, configuration and logs lie in one temporary folder, which goes when the server
stops; no service of the machine is started or changed. DaCHS itself is in Debian's
python3-gavo. The package gavodachs2-server adds system users and a start script alone,
and cannot be configured where the machine's own PostgreSQL does not run.
"""

import argparse
import contextlib
import os
import pwd
import secrets
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests import debian
from tests.archives.servers.dachs import COMMAND, SETTINGS, descriptor, loading
from tests.archives.servers.tap_tables import served
from tests.debian import Unavailable

PACKAGES = ["python3-gavo", "postgresql-15-pgsphere", "postgresql-15-q3c"]
POSTGRES = Path("/usr/lib/postgresql/15/bin")
EXTENSION = Path("/usr/share/postgresql/15/extension/q3c.control")
PATIENCE = 120  # for a command, and for the server to answer [s]


def install():
    """Install the Debian packages, if they are not there; raises Unavailable."""
    words = "DaCHS comes as a Debian package, which root has to install"
    return debian.install(PACKAGES, check_installed, words, 400)


def check_installed():
    """Raise Unavailable unless the packages are installed."""
    for path in (Path("/usr/bin/dachs"), POSTGRES / "initdb", EXTENSION):
        if not path.exists():
            raise Unavailable(
                f"{path} is not there; `python -m tests.archives.servers.tap install`, "
                "as root on Debian 12, installs it"
            )


class TapServer:
    """The server; a context manager that gives itself.

    Parameters
    ----------
    raw : Path
        Folder of simulated raw files.

    Attributes
    ----------
    url : str
        Address of the TAP service.

    Raises
    ------
    Unavailable
        If the packages are not installed. What fails after that raises RuntimeError.
    """

    def __init__(self, raw):
        check_installed()
        self.tables = served(raw)
        self.port, self._database_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}/tap"
        self._password = secrets.token_hex()
        self._account = pwd.getpwuid(os.geteuid())

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="mdwarfs-tap-"))
            )
            if self._account.pw_uid == 0:  # PostgreSQL refuses to run as root
                self._account = pwd.getpwnam("postgres")
                os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
            self._start_database()
            stack.callback(self._stop_database)
            self._configure()
            self._load()
            self._serve(stack)
            self._end = stack.pop_all()
        return self

    def __exit__(self, *error):
        self._end.close()

    def _start_database(self):
        data = self.folder / "postgres"
        self._run(
            POSTGRES / "initdb", "--pgdata", data, "--username=admin",
            "--auth=scram-sha-256", "--pwfile", self._write("password", self._password),
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        options = (
            f"-h 127.0.0.1 -p {self._database_port} -c unix_socket_directories= "
            "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        )
        log = self.folder / "postgres.log"
        self._run(
            POSTGRES / "pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", options
        )

    def _stop_database(self):
        data = self.folder / "postgres"
        self._run(POSTGRES / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", data)

    def _configure(self):
        """Create the database, and in it what DaCHS needs."""
        group = subprocess.run(
            ["id", "-gn", self._account.pw_name],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip
        settings = SETTINGS.format(folder=self.folder, group=group, port=self.port)
        self._write("gavo.rc", settings)
        names = {
            t.delimited: f"{t.schema}.{t.name}" for t in self.tables if t.delimited
        }
        for name in ("dachs", "gavo"):  # DaCHS runs each job as a `gavo` of its own
            self._write(
                f"bin/{name}", COMMAND.format(folder=self.folder, names=names)
            ).chmod(0o755)
        self._run(POSTGRES / "createdb", "--template", "template0", "gavo")
        where = f"host=127.0.0.1 port={self._database_port} dbname=gavo"
        self._run(
            "dachs", "init", "-d", f"{where} user=admin password={self._password}"
        )

    def _load(self):
        """Describe the tables to DaCHS, let it create them, and fill them."""
        for schema in sorted({table.schema for table in self.tables}):
            mine = [table for table in self.tables if table.schema == schema]
            self._write(f"gavo/inputs/{schema}/q.rd", descriptor(schema, mine))
            self._run("dachs", "imp", f"{schema}/q")
        script = self._write("load.sql", "".join(map(loading, self.tables)))
        stop = ["-v", "ON_ERROR_STOP=1"]
        self._run(POSTGRES / "psql", "-q", *stop, "-d", "gavo", "-f", script)

    def _serve(self, stack):
        log = stack.enter_context(open(self.folder / "dachs.log", "wb"))
        processes = []
        for words in (["nurse"], ["serve", "start", "--foreground"]):
            process = subprocess.Popen(
                [self.folder / "bin" / "dachs", *words],
                stdout=log, stderr=subprocess.STDOUT, **self._as_account(),
            )  # fmt: skip
            stack.callback(end, process)
            processes.append(process)
        deadline = time.monotonic() + PATIENCE
        while not (
            answers(f"{self.url}/availability") and (self.folder / "nursery").exists()
        ):
            ended = any(process.poll() is not None for process in processes)
            if ended or time.monotonic() > deadline:
                said = (self.folder / "dachs.log").read_text(errors="replace")
                raise RuntimeError(f"DaCHS does not answer: {said[-500:]}")
            time.sleep(0.1)

    def _write(self, name, text):
        """Write a file that the server's account may read and list."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def _run(self, *command):
        """Run a command as the server's account."""
        done = subprocess.run(
            list(map(str, command)), timeout=PATIENCE, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if "-l" not in command else subprocess.DEVNULL,
            stderr=subprocess.STDOUT, text=True, errors="replace",
            **self._as_account(),
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {(done.stdout or '')[-1000:]}")

    def _as_account(self):
        account = {"cwd": self.folder, "env": self._environment()}
        if os.geteuid() == 0:
            account |= {
                "user": self._account.pw_uid,
                "group": self._account.pw_gid,
                "extra_groups": [],
            }
        return account

    def _environment(self):
        return {
            "PATH": f"{self.folder}/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "GAVOSETTINGS": f"{self.folder}/gavo.rc",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self._database_port),
            "PGUSER": "admin",
            "PGPASSWORD": self._password,
        }


def free_ports(n):
    """Numbers of ports on which nobody listens."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def answers(url):
    """Whether an address answers with status 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def end(process):
    """End a process that we started."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until_interrupted():
    """Wait until somebody interrupts or ends this process."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)


def main():
    parser = argparse.ArgumentParser(prog="tap", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="install the Debian packages")
    serve = commands.add_parser("serve", help="serve until interrupted")
    serve.add_argument("raw", type=Path, help="folder of simulated raw files")
    arguments = parser.parse_args()
    try:
        if arguments.command == "install":
            install()
            return
        with TapServer(arguments.raw) as server:
            print(server.url, flush=True)
            until_interrupted()
    except Unavailable as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
