"""Chooses what to quote: the sentences that answer, with the neighbours they need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import Kind, Span
from corpus.folding import fold
from index.arrays import Floats
from index.document_tables import StoredPassage
from index.documents import DocumentStore
from rag.citation import Quotation
from rag.features import holds_date, holds_number
from rag.question import Query, Wanted
from rag.ranking import Ranking
from rag.weights import LogisticModel

SENTENCE_FEATURES = (
    "passage_score",
    "passage_rank",
    "maxsim",
    "maxsim_lead",
    "maxsim_before",
    "maxsim_after",
    "weakest_token",
    "new_tokens",
    "number_wanted",
    "date_wanted",
    "name_wanted",
    "cause_wanted",
    "years",
    "names",
    "leans_back",
    "opens_passage",
    "note",
    "note_asked",
    "marked_note_asked",
    "length",
)
"""What a sentence is described by, in the order of the columns."""

_LEANS_BACK = re.compile(
    r"(?:he|she|it|they|this|these|those|that|such|his|her|its|their|but|yet|however|thus|hence"
    r"|here|there|then|so|the latter|the former|both|neither)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|since|owing to|due to|in order to|therefore|for this reason|so that|caused"
    r"|result(?:ed|ing)? (?:of|from|in)|led to|fear(?:ed|ing)?|hoped|thanks to)\b",
    re.IGNORECASE,
)
# A note that says something of its own is longer than a title with a page.
_FEWEST_NOTE_WORDS = 14
_INNER_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]{2,}")


@dataclass(frozen=True, slots=True)
class AnswerConfig:
    """How much is quoted."""

    passages: int = 8
    """How many of the best passages are looked into."""
    quotations: int = 3
    words: int = 150
    """The most words all quotations may have together."""
    neighbour_odds: float = -4.0
    """A sentence next to a chosen one is taken along if its log odds reach this."""
    further_odds: float = -0.8
    """A second or third quotation needs log odds no lower than the first one's plus this."""
    longest_quotation: int = 4
    """The most sentences of one quotation."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a ranked passage."""

    span: Span
    passage: int
    """Place of its passage in the ranking."""
    odds: float
    """Log odds that it answers."""


def sentence_features(query: Query, ranking: Ranking, passages: int) -> Floats:
    """Describe the sentences of the best passages.

    Args:
        query: The question.
        ranking: Its passages, best first.
        passages: How many of them to look into.

    Returns:
        (s, f) float32, sentence after sentence, columns as ``SENTENCE_FEATURES`` names them.
    """
    rows = [
        row
        for rank, passage in enumerate(ranking.passages[:passages])
        for row in _describe(query, ranking, rank, passage)
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(SENTENCE_FEATURES))


def _describe(
    query: Query, ranking: Ranking, rank: int, passage: StoredPassage
) -> Iterator[list[float]]:
    similarity = ranking.match.of(int(ranking.places[rank]))
    weights = ranking.match.weights
    scores = weights @ similarity
    weighty = weights >= np.median(weights)
    asks_note = query.wanted is Wanted.NOTE
    for i, span in enumerate(passage.sentences):
        text = passage.text[span.start - passage.start : span.end - passage.start]
        others = np.delete(similarity, i, axis=1).max(axis=1, initial=0)
        folded = fold(text)
        is_note = passage.kind is Kind.NOTE
        yield [
            float(ranking.scores[rank]),
            1 / (1 + rank),
            float(scores[i]),
            float(scores[i] - scores.max()),
            float(scores[i - 1]) if i else 0.0,
            float(scores[i + 1]) if i + 1 < len(scores) else 0.0,
            float(similarity[weighty, i].min(initial=0)),
            float(weights @ np.maximum(similarity[:, i] - others, 0)),
            float(query.wanted is Wanted.NUMBER and holds_number(text)),
            float(query.wanted is Wanted.DATE and holds_date(text)),
            float(query.wanted in (Wanted.PERSON, Wanted.PLACE) and bool(_INNER_NAME.search(text))),
            float(query.wanted is Wanted.CAUSE and bool(_CAUSE.search(text))),
            _share([str(year) for year in query.years], folded),
            _share(query.names, folded),
            float(bool(_LEANS_BACK.match(text))),
            float(i == 0),
            float(is_note and not asks_note),
            float(is_note and asks_note),
            float(not is_note and asks_note and bool(passage.notes)),
            float(np.log(max(len(text), 1) / 150)),
        ]


def _share(words: Sequence[str], text: str) -> float:
    return sum(word in text for word in words) / len(words) if words else 0.0


def score_sentences(
    query: Query, ranking: Ranking, model: LogisticModel, config: AnswerConfig
) -> list[Sentence]:
    """Give every sentence of the best passages with its log odds, in the order of the passages."""
    odds = model.scores(sentence_features(query, ranking, config.passages))
    places = [
        (span, rank)
        for rank, passage in enumerate(ranking.passages[: config.passages])
        for span in passage.sentences
    ]
    return [Sentence(span, rank, float(o)) for (span, rank), o in zip(places, odds, strict=True)]


