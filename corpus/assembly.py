"""Puts the drafts of a file together: clean text, the map back to the file, marks and notes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.document import (
    Block,
    DroppedLine,
    Kind,
    Mark,
    MarkStatus,
    Note,
    Section,
    Span,
)
from corpus.layout import Draft
from corpus.marks import Candidate, Pair, align, find_candidates
from corpus.source_map import SourceMap
from corpus.structure import heading_key

_EMPHASIS = (
    re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])(?:[^*]|(?<=\s)\*(?=\s))+?(?<=[^\s*])(\1)(?!\*)"),
    re.compile(r"(?<![^\W_])(_{1,3})(?=[^\s_])[^_]+?(?<=[^\s_])(\1)(?![^\W_])"),
)
_INVISIBLE = re.compile(
    r"</?(?:u|i|b|em|strong|sub|sup|span|br|small|big)\b[^<>]*>|[\u00ad\u200b-\u200d\ufeff]",
    re.IGNORECASE,
)
_LINE_HYPHEN = re.compile(r"(?<=[^\W\d_])-[ \t]*\r?\n\s*(?=[^\W\d_])")
_HEADING_SIGNS = re.compile(r"^#{1,6}\s*|\s#+$|^\*\*(?=.*\*\*$)|\*\*$")
_SPACE = re.compile(r"\s+")
_LOOKALIKES = {"bracket", "star", "label"}


@dataclass(slots=True)
class Flow:
    """A draft's source, span after span, and where each character of it came from."""

    text: str
    starts: list[int]
    """Where each span begins in ``text``."""
    sources: list[int]
    """Where each span begins in the source."""

    def source(self, offset: int) -> int:
        """Give the source place of a place in the flow."""
        i = bisect_right(self.starts, offset) - 1
        return self.sources[i] + offset - self.starts[i]


def flow_of(draft: Draft, source: str) -> Flow:
    """Lay a draft's spans end to end, with white space of the file between two halves."""
    flow = Flow("", [], [])
    parts: list[str] = []
    length = 0
    for i, span in enumerate(draft.spans):
        end = span.end
        word_goes_on = i < len(draft.joins) and draft.joins[i]
        if i + 1 < len(draft.spans) and not word_goes_on and source[end : end + 1].isspace():
            end += 1
        flow.starts.append(length)
        flow.sources.append(span.start)
        parts.append(source[span.start : end])
        length += end - span.start
    flow.text = "".join(parts)
    return flow


@dataclass(slots=True)
class Writer:
    """Writes clean text and remembers where every letter came from."""

    parts: list[str] = field(default_factory=list)
    runs: list[tuple[int, int, int]] = field(default_factory=list)
    length: int = 0
    last: str = ""

    def copy(self, flow: Flow, start: int, end: int) -> None:
        """Copy a stretch of a flow, white space folded."""
        position = start
        while position < end:
            i = bisect_right(flow.starts, position) - 1
            stop = flow.starts[i + 1] if i + 1 < len(flow.starts) else len(flow.text)
            self._copy_run(flow.text, position, min(end, stop), flow.sources[i] - flow.starts[i])
            position = min(end, stop)

    def _copy_run(self, text: str, start: int, end: int, shift: int) -> None:
        position = start
        for space in _SPACE.finditer(text, start, end):
            self._put(text[position : space.start()], position + shift)
            if self.last not in ("", " ", "\n"):
                self._put(" ", space.start() + shift)
            position = space.end()
        self._put(text[position:end], position + shift)

    def _put(self, text: str, source: int) -> None:
        if text:
            self.parts.append(text)
            self.runs.append((self.length, source, len(text)))
            self.length += len(text)
            self.last = text[-1]

    def trim(self) -> None:
        """Take back a space at the end of a paragraph."""
        if self.last == " ":
            self.parts.pop()
            self.runs.pop()
            self.length -= 1
            self.last = self.parts[-1][-1] if self.parts else ""

    def break_line(self, source: str, near: int) -> None:
        """End a paragraph, with the file's own line break where it has one there."""
        if not self.length:
            return
        self.parts.append("\n")
        if source[near : near + 1].isspace():
            self.runs.append((self.length, near, 1))
        self.length += 1
        self.last = "\n"


