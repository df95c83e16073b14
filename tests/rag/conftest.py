"""A real index of three short texts, and an assistant that always dares to answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.catalog import Catalog, Entry
from index.build import BuildConfig, build
from rag.assistant import Assistant
from rag.models import Models
from tests.index.conftest import TEXTS, tiny_exporter


@pytest.fixture(scope="session")
def tiny_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    library = folder / "library"
    library.mkdir()
    for name, text in TEXTS.items():
        (library / name).write_text(text, encoding="utf-8")
    catalog = Catalog(
        {
            "bread.txt": Entry("The Miller's Book: Bread", "H. Token", 1922),
            "rails.txt": Entry("The Railway and the Plan", "K. Muster", None),
        }
    )
    config = BuildConfig(exporter=tiny_exporter(24))
    build(folder / "store", [library], model="tiny/words", catalog=catalog, config=config)
    return folder / "store"


@pytest.fixture
def store(tiny_index: Path, tmp_path: Path) -> Path:
    """A copy of that index, to be damaged."""
    return Path(shutil.copytree(tiny_index, tmp_path / "store"))


@pytest.fixture(scope="session")
def bold() -> Models:
    """The models of this version, but for one that never declines."""
    models = Models.load()
    return replace(models, answerable=replace(models.answerable, bias=1e6))


@pytest.fixture
def assistant(tiny_index: Path, bold: Models) -> Iterator[Assistant]:
    with Assistant.open(tiny_index, models=bold) as assistant:
        yield assistant


@pytest.fixture
def silent(tiny_index: Path, bold: Models) -> Iterator[Assistant]:
    """An assistant that always declines."""
    models = replace(bold, answerable=replace(bold.answerable, bias=-1e6))
    with Assistant.open(tiny_index, models=models) as assistant:
        yield assistant
