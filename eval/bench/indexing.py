"""The process whose indexing is timed: it builds an index anew, in a folder that is then deleted.

Run as ``python -m eval.bench.indexing MODEL PATH...``; it writes the ``Indexing`` as JSON.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from eval.bench.memory import Memory, memory
from index.build import BuildConfig, build


@dataclass(frozen=True, slots=True)
class Indexing:
    """What was measured; nothing was known of the texts before."""

    documents: int
    characters: int
    """Of all bodies, in code points."""
    passages: int
    seconds: float
    """All together."""
    stages: dict[str, float]
    """Seconds of reading, exporting the model, encoding and checking."""
    memory: Memory | None


@dataclass(slots=True)
class _StageClock:
    """A watcher of a build that looks at the clock."""

    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str = ""
    _since: float = 0.0

    def start(self, stage: str, total: int | None) -> None:  # noqa: ARG002 - as it is called
        self._stage, self._since = stage, time.perf_counter()

    def advance(self, n: int, detail: str = "") -> None:
        pass

    def finish(self) -> None:
        spent = time.perf_counter() - self._since
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + spent


def measure(
    paths: Sequence[Path], *, model: str | None = None, config: BuildConfig | None = None
) -> Indexing:
    """Index files in a new store, which has no memory of any vector.

    Args:
        paths: Files and folders.
        model: As for ``index.build.build``.
        config: As for ``index.build.build``.
    """
    clock = _StageClock()
    with tempfile.TemporaryDirectory(prefix="ibid-bench-") as folder:
        report = build(Path(folder), paths, model=model, progress=clock, config=config)
    found = [outcome.summary for outcome in report.outcomes if outcome.summary is not None]
    return Indexing(
        documents=report.documents,
        characters=sum(summary.length for summary in found),
        passages=report.passages,
        seconds=report.seconds,
        stages=clock.seconds,
        memory=memory(),
    )


if __name__ == "__main__":
    measured = measure([Path(name) for name in sys.argv[2:]], model=sys.argv[1])
    sys.stdout.buffer.write(TypeAdapter(Indexing).dump_json(measured))
