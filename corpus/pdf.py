"""Reads the pages of a PDF as a person sees them: lines, small print at the foot, raised figures.

A PDF knows only where letters stand. From their size and place follow headings, paragraphs, marks
and notes; what is at the head of a page is left to the reader of all books.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTPage, LTTextContainer, LTTextLine
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.utils import decode_text

from corpus.front_matter import front_matter
from corpus.joining import Vocabulary, keeps_hyphen

_RAISED_SIZE = 0.82
_RAISED_BY = 0.12
_SMALLER = 0.94
_LARGER = 1.12
_INDENT = 0.7
_GAP = 1.4
_SHORT_LINE = 0.7
_DEEPEST_HEADING = 4
# A page that has notes alone is empty above them.
_EMPTY_LINES = 5
_LONGEST_RIM = 80
_FACTS = ("Title", "Author")
# What a program calls a file that nobody named.
_NO_TITLE = re.compile(
    r"^(?:untitled|microsoft word|\(?anonymous)|\.(?:docx?|indd|qxd|pdf|tex|dvi|rtf)$",
    re.IGNORECASE,
)
_OPENER = re.compile(r"(?:<sup>)?(?P<label>\d{1,4}|[*†‡§]{1,3})(?:</sup>)?[.)]?\s+(?=\S)")
_PAGE_NUMBER = re.compile(r"\W{0,2}(?:\d{1,4}|[ivxlc]{1,7})\W{0,2}")
# A lost number or two between notes happens.
_NUMBER_GAP = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line."""

    text: str
    """With raised figures as ``<sup>``."""
    size: float
    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class _Type:
    """How a book is set, as most of it is."""

    size: float
    pitch: float
    """From one line's foot to the next one's."""
    top: float
    """Where pages begin, running heads included."""


@dataclass(slots=True)
class _Foot:
    """The notes so far, which may go on overleaf."""

    last: int = 0
    open: list[str] | None = None
    """The lines of the note printed last."""


def pdf_to_markdown(raw: bytes) -> str:
    """Convert a book."""
    pages = [_lines(page) for page in extract_pages(io.BytesIO(raw))]
    lines = [line for page in pages for line in page]
    if not lines:
        return ""
    vocabulary = Vocabulary.of("\n".join(line.text for line in lines))
    kind = _type_of(pages)
    heads = sorted({line.size for line in lines if line.size > _LARGER * kind.size}, reverse=True)
    foot = _Foot()
    made: list[tuple[str, list[str]]] = []
    for page in pages:
        above, below = _part_foot(page, kind, foot)
        made += [
            (_heading_signs(paragraph[0], heads), [line.text for line in paragraph])
            for paragraph in _paragraphs(above, kind)
        ]
        made += [("", note) for note in _notes(below, foot)]
    # Only now: a note may have gone on overleaf.
    text = "\n\n".join(signs + _joined(texts, vocabulary) for signs, texts in made)
    return "\n\n".join(filter(None, (_front(raw), text)))


def _front(raw: bytes) -> str:
    """Give title and author, as the file's own properties tell them."""
    said = [
        {name: decode_text(value) for name, value in facts.items() if isinstance(value, bytes)}
        for facts in PDFDocument(PDFParser(io.BytesIO(raw))).info
    ]
    title, author = (next((f[key].strip() for f in said if f.get(key)), "") for key in _FACTS)
    return front_matter("" if _NO_TITLE.search(title) else title, author)


def _lines(page: LTPage) -> list[Line]:
    """Give the lines of a page in reading order, what stands on one line at its rim as one."""
    lines = [
        line
        for box in page
        if isinstance(box, LTTextContainer)
        for item in box
        if isinstance(item, LTTextLine) and (line := _line(item)) is not None
    ]
    if not lines:
        return []
    rims = (max(line.top for line in lines), min(line.bottom for line in lines))
    first = [line for line in lines if line.top > rims[0] - line.size]
    last = [line for line in lines if line.bottom < rims[1] + line.size and line not in first]
    between = [line for line in lines if line not in first and line not in last]
    return [*_merged(first), *between, *_merged(last)]


def _merged(row: Sequence[Line]) -> list[Line]:
    """Put a page number and the running head beside it on one line."""
    if len(row) < 2 or max(len(line.text) for line in row) > _LONGEST_RIM:
        return list(row)
    row = sorted(row, key=lambda line: line.left)
    text = " ".join(line.text for line in row)
    return [replace(row[0], text=text, right=row[-1].right)]


def _line(item: LTTextLine) -> Line | None:
    letters = [char for char in item if isinstance(char, LTChar) and char.get_text().strip()]
    if not letters:
        return None
    sizes = Counter(round(char.size, 1) for char in letters)
    size = max(sizes, key=lambda s: (sizes[s], s))
    foot = median(char.y0 for char in letters if round(char.size, 1) == size)
    raised = [_is_raised(char, size, foot) for char in item]
    parts = []
    for is_raised, run in groupby(zip(item, raised, strict=True), key=lambda pair: pair[1]):
        text = "".join(getattr(char, "get_text", str)() for char, _ in run)
        parts.append(f"<sup>{text.strip()}</sup>" if is_raised else text)
    text = re.sub(r"\s+", " ", "".join(parts)).strip()
    return Line(text, size, item.x0, item.x1, foot, foot + size) if text else None


