"""A model of a few kilobytes with random weights, lessons for it, and a book of ten sentences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eval.cases import EvidenceSpan
from eval.fitting.examples import Example
from eval.tuning.material import Lesson, is_kept_out
from eval.tuning.sentences import PassageText
from eval.tuning.training import Trainer, TrainingConfig
from index.adapter import Facts, write_adapter
from index.build import BuildConfig, build
from index.generation import Store
from index.model_source import locate
from tests.index.conftest import tiny_exporter
from tests.tiny_bert import SIGNS, WORDS, save_tiny_bert

TEXTS = [f"{a} {b} {c}" for a, b, c in zip(WORDS, WORDS[1:], WORDS[2:], strict=False)]
PASSAGES = [PassageText(text, (0,)) for text in TEXTS]
LESSONS = [
    Lesson(f"{WORDS[row]} {WORDS[row + 2]}", "a.txt", (row,), ((row + 1) % len(TEXTS),))
    for row in range(len(TEXTS))
]
CONFIG = TrainingConfig(
    rank=2, alpha=4, learning_rate=1e-2, batch=4, passes=4, half_precision=False, threads=1
)


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A folder that sentence-transformers opens."""
    return save_tiny_bert(tmp_path_factory.mktemp("tiny"))


def trainer(model, passages=PASSAGES, idf=None, *, start=None, **changed):
    idf = np.ones(len(SIGNS) + len(WORDS), dtype=np.float32) if idf is None else idf
    source = locate(model, adapter=start or False)
    return Trainer(source, passages, idf, replace(CONFIG, **changed))


def write(one, path):
    facts = Facts(path.stem, one.model.base, {})
    write_adapter(path, one.model.layers(), facts, emphasis=emphasis_of(one))
    return path


def mean_loss(one, lessons=LESSONS):
    plan = one.plan(lessons)
    return sum(one.loss(batch).item() for batch in plan) / len(plan)


def emphasis_of(one):
    return one.model.emphasis.detach().numpy().copy()


@pytest.fixture
def start(model, tmp_path):
    """The file of an adapter that knows the lessons."""
    one = trainer(model, passes=1)
    one.run(LESSONS, tmp_path / "start")
    return write(one, tmp_path / "start.safetensors")


SENTENCES = [
    f"In the month numbered {i} the clerks counted the carts before the mill, the sacks of seed "
    f"grain and the sheets of dear paper, and wrote {i * 7} into the book of the council."
    for i in range(1, 11)
]
BOOK = next(name for name in ("a.txt", "b.txt", "c.txt") if not is_kept_out(name, 0))


def asked(first, last, answers=(), groups=True):
    """Make an example about some of the book's sentences, of which some may answer."""
    text = " ".join(SENTENCES)
    spans = [EvidenceSpan(BOOK, text.index(s), text.index(s) + len(s)) for s in SENTENCES]
    place = EvidenceSpan(BOOK, spans[first].start, spans[last].end)
    return Example(
        "How many carts came?",
        (),
        ((place,),) if groups else (),
        documents=(BOOK,),
        answers=tuple(spans[i] for i in answers),
    )


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """An index of a book of ten sentences in two passages."""
    folder = tmp_path_factory.mktemp("book")
    (folder / BOOK).write_text(" ".join(SENTENCES), encoding="utf-8")
    config = BuildConfig(exporter=tiny_exporter(24))
    build(folder / "store", [folder / BOOK], model="tiny/words", config=config)
    with Store(folder / "store").open() as index:
        yield index
