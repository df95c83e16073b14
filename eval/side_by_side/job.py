"""What a contender is told and what it tells, as JSON files: it may run in another environment.

Only the standard library is used here.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

_BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done."""

    files: tuple[str, ...]
    """The library."""
    model: str
    """Folder or name of a sentence-transformers model."""
    store: str
    """Folder for the index."""
    queries: tuple[str, ...]
    limit: int
    started_at: float
    """When the process was asked for, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage as a contender gives it."""

    file: str
    spans: tuple[tuple[int, int], ...]
    """Where it stands in the file, in code points."""
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a contender found and what it took."""

    cold_start_seconds: float = 0.0
    """From asking for the process to the first ranking, over an index that is there."""
    query_seconds: tuple[float, ...] = ()
    """Of each query but the first."""
    peak_memory_mib: float = 0.0
    rankings: tuple[tuple[Hit, ...], ...] = ()


class Contender(Protocol):
    """A library that indexes files and finds passages.

    - ``build`` leaves all that ``open`` needs in the job's store.
    - ``search`` is called after ``open``, once for each query.
    """

    def build(self, job: Job) -> None:
        """Index the files."""

    def open(self, job: Job) -> None:
        """Make ready for queries."""

    def search(self, query: str, limit: int) -> Sequence[Hit]:
        """Give passages, best first."""


def work(contender: Contender) -> None:
    """Do what the command line says: ``build`` or ``query``, a job file, a file for the result."""
    task, job_file, out = sys.argv[1:]
    told = json.loads(Path(job_file).read_text(encoding="utf-8"))
    job = Job(**{**told, "files": tuple(told["files"]), "queries": tuple(told["queries"])})
    if task == "build":
        contender.build(job)
        result = Told()
    else:
        result = _query(contender, job)
    Path(out).write_text(json.dumps(asdict(result)), encoding="utf-8")


def _query(contender: Contender, job: Job) -> Told:
    contender.open(job)
    rankings = [tuple(contender.search(job.queries[0], job.limit))]
    cold_start = time.time() - job.started_at
    seconds = []
    for query in job.queries[1:]:
        before = time.perf_counter()
        rankings.append(tuple(contender.search(query, job.limit)))
        seconds.append(time.perf_counter() - before)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES_PER_UNIT / 2**20
    return Told(cold_start, tuple(seconds), peak, tuple(rankings))


def read_told(path: Path) -> Told:
    """Read what a contender told."""
    told = json.loads(path.read_text(encoding="utf-8"))
    rankings = tuple(
        tuple(
            Hit(hit["file"], tuple((start, end) for start, end in hit["spans"]), hit["text"])
            for hit in ranking
        )
        for ranking in told["rankings"]
    )
    return Told(
        told["cold_start_seconds"],
        tuple(told["query_seconds"]),
        told["peak_memory_mib"],
        rankings,
    )
