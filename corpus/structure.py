"""Finds headings, and the parts of a book that are not its body: contents, bibliography, tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from corpus.document import Kind
from corpus.folding import fold
from corpus.layout import Draft
from corpus.sentences import breaks_off, is_open

SPECIAL_SECTIONS: Mapping[str, Kind] = {
    "abbreviations": Kind.ABBREVIATIONS,
    "glossary": Kind.ABBREVIATIONS,
    "list of abbreviations": Kind.ABBREVIATIONS,
    "bibliography": Kind.BIBLIOGRAPHY,
    "further reading": Kind.BIBLIOGRAPHY,
    "select bibliography": Kind.BIBLIOGRAPHY,
    "sources": Kind.BIBLIOGRAPHY,
    "works cited": Kind.BIBLIOGRAPHY,
    "contents": Kind.FRONT,
    "table of contents": Kind.FRONT,
    "index": Kind.INDEX,
    "index of names": Kind.INDEX,
    "endnotes": Kind.NOTE,
    "footnotes": Kind.NOTE,
    "notes": Kind.NOTE,
    "notes and references": Kind.NOTE,
    "notes to the text": Kind.NOTE,
}
"""What a section is, by the folded words of its heading."""

PART, CHAPTER, SUBHEADING = 1, 2, 3
_HEADING_WORDS = 14
_HEADING_CHARS = 100
_PARAGRAPH_CHARS = 120
_ENTRY_PAGE = re.compile(r"[\s.…·]+(?:\d{1,3}|[ivxl]+|[IVXL]+|\W?\d\s?\d{1,2})\s*$")
_ENTRY_NUMBER = re.compile(r"^[\W\d]*(?:[IVXLivxl]+\b[.)]?|\d+[.)]?|[A-Z][.)])?[\W\d]*\s+|^\W+")
_LEADING_NUMBER = re.compile(
    r"^\W*(?:(?:chapter|part|book)\s+)?(?:\d{1,3}|[ivxlc]+\b)[.):]?\s+", re.I
)
_PART = re.compile(r"(?:part|book|volume)\s+\w+\W*", re.IGNORECASE)
_CHAPTER = re.compile(r"chapter\s+\w+\W*", re.IGNORECASE)
# 'Chapter IV: The Cruelty of Commodus.--Part II.' is a heading, full stop or not.
_NUMERAL = (
    r"(?:[ivxlc]+|\d{1,3}|(?:the\s+)?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last))"
)
_TITLED = re.compile(
    rf"(?P<part>part|book|volume)?(?:chapter|lecture|letter|section|canto|article|act|art\.)?"
    rf"\s+{_NUMERAL}\s*[.:–—-]+\s*(?P<title>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_TITLE_WORDS = re.compile(r"[^\W\d_]{4,}")
_TITLE_SHARE = 0.5
_LONGEST_TITLE = 260
_ENVELOPE = re.compile(r"\W*\*{3}\s*(?P<side>START|END) OF (?:TH\w+\s+)?PROJECT\b.*", re.IGNORECASE)
_BOOK = re.compile(r"(?:book|volume)\b", re.IGNORECASE)
_PART_OF_CHAPTER = re.compile(r"(?:part|section|article|art\.)\s", re.IGNORECASE)
_NUMBERED_LINE = re.compile(r"\d{1,4}\s+[^a-z\d]+")
_TITLE_SIGNS = re.compile(r"<[^>]+>|\*\*|^#+\s*|\s*#+$|[⁰¹²³⁴-⁹]+$|^[-•]\s+")
_DATE_LINE = re.compile(
    r"[\W\d]*(?:[A-Z][a-z]+,?\s+)?(?:[A-Z][a-z]+\s+)?[\W\d]*(?:1\d{3}|20\d\d)\W*"
)
_DAMAGED_OVERLAP = 0.65
_DAMAGED_REACH = 8
_LAST_LATIN = 0x2FF
# In sound prose hardly three words in a row come twice within a paragraph.
_DISTINCT_SHARE = 0.9


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
    bare = _LEADING_NUMBER.sub("", text.lstrip("#* \t").rstrip("*# \t"))
    return re.sub(r"[\W\d_]+", " ", fold(bare)).strip()


def find_contents(drafts: Sequence[Draft]) -> Contents:
    """Mark the table of contents and the title page before it as front matter.

    Returns:
        The table of contents, empty where the book has none.
    """
    contents = Contents()
    for i in range(len(drafts)):
        if _special_kind(drafts, i) is Kind.FRONT:
            end = _contents_end(drafts, i)
            drafts[i].level = drafts[i].level or PART
            for draft in drafts[i + 1 : end]:
                draft.kind = Kind.FRONT
            _read_contents(drafts[i + 1 : end], contents)
            break
    _mark_title_page(drafts)
    return contents


def find_special_sections(drafts: Sequence[Draft], contents: Contents) -> None:
    """Mark notes, bibliography, index and abbreviations as what they are."""
    i = 0
    while i < len(drafts):
        kind = _special_kind(drafts, i)
        if kind is None or kind is Kind.FRONT or drafts[i].kind is not Kind.BODY:
            i += 1
            continue
        end = _special_end(drafts, i, kind, contents)
        drafts[i].level = drafts[i].level or PART
        for draft in drafts[i + 1 : end]:
            if not draft.dropped:
                draft.kind = kind
        i = max(end, i + 1)


def _special_kind(drafts: Sequence[Draft], i: int) -> Kind | None:
    draft = drafts[i]
    if draft.dropped or len(draft.text) > 40 or draft.listed:
        return None
    return SPECIAL_SECTIONS.get(heading_key(draft.text))


def _contents_end(drafts: Sequence[Draft], start: int) -> int:
    """Give the place where an entry stands a second time, as a heading, or a paragraph begins."""
    seen: set[str] = set()
    for i in range(start + 1, len(drafts)):
        draft = drafts[i]
        key = heading_key(_ENTRY_PAGE.sub("", draft.text))
        if key in seen or len(draft.text) > 2 * _PARAGRAPH_CHARS or draft.level:
            return i
        seen.add(key)
    return len(drafts)


def _special_end(drafts: Sequence[Draft], start: int, kind: Kind, contents: Contents) -> int:
    level = drafts[start].level
    for i in range(start + 1, len(drafts)):
        draft = drafts[i]
        if draft.dropped:
            continue
        if _special_kind(drafts, i) not in (None, kind):
            return i
        if _leaves_section(drafts, i, kind, level, contents):
            return i
    return len(drafts)


def _leaves_section(
    drafts: Sequence[Draft], i: int, kind: Kind, level: int, contents: Contents
) -> bool:
    """Whether a heading ends a special section rather than divide it."""
    draft = drafts[i]
    if draft.level:
        return draft.level <= level or (kind is Kind.NOTE and not _notes_follow(drafts, i))
    if draft.listed or len(draft.text) > _HEADING_CHARS:
        return kind is Kind.ABBREVIATIONS and len(draft.text) > 2 * _PARAGRAPH_CHARS
    if contents.match(draft.text) is None:
        return False
    return kind is not Kind.NOTE or not _notes_follow(drafts, i)


def _notes_follow(drafts: Sequence[Draft], i: int) -> bool:
    following = [d for d in drafts[i + 1 : i + 4] if not d.dropped][:2]
    return any(re.match(r"\s*(?:[-*•]\s+)?\W?\d{1,3}\W{0,2}\s", d.text) for d in following)


def _read_contents(drafts: Sequence[Draft], contents: Contents) -> None:
    under_part = False
    pending = ""
    for draft in drafts:
        text = draft.text
        numbered = _ENTRY_PAGE.search(text)
        cells = [cell for cell in text.split("\t") if len(cell.strip()) > 4]
        text = max(cells, key=len) + text[numbered.start() :] if cells and numbered else text
        if pending and text[:1].islower():
            text = f"{pending} {text}"
        pending = "" if numbered else text
        is_part = bool(_PART.fullmatch(text.strip()))
        title = _ENTRY_PAGE.sub("", text) if numbered else text
        title = title.strip() if is_part else _ENTRY_NUMBER.sub("", title, count=1).strip() or title
        level = PART if is_part or (under_part and not numbered) else CHAPTER
        under_part = is_part
        if key := heading_key(title):
            contents.entries.setdefault(key, (title.strip(), level))


def _mark_title_page(drafts: Sequence[Draft]) -> None:
    """Mark the short lines before the contents, or before the first paragraph, as front matter."""
    contents = next((i for i, d in enumerate(drafts) if _special_kind(drafts, i) is Kind.FRONT), 0)
    for draft in drafts[:contents]:
        if not draft.dropped and draft.kind is Kind.BODY and len(draft.text) < 2 * _PARAGRAPH_CHARS:
            draft.kind = Kind.FRONT
    short = Counter(heading_key(d.text) for d in drafts if len(d.text) < _HEADING_CHARS)
    for i, draft in enumerate(drafts):
        if draft.kind is not Kind.BODY or draft.level or len(draft.text) > _PARAGRAPH_CHARS:
            return
        if i and short[heading_key(draft.text)] > 1:
            # A chapter's title comes again, above its notes or at the head of its pages.
            return
        if any(form.fullmatch(draft.text) for form in (_PART, _CHAPTER, _NUMBERED_LINE)):
            return
        if not draft.dropped:
            draft.kind = Kind.FRONT


def mark_envelope(drafts: Sequence[Draft]) -> None:
    """Mark what a library of electronic texts has put before and behind a book as front matter."""
    sides = [(i, m["side"].upper()) for i, d in enumerate(drafts) if (m := _ENVELOPE.match(d.text))]
    start = next((i for i, side in sides if side == "START"), -1)
    end = next((i for i, side in reversed(sides) if side == "END"), len(drafts))
    if end <= start:
        return
    for draft in (*drafts[: start + 1], *drafts[end:]):
        if not draft.dropped:
            draft.kind, draft.level, draft.listed = Kind.FRONT, 0, False


def find_headings(drafts: Sequence[Draft], contents: Contents) -> None:
    """Mark plain lines that behave like headings, from the last to the first.

    A heading is short, is no sentence, follows a finished one and stands above a paragraph or
    above another heading.
    """
    below: Draft | None = None
    for i in range(len(drafts) - 1, -1, -1):
        draft = drafts[i]
        if draft.dropped or draft.kind not in (Kind.BODY, Kind.HEADING, Kind.TABLE):
            continue
        if (
            draft.kind is not Kind.TABLE
            and not draft.level
            and _is_heading(draft, _above(drafts, i), below, contents)
        ):
            entry = contents.match(draft.text)
            draft.level = entry[1] if entry else _level_by_form(draft, below)
        below = draft
    _rank_markdown_headings(drafts)
    _lower_parts_of_chapters(drafts)


def _level_by_form(draft: Draft, below: Draft | None) -> int:
    if _PART.fullmatch(draft.text):
        if below is not None and below.level == SUBHEADING and below.text.isupper():
            below.level = PART
        return PART
    if titled := _TITLED.fullmatch(draft.text):
        return PART if titled["part"] else CHAPTER
    if _CHAPTER.fullmatch(draft.text):
        if below is not None and below.level:
            below.level = CHAPTER
        return CHAPTER
    return SUBHEADING


def _above(drafts: Sequence[Draft], i: int) -> Draft | None:
    wanted = (Kind.BODY, Kind.ABBREVIATIONS, Kind.FRONT)
    return next((d for d in reversed(drafts[:i]) if not d.dropped and d.kind in wanted), None)


def _is_heading(draft: Draft, above: Draft | None, below: Draft | None, contents: Contents) -> bool:
    text = draft.text
    if draft.listed or below is None or not draft.blank_before or len(text) > _LONGEST_TITLE:
        return False
    if _is_titled(text) or (text.isupper() and above is not None and _is_bare(above)):
        return True
    if len(text) > _HEADING_CHARS:
        return False
    if contents.match(text) or _is_bare(draft):
        return True
    if below.kind is Kind.TABLE and text[-1] not in ",;:-.":
        return True
    if text.isupper() and len(text.split()) <= _HEADING_WORDS:
        return text[-1] not in ",;:-" and (_stands_above(below) or below.listed)
    return _is_plain_heading(text, above) and _stands_above(below)


def _is_plain_heading(text: str, above: Draft | None) -> bool:
    """Whether a short line is no sentence, no date, and no rest of the paragraph above."""
    if not (text[0].isupper() or text[0].isdigit() or text[0] in "'\"‘“"):
        return False
    if text[-1] in ".,;:!-–—" or breaks_off(text) or re.search(r"[.!?;]['\"”’]?\s+[A-Z]", text):
        return False
    if len(text.split()) > _HEADING_WORDS or _DATE_LINE.fullmatch(text):
        return False
    return not (
        above is not None and above.is_text and len(above.text) > 60 and is_open(above.text)
    )


def _is_titled(text: str) -> bool:
    """Whether a line is a chapter's number and its title, which is written as titles are."""
    match = _TITLED.fullmatch(text)
    if match is None or not text[0].isupper():
        return False
    words = _TITLE_WORDS.findall(match["title"])
    return bool(words) and sum(w[0].isupper() for w in words) > _TITLE_SHARE * len(words)