def _is_raised(char: object, size: float, foot: float) -> bool:
    if not isinstance(char, LTChar) or not re.fullmatch(r"[\d*†‡§]", char.get_text()):
        return False
    return char.size < _RAISED_SIZE * size and char.y0 > foot + _RAISED_BY * size


def _type_of(pages: Sequence[Sequence[Line]]) -> _Type:
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page:
            weights[line.size] += len(line.text)
    size = max(weights, key=lambda s: weights[s])
    steps = [
        upper.bottom - lower.bottom
        for page in pages
        for upper, lower in pairwise(page)
        if upper.size == lower.size == size and 0 < upper.bottom - lower.bottom < 3 * size
    ]
    top = median(max(line.top for line in page) for page in pages if page)
    return _Type(size, median(steps) if steps else 1.2 * size, top)


def _part_foot(page: Sequence[Line], kind: _Type, foot: _Foot) -> tuple[list[Line], list[Line]]:
    """Part the small print at the foot of a page from what stands above it."""
    by_height = sorted(page, key=lambda line: -line.bottom)
    low = len(by_height)
    if low and _PAGE_NUMBER.fullmatch(by_height[-1].text):
        low -= 1
    high = low
    while high and by_height[high - 1].size < _SMALLER * kind.size:
        high -= 1
    small = by_height[high:low]
    if high <= 1 and (not small or kind.top - small[0].top < _EMPTY_LINES * kind.pitch):
        # Small print from top to bottom is a bibliography or an index, and no note goes on in it.
        foot.open = None
        return list(page), []
    if foot.open is None and not any(_OPENER.match(line.text) for line in small):
        return list(page), []
    return [line for line in page if line not in small], small


def _notes(lines: Sequence[Line], foot: _Foot) -> Iterator[list[str]]:
    """Give the notes that begin on a page, each a list that grows when it goes on overleaf."""
    for line in lines:
        match = _OPENER.match(line.text)
        if match and _is_next(match, foot):
            label = match["label"]
            foot.last = int(label) if label.isdecimal() else foot.last
            foot.open = [f"<sup>{label}</sup> {line.text[match.end() :]}"]
            yield foot.open
        elif foot.open is not None:
            foot.open.append(line.text)
        else:
            yield [line.text]


def _is_next(match: re.Match[str], foot: _Foot) -> bool:
    label = match["label"]
    if match.group().startswith("<sup>") or not label.isdecimal():
        return True
    return foot.last < int(label) <= foot.last + _NUMBER_GAP or int(label) == 1


def _paragraphs(lines: Sequence[Line], kind: _Type) -> Iterator[list[Line]]:
    """Gather lines into paragraphs: one opens with an indent, a gap, or another size of type."""
    margin, width = _measure(lines, kind)
    paragraph: list[Line] = []
    for line in lines:
        if paragraph and _opens(paragraph[-1], line, kind, margin, width):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _measure(lines: Sequence[Line], kind: _Type) -> tuple[float, float]:
    """Give where the lines of a page begin, and how long a full one is."""
    body = [line for line in lines if line.size == kind.size] or list(lines)
    starts = Counter(round(line.left) for line in body)
    margin = float(max(starts, key=lambda start: (starts[start], -start))) if starts else 0.0
    return margin, max((line.right - line.left for line in body), default=0.0)


def _opens(above: Line, line: Line, kind: _Type, margin: float, width: float) -> bool:
    if abs(above.size - line.size) > 0.5:
        return True
    step = above.bottom - line.bottom
    if step > _GAP * max(kind.pitch, kind.pitch * line.size / kind.size):
        return True
    if line.size > _LARGER * kind.size:
        return False
    indent = line.left - max(margin, above.left if step < 0 else margin)
    if _INDENT * line.size < indent < width / 2 and line.left > above.left + 1:
        return True
    ended = above.text[-1:] in ".?!”’\"'" or above.text.endswith("</sup>")
    return ended and above.right - above.left < _SHORT_LINE * width


def _heading_signs(line: Line, heads: Sequence[float]) -> str:
    if line.size not in heads:
        return ""
    return "#" * min(heads.index(line.size) + 1, _DEEPEST_HEADING) + " "


def _joined(lines: Sequence[str], vocabulary: Vocabulary) -> str:
    """Put the lines of a paragraph on one, words that a line's end has cut mended."""
    text = lines[0]
    for line in lines[1:]:
        left = re.search(r"([^\W\d_]+)-$", text)
        right = re.match(r"[^\W\d_]+", line)
        keeps = keeps_hyphen(left[1], right[0], vocabulary.words) if left and right else None
        if keeps is None and left and right and right[0][0].isupper():
            keeps = True
        if keeps is None:
            text += f" {line}"
        else:
            text = (text if keeps else text[:-1]) + line
    return text
