"""Puts the drafts of a file together: clean text, the map back to the file, marks and notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from corpus.chapters import infer_chapters
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
from corpus.flow import Flow, Writer, flow_of
from corpus.layout import Draft
from corpus.marks import Candidate, Pair
from corpus.pairing import Pairing, pair_marks
from corpus.source_map import SourceMap

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
    mark_of: dict[int, int] = field(default_factory=dict)
    """The mark that points to each note that has one."""
    text: str = ""
    """The clean text, once all of it is written."""
    body_end: int = 0
    pairing: Pairing = field(default_factory=Pairing)

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
    _drop_empty_notes(drafts, source)
    made.pairing = pair_marks(drafts, source)
    infer_chapters(drafts, made.pairing)
    apparatus = _apparatus(drafts, first_note)
    for i, draft in enumerate(drafts):
        if not draft.dropped and i not in apparatus:
            _write(made, i)
    made.body_end = max(0, made.writer.length - 1) if apparatus else made.writer.length
    for i in sorted(apparatus):
        _write(made, i)
    made.text = made.writer.finish()
    return made


def _drop_empty_notes(drafts: Sequence[Draft], source: str) -> None:
    """Drop notes of which nothing is left but signs, so that every note has a text."""
    for draft in drafts:
        if draft.kind is not Kind.NOTE or draft.dropped or draft.level:
            continue
        flow = flow_of(draft, source)
        left = position = 0
        for low, high, _ in _cuts(draft, flow, ()):
            left += bool(flow.text[position:low].strip())
            position = max(position, high)
        if not left and not flow.text[position:].strip():
            draft.dropped = "a note number without a note"


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


def _write(made: Assembly, i: int) -> None:
    draft = made.drafts[i]
    # Laid out anew where it is needed: all of them together would be the whole file once more.
    flow = flow_of(draft, made.source)
    marks = made.pairing.in_draft(i)
    start = made.writer.length
    position = 0
    for low, high, pair in _cuts(draft, flow, marks):
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
    draft: Draft, flow: Flow, marks: Sequence[tuple[Candidate, Pair]]
) -> list[tuple[int, int, Pair | None]]:
    """Give what is left out of a draft, in order: marks, emphasis, tags, line-break hyphens."""
    text = flow.text
    cuts: list[tuple[int, int, Pair | None]] = [(c.start, c.end, pair) for c, pair in marks]
    inside = [(low, high) for low, high, _ in cuts]
    for pattern in _EMPHASIS:
        for match in pattern.finditer(text):
            cuts += [(*match.span(1), None), (*match.span(2), None)]
    cuts += [(*m.span(), None) for m in _INVISIBLE.finditer(text)]
    cuts += [(*m.span(), None) for m in _LINE_HYPHEN.finditer(text) if not _is_compound(m, text)]
    if draft.level:
        cuts += [(*m.span(), None) for m in _HEADING_SIGNS.finditer(text)]
    if draft.listed and (bullet := re.match(r"[-*•+]\s+", text)):
        cuts.append((*bullet.span(), None))
    kept = [c for c in cuts if c[2] or not any(low <= c[0] < high for low, high in inside)]
    return sorted(kept, key=lambda cut: (cut[0], cut[1]))


def _is_compound(match: re.Match[str], text: str) -> bool:
    """Whether a hyphen at a line's end belongs to a word that is written with it elsewhere."""
    left = re.search(r"[^\W\d_]+$", text[: match.start()])
    right = re.match(r"[^\W\d_]+", text[match.end() :])
    if left is None or right is None:
        return True
    return right.group()[0].isupper() or f"{left.group()}-{right.group()}" in text


def _add_mark(made: Assembly, pair: Pair, flow: Flow) -> None:
    assert pair.candidate is not None
    candidate = made.pairing.candidates[pair.candidate]
    length = len(flow.text[candidate.start : candidate.end].lstrip())
    first = flow.source(candidate.end - length)
    # The mark belongs to what stands before it, so a space before it does not count.
    offset = made.writer.length - (made.writer.last == " ")
    status, reason = _standing(made, pair)
    number = candidate.number if pair.note is None else made.pairing.notes[pair.note].number
    if pair.note is not None:
        made.mark_of[pair.note] = len(made.marks)
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
    candidate = made.pairing.candidates[pair.candidate]
    if pair.note is None:
        return MarkStatus.UNMATCHED, f"no note {candidate.number} stands where the order expects it"
    number = made.pairing.notes[pair.note].number
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
    blocks = takewhile(lambda block: block.start >= section.start, reversed(made.blocks))
    return all(block.kind is Kind.HEADING for block in blocks if block.start < section.end)


def _note(made: Assembly, draft: Draft, start: int, end: int) -> Note:
    j = len(made.notes)
    mark = made.mark_of.get(j)
    reason = "" if mark is not None else f"no mark {draft.number} was found in the body"
    section = _section_of_note(made, j)
    return Note(draft.number or "", start, end, section, mark, None, reason)


def _section_of_note(made: Assembly, j: int) -> tuple[str, ...]:
    """Give the section of a note's mark, or of the nearest mark of the same run of notes."""
    draft = made.pairing.notes[j]
    nearest = made.pairing.nearest_mark(j)
    return made.drafts[nearest.draft].path if nearest is not None else draft.path