def _is_bare(draft: Draft) -> bool:
    """Whether a line is the number of a part or a chapter, whose title stands below."""
    return bool(_PART.fullmatch(draft.text) or _CHAPTER.fullmatch(draft.text))


def _stands_above(below: Draft) -> bool:
    if below.level:
        return True
    opening = below.text.lstrip("'\"‘“([*_")
    return len(below.text) > _PARAGRAPH_CHARS and bool(opening) and not opening[0].islower()


def _lower_parts_of_chapters(drafts: Sequence[Draft]) -> None:
    """Put the parts of a book that is divided into books below its chapters."""
    headings = [draft for draft in drafts if draft.level and not draft.text.startswith("#")]
    books = [d for d in headings if d.level == PART and _BOOK.match(d.text)]
    parts = [d for d in headings if _PART_OF_CHAPTER.match(d.text)]
    if books and any(_CHAPTER.match(d.text) for d in headings):
        for draft in parts:
            draft.level = SUBHEADING


def _rank_markdown_headings(drafts: Sequence[Draft]) -> None:
    """Put an unnumbered heading below the numbered ones of the same number of signs."""
    marked = [d for d in drafts if d.level and d.text.startswith("#")]
    numbered = {d.level for d in marked if _LEADING_NUMBER.match(d.text.lstrip("#* \t"))}
    for draft in marked:
        level = draft.level
        draft.level = 2 * level
        if level in numbered and not _LEADING_NUMBER.match(draft.text.lstrip("#* \t")):
            draft.level += 1


