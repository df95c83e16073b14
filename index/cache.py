"""Remembers the vectors of texts, so that a text which was encoded once costs nothing again.

A text is known by its digest, and its vectors hold for one model and one projection only. The
cache can be deleted at any time; what is damaged in it is left aside and made anew.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from index.arrays import Floats
from index.digests import digest_parts
from index.tokens import PackedTokens, Projection

logger = logging.getLogger(__name__)

# Texts that none of so many builds has used are forgotten.
BUILDS_REMEMBERED = 3

_FORMAT = 2
_AT_ONCE = 500

# Vectors have a table of their own: to note that a text was used, SQLite would write them anew.
_SCHEMA = f"""
PRAGMA auto_vacuum = FULL;
PRAGMA user_version = {_FORMAT};
CREATE TABLE builds (finished INTEGER NOT NULL);
INSERT INTO builds VALUES (0);
CREATE TABLE projections (
    model TEXT PRIMARY KEY, axes BLOB NOT NULL, size INTEGER NOT NULL,
    fitted_tokens INTEGER NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE texts (
    id INTEGER PRIMARY KEY, space TEXT NOT NULL, text BLOB NOT NULL, used INTEGER NOT NULL,
    UNIQUE (space, text));
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY, sentence BLOB NOT NULL, tokens BLOB NOT NULL, crc INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Embedding:
    """What is remembered of one text."""

    sentence: Floats
    """(d,) float32, of unit length: exactly as the model gave it."""
    tokens: PackedTokens
    """Projected and packed; offsets count from the start of the text."""


@dataclass(frozen=True)
class Space:
    """What makes vectors comparable: one model and one projection."""

    model: str
    """The encoder's digest."""
    projection: Projection

    @cached_property
    def key(self) -> str:
        """Tell this space from any other."""
        return digest_parts([self.model.encode(), self.projection.axes.tobytes()])


def text_key(text: str) -> bytes:
    """Give the digest that a text is known by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class EmbeddingCache:
    """Vectors of texts, in one SQLite file beside the generations.

    One build at a time uses it: the store's lock sees to that.
    """

    def __init__(self, path: Path) -> None:
        """Open the cache, or start one if there is none that can be read."""
        self._path = path
        self._connection = sqlite3.connect(path)
        if self._read("PRAGMA user_version", ()) != [(_FORMAT,)]:
            self._renew()

    def __enter__(self) -> Self:
        """Give the cache itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file. What was put in stays, also when the build did not succeed."""
        self._connection.close()

    def projection(self, model: str) -> Projection | None:
        """Give the projection that goes with a model's vectors, if one is remembered."""
        query = "SELECT axes, size, fitted_tokens, crc FROM projections WHERE model = ?"
        rows = self._read(query, (model,))
        if not rows or zlib.crc32(rows[0][0]) != rows[0][3]:
            return None
        axes, size, fitted_tokens, _ = rows[0]
        return Projection(np.frombuffer(axes, np.float32).reshape(-1, size), fitted_tokens)

    def put_projection(self, space: Space) -> None:
        """Remember the projection that goes with a model's vectors, in place of an earlier one."""
        axes = space.projection.axes.tobytes()
        size = space.projection.axes.shape[1]
        row = (space.model, axes, size, space.projection.fitted_tokens, zlib.crc32(axes))
        self._write("INSERT OR REPLACE INTO projections VALUES (?, ?, ?, ?, ?)", [row])

    def get(self, space: Space, keys: Sequence[bytes]) -> dict[bytes, Embedding]:
        """Give what is remembered of some texts.

        Args:
            space: The model and projection that the vectors are to be of.
            keys: The texts, as ``text_key`` gives them.
        """
        found: dict[bytes, Embedding] = {}
        for low in range(0, len(keys), _AT_ONCE):
            some = keys[low : low + _AT_ONCE]
            places = ", ".join("?" * len(some))
            query = (
                "SELECT text, sentence, tokens, crc FROM texts JOIN vectors USING (id) "
                f"WHERE space = ? AND text IN ({places})"
            )
            for text, sentence, tokens, crc in self._read(query, (space.key, *some)):
                if _crc(sentence, tokens) == crc:
                    found[text] = _unpack(sentence, tokens, space)
        return found

    def put(self, space: Space, embeddings: Mapping[bytes, Embedding]) -> None:
        """Remember some texts; they are safe on disk when this returns."""
        now = self._builds()
        with self._renewed_if_damaged(), self._connection:
            for text, embedding in embeddings.items():
                sentence, tokens = embedding.sentence.tobytes(), embedding.tokens.to_bytes()
                # Names the row that is there already, if there is one.
                found = self._connection.execute(
                    "INSERT INTO texts (space, text, used) VALUES (?, ?, ?) "
                    "ON CONFLICT DO UPDATE SET used = excluded.used RETURNING id",
                    (space.key, text, now),
                )
                row = (found.fetchone()[0], sentence, tokens, _crc(sentence, tokens))
                self._connection.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", row)

    def finish_build(self, space: Space, keys: Sequence[bytes]) -> None:
        """Count a build that succeeded, and forget texts that the last few did not use.

        Args:
            space: The model and projection of the build.
            keys: The texts it used.
        """
        now = self._builds() + 1
        used = [(now, space.key, key) for key in keys]
        self._write("UPDATE builds SET finished = ?", [(now,)])
        self._write("UPDATE texts SET used = ? WHERE space = ? AND text = ?", used)
        self._write("DELETE FROM texts WHERE used < ?", [(now - BUILDS_REMEMBERED,)])
        self._write("DELETE FROM vectors WHERE id NOT IN (SELECT id FROM texts)", [()])

    def _builds(self) -> int:
        rows = self._read("SELECT finished FROM builds", ())
        return int(rows[0][0]) if rows else 0

    def _read(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._renewed_if_damaged():
            return self._connection.execute(query, values).fetchall()
        return []

    def _write(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        with self._renewed_if_damaged(), self._connection:
            self._connection.executemany(statement, rows)

    @contextmanager
    def _renewed_if_damaged(self) -> Iterator[None]:
        """Start the cache anew if the file turns out to be damaged; what was asked is not done."""
        try:
            yield
        except sqlite3.OperationalError:
            # A full disk and the like: deleting the cache would not help.
            raise
        except sqlite3.DatabaseError as error:
            logger.warning("the embedding cache is damaged and is made anew: %s", error)
            self._renew()

    def _renew(self) -> None:
        self._connection.close()
        # A journal that is left beside a new file would be played back into it.
        for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
            path.unlink(missing_ok=True)
        self._connection = sqlite3.connect(self._path)
        self._connection.executescript(_SCHEMA)


def _crc(sentence: bytes, tokens: bytes) -> int:
    return zlib.crc32(tokens, zlib.crc32(sentence))


def _unpack(sentence: bytes, tokens: bytes, space: Space) -> Embedding:
    size = space.projection.axes.shape[1]
    return Embedding(
        sentence=np.frombuffer(sentence, np.float32),
        tokens=PackedTokens.from_bytes(tokens, dimension=size),
    )
