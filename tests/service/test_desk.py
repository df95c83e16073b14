from __future__ import annotations

import asyncio
import threading

import pytest

from service.desk import Desk, DeskConfig
from service.errors import DeskFull, NoIndexOpen, TookTooLong
from service.library import Library
from tests.fakes import FakeStore

PATIENCE_SECONDS = 60


@pytest.fixture
def library(store):
    library = Library(store)
    library.refresh()
    yield library
    library.close()


@pytest.fixture
def gate():
    """Holds work until it is opened; opened in the end, so that no thread is left behind."""
    gate = threading.Event()
    yield gate
    gate.set()


def held(gate):
    def work(assistant):
        assert gate.wait(PATIENCE_SECONDS)
        return assistant.generation

    return work


async def begun(desk, gate, count):
    """Start pieces of work, and wait until the desk has all in hand."""
    tasks = [asyncio.create_task(desk.run(held(gate))) for _ in range(count)]
    while desk.taken < count:
        await asyncio.sleep(0)
    return tasks


def test_work_is_done_off_the_event_loop_with_the_open_assistant(library):
    desk = Desk(library)

    where, generation = asyncio.run(
        desk.run(lambda assistant: (threading.current_thread(), assistant.generation))
    )

    assert where is not threading.current_thread()
    assert generation == "g1"
    desk.close()


def test_what_does_not_fit_in_the_queue_is_refused_at_once(library, gate):
    desk = Desk(library, DeskConfig(workers=1, waiting=1))

    async def crowd():
        tasks = await begun(desk, gate, 2)
        with pytest.raises(DeskFull, match="found 2 questions in hand"):
            await desk.run(held(gate))
        gate.set()
        return await asyncio.gather(*tasks)

    assert asyncio.run(crowd()) == ["g1", "g1"]
    assert desk.taken == 0
    desk.close()


def test_who_leaves_the_queue_makes_room(library, gate):
    desk = Desk(library, DeskConfig(workers=1, waiting=1))

    async def leave():
        working, waiting = await begun(desk, gate, 2)
        waiting.cancel()
        await asyncio.wait([waiting])
        taken = desk.taken
        gate.set()
        await working
        return taken

    assert asyncio.run(leave()) == 1
    desk.close()


def test_a_result_that_takes_too_long_is_not_waited_for(library, gate):
    desk = Desk(library, DeskConfig(workers=1, patience_seconds=0.01))

    with pytest.raises(TookTooLong, match=r"no result after 0\.01 s"):
        asyncio.run(desk.run(held(gate)))
    gate.set()
    desk.close()


def test_an_index_is_not_closed_under_work_whose_client_has_gone(library, gate, assistant):
    desk = Desk(library, DeskConfig(workers=1, patience_seconds=0.01))

    with pytest.raises(TookTooLong):
        asyncio.run(desk.run(held(gate)))
    library.close()
    assert assistant.is_open

    gate.set()
    desk.close()
    assert not assistant.is_open


def test_an_error_of_the_work_is_raised_where_it_is_waited_for():
    desk = Desk(Library(FakeStore()))

    with pytest.raises(NoIndexOpen, match="no index has been opened"):
        asyncio.run(desk.run(lambda assistant: assistant.generation))
    desk.close()
