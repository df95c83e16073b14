from __future__ import annotations

import json

import numpy as np
import pytest

from index.adapter import (
    Facts,
    Layer,
    merge,
    open_adapter,
    read_adapter,
    read_emphasis,
    side_by_side,
    weights_digest,
    write_adapter,
)
from index.errors import DamagedAdapter, UnsuitableAdapter


@pytest.fixture
def transformer():
    """A model of random weights that turns 4 numbers into 3."""
    import torch

    torch.manual_seed(3)
    return torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Linear(6, 3))


def layer(d_in, d_out, rank=2):
    chance = np.random.default_rng(d_in)
    thin_in = chance.standard_normal((rank, d_in)).astype(np.float16)
    thin_out = chance.standard_normal((d_out, rank)).astype(np.float16)
    return Layer(thin_in.astype(np.float32), thin_out.astype(np.float32))


@pytest.fixture
def written(tmp_path, transformer):
    layers = {"0": layer(4, 6), "1": layer(6, 3)}
    facts = Facts("for-tests", weights_digest(transformer), {"seed": 5})
    write_adapter(tmp_path / "some.safetensors", layers, facts)
    return tmp_path / "some.safetensors"


def test_what_was_written_is_read(written):
    facts, layers = read_adapter(written)

    assert (facts.name, facts.trained_by) == ("for-tests", {"seed": 5})
    assert sorted(layers) == ["0", "1"]
    assert np.array_equal(layers["1"].thin_out, layer(6, 3).thin_out)


def test_an_adapter_without_an_emphasis_says_nothing_of_weights(written):
    assert read_emphasis(written) is None


def test_an_emphasis_is_read_as_it_was_written(written):
    facts, layers = read_adapter(written)
    emphasis = np.array([0.5, -2.0, 0.0], dtype=np.float32)

    write_adapter(written, layers, facts, emphasis=emphasis)

    assert read_emphasis(written).tolist() == emphasis.tolist()
    assert sorted(read_adapter(written)[1]) == sorted(layers)


def test_merging_adds_the_product_to_the_weights(written, transformer):
    before = transformer[0].weight.detach().numpy().copy()
    bias = transformer[0].bias.detach().numpy().copy()

    merge(transformer, open_adapter(written))

    added = layer(4, 6).thin_out @ layer(4, 6).thin_in
    assert transformer[0].weight.detach().numpy() == pytest.approx(before + added, abs=1e-6)
    assert np.array_equal(transformer[0].bias.detach().numpy(), bias)


def test_two_adapters_side_by_side_add_what_both_add():
    first = {"0": layer(4, 6), "here": layer(5, 5)}
    second = {"0": layer(4, 6, rank=3), "there": layer(7, 2)}

    both = side_by_side(first, second)

    expected = sum(one["0"].thin_out @ one["0"].thin_in for one in (first, second))
    assert both["0"].thin_out @ both["0"].thin_in == pytest.approx(expected, abs=1e-5)
    assert both["0"].thin_in.shape == (5, 4)
    assert (both["here"], both["there"]) == (first["here"], second["there"])


def test_an_adapter_of_another_model_is_refused(written, transformer):
    transformer[1].bias.data[0] += 1

    with pytest.raises(UnsuitableAdapter, match=r"found a model with weights .*--no-adapter"):
        merge(transformer, open_adapter(written))


def test_it_is_named_with_the_digest_of_its_file(written, transformer, tmp_path):
    facts = Facts("for-tests", weights_digest(transformer), {"seed": 6})
    write_adapter(tmp_path / "other.safetensors", {"0": layer(4, 6)}, facts)

    one, other = open_adapter(written).record, open_adapter(tmp_path / "other.safetensors").record

    assert one.name == other.name == "for-tests"
    assert one.digest != other.digest


def test_a_file_that_is_missing_or_no_adapter_is_named(tmp_path):
    with pytest.raises(DamagedAdapter, match="found no such file, expected an adapter"):
        open_adapter(tmp_path / "none.safetensors")

    (tmp_path / "text.safetensors").write_text(json.dumps({"a book": "and no adapter"}))
    for read in (open_adapter, read_emphasis):
        with pytest.raises(DamagedAdapter, match=r"text\.safetensors.*found no adapter"):
            read(tmp_path / "text.safetensors")
