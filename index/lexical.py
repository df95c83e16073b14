"""Searches the words of passages by BM25, with tantivy.

Text and queries are folded alike and then stemmed, so that régime finds regimes. A query is taken
as plain words: no sign in it has a meaning of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy

from corpus.folding import fold
from index.arrays import Rows
from index.errors import DamagedStore, NoRoomForLock

LEXICAL_FOLDER = "lexical"

FIELDS: Mapping[str, float] = {"text": 1.0, "section": 0.3, "notes": 0.2}
"""The fields of a passage, each with the weight of its BM25 score in a search that names none."""

_ANALYZER = "folded_english"
_ROW = "row"
_LOCK = ".lock"

# Longer words are ciphers or damaged text.
_LONGEST_WORD_BYTES = 64

# Enough for 100,000 passages in one segment; what is beyond goes into further ones.
_HEAP_BYTES = 128_000_000


@dataclass(frozen=True, slots=True)
class PassageWords:
    """What there is to find of a passage, not yet folded."""

    text: str
    section: str
    notes: str


def _build_analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_WORD_BYTES))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _build_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(_ROW, indexed=True, fast=True)
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name=_ANALYZER, index_option="position")
    return builder.build()


class LexicalWriter:
    """Collects the words of passages; the first one added becomes row 0."""

    def __init__(self, folder: Path) -> None:
        """Start an index in a folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        index = tantivy.Index(_build_schema(), path=str(folder))
        index.register_tokenizer(_ANALYZER, _build_analyzer())
        # One thread writes the rows in order, so that equal scores come in the order of rows.
        self._writer = index.writer(_HEAP_BYTES, num_threads=1)
        self._rows = 0

    def add(self, words: PassageWords) -> None:
        """Add the next row."""
        document = tantivy.Document()
        document.add_unsigned(_ROW, self._rows)
        document.add_text("text", fold(words.text))
        document.add_text("section", fold(words.section))
        document.add_text("notes", fold(words.notes))
        self._writer.add_document(document)
        self._rows += 1

    def close(self) -> None:
        """Write the index to its folder."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        for path in self._folder.iterdir():
            if path.suffix == _LOCK:
                path.unlink()
            else:
                # Some are written for their owner alone; who may read the store may read these.
                path.chmod(0o644)


class LexicalIndex:
    """The words of passages on disk, opened for searching; may be used from several threads."""

    def __init__(self, index: tantivy.Index) -> None:
        """Take an open index."""
        self._schema = index.schema
        self._searcher = index.searcher()
        self._analyzer = _build_analyzer()

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Open what a ``LexicalWriter`` has written; nothing in its folder is touched.

        Raises:
            DamagedStore: If a file is missing or cannot be understood.
            NoRoomForLock: If there is no temporary folder.
        """
        try:
            # A thread of tantivy's that is just ending may put a lock there while it is removed.
            view = tempfile.TemporaryDirectory(prefix="ibid-", ignore_cleanup_errors=True)
        except OSError as error:
            raise NoRoomForLock(folder, str(error)) from error
        with view as name:
            try:
                return cls(_open_through(Path(name), folder))
            except (ValueError, OSError) as error:
                raise DamagedStore(folder, f"no readable words ({error})", "an index") from error
            finally:
                view.cleanup()

    def __len__(self) -> int:
        """Count the rows."""
        return int(self._searcher.num_docs)

    def analyze(self, text: str) -> list[str]:
        """Give the terms that a text is searched by, in order: folded and stemmed words."""
        return self._analyzer.analyze(fold(text))

    def document_frequency(self, term: str, *, field: str = "text") -> int:
        """Count the rows that hold a term, as ``analyze`` gives it, in one field."""
        return self._searcher.doc_freq(field, term)

    def search(
        self,
        query: str,
        limit: int,
        *,
        fields: Mapping[str, float] | None = None,
        rows: Sequence[int] | Rows | None = None,
    ) -> list[tuple[int, float]]:
        """Find the rows that hold the words of a query.

        Args:
            query: Plain words; each counts once, and none has to be there.
            limit: The most rows to find.
            fields: The fields to look in, with their weights; ``FIELDS`` if None.
            rows: Confine the search to these rows.

        Returns:
            ``(row, score)`` pairs, best first. A score is the sum of the BM25 scores of all words
            in all fields (k1 1.2, b 0.75), each times the weight of its field.
        """
        terms = dict.fromkeys(self.analyze(query), 1.0)
        return self.search_terms(terms, limit, fields=fields, rows=rows)

    def search_terms(
        self,
        terms: Mapping[str, float],
        limit: int,
        *,
        fields: Mapping[str, float] | None = None,
        rows: Sequence[int] | Rows | None = None,
    ) -> list[tuple[int, float]]:
        """Find the rows that hold some terms, each with a weight of its own.

        Args:
            terms: Terms as ``analyze`` gives them, with the weight of each.
            limit: The most rows to find.
            fields: As for ``search``.
            rows: As for ``search``.

        Returns:
            As ``search`` does.
        """
        if not terms or limit < 1 or (rows is not None and not len(rows)):
            return []
        words = [
            (tantivy.Occur.Should, self._term(field, term, weight * boost))
            for field, boost in (FIELDS if fields is None else fields).items()
            for term, weight in terms.items()
        ]
        query = tantivy.Query.boolean_query(words)
        if rows is not None:
            query = self._confined(query, rows)
        return self._run(query, limit)

    def rows_with_word_like(self, term: str, letters: int, limit: int) -> list[int]:
        """Find rows whose text holds a term that differs in a few letters.

        Args:
            term: As ``analyze`` gives it.
            letters: How many letters may be other, too many or missing; two that changed places
                count as one.
            limit: The most rows to find.
        """
        query = tantivy.Query.fuzzy_term_query(self._schema, "text", term, distance=letters)
        return [row for row, _ in self._run(query, limit)]

    def _term(self, field: str, term: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, field, term)
        return tantivy.Query.boost_query(query, weight)

    def _confined(self, query: tantivy.Query, rows: Sequence[int] | Rows) -> tantivy.Query:
        ranges = [
            (
                tantivy.Occur.Should,
                tantivy.Query.range_query(
                    self._schema, _ROW, tantivy.FieldType.Unsigned, first, last
                ),
            )
            for first, last in _runs(rows)
        ]
        allowed = tantivy.Query.const_score_query(tantivy.Query.boolean_query(ranges), 0.0)
        must = tantivy.Occur.Must
        return tantivy.Query.boolean_query([(must, query), (must, allowed)])

    def _run(self, query: tantivy.Query, limit: int) -> list[tuple[int, float]]:
        hits = self._searcher.search(query, limit, count=False).hits
        rows = self._searcher.fast_field_values(_ROW, [address for _, address in hits])
        return [(int(row or 0), float(score)) for row, (score, _) in zip(rows, hits, strict=True)]


def _runs(rows: Sequence[int] | Rows) -> Iterator[tuple[int, int]]:
    """Give the first and last of each run of neighbouring rows: a document's rows are one."""
    ordered = np.unique(np.asarray(rows, dtype=np.int64))
    breaks = np.flatnonzero(np.diff(ordered) != 1)
    firsts = ordered[np.concatenate([[0], breaks + 1])]
    lasts = ordered[np.concatenate([breaks, [len(ordered) - 1]])]
    return zip(firsts.tolist(), lasts.tolist(), strict=True)


def _open_through(view: Path, folder: Path) -> tantivy.Index:
    """Open an index by links to its files.

    Tantivy locks a file beside whatever it opens, and fails where it cannot: in a store that may
    only be read, or where another user's lock lies. All else is mapped into memory as it is opened,
    so that the links are needed no longer than that.
    """
    for path in folder.iterdir():
        if path.suffix != _LOCK:
            (view / path.name).symlink_to(path.absolute())
    index = tantivy.Index.open(str(view))
    index.config_reader("manual")
    return index
