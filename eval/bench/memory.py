"""How much memory this process takes, where the system tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")
"""Linux's own account of a process; other systems have none."""
_KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process takes of the machine's memory, files mapped into it included."""

    now_bytes: int
    highest_bytes: int
    """The most it has taken since it began."""


def memory() -> Memory | None:
    """Give what this process takes; None where the system does not tell."""
    if not _STATUS.is_file():
        return None
    told = dict(re.findall(r"^(\w+):\s+(\d+) kB$", _STATUS.read_text(), re.MULTILINE))
    return Memory(int(told["VmRSS"]) * _KILOBYTE, int(told["VmHWM"]) * _KILOBYTE)
