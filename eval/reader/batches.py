"""Which lessons are learnt together, and which passages are shown with them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from eval.reader.material import Lesson, Lessons, Passage

# Wrong passages beside the right one of an answered question, and of the twin of a pair.
_WRONG_BESIDE_ANSWER = 2
_WRONG_BESIDE_TWIN = 1

# A passage is drawn as a wrong one less often by this power of e with every rank that it stands
# lower: those that look most like the answer teach most, but not they alone.
_FALL = 0.5

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Input:
    """A question with a passage, as they are read together."""

    question: str
    sentences: tuple[str, ...]
    right: tuple[bool, ...]
    """Of each sentence, whether it answers the question."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is learnt together; inputs are named by their numbers, counted from 0."""

    inputs: tuple[Input, ...]
    questions: tuple[tuple[int, ...], ...]
    """The inputs of each question that is answered, the one that answers first."""
    pairs: tuple[tuple[int, int], ...]
    """The input of each twin that answers, and that of its double."""


def batches(lessons: Lessons, *, answered: int, pairs: int, seed: int) -> Iterator[Batch]:
    """Put lessons in batches without end, in another order every time that all have come.

    Args:
        lessons: Answered questions and pairs; if there are none of one kind, none are put in.
        answered: How many answered questions a batch has.
        pairs: How many pairs.
        seed: Decides the order, and which passages are shown.
    """
    chance = random.Random(seed)
    singles, doubles = _stream(lessons.answered, chance), _stream(lessons.pairs, chance)
    while True:
        sheet = _Sheet(chance)
        for lesson in islice(singles, answered):
            sheet.ask(lesson, wrong=_WRONG_BESIDE_ANSWER)
        for pair in islice(doubles, pairs):
            right = sheet.ask(pair.twin, wrong=_WRONG_BESIDE_TWIN)
            sheet.miss(pair.double, right)
        yield sheet.batch()


def _stream(items: Sequence[T], chance: random.Random) -> Iterator[T]:
    while items:
        yield from chance.sample(items, len(items))


@dataclass
class _Sheet:
    """A batch that is being written."""

    chance: random.Random
    inputs: list[Input] = field(default_factory=list)
    questions: list[tuple[int, ...]] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)

    def ask(self, lesson: Lesson, *, wrong: int) -> Passage:
        """Put in a question with a passage that answers, which is given back, and wrong ones."""
        right = self.chance.choice(lesson.answering)
        shown = [right, *_draw(lesson.mistaken, wrong, self.chance)]
        first = len(self.inputs)
        self.inputs += [Input(lesson.question, one.sentences, one.right) for one in shown]
        self.questions.append(tuple(range(first, len(self.inputs))))
        return right

    def miss(self, double: str, passage: Passage) -> None:
        """Put in the double of the question that was put in last, with the same passage."""
        nothing = (False,) * len(passage.sentences)
        self.inputs.append(Input(double, passage.sentences, nothing))
        self.pairs.append((self.questions[-1][0], len(self.inputs) - 1))

    def batch(self) -> Batch:
        """Give the batch."""
        return Batch(tuple(self.inputs), tuple(self.questions), tuple(self.pairs))


def _draw(ranked: Sequence[Passage], count: int, chance: random.Random) -> list[Passage]:
    """Draw passages, with a chance that falls exponentially with the rank."""
    left = list(ranked)
    drawn: list[Passage] = []
    while left and len(drawn) < count:
        chances = [math.exp(-_FALL * rank) for rank in range(len(left))]
        (rank,) = chance.choices(range(len(left)), chances)
        drawn.append(left.pop(rank))
    return drawn
