from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import index.errors
from index.errors import (
    AmbiguousDocument,
    DamagedAdapter,
    DamagedModel,
    DamagedReader,
    DamagedStore,
    ForeignFormat,
    ForeignModel,
    LastDocument,
    ModelError,
    ModelUnavailable,
    NoRoomForLock,
    NoStore,
    NothingIndexed,
    StoreBusy,
    StoreError,
    UnknownDocument,
    UnsuitableAdapter,
    UnsupportedModel,
)

PATH = Path("var/ibid")

EXAMPLES = [
    AmbiguousDocument("wires.txt", ["aa", "bb"]),
    DamagedModel(PATH, "another digest", "the published one"),
    DamagedStore(PATH, "no such file", "a file"),
    ForeignFormat(PATH, 7, 1),
    ForeignModel(PATH, built_with="one", asked_for="another"),
    LastDocument(PATH, "wires.txt"),
    ModelUnavailable("some/model", "no connection"),
    NoRoomForLock(PATH, "no usable directory"),
    NoStore(PATH, "nothing"),
    NothingIndexed(["a.txt: empty", "b.txt: empty", "c.txt: empty", "d.txt: empty"]),
    StoreBusy(PATH),
    UnknownDocument("wire.txt", ["wires.txt", "lamps.txt"]),
    UnsupportedModel("some/model", "max pooling", "mean pooling"),
    DamagedAdapter(PATH, "no such file"),
    UnsuitableAdapter(PATH, "0123", "4567"),
    DamagedReader(PATH, "no such file"),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_says_what_was_found_what_was_expected_and_what_to_do(error):
    found, expected, to_do = (str(error).find(word) for word in ("found", "expected", ";"))

    assert 0 <= found < expected < to_do
    assert "\n" not in str(error)


def test_the_drawing_and_the_examples_hold_every_error():
    defined = {
        name
        for name, value in vars(index.errors).items()
        if inspect.isclass(value) and issubclass(value, StoreError)
    }

    assert {type(error).__name__ for error in EXAMPLES} == defined - {"StoreError", "ModelError"}
    assert all(name in (index.errors.__doc__ or "") for name in defined)
    assert issubclass(UnsupportedModel, ModelError)


def test_a_long_list_of_reasons_is_cut_short():
    assert str(EXAMPLES[9]).endswith("c.txt: empty | and 1 more")