def assign_paths(drafts: Sequence[Draft], contents: Contents) -> None:
    """Give every draft the headings it stands under, outermost first."""
    stack: list[tuple[int, str]] = []
    above: Draft | None = None
    for draft in drafts:
        if draft.dropped:
            continue
        if draft.level:
            title = _title(draft, contents)
            if above and above.level and stack and _continues_title(stack[-1], draft.level):
                stack[-1] = (stack[-1][0], f"{stack[-1][1]}: {title}")
                above.path = tuple(heading for _, heading in stack)
            else:
                stack = [entry for entry in stack if _stays_above(entry, draft)]
                stack.append((draft.level, title))
        above = draft
        draft.path = tuple(title for _, title in stack)


def _stays_above(entry: tuple[int, str], heading: Draft) -> bool:
    """Whether a heading goes on holding; a bibliography does not, once a chapter begins."""
    is_special = heading_key(entry[1]) in SPECIAL_SECTIONS
    return entry[0] < heading.level and not (is_special and heading.kind is Kind.BODY)


def _continues_title(last: tuple[int, str], level: int) -> bool:
    bare = _PART.fullmatch(last[1]) or _CHAPTER.fullmatch(last[1])
    return last[0] == level and bare is not None


def _title(draft: Draft, contents: Contents) -> str:
    title = _TITLE_SIGNS.sub("", draft.text).strip(" *_\t")
    entry = contents.match(draft.text)
    unnumbered = re.sub(r"^\W*\d+\W+", "", title)
    if entry and (title.isupper() or fold(entry[0]) != fold(unnumbered)):
        return entry[0]
    title = re.sub(r"\s+", " ", title)
    return title.rstrip(".") if title.isupper() else title


