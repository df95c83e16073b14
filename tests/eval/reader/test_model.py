"""The model in training against what reads its file when a question is asked."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from corpus.document import DocumentId, Kind, PassageId, Span
from eval.reader.model import Head
from index.adapter import merge, open_adapter
from index.document_tables import StoredPassage
from index.reader import OnnxReader, ReaderHead
from index.reader_file import ReaderFacts, read_weights, write_reader
from tests.eval.reader.conftest import DIMENSION, LESSONS, loaded

QUESTION = "When was the seed grain weighed?"
SENTENCES = ("The carts stood empty.", "It weighed the grain twice in March.", "Paper was dear.")
LONG = "The clerks copied every letter three times and wrote two figures into the book " * 20


def random_head():
    import torch

    chance = torch.Generator().manual_seed(4)
    head = Head(np.linspace(0, 5, 50, dtype=np.float32), DIMENSION)
    with torch.no_grad():
        for one in head.named().values():
            one.add_(torch.randn(one.shape, generator=chance))
    return head


def test_the_head_gives_the_same_numbers_in_training_and_at_run_time():
    import torch

    head, chance = random_head(), np.random.default_rng(5)
    question, states = [7, 0, 49], chance.normal(size=(12, DIMENSION)).astype(np.float32)
    sentences = [-1, -1, -1, -1, -1, 0, 0, 1, 2, 2, 2, -1]

    trained = head.log_odds(*map(torch.tensor, (question, states, sentences)))
    run = ReaderHead(**head.numbers()).log_odds(
        np.array(question, dtype=np.int32), states, np.array(sentences)
    )

    assert trained.tolist() == pytest.approx(run.tolist(), abs=1e-4)
    assert np.ptp(run) > 1


def test_a_head_becomes_another():
    first, second = random_head(), Head(np.linspace(0, 5, 50, dtype=np.float32), DIMENSION)
    assert second.numbers()["bias"] != first.numbers()["bias"]

    second.become(first.numbers())

    for name, values in first.numbers().items():
        assert second.numbers()[name] == pytest.approx(values, rel=1e-5)


@pytest.fixture
def taught(trainer, tmp_path):
    """A model that has learnt something."""
    one = trainer(learning_rate=1e-2)
    one.run(LESSONS, tmp_path / "taught")
    return one.model


def odds(model, question=QUESTION, sentences=SENTENCES):
    return model.log_odds(question, [sentences])[0]


def test_what_is_cut_off_makes_no_difference_and_every_sentence_has_its_log_odds(taught):
    sentences = [LONG, "Paper was dear.", "The grain came."]

    found = odds(taught, sentences=sentences)

    assert len(found) == 3
    assert found == pytest.approx(odds(taught, sentences=[LONG + "ink", *sentences[1:]]))
    assert found != pytest.approx(odds(taught, sentences=["Ink " + LONG, *sentences[1:]]))


def test_inputs_are_read_as_if_each_were_alone(taught):
    together = taught.log_odds(QUESTION, [SENTENCES, [LONG]])

    assert together[0] == pytest.approx(odds(taught), abs=1e-4)


def file_of(model, path):
    write_reader(path, model.weights(), ReaderFacts("tiny", "0" * 64, (), {}))
    return read_weights(path)


class AtRunTime:
    """A reader's file merged into the encoder that it was made of, and read by the real reader."""

    def __init__(self, weights, model, adapter):
        from transformers import AutoTokenizer

        self._transformer = loaded(model)
        merge(self._transformer, open_adapter(adapter))
        weights.add_to(self._transformer)
        tokenizer = AutoTokenizer.from_pretrained(model)
        record = SimpleNamespace(
            prefix_ids=(tokenizer.cls_token_id,),
            suffix_ids=(tokenizer.sep_token_id,),
            window_tokens=256,
        )
        encoder = SimpleNamespace(tokenizer=tokenizer.backend_tokenizer, record=record)
        session = SimpleNamespace(run=self._run)
        self._reader = OnnxReader(encoder, session, ReaderHead(**weights.head))

    def _run(self, _, feed):
        import torch

        with torch.no_grad():
            inputs = {name: torch.from_numpy(ids) for name, ids in feed.items()}
            return [self._transformer(**inputs).last_hidden_state.numpy()]

    def read(self, question=QUESTION, sentences=SENTENCES):
        text = " ".join(sentences)
        starts = [text.index(one) for one in sentences]
        return self._reader.read(
            question,
            StoredPassage(
                row=0,
                id=PassageId("0"),
                document=DocumentId("d"),
                start=0,
                end=len(text),
                kind=Kind.BODY,
                section=(),
                page=None,
                text=text,
                sentences=tuple(
                    Span(at, at + len(one)) for at, one in zip(starts, sentences, strict=True)
                ),
            ),
        )


@pytest.fixture
def at_run_time(taught, model, adapter, tmp_path):
    return AtRunTime(file_of(taught, tmp_path / "reader.safetensors"), model, adapter)


def test_the_file_makes_the_trained_model_of_the_encoder(at_run_time, trainer, taught):
    # Two digits of each difference are kept.
    assert at_run_time.read() == pytest.approx(odds(taught), abs=0.05)
    assert at_run_time.read() != pytest.approx(odds(trainer().model), abs=0.5)


@pytest.mark.parametrize(
    ("question", "sentences"),
    [(LONG, [LONG]), (QUESTION, [LONG]), ("", SENTENCES), (QUESTION, ["", *SENTENCES])],
    ids=["long", "long sentence", "no question", "empty sentence"],
)
def test_inputs_are_laid_out_as_at_run_time(at_run_time, taught, question, sentences):
    expected = odds(taught, question, sentences)

    assert at_run_time.read(question, sentences) == pytest.approx(expected, abs=0.05)


def test_a_model_becomes_what_its_file_has(trainer, taught, tmp_path):
    other, written = trainer().model, file_of(taught, tmp_path / "reader.safetensors")

    other.become(written)
    other.become(written)

    assert odds(other) == pytest.approx(odds(taught), abs=0.05)


def test_embeddings_and_the_first_layers_stay_as_they_are(taught):
    names = set(taught.weights().added)

    assert names
    assert {name for name in names if not name.startswith("encoder.layer.1.")} == set()
