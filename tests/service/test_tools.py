"""The official client of the Model Context Protocol, in memory and against the real command."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import contextmanager

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from index.errors import DamagedStore
from service.cli import main
from service.desk import Desk
from service.keys import Keyring, add_key
from service.library import Library
from service.settings import Settings
from service.tools import MOST_TEXT, tool_app, tool_server
from tests.service.conftest import serving

QUESTION = "How many barrels of oil burned in winter?"


@pytest.fixture
def call(store):
    desk = Desk(Library(store))

    def call(tool: str, **arguments):
        async def talk():
            async with Client(tool_server(desk)) as client:
                return await client.call_tool(tool, arguments)

        return asyncio.run(talk())

    yield call
    desk.close()
    desk.library.close()


def test_the_tools_are_those_of_the_contract_and_change_nothing(store):
    async def talk():
        async with Client(tool_server(Desk(Library(store)))) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(talk())

    assert [tool.name for tool in tools] == ["ask", "search", "read", "notes"]
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)


def test_a_citation_leads_to_the_text_that_it_quotes(call, lamps):
    answer = call("ask", question=QUESTION).structured_content

    (citation,) = answer["citations"]
    place = {name: citation[name] for name in ("start", "end")}
    text = call("read", document=citation["document"]["id"], **place).structured_content["text"]
    assert answer["status"] == "answered"
    assert text == re.sub(r"\[\^\w+\]", "", citation["quote"])
    assert text == lamps.text[place["start"] : place["end"]]


def test_what_the_library_does_not_answer_is_said(call):
    reply = call("ask", question="Which moons circle the largest planet of the town?")

    assert reply.structured_content["status"] == "not_in_corpus"


def test_passages_and_notes_are_given(call):
    passages = call("search", query="barrels", limit=1).structured_content["passages"]
    notes = call("notes", document="lamps.txt").structured_content["notes"]

    assert passages[0]["document"]["file"] == "lamps.txt"
    assert [note["marker"] for note in notes] == ["17", "18", "19"]


def test_one_reading_is_not_endless(call, lamps):
    text = call("read", document=lamps.id, end=10**9).structured_content

    assert text["end"] == min(len(lamps.text), MOST_TEXT)


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("read", {"document": "../../etc/passwd"}, "The library holds no such document."),
        ("ask", {"question": " "}, "found an empty question"),
    ],
)
def test_an_error_is_told_in_the_words_of_the_routes(call, tool, arguments, told):
    reply = call(tool, **arguments)

    assert reply.is_error
    assert told in reply.content[0].text


def test_an_error_names_no_path(call, assistant, tmp_path):
    assistant.fault = DamagedStore(tmp_path, "nothing", "vectors")

    assert str(tmp_path) not in call("ask", question=QUESTION).content[0].text


def test_the_command_serves_a_client_over_standard_input(index):
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "service", "mcp", "--store", str(index)]
    )

    async def talk():
        async with Client(stdio_client(server)) as client:
            question = "How many sacks did the miller count?"
            return await client.call_tool("ask", {"question": question})

    answer = asyncio.run(talk()).structured_content

    assert answer["citations"][0]["document"]["file"] == "bread.txt"


@contextmanager
def tools_over_http(store, keys=None, settings=None):
    """Listen as `ibid mcp --http` does."""
    desk, settings = Desk(Library(store)), settings or Settings()
    try:
        with serving(tool_app(desk, settings, keys or Keyring()), settings) as live:
            yield live
    finally:
        desk.close()
        desk.library.close()


def ask_over_http(url: str, key: str = "", times: int = 1) -> list[str]:
    """Ask by the official client; give the statuses of the answers."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def talk():
        async with (
            create_mcp_http_client(headers=headers) as sender,
            Client(streamable_http_client(f"{url}/mcp", http_client=sender)) as client,
        ):
            return [await client.call_tool("ask", {"question": QUESTION}) for _ in range(times)]

    return [answer.structured_content["status"] for answer in asyncio.run(talk())]


def test_the_tools_are_served_over_http(store):
    with tools_over_http(store) as live:
        assert ask_over_http(live.url, times=2) == ["answered"] * 2


def test_with_keys_the_tools_are_for_those_who_have_one(store, tmp_path):
    key = add_key(tmp_path / "keys", "reader")
    with tools_over_http(store, Keyring.load(tmp_path / "keys")) as live:
        refused = httpx2.post(f"{live.url}/mcp", json={})

        assert (refused.status_code, refused.json()["code"]) == (401, "invalid_api_key")
        assert ask_over_http(live.url, key) == ["answered"]


def test_a_strange_name_does_not_reach_the_tools(store):
    with tools_over_http(store) as live:
        reply = httpx2.post(f"{live.url}/mcp", json={}, headers={"Host": "stranger.example"})

    assert (reply.status_code, reply.json()["code"]) == (421, "strange_host")


def test_tools_that_others_can_reach_are_not_served_without_keys(index, tmp_path, monkeypatch):
    monkeypatch.setenv("IBID_KEYS", str(tmp_path / "keys"))

    assert main(["mcp", "--http", "--host", "0.0.0.0", "--port", "0", "--store", str(index)]) == 2
