"""The txtai library as its guides set it up: one row a paragraph, hybrid search."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.side_by_side.job import Hit, Job, work

_PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")
_ROWS_FILE = "paragraphs.json"


class Txtai:
    """Dense and sparse retrieval over paragraphs."""

    _embeddings: Any
    _rows: list[Hit]

    def build(self, job: Job) -> None:
        """Index the files."""
        from txtai import Embeddings  # type: ignore[import-not-found]

        rows = [row for file in job.files for row in _paragraphs(Path(file))]
        embeddings = Embeddings(path=job.model, hybrid=True, gpu=False)
        embeddings.index(enumerate(row.text for row in rows))
        embeddings.save(f"{job.store}/txtai")
        kept = [[row.file, row.spans, row.text] for row in rows]
        Path(job.store, _ROWS_FILE).write_text(json.dumps(kept), encoding="utf-8")

    def open(self, job: Job) -> None:
        """Load the index."""
        from txtai import Embeddings

        self._embeddings = Embeddings()
        self._embeddings.load(f"{job.store}/txtai")
        kept = json.loads(Path(job.store, _ROWS_FILE).read_text(encoding="utf-8"))
        self._rows = [Hit(file, tuple(spans), text) for file, spans, text in kept]

    def search(self, query: str, limit: int) -> Sequence[Hit]:
        """Give passages, best first."""
        return [self._rows[int(row)] for row, _ in self._embeddings.search(query, limit)]


def _paragraphs(path: Path) -> Iterator[Hit]:
    text = path.read_text(encoding="utf-8")
    for found in _PARAGRAPH.finditer(text):
        yield Hit(path.name, (found.span(),), found.group())


if __name__ == "__main__":
    work(Txtai())
