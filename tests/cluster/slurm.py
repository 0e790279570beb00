"""A Slurm of one node on this machine, from Debian's packages, while it is needed.

    with Slurm(folder):
        subprocess.run(["sbatch", ...])

It takes the right of root, and Debian's slurm-wlm and munge (`make slurm`); for a Slurm
with accounting (`sacct`), as most clusters have, slurmdbd and mariadb-server, too.
SLURM_CONF is set meanwhile, for this process and for those that it starts.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from tests.debian import Unavailable

PROGRAMS = "munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo", "scancel"
KEEPING_ACCOUNTS = "slurmdbd", "mariadbd", "mariadb-install-db", "sacct", "sacctmgr"
PROFILE = ["--workflow-profile", "workflow/profiles/slurm"]
STATUS = Path(__file__).parents[2] / "workflow" / "profiles" / "slurm" / "status.sh"
SETTINGS = "SLURM_CONF"
"""The variable in which Slurm's programs look for the file of their settings."""
WAIT = 60  # for a daemon [s]
CONF = """\
ClusterName=test
SlurmctldHost={host}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldPort={ctld}
SlurmdPort={slurmd}
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=2,batch_sched_delay=0
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
MinJobAge=300
{accounting}
NodeName={host} CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=short Nodes={host} Default=YES MaxTime=60 State=UP
"""
WITHOUT = """\
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none"""
WITH = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={dbd}
AccountingStoragePass={folder}/munge.socket
JobAcctGatherType=jobacct_gather/linux"""
DBD = """\
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={dbd}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
LogFile={folder}/slurmdbd.log
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={sql}
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
"""
USER = """\
CREATE USER IF NOT EXISTS slurm@'127.0.0.1' IDENTIFIED BY 'slurm';
CREATE USER IF NOT EXISTS slurm@'localhost' IDENTIFIED BY 'slurm';
GRANT ALL ON slurm_acct_db.* TO slurm@'127.0.0.1', slurm@'localhost';
"""


class Slurm:
    """Daemons of munge and Slurm, whose files are below a folder.

    Parameters
    ----------
    folder
        Made; nobody else writes there.
    accounting
        With a data base, which `sacct` asks.
    cpus, memory
        Of the node; memory in MB.
    """

    def __init__(
        self, folder: Path, accounting: bool = False, cpus: int = 2, memory: int = 8000
    ):
        programs = PROGRAMS + (KEEPING_ACCOUNTS if accounting else ())
        missing = [name for name in programs if not shutil.which(name)]
        if missing:
            raise Unavailable(f"{', '.join(missing)} not installed: make slurm")
        if os.geteuid():
            raise Unavailable("Slurm's daemons take the right of root")
        self.folder, self.accounting = Path(folder), accounting
        names = "ctld", "slurmd", "dbd", "sql"
        self.facts = dict(zip(names, free_ports(len(names)), strict=True)) | {
            "host": socket.gethostname(), "folder": self.folder, "cpus": cpus,
            "memory": memory,
        }  # fmt: skip
        self.daemons: list[subprocess.Popen] = []

    def __enter__(self) -> Slurm:
        for name in ("state", "spool"):
            (self.folder / name).mkdir(parents=True)
        self.folder.chmod(0o755)
        accounting = (WITH if self.accounting else WITHOUT).format(**self.facts)
        settings = self.folder / "slurm.conf"
        settings.write_text(CONF.format(accounting=accounting, **self.facts))
        os.environ[SETTINGS] = str(settings)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        try:
            self.start(
                "munged", "--foreground", "--force", f"--key-file={key}",
                f"--socket={self.folder}/munge.socket",
                f"--pid-file={self.folder}/munged.pid",
                f"--log-file={self.folder}/munged.log",
                f"--seed-file={self.folder}/munge.seed",
            )  # fmt: skip
            self.wait((self.folder / "munge.socket").exists, "munged")
            if self.accounting:
                self.keep_accounts()
            self.start("slurmctld", "-D", "-i")
            self.start("slurmd", "-D")
            self.wait(self.is_idle, "slurmd")
        except BaseException:
            self.stop()
            raise
        return self

    def keep_accounts(self) -> None:
        """Start the data base, and the daemon that writes to it."""
        data, user = self.folder / "sql", self.folder / "user.sql"
        user.write_text(USER)
        settings = self.folder / "slurmdbd.conf"
        settings.touch(0o600)
        settings.write_text(DBD.format(**self.facts))
        self.command(
            "mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root",
            "--skip-test-db",
        )  # fmt: skip
        self.start(
            "mariadbd", "--no-defaults", f"--datadir={data}", "--user=root",
            f"--socket={self.folder}/sql.socket", f"--pid-file={self.folder}/sql.pid",
            "--bind-address=127.0.0.1", f"--port={self.facts['sql']}",
            f"--init-file={user}",
        )  # fmt: skip
        self.wait(lambda: answers(self.facts["sql"]), "mariadbd")
        self.start("slurmdbd", "-D")
        self.wait(lambda: answers(self.facts["dbd"]), "slurmdbd")
        self.command("sacctmgr", "--immediate", "add", "cluster", "test")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, *command: str) -> None:
        """Start a daemon, which stays in the foreground."""
        log = (self.folder / f"{command[0]}.out").open("wb")
        self.daemons.append(
            subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        )

    def command(self, *command: str) -> str:
        """What one of Slurm's commands says."""
        return subprocess.run(command, capture_output=True, text=True).stdout

    def is_idle(self) -> bool:
        """Whether the node takes jobs."""
        return self.command("sinfo", "--noheader", "--format=%T").strip() == "idle"

    def is_empty(self) -> bool:
        """Whether no job waits or runs; also if nobody can be asked."""
        return not self.command("squeue", "--noheader").strip()

    def state(self, number: str) -> str:
        """What `squeue` says of a job."""
        asked = "--noheader", "--states=all", "--format=%T"
        return self.command("squeue", *asked, f"--jobs={number}").strip()

    def wait(self, done: Callable[[], bool], name: str) -> None:
        """Wait for a daemon; raises Unavailable, with what the logs say."""
        until = time.monotonic() + WAIT
        while not done():
            if time.monotonic() > until:
                logs = [*self.folder.glob("*.log"), *self.folder.glob("*.out")]
                said = "\n".join(f"{x.name}: {x.read_text()[-1500:]}" for x in logs)
                raise Unavailable(f"{name} did not come up:\n{said}")
            time.sleep(0.2)

    def clear(self) -> None:
        """Cancel all jobs, and wait for their end."""
        self.command("scancel", "--user=root")
        until = time.monotonic() + WAIT
        while not self.is_empty() and time.monotonic() < until:
            time.sleep(0.2)

    def stop(self) -> None:
        """Cancel all jobs, and end the daemons."""
        self.clear()
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
        del os.environ[SETTINGS]


def plugin() -> None:
    """Raise Unavailable without Snakemake's plugin."""
    if not find_spec("snakemake_executor_plugin_cluster_generic"):
        raise Unavailable(
            "snakemake-executor-plugin-cluster-generic not installed: make slurm"
        )


def answers(port: int) -> bool:
    """Whether somebody listens at a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_ports(n: int) -> list[int]:
    """Numbers of ports at which nobody listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
