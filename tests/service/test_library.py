from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.errors import DamagedStore
from service.app import keep_fresh
from service.errors import NoIndexOpen
from service.library import Library
from tests.fakes import FakeAssistant, FakeStore


@pytest.fixture
def library(store):
    library = Library(store)
    library.refresh()
    return library


def test_nothing_is_lent_before_an_index_is_open():
    library = Library(FakeStore())
    library.refresh()

    with pytest.raises(NoIndexOpen, match="found nothing, expected an index"), library.borrow():
        pass


def test_a_new_generation_takes_the_place_of_the_old(library, store, assistant, documents):
    store.add(FakeAssistant(documents, "g2"))

    assert library.refresh()
    assert library.generation == "g2"
    assert not assistant.is_open


def test_a_borrowed_assistant_stays_open_until_it_is_given_back(
    library, store, assistant, documents
):
    with library.borrow() as borrowed:
        store.add(FakeAssistant(documents, "g2"))
        library.refresh()

        assert borrowed is assistant
        assert assistant.is_open

    assert not assistant.is_open


def test_an_unchanged_store_is_not_opened_again(library, store):
    store.fault = AssertionError("opened again")

    assert library.refresh()


def test_what_is_open_stays_when_the_new_generation_is_damaged(library, store, caplog):
    store.generation = "g2"
    store.fault = DamagedStore("dense.faiss", "nothing", "a file")

    outcomes = [library.refresh(), library.refresh()]

    assert outcomes == [False, False]
    assert library.generation == "g1"
    # Said once, however often it is tried.
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_closing_waits_for_the_last_borrower(library, assistant):
    with library.borrow():
        library.close()

        assert assistant.is_open

    assert not assistant.is_open


def test_what_is_opened_while_the_library_closes_is_closed_too(store, assistant):
    library = Library(store)
    library.close()

    library.refresh()

    assert library.generation is None
    assert not assistant.is_open


def test_no_request_fails_while_generations_are_exchanged(library, store, documents):
    done = threading.Event()

    def ask() -> int:
        asked = 0
        while not done.is_set():
            with library.borrow() as assistant:
                assistant.ask("barrels of oil")
            asked += 1
        return asked

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        for number in range(2, 22):
            store.add(FakeAssistant(documents, f"g{number}"))
            library.refresh()
        done.set()

    assert all(asked.result() > 0 for asked in asking)
    assert library.generation == "g21"


def test_the_watch_picks_up_a_new_generation(library, store, documents):
    async def watch() -> None:
        watching = asyncio.create_task(keep_fresh(library, 0.001))
        store.add(FakeAssistant(documents, "g2"))
        while library.generation != "g2":
            await asyncio.sleep(0.001)
        watching.cancel()

    asyncio.run(asyncio.wait_for(watch(), timeout=30))

    assert library.generation == "g2"


def test_the_watch_outlives_an_unexpected_fault(library, store, documents, caplog):
    async def watch() -> None:
        store.generation, store.fault = "g2", RuntimeError("a fault")
        watching = asyncio.create_task(keep_fresh(library, 0.001))
        while not caplog.records:
            await asyncio.sleep(0.001)
        store.fault = None
        store.add(FakeAssistant(documents, "g3"))
        while library.generation != "g3":
            await asyncio.sleep(0.001)
        watching.cancel()

    asyncio.run(asyncio.wait_for(watch(), timeout=30))

    assert library.generation == "g3"
