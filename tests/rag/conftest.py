"""Small libraries of our own writing, indexed with the tiny model and asked by the real parts."""

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
from tests.index.conftest import TEXTS, TinyStore, tiny_exporter

MILL = """The Mill

In the winter of 1921 the carts stood empty before the mill.<sup>1</sup> The miller counted sixty \
sacks, and the council asked for eighty.<sup>2</sup> Nobody in the village could say where the \
other twenty were to come from, and nobody was asked about it before the thaw had set in.

The bridge was another matter. It was built twice in one year, the second time of stone, and the \
stone was taken from the churchyard wall at night.<sup>3</sup> The parish complained to the \
district, and the district sent a clerk who wrote down what was left of the wall.

Of the ferry nothing is known but its fare, which was three kopeks for a man and five for a horse. \
The ferryman kept no book, and his widow burnt what papers there were in the stove of the inn.

<sup>1</sup> Minutes of the mill council, sheet 4.

<sup>2</sup> Ibid, sheet 9.

<sup>3</sup> Report of the district clerk on walls, box 12.
"""
FERRY = """The Ferry

The ferry was let to a merchant in 1924. He paid two hundred rubles for the season and lost them. \
The river froze early, and the passengers walked across it for nothing until April came.

A school was opened beside the landing place. Its teacher counted nineteen pupils in the first \
year and sixty in the second, and asked the council for a stove and for chalk.
"""


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
    config = BuildConfig(exporter=tiny_exporter(96))
    build(folder / "store", [library], model="tiny/words", catalog=catalog, config=config)
    return folder / "store"


@pytest.fixture
def store(tiny_index: Path, tmp_path: Path) -> Path:
    """A copy of that index, to be damaged."""
    return Path(shutil.copytree(tiny_index, tmp_path / "store"))


@pytest.fixture(scope="session")
def bold() -> Models:
    """The models of this version, but for one that never declines."""
    return Models.load().never_silent()


@pytest.fixture
def assistant(tiny_index: Path, bold: Models) -> Iterator[Assistant]:
    with Assistant.open(tiny_index, models=bold) as assistant:
        yield assistant


@pytest.fixture
def silent(tiny_index: Path, bold: Models) -> Iterator[Assistant]:
    """An assistant that always declines."""
    shut = replace(bold.unread.answerable, bias=-1e6)
    models = bold.decided_by({"answerable": shut}, reads=False)
    with Assistant.open(tiny_index, models=models) as assistant:
        yield assistant


@pytest.fixture(scope="session")
def mill_assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ranked")
    library = folder / "library"
    library.mkdir()
    (library / "mill.txt").write_text(MILL, encoding="utf-8")
    (library / "ferry.txt").write_text(FERRY, encoding="utf-8")
    store = TinyStore(Path(folder) / "store", tiny_exporter(96))
    store.index(library)
    with Assistant.open(store.path) as opened:
        yield opened
