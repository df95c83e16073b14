"""Finds the notes that a page links to their marks, and writes both as Markdown has them.

A mark is a link whose words are a number, a letter or a star. What it leads to is a note where the
page says so, where a link leads back, or where it opens with the same label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4.element import NavigableString, Tag

_LABEL = re.compile(r"[\[(]?\^?(?P<label>\d{1,4}|[ivxl]{1,6}|[a-z]{1,2}|[*†‡§¶]{1,3})[\])]?")
_BACK_SIGNS = re.compile(r"[\s↑↩↵⏎⮐^←«\ufe0e\ufe0f\[\]()]*(?:back|return)?[\s.]*", re.IGNORECASE)
_MARK_TYPES = frozenset({"noteref", "doc-noteref", "annoref"})
_NOTE_TYPES = frozenset(
    {"footnote", "endnote", "rearnote", "note", "doc-footnote", "doc-endnote", "annotation"}
)
_ITEMS = ("li", "dd", "tr", "aside")
_BLOCKS = ("p", "div", "section", "td", "blockquote")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "nav")
_LISTS = ("ol", "ul", "dl", "table")
_BREAKS = (*_ITEMS, *_BLOCKS, *_LISTS, "br", "dt", "pre")
# What is longer than that is a chapter, whatever leads there.
_LONGEST_NOTE = 20_000
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Linked:
    """A mark and the block that it leads to."""

    mark: Tag
    label: str
    block: Tag


def link_notes(body: Tag) -> int:
    """Write marks as ``[^1]``, and notes as paragraphs that open with ``[^1]:``.

    Args:
        body: The page; changed in place. Links within it are ``#`` and the target's id.

    Returns:
        How many notes were found.
    """
    linked = _find(body)
    first: dict[int, _Linked] = {}
    for found in linked:
        first.setdefault(id(found.block), found)
    texts = {id(found.block): _note_text(found, linked) for found in first.values()}
    for found in first.values():
        if texts[id(found.block)]:
            _take_out(found)
    last: dict[int, Tag] = {}
    for found in linked:
        text = texts[id(found.block)]
        if not text:
            continue
        label = first[id(found.block)].label
        above = _paragraph_of(found.mark)
        _whole_mark(found).replace_with(NavigableString(f"[^{label}]"))
        if first[id(found.block)] is found:
            # Below the paragraph of its mark, so that labels that come again keep their order.
            note = Tag(name="p")
            note.append(NavigableString(f"[^{label}]: {text}"))
            last.get(id(above), above).insert_after(note)
            last[id(above)] = note
    return len(first)


def _find(body: Tag) -> list[_Linked]:
    targets = {str(tag.get("id") or tag.get("name")): tag for tag in _targets(body)}
    linked: list[_Linked] = []
    claimed: set[int] = set()
    for link in body.find_all("a", href=True):
        label = _LABEL.fullmatch(link.get_text().strip())
        target = targets.get(str(link["href"]).removeprefix("#"))
        if label is None or target is None or not str(link["href"]).startswith("#"):
            continue
        # The link back from a note looks like a mark; the note has been found before it.
        if any(id(parent) in claimed for parent in link.parents):
            continue
        block = _block_of(target)
        if block is not None and _is_note(block, link, label["label"]):
            linked.append(_Linked(link, label["label"], block))
            claimed.add(id(block))
    return linked


def _targets(body: Tag) -> Iterator[Tag]:
    yield from body.find_all("a", attrs={"name": True})
    yield from body.find_all(id=True)


def _block_of(target: Tag) -> Tag | None:
    """Give the item or paragraph that a link leads to, None where it leads to a chapter."""
    around = [target, *target.parents]
    explicit = next((tag for tag in around if _types(tag) & _NOTE_TYPES), None)
    item = next((tag for tag in around if tag.name in _ITEMS), None)
    block = explicit or item or next((tag for tag in around if tag.name in _BLOCKS), None)
    if block is None or block.find(_HEADINGS) or any(t.name in _HEADINGS for t in around):
        return None
    return block if len(block.get_text()) < _LONGEST_NOTE else None


def _types(tag: Tag) -> frozenset[str]:
    return frozenset(f"{tag.get('epub:type') or ''} {tag.get('role') or ''}".split())


def _is_note(block: Tag, link: Tag, label: str) -> bool:
    if any(parent is block for parent in link.parents):
        return False
    if _types(block) & _NOTE_TYPES or _types(link) & _MARK_TYPES:
        return True
    raised = link.find_parent("sup") is not None or link.find("sup") is not None
    opens_alike = re.match(rf"[\[(]?\^?{re.escape(label)}\b", block.get_text(" ").strip())
    return bool(_links_back(block, link)) or bool(opens_alike) or (raised and block.name == "li")


def _links_back(block: Tag, link: Tag) -> list[Tag]:
    """Give the links of a note that lead to its mark, or to what is around or within it."""
    near = [link, *link.find_all(True)]
    for parent in link.parents:
        near.append(parent)
        if parent.name in (*_ITEMS, *_BLOCKS):
            break
    names = {f"#{tag.get(key)}" for tag in near for key in ("id", "name") if tag.get(key)}
    return [a for a in block.find_all("a", href=True) if a["href"] in names]


def _whole_mark(found: _Linked) -> Tag:
    """Give the link, or what raises it and holds nothing else."""
    tag = found.mark
    while tag.parent is not None and tag.parent.name in ("sup", "span", "small"):
        if _LABEL.fullmatch(tag.parent.get_text().strip()) is None:
            break
        tag = tag.parent
    return tag


def _note_text(found: _Linked, linked: Sequence[_Linked]) -> str:
    """Give a note's words on one line, without its label and the links back."""
    marks = [other.mark for other in linked if other.block is found.block]
    for back in [a for mark in marks for a in _links_back(found.block, mark)]:
        if _BACK_SIGNS.fullmatch(back.get_text()) or _LABEL.fullmatch(back.get_text().strip()):
            back.decompose()
    for tag in found.block.find_all(_BREAKS):
        tag.insert_before(" ")
        tag.insert_after(" ")
    text = _SPACE.sub(" ", found.block.get_text()).strip()
    return re.sub(rf"^[\[(]?\^?{re.escape(found.label)}(?:[\]).:]+\s*|\s+)", "", text)


def _paragraph_of(mark: Tag) -> Tag:
    """Give the outermost list, or the paragraph or heading, that a mark stands in."""
    lists = mark.find_parents(_LISTS)
    block = mark.find_parent([*_BLOCKS, *_HEADINGS])
    return lists[-1] if lists else block or mark


def _take_out(found: _Linked) -> None:
    """Take a note from its place, with the list that holds nothing else."""
    lists = found.block.find_parents(_LISTS)
    found.block.extract()
    if lists and not lists[-1].get_text().strip():
        lists[-1].extract()
