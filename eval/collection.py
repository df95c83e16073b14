"""Runs the search on a standard test collection, so that its figures can be held against others'.

A collection is a folder as BEIR has them: ``corpus.jsonl`` with ``_id``, ``title`` and ``text``,
``queries.jsonl`` with ``_id`` and ``text``, and judgements in ``qrels/test.tsv`` or ``qrels.tsv``
with the columns query, document and grade. Each text becomes a document of a library of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import ir_measures
import numpy as np
from ir_measures import R, nDCG

from eval.errors import BadCollection
from index.build import build
from index.generation import Store
from index.progress import SILENT, Progress
from rag.assistant import Assistant
from rag.interpreter import LONGEST_QUESTION

_DEPTH = 100
# A document is found by any of its passages: so many passages are looked at for so many documents.
_PASSAGES = 300
_MEASURES = (nDCG @ 10, R @ 100)


@dataclass(frozen=True, slots=True)
class Collection:
    """A test collection with its judgements."""

    texts: Mapping[str, str]
    """What each document says, by its id; the title first."""
    queries: Mapping[str, str]
    """Those that were judged, by their ids."""
    judgements: Mapping[str, Mapping[str, int]]
    """For each query the grades of documents; above 0 is relevant."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How well one way of searching did."""

    name: str
    ndcg_at_10: float
    recall_at_100: float


def load_collection(folder: Path) -> Collection:
    """Read a collection.

    Raises:
        BadCollection: If a file is missing or a line of it cannot be understood.
    """
    texts = {
        str(row["_id"]): f"{row.get('title') or ''}\n\n{row['text']}".strip()
        for row in _rows(folder / "corpus.jsonl")
    }
    judgements = _judgements(folder)
    asked = {str(row["_id"]): str(row["text"]) for row in _rows(folder / "queries.jsonl")}
    if strange := judgements.keys() - asked.keys():
        found = f"judgements of the query {min(strange)}"
        raise BadCollection(folder, found, "judgements of queries in queries.jsonl alone")
    return Collection(texts, {key: asked[key] for key in judgements}, judgements)


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    for number, line in enumerate(_lines(path), start=1):
        try:
            row = json.loads(line)
            if "_id" not in row or "text" not in row:
                raise KeyError("_id or text")
        except (ValueError, KeyError, TypeError) as error:
            found = f"line {number} with {error!r}"
            raise BadCollection(path, found, "an object with _id and text on each line") from error
        yield row


def _judgements(folder: Path) -> dict[str, dict[str, int]]:
    nested = folder / "qrels" / "test.tsv"
    path = nested if nested.is_file() else folder / "qrels.tsv"
    judgements: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), start=1):
        cells = line.split("\t")
        if number == 1 and not cells[-1].strip().lstrip("-").isdigit():
            continue
        try:
            query, document, grade = cells
            judgements.setdefault(query, {})[document] = int(grade)
        except ValueError as error:
            found = f"line {number} with {len(cells)} columns"
            raise BadCollection(path, found, "query, document and a whole number") from error
    return judgements


def _lines(path: Path) -> list[str]:
    try:
        # Not splitlines: a JSON string may hold U+2028 and its like, which are no line ends here.
        return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except OSError as error:
        raise BadCollection(path, "no readable file", "a part of a collection") from error


def open_library(collection: Collection, store: Path, *, progress: Progress = SILENT) -> Assistant:
    """Open the index of a collection, which is made where there is none."""
    if Store(store).current() is None:
        with TemporaryDirectory(prefix="ibid-") as folder:
            write_library(collection, Path(folder))
            build(store, [Path(folder)], progress=progress)
    return Assistant.open(store)


def write_library(collection: Collection, folder: Path) -> None:
    """Write each text into a file of its own, called by its place: ids may be no file names."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, text in enumerate(collection.texts.values()):
        (folder / f"{place}.txt").write_text(text + "\n", encoding="utf-8")


def score_searches(
    assistant: Assistant, collection: Collection, *, progress: Progress = SILENT
) -> list[Scores]:
    """Search for every query by words alone, by vectors alone, and with all parts.

    Args:
        assistant: Over the library that ``write_library`` wrote.
        collection: What is asked and what should be found.
        progress: Told of every query that is done.
    """
    searches = {"BM25 alone": _by_words, "vectors alone": _by_vectors, "the whole": _by_all}
    progress.start("Asking", len(searches) * len(collection.queries))
    scores = []
    for name, search in searches.items():
        found = _run(assistant, collection, search, progress)
        measured = ir_measures.pytrec_eval.calc_aggregate(
            list(_MEASURES), collection.judgements, found
        )
        scores.append(Scores(name, *(float(measured[measure]) for measure in _MEASURES)))
    progress.finish()
    return scores


Search = Callable[[Assistant, str], Iterable[int]]
"""Gives the rows of passages, best first."""


def _run(
    assistant: Assistant, collection: Collection, search: Search, progress: Progress
) -> dict[str, dict[str, float]]:
    ids = list(collection.texts)
    catalogue = assistant.index.documents.catalogue()
    owner = np.repeat([int(Path(d.file).stem) for d in catalogue], [d.passages for d in catalogue])
    found = {}
    for key, text in collection.queries.items():
        rows = search(assistant, text[:LONGEST_QUESTION])
        documents = list(dict.fromkeys(ids[owner[row]] for row in rows))[:_DEPTH]
        found[key] = {document: -float(rank) for rank, document in enumerate(documents)}
        progress.advance(1, key)
    return found


def _by_words(assistant: Assistant, text: str) -> Iterable[int]:
    return [row for row, _ in assistant.index.lexical.search(text, _PASSAGES, fields={"text": 1.0})]


def _by_vectors(assistant: Assistant, text: str) -> Iterable[int]:
    vector = assistant.index.encoder.encode([text]).sentence
    return [int(row) for row in assistant.index.dense.search(vector, _PASSAGES).rows[0] if row >= 0]


def _by_all(assistant: Assistant, text: str) -> Iterable[int]:
    found = assistant.search(text, limit=_PASSAGES).passages
    rows = (assistant.index.documents.passage(passage.id) for passage in found)
    return [passage.row for passage in rows if passage is not None]
