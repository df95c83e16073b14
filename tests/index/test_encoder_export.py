"""The exported model against sentence-transformers itself; loading both takes some ten seconds."""

from __future__ import annotations

import json
import logging
import shutil

import numpy as np
import pytest

from index.adapter import Facts, merge, weights_digest, write_adapter
from index.encoder import OnnxEncoder, Precision
from index.encoder_export import export
from index.errors import ModelUnavailable, UnsupportedModel
from index.model_source import DEFAULT_MODEL, SCHOLARLY_ADAPTER, locate
from tests.tiny_bert import DIMENSION, save_tiny_bert

TEXTS = [
    "How many people died in the famine?",
    "The régime sent a commission, and it weighed the seed grain twice.",
    "",
    "Ink",
    "In the winter of 1921 the carts stood empty before the mill, and nobody could say why. " * 10,
]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    export(locate(DEFAULT_MODEL, adapter=False), folder)
    return OnnxEncoder.open(folder)


@pytest.fixture(scope="module")
def reference():
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(locate(DEFAULT_MODEL).location, device="cpu")


def test_the_vectors_are_those_of_sentence_transformers(exported, reference):
    expected = reference.encode(TEXTS, normalize_embeddings=True)

    cosines = np.sum(exported.encode(TEXTS).sentence * expected, axis=1)

    assert cosines.min() >= 0.9999


def test_the_token_vectors_are_those_of_sentence_transformers(exported, reference):
    states = reference.encode([TEXTS[1]], output_value="token_embeddings")[0].numpy()

    tokens = exported.encode([TEXTS[1]]).tokens[0]

    inside = states[1 : 1 + len(tokens)]
    cosines = np.sum(tokens * inside, axis=1) / np.linalg.norm(inside, axis=1)
    assert len(states) == len(tokens) + 2
    assert cosines.min() >= 0.9999


def test_what_sentence_transformers_cuts_off_is_encoded(exported, reference):
    long = TEXTS[4] * 4 + "Engines came from abroad."

    encoded = exported.encode([long])

    assert len(encoded.token_ids[0]) > reference.max_seq_length * 2
    first, last = encoded.offsets[0][0], encoded.offsets[0][-1]
    assert (long[slice(*first)], long[slice(*last)]) == ("In", ".")


def test_the_record_tells_where_the_model_came_from(exported):
    record = exported.record

    assert (record.name, record.dimension, record.vocabulary_size) == (DEFAULT_MODEL, 384, 30522)
    assert record.source_digest == locate(DEFAULT_MODEL).digest
    assert (record.prefix_ids, record.suffix_ids, record.window_tokens) == ((101,), (102,), 512)


def test_exporting_again_gives_the_same_digest_and_says_nothing(exported, tmp_path, caplog, capfd):
    with caplog.at_level(logging.INFO):
        record = export(locate("all-MiniLM-L6-v2", adapter=False), tmp_path)

    assert record == exported.record
    assert {entry.name for entry in caplog.records} == {"index.encoder_export"}
    assert capfd.readouterr() == ("", "")


@pytest.mark.model
def test_the_shipped_adapter_is_merged_into_the_default_model(exported, tmp_path):
    from sentence_transformers import SentenceTransformer

    source = locate(DEFAULT_MODEL, adapter=SCHOLARLY_ADAPTER)
    record = export(source, tmp_path)
    encoder = OnnxEncoder.open(tmp_path)
    adapter = source.adapter
    reference = SentenceTransformer(locate(DEFAULT_MODEL).location, device="cpu")
    merge(reference[0].auto_model, adapter)
    expected = reference.encode(TEXTS, normalize_embeddings=True)

    assert record.adapter == adapter.record
    assert record.digest != exported.digest
    assert record.source_digest == exported.record.source_digest
    assert np.sum(encoder.encode(TEXTS).sentence * expected, axis=1).min() >= 0.9999


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A model of a few kilobytes, and an adapter that changes nothing but the weights of tokens."""
    from sentence_transformers import SentenceTransformer

    folder = tmp_path_factory.mktemp("tiny")
    model = save_tiny_bert(folder)
    base = weights_digest(SentenceTransformer(model, device="cpu")[0].auto_model)
    emphasis = np.linspace(-1, 1, DIMENSION, dtype=np.float32)
    write_adapter(folder / "with.safetensors", {}, Facts("with", base, {}), emphasis=emphasis)
    write_adapter(folder / "without.safetensors", {}, Facts("without", base, {}))
    return folder, model


def export_tiny(tiny, adapter, folder):
    path, model = tiny
    export(locate(model, adapter=path / f"{adapter}.safetensors"), folder)
    return OnnxEncoder.open(folder)


def test_what_an_adapter_has_learnt_of_weights_comes_along(tiny, tmp_path):
    encoder = export_tiny(tiny, "with", tmp_path)

    expected = np.linspace(-1, 1, DIMENSION)
    assert encoder.emphasis == pytest.approx(expected, abs=1e-3)
    assert encoder.emphasis.dtype == np.float32


def test_an_adapter_may_say_nothing_of_weights(tiny, tmp_path):
    assert export_tiny(tiny, "without", tmp_path).emphasis is None


@pytest.fixture
def folder(tmp_path):
    """A copy of the default model, to be changed."""
    shutil.copytree(locate(DEFAULT_MODEL).location, tmp_path / "model")
    return tmp_path / "model"


def change(path, **settings):
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


@pytest.mark.model
def test_a_model_in_a_folder_may_pool_by_its_first_token(folder, tmp_path, exported):
    pooling = {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}
    change(folder / "1_Pooling" / "config.json", **pooling)

    record = export(str(folder), tmp_path / "exported")
    encoder = OnnxEncoder.open(tmp_path / "exported")

    from sentence_transformers import SentenceTransformer

    expected = SentenceTransformer(str(folder), device="cpu").encode(TEXTS)
    assert record.name == str(folder)
    assert record.digest != exported.digest
    assert np.sum(encoder.encode(TEXTS).sentence * expected, axis=1).min() >= 0.9999


def test_a_model_that_pools_otherwise_is_refused(folder, tmp_path):
    pooling = {"pooling_mode_mean_tokens": False, "pooling_mode_max_tokens": True}
    change(folder / "1_Pooling" / "config.json", **pooling)

    with pytest.raises(UnsupportedModel, match="found max pooling, expected mean or cls pooling"):
        export(str(folder), tmp_path / "exported")


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"a book": "and no model"}')

    with pytest.raises(ModelUnavailable, match=r"model .*found .*, expected an installed model"):
        export(str(tmp_path), tmp_path / "exported")


def test_a_name_that_the_hub_cannot_give_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(ModelUnavailable, match="'no/such-model': found "):
        export("no/such-model", tmp_path)


@pytest.mark.model
def test_a_model_of_small_numbers_is_near_the_whole_one(exported, tmp_path, caplog):
    record = export(locate(DEFAULT_MODEL, adapter=False), tmp_path, precision="int8")
    encoder = OnnxEncoder.open(tmp_path)

    cosines = np.sum(encoder.encode(TEXTS).sentence * exported.encode(TEXTS).sentence, axis=1)

    assert record.precision is Precision.INT8
    assert record.digest != exported.digest
    assert (tmp_path / "model.onnx").stat().st_size < 30_000_000
    assert cosines.min() > 0.95
    assert not [entry for entry in caplog.records if entry.levelno >= logging.WARNING]
