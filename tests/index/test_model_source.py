from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from index.adapter import Facts, open_adapter, write_adapter
from index.errors import DamagedModel, ModelUnavailable
from index.model_source import ADAPTERS, DEFAULT_MODEL, PackagedModel, locate

WEIGHTS = b"as good as weights"


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    """A package that carries a model and may not be imported."""
    package = tmp_path / "site" / "carries_a_model"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemError('this package was imported')")
    (package / "model" / "model.safetensors").write_bytes(WEIGHTS)
    (package / "model" / "config.json").write_text("{}")
    monkeypatch.syspath_prepend(tmp_path / "site")
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    return {"some/model": PackagedModel("carries_a_model", "carries-a-model", "model", digest)}


def test_a_packaged_model_is_found_without_importing_its_package(packaged, tmp_path):
    source = locate("some/model", packaged=packaged)

    assert source.name == "some/model"
    assert source.folder == tmp_path / "site" / "carries_a_model" / "model"
    assert source.location == str(source.folder)


def test_weights_that_are_not_the_published_ones_are_refused(packaged, tmp_path):
    weights = tmp_path / "site" / "carries_a_model" / "model" / "model.safetensors"
    weights.write_bytes(b"other weights")

    with pytest.raises(DamagedModel, match=r"model\.safetensors.*found SHA-256.*expected"):
        locate("some/model", packaged=packaged)

    weights.unlink()
    with pytest.raises(DamagedModel, match="found no such file"):
        locate("some/model", packaged=packaged)


def test_a_package_that_is_not_installed_leaves_the_hub():
    absent = PackagedModel("no_such_package_here", "no-such-package", "model", "")

    source = locate("some/model", packaged={"some/model": absent})

    assert (source.folder, source.digest, source.location) == (None, None, "some/model")


def test_a_copy_of_a_model_is_the_same_model(packaged, tmp_path):
    source = locate("some/model", packaged=packaged)
    shutil.copytree(source.folder, tmp_path / "copy")
    (tmp_path / "copy" / "README.md").write_text("of no consequence")

    copy = locate(str(tmp_path / "copy"), packaged=packaged)

    assert copy.digest == source.digest
    assert copy.name == str(tmp_path / "copy")


def test_another_setting_is_another_model(packaged, tmp_path):
    source = locate("some/model", packaged=packaged)
    shutil.copytree(source.folder, tmp_path / "copy")
    (tmp_path / "copy" / "config.json").write_text('{"layers": 2}')

    assert locate(str(tmp_path / "copy")).digest != source.digest


def test_the_organisation_of_the_default_model_may_be_left_out():
    assert locate("all-MiniLM-L6-v2", packaged={}).name == DEFAULT_MODEL


@pytest.mark.parametrize("name", ["./no/such/folder", "/no/such/folder", "~/no-such", "a/b/c"])
def test_a_folder_that_is_not_there_is_not_looked_for_on_the_hub(name):
    with pytest.raises(ModelUnavailable, match="found no such folder"):
        locate(name)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelUnavailable, match="found a folder without model files"):
        locate(str(tmp_path))


def test_a_name_brings_the_adapter_that_is_shipped_for_it(packaged, tmp_path):
    shipped = {"some/model": tmp_path / "thin.safetensors"}
    write_adapter(shipped["some/model"], {}, Facts("thin", "weights", {}))

    with_it = locate("some/model", packaged=packaged, shipped=shipped)
    without = locate("some/model", packaged=packaged, shipped=shipped, adapter=False)

    assert with_it.adapter == open_adapter(shipped["some/model"])
    assert without.adapter is None
    assert with_it.digest == without.digest, "the model's own files are the same"


def test_the_default_model_brings_the_scholarly_adapter():
    unasked = locate(DEFAULT_MODEL).adapter
    by_name = locate(DEFAULT_MODEL, adapter=Path("scholarly")).adapter

    assert unasked is not None
    assert unasked.record.name == "scholarly"
    assert by_name == unasked


def test_another_adapter_takes_the_place_of_the_shipped_one(packaged, tmp_path):
    write_adapter(tmp_path / "mine.safetensors", {}, Facts("mine", "weights", {}))

    source = locate("some/model", packaged=packaged, adapter=tmp_path / "mine.safetensors")

    assert source.adapter is not None
    assert source.adapter.record.name == "mine"


def test_the_shipped_adapter_is_small():
    for path in ADAPTERS.iterdir():
        assert path.stat().st_size <= 5_000_000
