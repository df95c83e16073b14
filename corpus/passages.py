"""Cuts a document into passages: whole sentences of one section, each with its notes."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.document import Block, Document, Kind, Passage, PassageId, Section, Span, page_at
from corpus.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class PassageConfig:
    """How long passages are.

    A passage ends with the sentence that brings it to ``target_chars`` and never passes
    ``max_chars`` unless one sentence alone does.
    """

    target_chars: int = 700
    max_chars: int = 1100
    min_chars: int = 250
    """A shorter rest at the end of a section goes to the passage before it."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: Span
    block: int


def split(document: Document, config: PassageConfig | None = None) -> list[Passage]:
    """Cut a document into passages, in the order of its text.

    Every note and every caption is a passage of its own; headings belong to none.

    Args:
        document: As it was read.
        config: How long passages are to be.

    Returns:
        Passages that do not overlap, cross no section and cut no sentence; together they hold
        all of the text but headings.
    """
    config = config or PassageConfig()
    marks = [mark.offset for mark in document.marks]
    note_at = {note.start: i for i, note in enumerate(document.notes)}
    passages: list[Passage] = []
    sections = iter(document.sections)
    section = next(sections, None)
    run: list[Block] = []
    for block in document.blocks:
        while section is not None and block.start >= section.end:
            passages += _cut(document, run, section, config, marks, note_at)
            run, section = [], next(sections, None)
        if block.kind is not Kind.HEADING:
            run.append(block)
        elif section is not None:
            passages += _cut(document, run, section, config, marks, note_at)
            run = []
    if section is not None:
        passages += _cut(document, run, section, config, marks, note_at)
    return passages


def text_to_embed(document: Document, passage: Passage) -> str:
    """Give what is encoded for a passage: its headings, then its text."""
    heading = ". ".join((document.title, *passage.section[-2:]))
    return f"{heading}. {passage.text}" if heading else passage.text


def _cut(
    document: Document,
    blocks: Sequence[Block],
    section: Section,
    config: PassageConfig,
    marks: Sequence[int],
    note_at: dict[int, int],
) -> Iterator[Passage]:
    for group in _groups(document, blocks, config):
        sentences = tuple(sentence.span for sentence in group)
        start, end = sentences[0].start, sentences[-1].end
        kind = blocks[group[0].block].kind
        low, high = bisect_left(marks, start + 1), bisect_left(marks, end + 1)
        notes = [m.note for m in document.marks[low:high] if m.note is not None]
        if kind is Kind.NOTE and start in note_at:
            notes = [note_at[start]]
        text = document.text[start:end]
        yield Passage(
            id=_passage_id(document, start, text),
            document=document.id,
            start=start,
            end=end,
            kind=kind,
            section=section.path if kind is not Kind.NOTE else document.notes[notes[0]].section,
            page=page_at(document.pages, start) if kind is not Kind.NOTE else None,
            text=text,
            sentences=sentences,
            notes=tuple(notes),
        )


def _groups(
    document: Document, blocks: Sequence[Block], config: PassageConfig
) -> Iterator[list[_Sentence]]:
    """Gather sentences until a passage is full, then even out a short rest."""
    group: list[_Sentence] = []
    for i, block in enumerate(blocks):
        alone = block.kind in (Kind.NOTE, Kind.CAPTION)
        changes = bool(group) and blocks[group[-1].block].kind is not block.kind
        if group and (alone or changes):
            yield group
            group = []
        for span in split_sentences(document.text[block.start : block.end], block.start):
            if group and not alone and _is_full(group, span, config, block, i):
                yield group
                group = []
            group.append(_Sentence(span, i))
        if alone and group:
            yield group
            group = []
    if group:
        yield group


def _is_full(
    group: Sequence[_Sentence],
    span: Span,
    config: PassageConfig,
    block: Block,
    i: int,
) -> bool:
    start = group[0].span.start
    if span.end - start > config.max_chars:
        return True
    if group[-1].span.end - start < config.target_chars:
        return False
    # A short rest of the paragraph is better read with what comes before it.
    rest_of_paragraph = block.end - span.start
    return rest_of_paragraph > config.min_chars or group[-1].block != i


def _passage_id(document: Document, start: int, text: str) -> PassageId:
    key = f"{document.sha256}:{start}:{text}"
    return PassageId(hashlib.sha256(key.encode()).hexdigest()[:16])
