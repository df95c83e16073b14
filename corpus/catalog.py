"""Who wrote what, and when: titles, authors and years of documents.

A user's ``catalog.toml`` comes first, then the texts known by their digest, then what the
document itself says in its first lines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import CatalogError


@dataclass(frozen=True, slots=True)
class Entry:
    """What a catalogue says of one document."""

    title: str
    author: str | None = None
    year: int | None = None


_REIMAN = "About Russia, Its Revolutions, Its Development and Its Present"

KNOWN: Mapping[str, Entry] = {
    "07d1d426d94ef7a5": Entry(f"{_REIMAN}, chapter 3", "Michal Reiman", 2016),
    "b85df7a1cb4fc8a5": Entry(f"{_REIMAN}, chapter 2", "Michal Reiman", 2016),
    "a36ca6e7cb7d92ab": Entry(f"{_REIMAN}, chapter 4", "Michal Reiman", 2016),
    "e9a3733dbe1088ab": Entry(
        "Leon Trotsky and the Politics of Economic Isolation", "Richard B. Day", 1973
    ),
    "5b8bc3673d7e33ea": Entry(
        "The Russian Revolution: From Lenin to Stalin 1917-1929", "E. H. Carr", 1979
    ),
}
"""Entries by the first sixteen hexadecimal digits of a file's SHA-256."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Entries by file name and by digest."""

    by_file: Mapping[str, Entry] = field(default_factory=dict)
    by_digest: Mapping[str, Entry] = field(default_factory=lambda: KNOWN)

    def find(self, *, file: str, sha256: str) -> Entry | None:
        """Give the entry for a file, the user's own before the known one."""
        named = self.by_file.get(file) or self.by_file.get(Path(file).name)
        if named is not None:
            return named
        return next((e for digest, e in self.by_digest.items() if sha256.startswith(digest)), None)


def load_catalog(path: Path | None) -> Catalog:
    """Read a ``catalog.toml``: a ``[[document]]`` table for each file.

    Args:
        path: The catalogue, or None for the known texts alone.

    Raises:
        CatalogError: If it is no TOML, or a table lacks ``file`` or ``title``.
    """
    if path is None:
        return Catalog()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("document", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(path, f"no TOML ({error})", "[[document]] tables in TOML") from error
    return Catalog(by_file=dict(_entry(table, path) for table in tables))


def _entry(table: Mapping[str, object], path: Path) -> tuple[str, Entry]:
    file, title, author, year = (table.get(key) for key in ("file", "title", "author", "year"))
    if not isinstance(file, str) or not isinstance(title, str):
        raise CatalogError(path, f"a [[document]] with {sorted(table)}", "at least file and title")
    if author is not None and not isinstance(author, str):
        raise CatalogError(path, f"author = {author!r}", "a name in quotation marks")
    if year is not None and not isinstance(year, int):
        raise CatalogError(path, f"year = {year!r}", "a whole number")
    return file, Entry(title=title, author=author, year=year)
