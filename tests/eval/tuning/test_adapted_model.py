from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from index.adapter import merge, open_adapter, read_adapter, read_emphasis, write_adapter
from index.errors import UnsuitableAdapter
from tests.eval.tuning.conftest import CONFIG, LESSONS, emphasis_of, mean_loss, trainer, write

IDS = [[2, 5, 6, 7, 3]]


def states(transformer):
    import torch

    return transformer(input_ids=torch.tensor(IDS)).last_hidden_state.detach().numpy()


@pytest.fixture
def plain(model):
    """The model as it was published."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(model, device="cpu")[0].auto_model.eval()


def test_the_merged_adapter_does_what_peft_does(model, plain, tmp_path):
    one = trainer(model)
    one.run(LESSONS, tmp_path)
    untouched = states(plain)

    merge(plain, open_adapter(write(one, tmp_path / "tiny.safetensors")))

    assert states(plain) == pytest.approx(states(one.model.transformer), abs=5e-3)
    assert states(plain) != pytest.approx(untouched, abs=5e-2)


def test_training_goes_on_where_another_adapter_ended(model, start):
    first, second = trainer(model), trainer(model, start=start)

    assert second.model.base == first.model.base
    assert mean_loss(second) < mean_loss(first) - 0.05
    assert emphasis_of(second).tolist() == read_emphasis(start).tolist()


def test_one_file_does_what_the_start_and_the_training_do(model, plain, start, tmp_path):
    one = trainer(model, start=start, rank=3)
    before = states(one.model.transformer)
    one.run(LESSONS, tmp_path)
    whole = write(one, tmp_path / "whole.safetensors")

    merge(plain, open_adapter(whole))

    _, layers = read_adapter(whole)
    assert {layer.thin_in.shape[0] for layer in layers.values()} == {CONFIG.rank + 3}
    assert states(plain) == pytest.approx(states(one.model.transformer), abs=5e-3)
    assert states(plain) != pytest.approx(before, abs=5e-2)
    assert read_emphasis(whole) == pytest.approx(emphasis_of(one), rel=1e-3)


def test_a_start_without_an_emphasis_leaves_weights_as_they_are(model, start):
    facts, layers = read_adapter(start)
    write_adapter(start, layers, facts)

    assert not emphasis_of(trainer(model, start=start)).any()


def test_a_start_of_another_model_is_refused(model, start):
    facts, layers = read_adapter(start)
    write_adapter(start, layers, replace(facts, base="0" * 64))

    with pytest.raises(UnsuitableAdapter, match="found a model with weights"):
        trainer(model, start=start)


def test_the_emphasis_moves_a_hundred_times_as_fast_as_the_adapter(model, tmp_path):
    one = trainer(model, steps=1)

    one.run(LESSONS, tmp_path)

    # The first step of Adam goes as far as the rate says; thin_out starts at 0.
    scaling = CONFIG.alpha / CONFIG.rank
    steps = [np.abs(layer.thin_out).max() / scaling for layer in one.model.layers().values()]
    assert np.abs(emphasis_of(one)).max() == pytest.approx(100 * max(steps), rel=0.01)
