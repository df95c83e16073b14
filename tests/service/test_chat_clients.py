"""OpenAI's own client over a socket: what it parses, what it raises, and the citations it gets."""

from __future__ import annotations

import asyncio

import openai
import pytest

from index.errors import DamagedStore

MESSAGES = [{"role": "user", "content": "How many barrels of oil burned in winter?"}]


@pytest.fixture
def openai_client(live):
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key="none", max_retries=0) as client:
        yield client


def check_annotations(content: str, annotations, lamps) -> None:
    (annotation,) = annotations
    cited = annotation.url_citation
    assert annotation.type == "url_citation"
    assert content[cited.start_index : cited.end_index] == "[1]"
    assert cited.title == "E. Instance, Lamps and Oil (1931), The Oil Years, p. 12"
    assert f"/view?document={lamps.id}&start=" in cited.url


def test_a_reply_is_typed_and_its_annotations_mark_the_numbers(openai_client, lamps):
    reply = openai_client.chat.completions.create(model="ibid", messages=MESSAGES)

    (choice,) = reply.choices
    assert (choice.finish_reason, choice.message.role, choice.message.refusal) == (
        "stop",
        "assistant",
        None,
    )
    check_annotations(choice.message.content, choice.message.annotations, lamps)
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.id.startswith("chatcmpl-")


def test_the_full_records_stand_under_one_key(openai_client, lamps, live):
    reply = openai_client.chat.completions.create(model="ibid", messages=MESSAGES)

    record = reply.model_extra["ibid"]
    (citation,) = record["citations"]
    quote = citation["quote"].replace("[^17]", "").replace("[^18]", "")
    assert record["status"] == "answered"
    assert quote == lamps.text[citation["start"] : citation["end"]]
    assert reply.model_extra["citations"] == [live.url + citation["url"]]
    assert [note["marker"] for note in citation["footnotes"]] == ["17", "18"]


def test_a_stream_adds_up_to_the_reply(openai_client):
    whole = openai_client.chat.completions.create(model="ibid", messages=MESSAGES)
    chunks = list(
        openai_client.chat.completions.create(
            model="ibid",
            messages=MESSAGES,
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    said = whole.choices[0].message
    assert text == said.content
    annotated = [a for c in chunks if c.choices for a in annotations_of(c)]
    assert annotated == [a.model_dump() for a in said.annotations]
    assert len({(chunk.id, chunk.created) for chunk in chunks}) == 1
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-2:] == [None, "stop"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert chunks[-2].model_extra["ibid"]["citations"] == whole.model_extra["ibid"]["citations"]


def annotations_of(chunk) -> list:
    return (chunk.choices[0].delta.model_extra or {}).get("annotations", [])


def test_the_async_client_streams_too(live):
    async def ask() -> str:
        base = f"{live.url}/v1"
        async with openai.AsyncOpenAI(base_url=base, api_key="none", max_retries=0) as client:
            stream = await client.chat.completions.create(
                model="ibid-plain", messages=MESSAGES, stream=True
            )
            return "".join([c.choices[0].delta.content or "" async for c in stream])

    text = asyncio.run(ask())

    assert text.endswith("[^18]” [1]")


def test_a_follow_up_is_understood_from_the_history(openai_client):
    history = [*MESSAGES, {"role": "assistant", "content": "412 [1]"}]
    reply = openai_client.chat.completions.create(
        model="ibid", messages=[*history, {"role": "user", "content": "and the council?"}]
    )

    query = reply.model_extra["ibid"]["query"]
    assert query == "How many barrels of oil burned in winter? and the council?"


def test_an_abstention_is_a_plain_stop_without_annotations(openai_client):
    reply = openai_client.chat.completions.create(
        model="ibid",
        messages=[
            {"role": "user", "content": "Which moons circle the largest planet of the town?"}
        ],
    )

    (choice,) = reply.choices
    assert (choice.finish_reason, choice.message.annotations) == ("stop", [])
    assert choice.message.content.startswith("The library does not answer this question.")
    assert reply.model_extra["ibid"]["status"] == "not_in_corpus"
    assert reply.model_extra["citations"] == []


def test_the_models_are_listed_and_shown(openai_client):
    names = [model.id for model in openai_client.models.list()]

    assert names == ["ibid", "ibid-plain"]
    assert openai_client.models.retrieve("ibid").object == "model"


def test_an_unknown_model_is_not_found(openai_client):
    with pytest.raises(openai.NotFoundError, match="'gpt-9' does not exist") as caught:
        openai_client.chat.completions.create(model="gpt-9", messages=MESSAGES)

    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError):
        openai_client.models.retrieve("gpt-9")


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        pytest.param([], "messages", id="none"),
        pytest.param([{"role": "king", "content": "?"}], "messages.0.role", id="unknown role"),
        pytest.param([{"role": "system", "content": "Be kind."}], "messages", id="no question"),
        pytest.param([{"role": "user", "content": "x" * 2001}], None, id="too long"),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_bad_chat_is_a_bad_request(openai_client, messages, param, stream):
    with pytest.raises(openai.BadRequestError) as caught:
        openai_client.chat.completions.create(model="ibid", messages=messages, stream=stream)

    assert (caught.value.type, caught.value.param) == ("invalid_request_error", param)


def test_a_damaged_index_is_a_server_error_and_no_abstention(openai_client, assistant, tmp_path):
    assistant.fault = DamagedStore(tmp_path, "nothing", "vectors")

    with pytest.raises(openai.InternalServerError) as caught:
        openai_client.chat.completions.create(model="ibid", messages=MESSAGES, stream=True)

    assert (caught.value.status_code, caught.value.code) == (503, "index_unusable")
    assert "retry-after" in caught.value.response.headers
    assert str(tmp_path) not in str(caught.value)
