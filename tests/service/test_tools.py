"""The official client of the Model Context Protocol, in memory and against the real command."""

from __future__ import annotations

import asyncio
import re
import sys

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from index.errors import DamagedStore
from service.desk import Desk
from service.library import Library
from service.tools import MOST_TEXT, tool_server
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


def test_the_tools_are_served_over_http(store):
    desk = Desk(Library(store))
    # Listens as `ibid mcp --http` does.
    with serving(tool_server(desk).streamable_http_app(stateless_http=True)) as live:

        async def talk():
            async with Client(f"{live.url}/mcp") as client:
                return [await client.call_tool("ask", {"question": QUESTION}) for _ in range(2)]

        answers = asyncio.run(talk())
    desk.close()
    desk.library.close()

    assert [answer.structured_content["status"] for answer in answers] == ["answered"] * 2
