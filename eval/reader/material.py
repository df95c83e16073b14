"""What a reader learns from: questions with passages of which the answering sentences are known.

There are answered questions, and there are pairs. The twin of a pair is answered; its double has
nearly the same words, looks as if the same sentences answered it, and nothing does: they say less
than it asks, or it takes for granted what they deny. From answered questions a reader learns which
of many sentences answers; from pairs, when none does.

Some documents may be kept out of training, with all questions about them and all their passages,
so that what was learnt can be measured.

Source:
    Rajpurkar, Jia and Liang, "Know What You Don't Know: Unanswerable Questions for SQuAD", ACL
    2018, for questions that look answerable and are not; Gardner et al., "Evaluating Models' Local
    Decision Boundaries via Contrast Sets", Findings of EMNLP 2020, for pairs that hardly differ.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from eval.errors import CaseFileError, Fault
from eval.fitting.asking import Asked, KnownLibrary, ask_all
from eval.fitting.examples import Example, load_questions
from eval.reader.errors import UnknownDocument
from index.document_tables import StoredPassage

PASSAGES = 8
"""So many of the first that the library finds are looked at for each question."""

ExamplePair = tuple[Example, Example]
"""A twin and its double."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was found for a question."""

    document: str
    """Its file."""
    sentences: tuple[str, ...]
    right: tuple[bool, ...]
    """Of each sentence, whether it answers the question."""

    @property
    def answers(self) -> bool:
        """Whether one of its sentences does."""
        return any(self.right)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question that is answered, and what the library finds for it."""

    question: str
    passages: tuple[Passage, ...]
    """The best ranked first; at least one answers."""

    @property
    def answering(self) -> tuple[Passage, ...]:
        """Give the passages that answer."""
        return tuple(passage for passage in self.passages if passage.answers)

    @property
    def mistaken(self) -> tuple[Passage, ...]:
        """Give the passages that only seem to."""
        return tuple(passage for passage in self.passages if not passage.answers)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions that hardly differ."""

    twin: Lesson
    double: str
    """The question that nothing answers."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn, or to be examined on."""

    answered: tuple[Lesson, ...]
    pairs: tuple[Pair, ...]

    def __len__(self) -> int:
        """Count the lessons."""
        return len(self.answered) + len(self.pairs)

    @property
    def documents(self) -> tuple[str, ...]:
        """Name the documents whose passages are shown, for a question or against it."""
        shown = [*self.answered, *(pair.twin for pair in self.pairs)]
        return tuple(sorted({passage.document for one in shown for passage in one.passages}))


@dataclass(frozen=True, slots=True)
class Material:
    """Lessons to learn from, and lessons to be examined on."""

    training: Lessons
    kept_out: Lessons
    """About the documents that are kept out."""


def load_pairs(twins: Path, doubles: Path) -> list[ExamplePair]:
    """Read pairs from two files: a twin, and on the same line of the other file its double.

    Raises:
        CaseFileError: If a line is no question, or two lines make no pair.
    """
    answered, missed = load_questions(twins), load_questions(doubles)
    faults = [*_misplaced(twins, answered, right=True), *_misplaced(doubles, missed, right=False)]
    pairs: list[ExamplePair] = []
    for number, (twin, double) in enumerate(zip_longest(answered, missed), start=1):
        if twin is not None and double is not None and twin.documents == double.documents:
            pairs.append((twin, double))
        else:
            wanted = f"a question on the document of its twin in {twins}"
            faults.append(Fault(doubles, number, f"found no double, expected {wanted}"))
    if faults:
        # The first alone: behind a line that is missing or misplaced, all others look wrong too.
        raise CaseFileError(faults[:1])
    return pairs


def _misplaced(path: Path, examples: Sequence[Example], *, right: bool) -> Iterator[Fault]:
    """Find out whether some questions are answered and others are not, on whatever line."""
    if any(bool(example.groups) is not right for example in examples):
        kinds = ("a question that nothing answers", "a question that is answered")
        found, wanted = kinds if right else reversed(kinds)
        yield Fault(path, 0, f"found {found}, expected {wanted} on every line")


def gather(
    library: KnownLibrary,
    answered: Sequence[Example],
    pairs: Sequence[ExamplePair],
    *,
    without: Collection[str] = (),
    done: Callable[[], None] = lambda: None,
) -> Material:
    """Make lessons of written questions.

    Questions are left out that the library has no document for, and those of which no sentence
    that answers stands in the first passages.

    Args:
        library: What is asked.
        answered: Questions with the sentences that answer.
        pairs: Such questions with their doubles.
        without: Files that are kept out of training.
        done: Called after each question and each pair.

    Raises:
        UnknownDocument: If a file that is to be kept out is not in the library.
    """
    desk = _Desk(library, frozenset(without))
    lessons: dict[bool, list[Lesson]] = {True: [], False: []}
    twins: dict[bool, list[Pair]] = {True: [], False: []}
    for example in answered:
        lessons[desk.keeps_out(example)] += desk.lessons(example)
        done()
    for twin, double in pairs:
        twins[desk.keeps_out(twin)] += desk.pairs(twin, double)
        done()
    training, kept_out = (Lessons(tuple(lessons[out]), tuple(twins[out])) for out in (False, True))
    return Material(training, kept_out)


class _Desk:
    """Puts questions to a library and notes what comes back."""

    def __init__(self, library: KnownLibrary, without: frozenset[str]) -> None:
        self._library = library
        self._without = without
        catalogue = library.assistant.index.documents.catalogue()
        self._files = {entry.id: entry.file for entry in catalogue}
        self._sentences: dict[int, tuple[str, ...]] = {}
        known = set(self._files.values())
        if not without <= known:
            raise UnknownDocument(sorted(without - known), sorted(known))

    def keeps_out(self, example: Example) -> bool:
        """Whether a question is about a document that is kept out."""
        return not self._without.isdisjoint(example.documents)

    def lessons(self, example: Example) -> Iterator[Lesson]:
        """Make a lesson of a question, if it can be one."""
        # One at a time: what is found for thousands of questions would not fit in memory.
        for asked in ask_all([self._library], [example]):
            passages = tuple(self._passage(one, example) for one in self._first(asked))
            # As it is searched for: so the reader gets to see it.
            lesson = Lesson(asked.query.searched, passages)
            if lesson.answering:
                yield lesson

    def pairs(self, twin: Example, double: Example) -> Iterator[Pair]:
        """Make a pair of a twin and its double, if the twin can be a lesson."""
        for lesson in self.lessons(twin):
            understood = self._library.assistant.understand(double.question, double.history)
            yield Pair(lesson, understood.searched)

    def _first(self, asked: Asked) -> Sequence[StoredPassage]:
        """Give the first passages; for a question to learn from, none that is kept out."""
        barred = frozenset() if self.keeps_out(asked.example) else self._without
        found = asked.ranking.passages
        return [one for one in found if self._files[one.document] not in barred][:PASSAGES]

    def _passage(self, passage: StoredPassage, example: Example) -> Passage:
        places = self._library.places
        return Passage(
            self._files[passage.document],
            self._texts(passage),
            tuple(
                places.lies_within(passage.document, sentence, example.answers)
                for sentence in passage.sentences
            ),
        )

    def _texts(self, passage: StoredPassage) -> tuple[str, ...]:
        """Give a passage's sentences, each text once however many questions find it."""
        if passage.row not in self._sentences:
            self._sentences[passage.row] = tuple(
                passage.text[span.start - passage.start : span.end - passage.start]
                for span in passage.sentences
            )
        return self._sentences[passage.row]
