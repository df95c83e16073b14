"""Reads files: from bytes on a disk to a ``Document``."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.assembly import Assembly, assemble
from corpus.bibliography import read_bibliography
from corpus.catalog import Catalog, Entry
from corpus.damaged import mark_damaged
from corpus.decoding import Decoded, decode
from corpus.document import Document, DocumentId, Kind, Note, ReadingReport
from corpus.errors import NothingToRead, UnknownFormat
from corpus.formats import CONVERTED, convert
from corpus.furniture import drop_furniture
from corpus.headings import assign_paths, find_headings
from corpus.ibid import NoteText, resolve
from corpus.joining import Joined, join_cut_paragraphs
from corpus.layout import Draft, lay_out
from corpus.notes import find_notes
from corpus.pages import locate_pages
from corpus.special_sections import find_contents, find_special_sections, mark_envelope

logger = logging.getLogger(__name__)

READER_VERSION = "3"
"""Raised whenever the same file would be read differently, so that indexes are made anew."""

ENDINGS: Mapping[str, str] = {
    ".txt": "plain text",
    ".text": "plain text",
    ".md": "Markdown",
    ".markdown": "Markdown",
    **CONVERTED,
}
"""File endings that can be read, with the name of the format."""

OnStep = Callable[[str], None]
"""Hears what the reader is about to look for; of a long file each step takes a while."""

_ID_DIGITS = 16


def _ignore(_step: str) -> None:
    """Let a step pass unheard."""


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Give the readable files among paths and in folders, sorted, each once.

    Raises:
        NothingToRead: If a path does not exist, or a folder holds nothing readable.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if _is_readable(p.relative_to(path), p)]
            if not inside:
                raise NothingToRead(path, "a folder without readable files")
            found.update(dict.fromkeys(inside))
        elif path.exists():
            found[path] = None
        else:
            raise NothingToRead(path, "nothing")
    return list(found)


def _is_readable(relative: Path, path: Path) -> bool:
    hidden = any(part.startswith(".") for part in relative.parts)
    return path.suffix.lower() in ENDINGS and not hidden and path.is_file()


def read_file(path: Path, *, catalog: Catalog | None = None, on_step: OnStep = _ignore) -> Document:
    """Read one file.

    A file of 100 MB is read in a few minutes; what it takes of memory grows with it, to some
    twelve times its size.

    Args:
        path: A file whose ending is in ``ENDINGS``.
        catalog: Titles and authors; the known texts alone where it is None.
        on_step: Hears what is being looked for, before each step.

    Raises:
        UnknownFormat: If no reader knows the ending.
        ReadingError: If the file is empty, binary, or in no known encoding.
    """
    if path.suffix.lower() not in ENDINGS:
        expected = ", ".join(sorted(ENDINGS))
        raise UnknownFormat(
            path, f"the ending {path.suffix!r}", f"one of {expected}", "convert it to text first"
        )
    on_step("bytes")
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    entry = (catalog or Catalog()).find(file=path.name, sha256=digest)
    decoded = convert(raw, path) if path.suffix.lower() in CONVERTED else decode(raw, path)
    del raw
    document = read_text(decoded, file=path.name, sha256=digest, entry=entry, on_step=on_step)
    logger.info("read %s", path.name, extra={"notes": len(document.notes)})
    return document


def read_text(
    decoded: Decoded,
    *,
    file: str,
    sha256: str,
    entry: Entry | None = None,
    on_step: OnStep = _ignore,
) -> Document:
    """Understand a text that has been decoded.

    Args:
        decoded: The text and its encoding.
        file: The file's name.
        sha256: Digest of the file's bytes.
        entry: Title, author and year, where they are known.
        on_step: Hears what is being looked for, before each step.
    """
    source = decoded.text
    on_step("paragraphs")
    drafts = lay_out(source)
    mark_envelope(drafts)
    contents = find_contents(drafts)
    on_step("running heads")
    drop_furniture(drafts)
    find_special_sections(drafts, contents)
    on_step("notes")
    find_notes(drafts, contents, source)
    on_step("headings")
    find_headings(drafts, contents)
    mark_damaged(drafts)
    on_step("cut sentences")
    joined = join_cut_paragraphs(drafts, source)
    assign_paths(drafts, contents)
    on_step("marks")
    made = assemble(drafts, source)
    on_step("citations")
    notes = _resolved_notes(made)
    source_map = made.source_map
    known = entry or _entry_from_text(drafts, source, file)
    return Document(
        id=DocumentId(sha256[:_ID_DIGITS]),
        file=file,
        sha256=sha256,
        title=known.title,
        author=known.author,
        year=known.year,
        source=source,
        text=made.text,
        body_end=made.body_end,
        source_map=source_map,
        blocks=tuple(made.blocks),
        sections=tuple(made.sections),
        notes=notes,
        marks=tuple(made.marks),
        pages=locate_pages(drafts, source_map, made.body_end),
        abbreviations=_abbreviations(drafts),
        report=_report(made, joined, decoded),
    )


def _resolved_notes(made: Assembly) -> tuple[Note, ...]:
    """Give the notes with the works that ``Ibid`` and short titles refer to."""
    text = made.text
    listed = [
        (text[block.start : block.end] if block.kind is Kind.BIBLIOGRAPHY else None)
        for block in made.blocks
        if block.kind in (Kind.BIBLIOGRAPHY, Kind.HEADING)
    ]
    chain = [
        NoteText(
            text[note.start : note.end],
            draft.group,
            int(note.marker) if note.marker.isdecimal() else None,
        )
        for note, draft in zip(made.notes, made.pairing.notes, strict=True)
    ]
    works = resolve(chain, read_bibliography(listed))
    return tuple(replace(note, resolved=work) for note, work in zip(made.notes, works, strict=True))


def _report(made: Assembly, joined: Joined, decoded: Decoded) -> ReadingReport:
    return ReadingReport(
        encoding=decoded.encoding,
        joined_sentences=joined.sentences,
        joined_words=joined.words,
        dropped=made.dropped(),
        warnings=decoded.warnings,
    )


def _abbreviations(drafts: Sequence[Draft]) -> tuple[tuple[str, str], ...]:
    """Read the rows of a table of abbreviations: a short form, a tab or wide gap, a long form."""
    rows: list[tuple[str, str]] = []
    for draft in drafts:
        if draft.kind is not Kind.ABBREVIATIONS or draft.level or draft.dropped:
            continue
        cells = [cell for cell in re.split(r"\t+|\s{3,}|\s+[–—=]\s+", draft.text) if cell.strip()]
        if len(cells) == 2:
            rows.append((cells[0].strip(), cells[1].strip()))
        elif len(cells) == 1 and rows and not draft.blank_before:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {cells[0].strip()}")
    return tuple(rows)


_TITLE_LINE = re.compile(
    r"^[ \t]*\**title:\**[ \t]*(\S.*(?:\n[ \t]{4,}\S.*)*)$", re.IGNORECASE | re.MULTILINE
)
_AUTHOR_LINE = re.compile(
    r"^\s*(?:\**[Aa]uthors?:\**\s*(?P<labelled>\S.*)|(?:[Bb]y|BY):?\s+(?P<by>[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){0,4})\s*)$",
    re.MULTILINE,
)
_YEAR = re.compile(
    r"(?:©|copyright|published|edition|,)\D{0,20}\b(1[5-9]\d\d|20\d\d)\b", re.IGNORECASE
)
_HEAD_CHARS = 3000


def _entry_from_text(drafts: Sequence[Draft], source: str, file: str) -> Entry:
    """Read title, author and year off the document's own first lines, else name it by its file."""
    head = source[:_HEAD_CHARS]
    front = [d.text.strip("#* _") for d in drafts[:12] if d.kind is Kind.FRONT or d.level]
    lines = [line for line in front if any(c.isalpha() for c in line)]
    title = _TITLE_LINE.search(head)
    author = _AUTHOR_LINE.search(head)
    year = _YEAR.search(head)
    return Entry(
        title=" ".join(title.group(1).split())
        if title
        else (lines[0] if lines else Path(file).stem),
        author=(author["labelled"] or author["by"]).strip(" *_") if author else None,
        year=int(year.group(1)) if year else None,
    )