@dataclass(slots=True)
class Assembly:
    """A document in the making."""

    source: str
    drafts: Sequence[Draft]
    writer: Writer = field(default_factory=Writer)
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    body_end: int = 0
    candidates: list[Candidate] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    note_drafts: list[Draft] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The clean text so far."""
        return "".join(self.writer.parts)

    @property
    def source_map(self) -> SourceMap:
        """The way back to the file."""
        return SourceMap(self.writer.runs, source=self.source)

    def dropped(self) -> tuple[DroppedLine, ...]:
        """The lines that are not in the text, and why."""
        return tuple(
            DroppedLine(Span(d.start, d.end), d.text[:200], d.dropped)
            for d in self.drafts
            if d.dropped
        )


def assemble(drafts: Sequence[Draft], source: str) -> Assembly:
    """Write the clean text: the body in order, then captions and notes.

    Args:
        drafts: In file order, everything about them known, cut paragraphs joined.
        source: The file.
    """
    made = Assembly(source, drafts)
    first_note = next((i for i, d in enumerate(drafts) if d.kind is Kind.NOTE), len(drafts))
    made.note_drafts = [d for d in drafts if d.kind is Kind.NOTE and not d.dropped and not d.level]
    flows = [flow_of(draft, source) for draft in drafts]
    _match_marks(made, flows)
    _infer_chapters(made)
    apparatus = _apparatus(drafts, first_note)
    for i, draft in enumerate(drafts):
        if not draft.dropped and i not in apparatus:
            _write(made, i, flows[i])
    made.body_end = max(0, made.writer.length - 1) if apparatus else made.writer.length
    for i in sorted(apparatus):
        _write(made, i, flows[i])
    _close_blocks(made)
    return made


def _apparatus(drafts: Sequence[Draft], first_note: int) -> set[int]:
    """Give the drafts that stand behind the body: notes, captions, and headings among endnotes."""
    lifted = {
        i
        for i, d in enumerate(drafts)
        if not d.dropped and d.kind in (Kind.NOTE, Kind.CAPTION) and not d.level
    }
    lifted |= {
        i
        for i, d in enumerate(drafts)
        if d.kind is Kind.HEADING and not d.dropped and i > first_note
    }
    return lifted


def _match_marks(made: Assembly, flows: Sequence[Flow]) -> None:
    notes = [draft for draft in made.note_drafts if not _is_star(draft.number)]
    stars = [draft for draft in made.note_drafts if _is_star(draft.number)]
    if not made.note_drafts:
        return
    forms = _forms_in_use(made)
    for i, draft in enumerate(made.drafts):
        if not draft.dropped and draft.kind not in (Kind.NOTE, Kind.FRONT, Kind.CAPTION):
            made.candidates += find_candidates(flows[i].text, i, forms)
    made.pairs = _pair_labels(made) if "label" in forms else _pair_numbers(made, notes)
    made.pairs += _pair_stars(made, stars)


def _is_star(number: str | None) -> bool:
    return bool(number) and number[0] in "*†‡§" if number else False


def _forms_in_use(made: Assembly) -> frozenset[str]:
    """Give the forms of mark this book can have; without notes a bracketed year is no mark."""
    forms = {"html", "latex", "superscript", "plain"}
    for draft in made.note_drafts:
        head = made.source[max(0, draft.start - 16) : draft.start]
        if re.search(r"\[\^[^\]]*\]:\s*$", head):
            forms |= {"label"}
        elif re.search(r"\[(?:foot)?(?:note\s*)?\w+[\].:]\s*$", head, re.IGNORECASE):
            forms |= {"bracket"}
        if _is_star(draft.number):
            forms |= {"star"}
    return frozenset(forms)


def _pair_labels(made: Assembly) -> list[Pair]:
    """Join marks and notes that name each other, as in Markdown."""
    notes = {d.number: j for j, d in enumerate(made.note_drafts) if not _is_star(d.number)}
    pairs = []
    joined = set()
    for i, candidate in enumerate(made.candidates):
        j = notes.get(candidate.number) if candidate.is_certain else None
        if candidate.is_certain and candidate.form != "star":
            pairs.append(Pair(i, j if j not in joined else None))
            joined.add(j)
    return pairs + [Pair(None, j) for j in notes.values() if j not in joined]


def _pair_numbers(made: Assembly, notes: Sequence[Draft]) -> list[Pair]:
    places = [j for j, d in enumerate(made.note_drafts) if not _is_star(d.number)]
    chosen = [
        i for i, c in enumerate(made.candidates) if not _is_star(c.number) and c.form != "label"
    ]
    pairs = align([made.candidates[i] for i in chosen], [d.number for d in notes])
    return [
        Pair(
            None if pair.candidate is None else chosen[pair.candidate],
            None if pair.note is None else places[pair.note],
        )
        for pair in pairs
    ]


def _pair_stars(made: Assembly, stars: Sequence[Draft]) -> list[Pair]:
    """Join a starred note to the last unused mark of its sign before it."""
    free = [i for i, c in enumerate(made.candidates) if _is_star(c.number)]
    pairs = []
    for draft in stars:
        j = next(k for k, d in enumerate(made.note_drafts) if d is draft)
        before = [
            i
            for i in free
            if made.candidates[i].number == draft.number
            and made.drafts[made.candidates[i].draft].start < draft.start
        ]
        if before:
            free.remove(before[-1])
        pairs.append(Pair(before[-1] if before else None, j))
    return pairs


def _infer_chapters(made: Assembly) -> None:
    """Open a chapter whose heading the scan has lost where its notes begin to be numbered anew."""
    titles = _group_titles(made.drafts)
    starts: dict[int, int] = {}
    for pair in made.pairs:
        if pair.candidate is not None and pair.note is not None:
            group = made.note_drafts[pair.note].group
            starts.setdefault(group, made.candidates[pair.candidate].draft)
    body = [d for d in made.drafts if d.kind not in (Kind.NOTE, Kind.HEADING) and not d.dropped]
    known = {heading_key(title) for draft in body for title in draft.path}
    for group, first in starts.items():
        title, before = titles.get(group), titles.get(group - 1)
        if title and before and heading_key(title) not in known:
            later = [start for start in starts.values() if start > first]
            stop = min(later, default=len(made.drafts))
            _put_under(made.drafts[first:stop], title, instead_of=before)


def _group_titles(drafts: Sequence[Draft]) -> dict[int, str]:
    titles: dict[int, str] = {}
    heading = None
    for draft in drafts:
        if draft.kind is Kind.HEADING and not draft.dropped:
            heading = draft.path[-1] if draft.path else draft.text
        elif draft.kind is Kind.NOTE and heading is not None and not draft.dropped:
            titles.setdefault(draft.group, heading)
    return titles


def _put_under(drafts: Sequence[Draft], title: str, *, instead_of: str) -> None:
    """Put drafts under a chapter in place of the one before, whose sub-headings end with it."""
    opening = drafts[0].path
    for draft in drafts:
        keys = [heading_key(heading) for heading in draft.path]
        if draft.kind is Kind.NOTE or heading_key(instead_of) not in keys:
            continue
        depth = keys.index(heading_key(instead_of))
        below = () if draft.path == opening else draft.path[depth + 1 :]
        draft.path = (*draft.path[:depth], title, *below)


def _write(made: Assembly, i: int, flow: Flow) -> None:
    draft = made.drafts[i]
    marks = sorted(
        (made.candidates[p.candidate].start, p)
        for p in made.pairs
        if p.candidate is not None and made.candidates[p.candidate].draft == i
    )
    start = made.writer.length
    position = 0
    for low, high, pair in _cuts(draft, flow, made, [p for _, p in marks]):
        if low > position:
            made.writer.copy(flow, position, low)
        if pair is not None:
            _add_mark(made, pair, flow)
        position = max(position, high)
    made.writer.copy(flow, position, len(flow.text))
    made.writer.trim()
    if made.writer.length > start:
        _add_block(made, draft, start)
        made.writer.break_line(made.source, draft.end)


def _cuts(
    draft: Draft, flow: Flow, made: Assembly, marks: Sequence[Pair]
) -> list[tuple[int, int, Pair | None]]:
    """Give what is left out of a draft, in order: marks, emphasis, tags, line-break hyphens."""
    text = flow.text
    cuts: list[tuple[int, int, Pair | None]] = []
    for pair in marks:
        assert pair.candidate is not None
        candidate = made.candidates[pair.candidate]
        cuts.append((candidate.start, candidate.end, pair))
    inside = [(low, high) for low, high, _ in cuts]
    for pattern in _EMPHASIS:
        for match in pattern.finditer(text):
            cuts += [(*match.span(1), None), (*match.span(2), None)]
    cuts += [(*m.span(), None) for m in _INVISIBLE.finditer(text)]
    cuts += [(*m.span(), None) for m in _LINE_HYPHEN.finditer(text) if not made_compound(m, text)]
    if draft.level:
        cuts += [(*m.span(), None) for m in _HEADING_SIGNS.finditer(text)]
    if draft.listed and (bullet := re.match(r"[-*•+]\s+", text)):
        cuts.append((*bullet.span(), None))
    kept = [c for c in cuts if c[2] or not any(low <= c[0] < high for low, high in inside)]
    return sorted(kept, key=lambda cut: (cut[0], cut[1]))


def made_compound(match: re.Match[str], text: str) -> bool:
    """Whether a hyphen at a line's end belongs to a word that is written with it elsewhere."""
    left = re.search(r"[^\W\d_]+$", text[: match.start()])
    right = re.match(r"[^\W\d_]+", text[match.end() :])
    if left is None or right is None:
        return True
    return right.group()[0].isupper() or f"{left.group()}-{right.group()}" in text


