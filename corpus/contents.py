"""Reads the table of contents, whose entries tell a heading from any other short line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from corpus.folding import fold
from corpus.layout import Draft

PART, CHAPTER, SUBHEADING = 1, 2, 3
ENTRY_PAGE = re.compile(r"[\s.…·]+(?:\d{1,3}|[ivxl]+|[IVXL]+|\W?\d\s?\d{1,2})\s*$")
_ENTRY_NUMBER = re.compile(r"^[\W\d]*(?:[IVXLivxl]+\b[.)]?|\d+[.)]?|[A-Z][.)])?[\W\d]*\s+|^\W+")
LEADING_NUMBER = re.compile(
    r"^\W*(?:(?:chapter|part|book)\s+)?(?:\d{1,3}|[ivxlc]+\b)[.):]?\s+", re.I
)
CHAPTER_LINE = re.compile(r"chapter\s+\w+\W*", re.IGNORECASE)
PART_LINE = re.compile(r"(?:part|book|volume)\s+\w+\W*", re.IGNORECASE)


@dataclass(slots=True)
class Contents:
    """The table of contents: every entry's folded words, with its title and its depth."""

    entries: dict[str, tuple[str, int]] = field(default_factory=dict)

    def match(self, text: str) -> tuple[str, int] | None:
        """Give the entry a line repeats, as it stands in the contents, and its depth."""
        key = heading_key(text)
        if key in self.entries:
            return self.entries[key]
        near = get_close_matches(key, self.entries, n=1, cutoff=0.88) if len(key) > 12 else []
        return self.entries[near[0]] if near else None


def heading_key(text: str) -> str:
    """Give a heading's folded words without its numbers, to compare it with another's."""
    bare = LEADING_NUMBER.sub("", text.lstrip("#* \t").rstrip("*# \t"))
    return re.sub(r"[\W\d_]+", " ", fold(bare)).strip()


def read_contents(drafts: Sequence[Draft], contents: Contents) -> None:
    """Read the lines of a table of contents into ``contents``: titles, numbers, pages, parts."""
    under_part = False
    pending = ""
    for draft in drafts:
        text = draft.text
        numbered = ENTRY_PAGE.search(text)
        cells = [cell for cell in text.split("\t") if len(cell.strip()) > 4]
        text = max(cells, key=len) + text[numbered.start() :] if cells and numbered else text
        if pending and text[:1].islower():
            text = f"{pending} {text}"
        pending = "" if numbered else text
        is_part = bool(PART_LINE.fullmatch(text.strip()))
        title = ENTRY_PAGE.sub("", text) if numbered else text
        title = title.strip() if is_part else _ENTRY_NUMBER.sub("", title, count=1).strip() or title
        level = PART if is_part or (under_part and not numbered) else CHAPTER
        under_part = is_part
        if key := heading_key(title):
            contents.entries.setdefault(key, (title.strip(), level))
