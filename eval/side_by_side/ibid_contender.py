"""Ibid itself, in the place of a contender."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.side_by_side.job import Hit, Job, work

if TYPE_CHECKING:
    from rag.assistant import Assistant


class Ibid:
    """Ibid as its command line uses it."""

    _assistant: Assistant

    def build(self, job: Job) -> None:
        """Index the files."""
        from index.build import build

        build(Path(job.store), [Path(file) for file in job.files], model=job.model)

    def open(self, job: Job) -> None:
        """Open the store; it stays open as long as the process."""
        from rag.assistant import Assistant

        self._assistant = Assistant.open(Path(job.store))

    def search(self, query: str, limit: int) -> Sequence[Hit]:
        """Give passages, best first."""
        found = self._assistant.search(query, limit=limit).passages
        return [
            Hit(p.document.file, tuple((s.start, s.end) for s in p.source_spans), p.text)
            for p in found
        ]


if __name__ == "__main__":
    work(Ibid())