def _add_mark(made: Assembly, pair: Pair, flow: Flow) -> None:
    assert pair.candidate is not None
    candidate = made.candidates[pair.candidate]
    length = len(flow.text[candidate.start : candidate.end].lstrip())
    first = flow.source(candidate.end - length)
    # The mark belongs to what stands before it, so a space before it does not count.
    offset = made.writer.length - (made.writer.last == " ")
    status, reason = _standing(made, pair)
    number = candidate.number if pair.note is None else made.note_drafts[pair.note].number
    made.marks.append(
        Mark(
            number or candidate.number,
            offset,
            Span(first, first + length),
            status,
            pair.note,
            reason,
        )
    )


def _standing(made: Assembly, pair: Pair) -> tuple[MarkStatus, str]:
    assert pair.candidate is not None
    candidate = made.candidates[pair.candidate]
    if pair.note is None:
        return MarkStatus.UNMATCHED, f"no note {candidate.number} stands where the order expects it"
    number = made.note_drafts[pair.note].number
    if candidate.form in ("plain", "latex"):
        return MarkStatus.RECOVERED, f"printed as {candidate.form} digits"
    if candidate.number == number:
        return MarkStatus.CLEAN, ""
    return (
        MarkStatus.RECOVERED,
        f"printed {candidate.number}; its place in the order tells {number}",
    )


