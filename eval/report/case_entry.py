"""One case on the page: what was asked, said, expected and found."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from corpus.document import Span
from eval.measures.facts import first_words, is_stated
from eval.report.numbers import number
from eval.result import CaseResult, PassageCheck, QuotationCheck
from eval.scores import ANSWER_WORDS
from rag.answer import Citation, FoundPassage


def case_entry(result: CaseResult) -> str:
    """Write one case as a part that unfolds."""
    case = result.case
    tags = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in (case.kind, case.style))
    return (
        f'<details id="{escape(case.key, quote=True)}"><summary><b>{escape(case.question)}</b> '
        f'<span class="tag">{escape(case.key)}</span>{tags}</summary>'
        f"{_history(result)}{_reply(result)}{_expected(result)}{_passages(result)}</details>"
    )


def marked(text: str, ranges: Sequence[Span]) -> str:
    """Write a text with some of its ranges highlighted."""
    parts, at = [], 0
    for start, end in ranges:
        parts.append(f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>")
        at = end
    return "".join(parts) + escape(text[at:])


def _history(result: CaseResult) -> str:
    turns = "".join(
        f"<p><i>{turn.role}:</i> {escape(turn.content)}</p>" for turn in result.case.history
    )
    understood = result.answer.query if result.answer is not None else ""
    if not turns and understood == result.case.question:
        return ""
    read_as = f"<p><i>understood as:</i> {escape(understood)}</p>" if understood else ""
    return f"<h3>Before it</h3>{turns}{read_as}" if turns else read_as


def _reply(result: CaseResult) -> str:
    if result.error:
        return f'<h3>Answer</h3><p class="no">{escape(result.error)}</p>'
    status = result.status.value.replace("_", " ") if result.status else ""
    told = (
        f'<p class="place">{status}, confidence {number(result.confidence)}, '
        f"{len(result.text.split())} words, {result.seconds * 1000:.0f} ms</p>"
    )
    words = f"<p>{escape(result.text)}</p>" if result.text else ""
    quoted = "".join(_quotation(check) for check in result.quotations)
    nearest = "".join(_quotation(check) for check in result.nearest)
    nearest = f"<h3>Offered as nearest</h3>{nearest}" if nearest else ""
    return f"<h3>Answer</h3>{words}{told}{quoted}{nearest}"


def _quotation(check: QuotationCheck) -> str:
    citation = check.citation
    faults = [] if check.is_verbatim else ["not in the file word for word"]
    faults += [] if check.notes_verbatim else ["a note is not in the file word for word"]
    faults += [f"wrong {fault}" for fault in check.locator_faults]
    warned = f' <b class="no">{escape("; ".join(faults))}</b>' if faults else ""
    notes = "".join(
        f'<p class="note">[^{escape(note.marker)}] {escape(note.text)}</p>'
        for note in citation.footnotes
    )
    return (
        f"<blockquote>[{citation.number}] {marked(citation.quote, check.evidence)}{notes}"
        f'<span class="place">{_place(citation)}{_served(check.groups)}</span>{warned}</blockquote>'
    )


def _place(item: Citation | FoundPassage) -> str:
    page = f"p. {item.page}" if item.page else ""
    parts = [item.document.author or "", item.document.title, *item.section, page]
    return escape(", ".join(part for part in parts if part))


def _served(groups: Sequence[int]) -> str:
    if not groups:
        return ""
    names = ", ".join(str(group + 1) for group in groups)
    return f' · <span class="yes">evidence {names}</span>'


def _expected(result: CaseResult) -> str:
    case = result.case
    said = first_words(result.text, ANSWER_WORDS)
    facts = "".join(_fact(fact, is_stated(fact, said)) for fact in case.facts)
    groups = "".join(
        f"<li>{' <i>or</i> '.join(f'<mark>{escape(words)}</mark>' for words in group)}</li>"
        for group in result.evidence
    )
    evidence = f"<h3>Evidence</h3><ol>{groups}</ol>" if groups else ""
    notes = "".join(
        f'<p class="note">note {escape(note.number)} with {escape("; ".join(note.contains))}</p>'
        for note in case.footnotes
    )
    words = f"<p>{escape(case.answer)}</p>" if case.answer else ""
    return f'<h3>Expected</h3>{words}<ul class="facts">{facts}</ul>{notes}{evidence}'


def _fact(fact: Sequence[str], stated: bool) -> str:
    sign, name = ("✓", "yes") if stated else ("✗", "no")
    return f'<li><span class="{name}">{sign}</span> {escape(" / ".join(fact))}</li>'


def _passages(result: CaseResult) -> str:
    if not result.passages:
        return ""
    entries = "".join(_passage(check) for check in result.passages)
    return (
        f"<details><summary>{len(result.passages)} passages found</summary>"
        f"<ol>{entries}</ol></details>"
    )


def _passage(check: PassageCheck) -> str:
    passage = check.passage
    notes = f", {len(passage.footnotes)} notes" if passage.footnotes else ""
    return (
        f"<li><p>{marked(passage.text, check.evidence)}</p>"
        f'<p class="place">{_place(passage)}{notes} · {number(passage.score)}'
        f"{_served(check.groups)}</p></li>"
    )
