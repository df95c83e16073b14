"""Puts an answer together: what is quoted, where the books differ, and what has no answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.document import DocumentId
from index.documents import DocumentStore
from rag.answering import AnswerConfig, Sentence
from rag.choosing import Score, choose_quotations, choose_with_notes
from rag.choosing_for_sides import choose_for_sides
from rag.citation import Quotation
from rag.conflicts import (
    Account,
    Encode,
    Verdict,
    compare_figures,
    compare_judgements,
    on_one_matter,
    sides_that_differ,
)
from rag.question import Query, Wanted
from rag.ranking import Ranking
from rag.sides import Side

_LONGEST_MATTER = 120


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be said, before it is checked against the files."""

    quotations: tuple[Quotation, ...]
    differing: tuple[tuple[int, int], ...] = ()
    """Pairs of places among the quotations that contradict each other."""
    agreeing: tuple[int, ...] = ()
    """Places of quotations that say the same as the first, and need not be read."""
    missing: tuple[tuple[DocumentId, ...], ...] = ()
    """Those who were asked and say nothing on the matter."""
    unheard: tuple[str, ...] = ()
    """Parts of the question that the library has never heard of."""


@dataclass(frozen=True, slots=True)
class Composer:
    """Puts answers together over one library."""

    documents: DocumentStore
    score: Score
    encode: Encode
    answerable: Callable[[Query, Ranking, Sequence[Sentence]], float]
    """Gives the log odds that some passages answer a question."""

    def compose(
        self,
        query: Query,
        ranking: Ranking,
        sentences: Sequence[Sentence],
        config: AnswerConfig,
    ) -> Draft:
        """Choose what to quote for a question put to the whole library, or to one author."""
        sentences = _of_the_one_named(query, ranking, sentences)
        if query.wanted is Wanted.NOTE:
            chosen = choose_with_notes(query, ranking, sentences, self.documents, config)
            return Draft(tuple(chosen))
        chosen = choose_quotations(query, ranking, sentences, config)
        other = self._other_account(query, ranking, sentences, chosen, config)
        if other is None:
            return Draft(tuple(chosen))
        quotation, verdict = other
        place = next((i for i, one in enumerate(chosen) if _holds(one, quotation)), len(chosen))
        quotations = (*chosen, quotation)[: max(len(chosen), place + 1)]
        if verdict is Verdict.DIFFER:
            return Draft(quotations, differing=((0, place),))
        return Draft(quotations, agreeing=(place,) if place == len(chosen) else ())

    def compose_sides(self, query: Query, sides: Sequence[Side], config: AnswerConfig) -> Draft:
        """Choose what to quote of each side of a comparison that has something to say."""
        scored = [(side, self.score(side.query, side.ranking)) for side in sides]
        heard = [
            (side, sentences)
            for side, sentences in scored
            if self.answerable(side.query, side.ranking, sentences) >= config.side_odds
        ]
        chosen = choose_for_sides(heard, config)
        matter = query.searched
        accounts = [self._account(quotation) for quotation in chosen]

        def verdict(first: Account, second: Account) -> Verdict:
            found = compare_judgements(query, matter, first, second, self.encode)
            return compare_figures(query, first, second) if found is Verdict.UNKNOWN else found

        quoted = {quotation.document for quotation in chosen}
        return Draft(
            tuple(chosen),
            differing=tuple(sides_that_differ(accounts, verdict)),
            missing=tuple(group for group in query.named if not quoted.intersection(group)),
        )

    def _account(self, quotation: Quotation) -> Account:
        document = self.documents.document(quotation.document)
        core = quotation.core or (quotation.start, quotation.end)
        return Account(
            document.text_slice(*core), document.text_slice(quotation.start, quotation.end)
        )

    def _other_account(
        self,
        query: Query,
        ranking: Ranking,
        sentences: Sequence[Sentence],
        chosen: Sequence[Quotation],
        config: AnswerConfig,
    ) -> tuple[Quotation, Verdict] | None:
        """Find what another document says of the same figure or date, where it was not asked."""
        if not chosen or query.named or query.wanted not in (Wanted.NUMBER, Wanted.DATE):
            return None
        first, account = chosen[0], self._account(chosen[0])
        for sentence in sorted(sentences, key=lambda s: -s.odds):
            passage = ranking.passages[sentence.passage]
            if sentence.odds < first.score + config.conflict_odds:
                return None
            if passage.document == first.document:
                continue
            quotation = Quotation(passage.document, *sentence.span, sentence.odds, sentence.span)
            other = self._account(quotation)
            verdict = compare_figures(query, account, other, asked_for=False)
            if verdict is not Verdict.UNKNOWN and on_one_matter(account, other, self.encode):
                return quotation, verdict
        return None


def _of_the_one_named(
    query: Query, ranking: Ranking, sentences: Sequence[Sentence]
) -> Sequence[Sentence]:
    """Leave out what others say where one author is asked, unless that one says nothing."""
    if len(query.named) != 1:
        return sentences
    named = query.named_documents
    own = [one for one in sentences if ranking.passages[one.passage].document in named]
    return own or sentences


def _holds(quotation: Quotation, other: Quotation) -> bool:
    same = quotation.document == other.document
    return same and quotation.start <= other.start and other.end <= quotation.end


def in_short(matter: str) -> str:
    """Give the matter of a question as a heading, cut where it is long."""
    if len(matter) > _LONGEST_MATTER:
        matter = matter[:_LONGEST_MATTER].rsplit(" ", 1)[0] + " …"
    return f"“{matter}”"