def _add_block(made: Assembly, draft: Draft, start: int) -> None:
    end = made.writer.length
    kind = Kind.HEADING if draft.level else draft.kind
    made.blocks.append(Block(start, end, kind))
    section_kind = draft.kind if draft.kind is not Kind.HEADING else Kind.BODY
    last = made.sections[-1] if made.sections else None
    if last is not None and last.path == draft.path and (draft.level or last.kind is section_kind):
        made.sections[-1] = Section(last.path, last.start, end, last.kind)
    elif (
        last is not None
        and last.path == draft.path
        and last.end - last.start < 200
        and _is_heading_only(made, last)
    ):
        made.sections[-1] = Section(last.path, last.start, end, section_kind)
    else:
        made.sections.append(Section(draft.path, start, end, section_kind))
    if draft.kind is Kind.NOTE and not draft.level:
        made.notes.append(_note(made, draft, start, end))


def _is_heading_only(made: Assembly, section: Section) -> bool:
    return all(
        b.kind is Kind.HEADING for b in made.blocks if section.start <= b.start < section.end
    )


def _note(made: Assembly, draft: Draft, start: int, end: int) -> Note:
    j = next(k for k, d in enumerate(made.note_drafts) if d is draft)
    mark = next((m for m, mark in enumerate(made.marks) if mark.note == j), None)
    reason = "" if mark is not None else f"no mark {draft.number} was found in the body"
    section = _section_of_note(made, j)
    return Note(draft.number or "", start, end, section, mark, None, reason)


def _section_of_note(made: Assembly, j: int) -> tuple[str, ...]:
    """Give the section of a note's mark, or of the nearest mark of the same run of notes."""
    draft = made.note_drafts[j]
    near = [
        (abs(pair.note - j), made.drafts[made.candidates[pair.candidate].draft].path)
        for pair in made.pairs
        if pair.note is not None and pair.candidate is not None
        if made.note_drafts[pair.note].group == draft.group
    ]
    return min(near, key=lambda found: found[0])[1] if near else draft.path


def _close_blocks(made: Assembly) -> None:
    """Drop the line break behind the last block."""
    if made.writer.last == "\n":
        made.writer.parts.pop()
        made.writer.length -= 1
        if made.writer.runs and made.writer.runs[-1][0] >= made.writer.length:
            made.writer.runs.pop()