def mark_damaged(drafts: Sequence[Draft]) -> None:
    """Mark the worse of two neighbouring paragraphs that hold the same words.

    A page that was scanned twice, once upside down, leaves such a pair.
    """
    texts = [draft for draft in drafts if draft.is_text and len(draft.text) > _PARAGRAPH_CHARS]
    shingles = [_shingles(draft.text) for draft in texts]
    for i, draft in enumerate(texts):
        for j in range(i + 1, min(i + _DAMAGED_REACH, len(texts))):
            shared = len(shingles[i] & shingles[j])
            # Parallel periods share words too; a page that was scanned twice shares its length.
            if shared > _DAMAGED_OVERLAP * max(len(shingles[i]), len(shingles[j])):
                worse = draft if _soundness(draft.text) < _soundness(texts[j].text) else texts[j]
                if _is_unsound(worse.text):
                    worse.kind = Kind.DAMAGED


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = re.findall(r"\w+", text.lower())
    return set(zip(found, found[1:], found[2:], strict=False))


def _soundness(text: str) -> tuple[bool, bool, float]:
    """Rank readings of one page: in one script, opening like a paragraph, not repetitive."""
    latin = not any(c.isalpha() and ord(c) > _LAST_LATIN for c in text)
    found = re.findall(r"\w+", text.lower())
    distinct = len(_shingles(text)) / max(1, len(found) - 2)
    return latin, text[:1].isupper(), distinct


def _is_unsound(text: str) -> bool:
    latin, opens_well, distinct = _soundness(text)
    return not (latin and opens_well) or distinct < _DISTINCT_SHARE