def choose_quotations(
    query: Query,
    ranking: Ranking,
    sentences: Sequence[Sentence],
    documents: DocumentStore,
    config: AnswerConfig,
) -> list[Quotation]:
    """Choose what to quote.

    The best sentence comes first, with the neighbours it needs. Others follow while they are
    nearly as likely to answer and words are left; a question that compares gets one of each side,
    and one about a note gets the note.

    Returns:
        Quotations, best first, that do not overlap.
    """
    if not sentences:
        return []
    chosen: list[Quotation] = []
    budget = config.words
    for sentence in _in_order(query, ranking, sentences):
        if len(chosen) >= max(config.quotations, len(query.named)):
            break
        if not _is_worth_quoting(query, ranking, sentence, chosen, config):
            continue
        quotation = _quotation_around(ranking, sentences, sentence, config, budget)
        if quotation is None or any(_overlap(quotation, other) for other in chosen):
            continue
        chosen.append(quotation)
        budget -= _words(ranking, sentence, quotation)
        if query.wanted is Wanted.NOTE:
            notes = _notes_of(documents, quotation, budget)
            chosen += [note for note in notes if not any(_overlap(note, c) for c in chosen)]
            budget -= sum((note.end - note.start) // 6 for note in notes)
    return chosen


def _in_order(query: Query, ranking: Ranking, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Give sentences best first; for a comparison the best of each author before all others."""
    ordered = sorted(sentences, key=lambda sentence: -sentence.odds)
    if not query.compares:
        return ordered
    heads = []
    for group in query.named:
        of_group = [s for s in ordered if ranking.passages[s.passage].document in group]
        heads += of_group[:1]
    return heads + [s for s in ordered if s not in heads]


def _is_worth_quoting(
    query: Query,
    ranking: Ranking,
    sentence: Sentence,
    chosen: Sequence[Quotation],
    config: AnswerConfig,
) -> bool:
    if _is_bare_reference(query, ranking, sentence):
        return False
    if not chosen:
        return True
    document = ranking.passages[sentence.passage].document
    quoted = {quotation.document for quotation in chosen}
    side = next((group for group in query.named if document in group), None)
    if query.compares and side is not None and not quoted.intersection(side):
        return True
    return sentence.odds >= chosen[0].score + config.further_odds


def _is_bare_reference(query: Query, ranking: Ranking, sentence: Sentence) -> bool:
    """Whether a sentence is a note that only names a source, where no source is asked for."""
    is_note = ranking.passages[sentence.passage].kind is Kind.NOTE
    words = len(_text(ranking.passages[sentence.passage], sentence).split())
    return is_note and query.wanted is not Wanted.NOTE and words < _FEWEST_NOTE_WORDS


def _quotation_around(
    ranking: Ranking,
    sentences: Sequence[Sentence],
    best: Sentence,
    config: AnswerConfig,
    budget: int,
) -> Quotation | None:
    """Take in the neighbours of a sentence that answer too, or that it leans on."""
    passage = ranking.passages[best.passage]
    own = [s for s in sentences if s.passage == best.passage]
    low = high = next(i for i, s in enumerate(own) if s.span == best.span)
    if _count_words(passage, own[low].span.start, own[high].span.end) > budget:
        return None
    while high - low + 1 < config.longest_quotation:
        options = [i for i in (low - 1, high + 1) if 0 <= i < len(own)]
        wanted = [i for i in options if _belongs_along(passage, own, i, low, config)]
        fitting = [
            i
            for i in wanted
            if _count_words(passage, own[min(i, low)].span.start, own[max(i, high)].span.end)
            <= budget
        ]
        if not fitting:
            break
        take = max(fitting, key=lambda i: own[i].odds)
        low, high = min(low, take), max(high, take)
    return Quotation(passage.document, own[low].span.start, own[high].span.end, best.odds)


def _belongs_along(
    passage: StoredPassage, own: Sequence[Sentence], i: int, low: int, config: AnswerConfig
) -> bool:
    """Whether the sentence before or after is worth quoting with what is chosen."""
    first, second = (own[i], own[low]) if i < low else (own[i - 1], own[i])
    if _new_paragraph(passage, first, second):
        return False
    if own[i].odds >= config.neighbour_odds:
        return True
    return i == low - 1 and bool(_LEANS_BACK.match(_text(passage, own[low])))


def _new_paragraph(passage: StoredPassage, first: Sentence, second: Sentence) -> bool:
    """Whether a paragraph ends between two sentences, other than to introduce a quotation."""
    gap = passage.text[first.span.end - passage.start : second.span.start - passage.start]
    return "\n" in gap and not _text(passage, first).endswith(":")


def _text(passage: StoredPassage, sentence: Sentence) -> str:
    return passage.text[sentence.span.start - passage.start : sentence.span.end - passage.start]


def _count_words(passage: StoredPassage, start: int, end: int) -> int:
    return len(passage.text[start - passage.start : end - passage.start].split())


def _words(ranking: Ranking, sentence: Sentence, quotation: Quotation) -> int:
    return _count_words(ranking.passages[sentence.passage], quotation.start, quotation.end)


def _overlap(first: Quotation, second: Quotation) -> bool:
    same = first.document == second.document
    return same and first.start < second.end and second.start < first.end


def _notes_of(documents: DocumentStore, quotation: Quotation, budget: int) -> list[Quotation]:
    """Give the notes that hang on a quotation; for a note, the sentence that carries its mark."""
    document = documents.document(quotation.document)
    notes, marks = document.notes, document.marks
    found = [
        Quotation(document.id, notes[m.note].start, notes[m.note].end, quotation.score)
        for m in marks
        if m.note is not None and quotation.start < m.offset <= quotation.end
    ]
    fitting = []
    for note in found:
        length = len(document.text_slice(note.start, note.end).split())
        if length <= budget:
            fitting.append(note)
            budget -= length
    return fitting
