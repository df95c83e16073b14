"""Adapting a model of a few kilobytes with random weights, through peft itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eval.cases import EvidenceSpan
from eval.fitting.examples import Example
from eval.tuning.examination import changes
from eval.tuning.losses import Vectors, contrastive, cosines, max_similarities
from eval.tuning.material import (
    STRETCH_CHARS,
    Lesson,
    Material,
    fused,
    gather,
    is_kept_out,
)
from eval.tuning.run import Task, tune
from eval.tuning.training import Trainer, TrainingConfig, batches
from index.adapter import Facts, merge, open_adapter, write_adapter
from index.build import BuildConfig, build
from index.generation import Store
from tests.index.conftest import tiny_exporter

WORDS = "bread mill carts winter engine rail plan clerk ink paper seed grain".split()
SIGNS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TEXTS = [f"{a} {b} {c}" for a, b, c in zip(WORDS, WORDS[1:], WORDS[2:], strict=False)]
LESSONS = [
    Lesson(f"{WORDS[row]} {WORDS[row + 2]}", "a.txt", (row,), ((row + 1) % len(TEXTS),))
    for row in range(len(TEXTS))
]
CONFIG = TrainingConfig(
    rank=2, alpha=4, learning_rate=1e-2, batch=4, passes=4, half_precision=False, threads=1
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A folder that sentence-transformers opens."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(1)
    inner = tmp_path_factory.mktemp("inner")
    (inner / "vocab.txt").write_text("\n".join([*SIGNS, *WORDS]), encoding="utf-8")
    BertTokenizerFast(vocab={w: i for i, w in enumerate([*SIGNS, *WORDS])}).save_pretrained(inner)
    config = BertConfig(
        vocab_size=len(SIGNS) + len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(inner)
    folder = tmp_path_factory.mktemp("tiny")
    transformer = Transformer(str(inner))
    SentenceTransformer(modules=[transformer, Pooling(16, pooling_mode="mean")], device="cpu").save(
        str(folder)
    )
    return str(folder)


def trainer(model, **changed):
    idf = np.ones(len(SIGNS) + len(WORDS), dtype=np.float32)
    return Trainer(model, TEXTS, idf, replace(CONFIG, **changed))


def mean_loss(one):
    plan = list(batches(LESSONS, [len(t) for t in TEXTS], replace(CONFIG, passes=1)))
    return sum(one.loss(batch).item() for batch in plan) / len(plan)


def test_training_makes_the_loss_smaller(model, tmp_path):
    one = trainer(model)
    before = mean_loss(one)

    one.run(LESSONS, tmp_path)

    assert mean_loss(one) < 0.9 * before


def test_the_same_seed_gives_the_same_adapter(model, tmp_path):
    first, second = trainer(model), trainer(model)
    first.run(LESSONS, tmp_path / "first")
    second.run(LESSONS, tmp_path / "second")

    layers = second.layers()
    for name, layer in first.layers().items():
        assert np.array_equal(layer.thin_in, layers[name].thin_in)
        assert np.array_equal(layer.thin_out, layers[name].thin_out)


class Interrupted(Exception):
    pass


class StopsAfter:
    """A progress that breaks the training off."""

    def __init__(self, steps):
        self.left = steps

    def start(self, stage, total):
        pass

    def advance(self, _n, detail=""):
        if detail and not self.left:
            raise Interrupted
        self.left -= bool(detail)

    def finish(self):
        pass


def test_an_interrupted_training_goes_on_to_the_same_end(model, tmp_path):
    settings = {"steps_between_checkpoints": 2}
    whole = trainer(model, **settings)
    whole.run(LESSONS, tmp_path / "whole")
    with pytest.raises(Interrupted):
        trainer(model, **settings).run(LESSONS, tmp_path / "broken", StopsAfter(5))
    resumed = trainer(model, **settings)

    resumed.run(LESSONS, tmp_path / "broken")

    expected = whole.layers()
    for name, layer in resumed.layers().items():
        assert layer.thin_out == pytest.approx(expected[name].thin_out, abs=1e-6)


def test_the_checkpoint_of_another_training_is_not_gone_on_with(model, tmp_path, caplog):
    trainer(model).run(LESSONS, tmp_path)

    trainer(model, seed=6).run(LESSONS, tmp_path)

    assert "belongs to another training" in caplog.text


def test_the_merged_adapter_does_what_peft_does(model, tmp_path):
    import torch
    from sentence_transformers import SentenceTransformer

    one = trainer(model)
    one.run(LESSONS, tmp_path)
    path = tmp_path / "tiny.safetensors"
    write_adapter(path, one.layers(), Facts("tiny", one.base, {}))
    plain = SentenceTransformer(model, device="cpu")[0].auto_model.eval()
    ids = torch.tensor([[2, 5, 6, 7, 3]])
    untouched = plain(input_ids=ids).last_hidden_state.detach().numpy()

    merge(plain, open_adapter(path))

    merged = plain(input_ids=ids).last_hidden_state.detach().numpy()
    expected = one.model(input_ids=ids).last_hidden_state.detach().numpy()
    assert merged == pytest.approx(expected, abs=5e-3)
    assert merged != pytest.approx(untouched, abs=5e-2)


def test_every_lesson_comes_once_in_a_pass_with_another_mistake():
    lessons = [replace(one, mistaken=(one.answers[0] + 100, 200)) for one in LESSONS]

    plan = list(batches(lessons, [5] * 300, replace(CONFIG, passes=2)))

    half = len(plan) // 2
    for part in (plan[:half], plan[half:]):
        assert sorted(q for b in part for q in b.questions) == sorted(x.question for x in LESSONS)
    assert {row for b in plan[half:] for row in b.rows[len(b.questions) :]} == {200}


def vectors(*texts):
    import torch

    tokens = torch.nn.functional.normalize(torch.tensor(texts, dtype=torch.float32), dim=2)
    real = torch.tensor([[any(token) for token in text] for text in texts])
    return Vectors(torch.nn.functional.normalize(tokens.sum(dim=1), dim=1), tokens, real)


def test_maxsim_takes_each_tokens_best_and_weighs_them():
    import torch

    questions = vectors([[1, 0], [0, 1]])
    passages = vectors([[1, 0], [-1, 0]], [[0, 1], [0, 0]])

    scores = max_similarities(questions, passages, torch.tensor([[0.75, 0.25]]))

    assert scores[0].tolist() == pytest.approx([0.75, 0.25])


def test_a_loss_counts_no_other_passage_that_answers():
    import torch

    texts = vectors([[1, 0]], [[1, 0.1]])
    scores = 20 * cosines(texts, texts)
    none = torch.zeros(2, 2, dtype=torch.bool)
    both = ~torch.eye(2, dtype=torch.bool)

    assert float(contrastive(scores, both)) == pytest.approx(0, abs=1e-6)
    assert float(contrastive(scores, none)) > 0.1


def test_about_one_stretch_in_ten_is_kept_out_whole():
    kept = [is_kept_out("a.txt", STRETCH_CHARS * i) for i in range(1000)]

    assert 60 < sum(kept) < 140
    assert all(
        is_kept_out("a.txt", STRETCH_CHARS * i + STRETCH_CHARS - 1) == kept[i] for i in range(100)
    )


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


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """An index of a book of ten sentences in two passages."""
    folder = tmp_path_factory.mktemp("book")
    (folder / BOOK).write_text(" ".join(SENTENCES), encoding="utf-8")
    config = BuildConfig(exporter=tiny_exporter(24))
    build(folder / "store", [folder / BOOK], model="tiny/words", config=config)
    with Store(folder / "store").open() as index:
        yield index


def quoted(index, row, i):
    (passage,) = index.documents.passages([row])
    return index.documents.document(passage.document).text_slice(*passage.sentences[i])


def test_a_lesson_tells_which_sentences_of_its_passages_answer(book):
    (lesson,) = gather(book, [asked(2, 7, answers=(3, 6))]).training

    told = [quoted(book, row, i) for row in sorted(lesson.told) for i in lesson.told[row]]
    assert sorted(lesson.answers) == sorted(lesson.told) == [0, 1]
    assert told == [SENTENCES[3], SENTENCES[6]]


def test_half_a_sentence_is_enough_to_be_told_of_and_less_is_not(book):
    example = asked(0, 2, answers=(1,))
    (sentence,) = example.answers
    length = sentence.end - sentence.start
    half = replace(sentence, end=sentence.end + length // 2 + 2)
    third = replace(sentence, end=sentence.end + length // 3)

    first, second = gather(
        book, [replace(example, answers=(one,)) for one in (half, third)]
    ).training

    assert first.told == {0: {1, 2}}
    assert second.told == {0: {1}}


def test_a_question_without_told_sentences_tells_of_none(book):
    (lesson,) = gather(book, [asked(0, 2)]).training

    assert lesson.answers == (0,)
    assert lesson.told == {}


def test_a_question_that_nothing_answers_is_no_lesson(book):
    near_miss = asked(0, 2, groups=False)

    assert gather(book, [near_miss]) == Material((), (), ())


def test_fusing_puts_first_what_both_find():
    assert fused([1, 2, 3], [4, 2])[0] == 2


def test_a_change_is_measured_question_by_question():
    lessons = LESSONS[:4]
    before = {"vectors": [[9, 0], [1], [9], [9]]}
    after = {"vectors": [[0], [1], [2], [9]]}

    found = {one.depth: one for one in changes(lessons, before, after)}

    assert (found[1].before, found[1].after) == (0.25, 0.75)
    assert (found[5].before, found[5].after) == (0.5, 0.75)
    assert found[1].difference.low >= 0


@pytest.mark.model
def test_a_library_and_questions_become_a_measured_adapter(model, tmp_path):
    paragraphs = [
        f"The {a} stood by the {b} while the {c} was counted in the year {1900 + i}. " * 12
        for i, (a, b, c) in enumerate(zip(WORDS, WORDS[1:], WORDS[2:], strict=False))
    ]
    text = "\n\n".join(paragraphs * 4)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "library" / "b.txt").write_text("Of something else.\n\n" + text, encoding="utf-8")
    examples = [
        Example(
            f"Where was the {word} counted?",
            (),
            ((EvidenceSpan(file, at, at + 700),),),
            documents=(file,),
        )
        for file in ("a.txt", "b.txt")
        for at in range(0, len(text) - 700, 900)
        for word in WORDS[:2]
    ]
    task = Task(
        library=[tmp_path / "library"],
        examples=examples,
        out=tmp_path / "mine.safetensors",
        work=tmp_path / "work",
        model=model,
        unseen=("b.txt",),
        training=replace(CONFIG, passes=1),
    )

    outcome = tune(task)

    assert outcome.trained_on > 0
    assert outcome.examined["unseen"] > 0
    assert {change.way for change in outcome.changes["unseen"]} == {"vectors", "hybrid", "whole"}
    adapted = Store(tmp_path / "work" / "adapted").manifest().model
    assert adapted.adapter == open_adapter(task.out).record
