from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoder import (
    EMPHASIS_FILE,
    MODEL_FILE,
    RECORD_FILE,
    TOKENIZER_FILE,
    OnnxEncoder,
    Precision,
)
from index.errors import DamagedStore
from index.model_source import ModelSource

ROOT = Path(__file__).parents[2]
LONG = "the carts stood empty before the mill in the winter of 1921 " * 5


def test_every_vector_has_unit_length(encoder):
    encoded = encoder.encode(["the mill", LONG])

    assert np.linalg.norm(encoded.sentence, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert np.linalg.norm(np.concatenate(encoded.tokens), axis=1) == pytest.approx(1, abs=1e-5)


def test_offsets_cut_the_tokens_out_of_the_text(encoder):
    text = "The régime counted sixty sacks."

    offsets = encoder.encode([text]).offsets[0]

    pieces = [text[start:end] for start, end in offsets]
    assert pieces == ["The", "régime", "counted", "sixty", "sacks", "."]


def test_a_text_longer_than_the_window_is_encoded_to_its_end(encoder):
    encoded = encoder.encode([LONG, "the winter of 1921"])

    assert len(encoded.tokens[0]) == len(encoded.token_ids[0]) == 60
    assert encoded.tokens[0][-4:] == pytest.approx(encoded.tokens[1], abs=1e-6)


def test_the_end_of_a_long_text_counts_as_much_as_its_beginning(encoder):
    halves = ["the mill stood empty " * 5, "engines came from abroad " * 5]

    vectors = encoder.encode([" ".join(halves), *halves]).sentence

    assert vectors[0] @ vectors[1] == pytest.approx(float(vectors[0] @ vectors[2]), abs=0.1)
    assert vectors[0] @ vectors[2] > 0.5


@given(st.lists(st.text(alphabet="abc winter mill.", max_size=90), min_size=1, max_size=40))
def test_a_text_has_the_same_vectors_alone_and_among_others(encoder, texts):
    together = encoder.encode(texts)

    alone = encoder.encode([texts[-1]])
    assert together.sentence[-1] == pytest.approx(alone.sentence[0], abs=1e-5)
    assert together.tokens[-1] == pytest.approx(alone.tokens[0], abs=1e-5)
    assert together.token_ids[-1].tolist() == alone.token_ids[0].tolist()


def test_the_empty_text_has_a_vector_and_no_tokens(encoder):
    encoded = encoder.encode([""])

    assert encoded.sentence.shape == (1, 24)
    assert encoded.tokens[0].shape == (0, 24)
    assert encoded.offsets[0].shape == (0, 2)


def test_no_texts_have_no_vectors(encoder):
    encoded = encoder.encode([])

    assert encoded.sentence.shape == (0, 24)
    assert encoded.tokens == ()


def test_nothing_is_noted_of_the_user_or_the_machine(exporter, tmp_path):
    """Left to itself, onnxruntime keeps an identifier under the home folder and reports to it."""
    exporter(ModelSource("tiny/words", None, None), tmp_path / "encoder", precision=Precision.F32)
    (tmp_path / "home").mkdir()
    probe = (
        "from pathlib import Path; from index.encoder import OnnxEncoder;"
        f"OnnxEncoder.open(Path({str(tmp_path / 'encoder')!r})).encode(['the mill'])"
    )
    home = {"HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", probe], env=home, cwd=ROOT, check=True)

    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize("name", [MODEL_FILE, TOKENIZER_FILE, RECORD_FILE])
@pytest.mark.parametrize("contents", [None, b"", b'{"name": "no encoder"}'])
def test_a_damaged_file_is_named(exporter, tmp_path, name, contents):
    exporter(ModelSource("tiny/words", None, None), tmp_path, precision=Precision.F32)
    (tmp_path / name).unlink()
    if contents is not None:
        (tmp_path / name).write_bytes(contents)

    with pytest.raises(DamagedStore, match=name):
        OnnxEncoder.open(tmp_path)


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        pytest.param(b"", "no readable numbers", id="empty"),
        pytest.param(b"a book, and no numbers", "no readable numbers", id="text"),
        pytest.param(None, r"\(25,\) numbers, expected 24 weights of tokens", id="another model's"),
    ],
)
def test_damaged_weights_of_tokens_are_named(exporter, tmp_path, contents, found):
    exporter(ModelSource("tiny/words", None, None), tmp_path, precision=Precision.F32)
    np.save(tmp_path / EMPHASIS_FILE, np.zeros(25, dtype=np.float32))
    if contents is not None:
        (tmp_path / EMPHASIS_FILE).write_bytes(contents)

    with pytest.raises(DamagedStore, match=rf"emphasis\.npy.*found {found}"):
        OnnxEncoder.open(tmp_path)


def test_the_record_is_read_as_it_was_written(encoder):
    assert type(encoder.record).from_json(encoder.record.to_json()) == encoder.record


def test_a_copied_encoder_is_the_same_encoder(exporter, tmp_path, encoder):
    exporter(ModelSource("tiny/words", None, None), tmp_path / "one", precision=Precision.F32)
    shutil.copytree(tmp_path / "one", tmp_path / "two")

    other = OnnxEncoder.open(tmp_path / "two")

    assert other.digest == encoder.digest
    assert other.encode(["the mill"]).sentence == pytest.approx(
        encoder.encode(["the mill"]).sentence
    )
