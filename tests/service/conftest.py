from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus.catalog import Catalog, Entry
from corpus.document import Document
from index.build import BuildConfig, build
from index.documents import DocumentStore
from service.app import create_app
from service.server import address, configured, listen
from service.settings import Settings
from tests.fakes import FakeAssistant, FakeStore, make_document, store_documents
from tests.index.conftest import TEXTS, tiny_exporter

LOCAL = "http://localhost"
"""What a test client calls the server: by no other name does one without keys answer."""


@pytest.fixture(scope="session")
def lamps() -> Document:
    """A book with headings, notes, a mark that has lost its note, and text meant to do harm."""
    return make_document(
        [
            "# The Oil Years",
            "Before the pipes were laid the town was lit by hand, where it was lit at all.",
            "In the winter of 1893 the town burned 412 barrels of oil[^17], and the council paid "
            "for none of them.[^18] The bill went to the parish.",
            "# Who Paid",
            "The mill asked for its money in June and was given a street.[^99]",
            "The clerk wrote <script>alert('gas')</script> and [bold]gas[/bold] \x1b[31min red.",
        ],
        notes={
            "17": "Council minutes, 4 March 1894.",
            "18": "Ibid., p. 4; the payer's name is left blank.",
            "19": "A note that nothing points to.",
        },
    )


@pytest.fixture(scope="session")
def wicks() -> Document:
    """A second book, by another author, without notes."""
    return make_document(
        ["The council bought its wicks by the hundredweight and sold the ends."],
        file="wicks.txt",
        title="Wicks",
        author="F. Token",
        year=1975,
        page=None,
    )


@pytest.fixture(scope="session")
def documents(
    lamps: Document, wicks: Document, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DocumentStore]:
    """Both books in a real document store."""
    store = store_documents(tmp_path_factory.mktemp("store") / "documents.sqlite", [lamps, wicks])
    yield store
    store.close()


@pytest.fixture
def assistant(documents: DocumentStore) -> FakeAssistant:
    return FakeAssistant(documents)


@pytest.fixture
def store(assistant: FakeAssistant) -> FakeStore:
    return FakeStore(assistant)


@pytest.fixture
def client(store: FakeStore) -> Iterator[TestClient]:
    """A client of the whole application, with its lifespan."""
    # Looked at only when a test says so, so that nothing depends on time.
    app = create_app(Settings(refresh_seconds=3600), store=store)
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def live(store: FakeStore) -> Iterator[Live]:
    """Serve the application on a socket of loopback, in a thread."""
    with serving(create_app(Settings(refresh_seconds=3600), store=store)) as live:
        yield live


@dataclass(frozen=True)
class Live:
    """A server that listens."""

    url: str
    server: uvicorn.Server
    app: FastAPI


@contextmanager
def serving(app: FastAPI, settings: Settings | None = None) -> Iterator[Live]:
    """Serve an application on loopback, as the command does, until the block ends."""
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(configured(app, settings or Settings()))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.005)
            yield Live(address(listener), server, app)
        finally:
            server.should_exit = True
            thread.join(timeout=60)
            assert not thread.is_alive()


@pytest.fixture(scope="session")
def tiny_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real index of three short texts, with a model of a few kilobytes."""
    folder = tmp_path_factory.mktemp("tiny")
    library = folder / "library"
    library.mkdir()
    for name, text in TEXTS.items():
        (library / name).write_text(text, encoding="utf-8")
    config = BuildConfig(exporter=tiny_exporter(24))
    catalog = Catalog({"bread.txt": Entry("The Miller's Book: Bread", "H. Token", 1922)})
    build(folder / "store", [library], model="tiny/words", catalog=catalog, config=config)
    return folder / "store"


@pytest.fixture
def index(tiny_index: Path, tmp_path: Path) -> Path:
    """A copy of that index, to be changed or broken."""
    return Path(shutil.copytree(tiny_index, tmp_path / "store"))
