"""What a process has used of a machine."""

import os
import resource
import sys
from pathlib import Path


def cpu_seconds() -> float:
    """CPU time of this process and of those that it has started and that ended [s]."""
    return sum(os.times()[:4])


def peak_memory() -> float:
    """Most memory that this process has had so far [MB].

    Linux says it. (What `getrusage` says of a process that was started from another
    begins at the memory of that other one.)
    """
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    except (OSError, IndexError):  # no Linux: macOS counts in bytes
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6
