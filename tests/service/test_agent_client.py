"""OpenAI's agents over a socket: a second typed client, which reads citations by its own types."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest
from agents import Agent, OpenAIChatCompletionsModel, RunConfig, Runner
from openai import AsyncOpenAI
from openai.types.responses import ResponseOutputMessage, ResponseOutputText

QUESTION = "How many barrels of oil burned in winter?"
# Else it would tell its makers of every run.
SILENT = RunConfig(tracing_disabled=True)


@pytest.fixture
def ask(live):
    """Have an agent ask; gives its reply as the types of its own."""

    async def talk(question: str, *, stream: bool) -> ResponseOutputText:
        async with AsyncOpenAI(base_url=f"{live.url}/v1", api_key="none", max_retries=0) as client:
            model = OpenAIChatCompletionsModel(model="ibid", openai_client=client)
            agent = Agent(name="Reader", instructions="Quote the library.", model=model)
            if stream:
                result = Runner.run_streamed(agent, question, run_config=SILENT)
                async for _ in result.stream_events():
                    pass
            else:
                result = await Runner.run(agent, question, run_config=SILENT)
        (response,) = result.raw_responses
        (message,) = response.output
        assert isinstance(message, ResponseOutputMessage)
        (text,) = message.content
        assert isinstance(text, ResponseOutputText)
        return text

    return lambda question, stream=False: asyncio.run(talk(question, stream=stream))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_an_agent_reads_where_a_quotation_stands(ask, lamps, stream):
    text = ask(QUESTION, stream=stream)

    (citation,) = text.annotations
    place = parse_qs(urlsplit(citation.url).query)
    quoted = lamps.text[int(place["start"][0]) : int(place["end"][0])]
    assert citation.type == "url_citation"
    assert text.text[citation.start_index : citation.end_index] == "[1]"
    assert citation.title.startswith("E. Instance, Lamps and Oil (1931)")
    assert place["document"] == [lamps.id]
    assert quoted.startswith("In the winter of 1893 the town burned 412 barrels of oil")


def test_an_agent_is_told_when_there_is_no_answer(ask):
    text = ask("Which moons circle the largest planet?")

    assert text.text.startswith("The library does not answer")
    assert text.annotations == []
