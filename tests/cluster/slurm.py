"""A Slurm of one node on this machine, from Debian's packages, while it is needed.

    with Slurm(folder):
        subprocess.run(["sbatch", ...])

It takes the right of root, and Debian's slurm-wlm and munge (`make slurm`). Without
accounting, as on many clusters: `sacct` knows nothing there.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from tests.debian import Unavailable

PROGRAMS = "munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo", "scancel"
CONFIGURED = Path("/etc/slurm/slurm.conf")
"""Where jobs look: Snakemake's plugin hands no variables of Slurm on to them."""
WAIT = 30  # for a daemon [s]
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
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=2,batch_sched_delay=0
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
MinJobAge=300
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName={host} CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=short Nodes={host} Default=YES MaxTime=60 State=UP
"""


class Slurm:
    """Daemons of munge and Slurm, whose files are below a folder."""

    def __init__(self, folder: Path, cpus: int = 2, memory: int = 8000):
        missing = [name for name in PROGRAMS if not shutil.which(name)]
        if missing:
            raise Unavailable(f"{', '.join(missing)} not installed: make slurm")
        if os.geteuid():
            raise Unavailable("Slurm's daemons take the right of root")
        if CONFIGURED.exists():
            raise Unavailable(f"this machine has a Slurm ({CONFIGURED})")
        self.folder, self.cpus, self.memory = Path(folder), cpus, memory
        self.daemons: list[subprocess.Popen] = []

    def __enter__(self) -> Slurm:
        for name in ("state", "spool"):
            (self.folder / name).mkdir(parents=True)
        self.folder.chmod(0o755)
        CONFIGURED.parent.mkdir(exist_ok=True)
        CONFIGURED.write_text(
            CONF.format(
                host=socket.gethostname(), folder=self.folder, ports=free_ports(2),
                cpus=self.cpus, memory=self.memory,
            )
        )  # fmt: skip
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
            self.start("slurmctld", "-D", "-i")
            self.start("slurmd", "-D")
            self.wait(self.is_idle, "slurmd")
        except BaseException:
            self.stop()
            raise
        return self

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

    def wait(self, done: Callable[[], bool], name: str) -> None:
        """Wait for a daemon; raises Unavailable, with what the logs say."""
        until = time.monotonic() + WAIT
        while not done():
            if time.monotonic() > until:
                logs = [*self.folder.glob("*.log"), *self.folder.glob("*.out")]
                said = "\n".join(f"{x.name}: {x.read_text()[-1500:]}" for x in logs)
                raise Unavailable(f"{name} did not come up:\n{said}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Cancel all jobs, and end the daemons."""
        self.command("scancel", "--user=root")
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
        CONFIGURED.unlink(missing_ok=True)


def free_ports(n: int) -> list[int]:
    """Numbers of ports at which nobody listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
