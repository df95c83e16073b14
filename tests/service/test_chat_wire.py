"""The OpenAI wire, frame by frame, as clients other than OpenAI's own read it."""

from __future__ import annotations

import json

import pytest

QUESTION = "How many barrels of oil burned in winter?"
QUOTE = (
    "In the winter of 1893 the town burned 412 barrels of oil[^17], "
    "and the council paid for none of them.[^18]"
)
TITLE = "E. Instance, Lamps and Oil (1931), The Oil Years, p. 12"
BASE = "http://localhost"


def chat(client, content=QUESTION, **more):
    messages = [{"role": "user", "content": content}]
    body = {"model": "ibid", "messages": messages, **more}
    return client.post("/v1/chat/completions", json=body)


def frames(reply) -> list:
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    lines = [line for line in reply.text.split("\n\n") if line and not line.startswith(":")]
    assert all(line.startswith("data: ") for line in lines)
    assert lines.pop() == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines]


@pytest.fixture
def url(lamps) -> str:
    start = lamps.text.index("In the winter")
    end = lamps.text.index(" The bill")
    return f"{BASE}/view?document={lamps.id}&start={start}&end={end}"


@pytest.fixture
def annotation(url) -> dict:
    start = len(f"“{QUOTE}” ")
    place = {"start_index": start, "end_index": start + 3, "title": TITLE, "url": url}
    return {"type": "url_citation", "url_citation": place}


@pytest.fixture
def shown(url) -> dict:
    """The citation as Open WebUI shows it."""
    return {
        "source": {"id": "c1", "name": TITLE, "url": url},
        "document": [
            f"{QUOTE}\n\n[^17] Council minutes, 4 March 1894."
            "\n\n[^18] Ibid., p. 4; the payer's name is left blank."
        ],
        "metadata": [{"source": url, "name": TITLE, "source_url": url}],
        "distances": [0.75],
    }


@pytest.fixture
def text(url) -> str:
    return (
        f"“{QUOTE}” [1]"
        f"\n\n[1] {TITLE} ([open]({url}))"
        "\n\n[^17] Council minutes, 4 March 1894."
        "\n\n[^18] Ibid., p. 4; the payer's name is left blank."
    )


def test_a_whole_reply(client, text, url, annotation, shown):
    reply = chat(client)

    assert reply.headers["x-ibid-status"] == "answered"
    body = reply.json()
    record, id_, created = body.pop("ibid"), body.pop("id"), body.pop("created")
    assert (record["status"], id_[:9], type(created)) == ("answered", "chatcmpl-", int)
    assert body == {
        "object": "chat.completion",
        "model": "ibid",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": text,
                    "refusal": None,
                    "annotations": [annotation],
                },
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 8, "completion_tokens": 50, "total_tokens": 58},
        "system_fingerprint": None,
        "citations": [url],
        "search_results": [{"title": TITLE, "url": url, "date": "1931"}],
        "sources": [shown],
    }


def test_a_stream(client, text, annotation, shown):
    chunks = frames(chat(client, stream=True))

    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    answer, ending = text[: text.index("[1]") + 3], text[text.index("[1]") + 3 :]
    assert deltas == [
        {"role": "assistant", "content": ""},
        {"content": answer},
        {"annotations": [annotation]},
        {"content": ending},
        {},
    ]
    assert [chunk.get("event") for chunk in chunks] == [
        None,
        None,
        {"type": "source", "data": shown},
        None,
        None,
    ]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None] * 4 + ["stop"]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert not any("usage" in chunk or "error" in chunk for chunk in chunks)
    assert chunks[-1]["ibid"]["status"] == "answered"


def test_usage_is_null_until_the_last_chunk(client):
    chunks = frames(chat(client, stream=True, stream_options={"include_usage": True}))

    assert [chunk["usage"] for chunk in chunks[:-1]] == [None] * 5
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] == 58


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        pytest.param({"model": "ibid-plain"}, False, id="plain model"),
        pytest.param({"ibid": {"references": False}}, False, id="switched off"),
        pytest.param({"model": "ibid-plain", "ibid": {"references": True}}, True, id="on again"),
    ],
)
def test_the_places_at_the_end_can_be_switched_off(client, options, listed, annotation):
    message = chat(client, **options).json()["choices"][0]["message"]

    assert ("[open](" in message["content"]) is listed
    assert message["annotations"] == [annotation]


def test_what_an_abstention_offers_is_not_numbered(client):
    body = chat(client, "Which moons circle the largest planet of the town?").json()

    content = body["choices"][0]["message"]["content"]
    assert content.startswith("The library does not answer this question.\n\nNearest passages")
    assert "[1]" not in content
    assert (body["citations"], body["sources"]) == ([], [])


def test_content_may_be_a_list_of_parts(client):
    parts = [{"type": "image_url", "image_url": {"url": "data:,"}}, {"type": "text"}]
    body = chat(client, [*parts, {"type": "text", "text": QUESTION}]).json()

    assert body["ibid"]["query"] == QUESTION


def test_what_is_unknown_is_passed_over(client):
    options = {"temperature": 0.1, "top_p": 1, "seed": 1, "user": "u", "tools": [], "stop": None}

    assert chat(client, **options, metadata={"a": "b"}).status_code == 200


def test_an_answer_may_be_confined_to_an_author(client):
    body = chat(client, ibid={"filters": {"author": ["F. Token"]}}).json()

    assert body["ibid"]["citations"] == []


def test_the_same_question_is_not_mixed_with_the_last_turn(client):
    """A citation of an earlier turn must not leak into a later one."""
    first = chat(client).json()
    second = chat(client, "Which moons circle the largest planet of the town?").json()

    assert first["citations"]
    assert second["citations"] == []


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ('{ "title": "your concise title here" }', {"title": "Who lit the lamps?"}),
        ('{ "tags": ["tag1", "tag2"] }', {"tags": []}),
        ('{ "follow_ups": ["Question 1?"] }', {"follow_ups": []}),
        ('{ "queries": ["query1"] }', {"queries": []}),
    ],
)
def test_prompts_of_the_client_itself_are_answered_without_retrieval(
    client, assistant, form, expected
):
    assistant.fault = AssertionError("the library was searched")
    prompt = (
        f"### Task:\nDo this.\n### Output:\nJSON format: {form}\n### Chat History:\n"
        "<chat_history>\nUSER: Who lit the lamps?\nASSISTANT: By hand.\n</chat_history>"
    )

    body = chat(client, prompt).json()

    message = body["choices"][0]["message"]
    assert json.loads(message["content"]) == expected
    assert message["annotations"] == []
    assert body["ibid"] == {"status": "task"}


def test_a_question_wrapped_in_such_a_prompt_is_answered(client):
    prompt = f"### Task:\nRespond.\n<user_query>\n{QUESTION}\n</user_query>"

    assert chat(client, prompt).json()["ibid"]["query"] == QUESTION


def test_a_hostile_prompt_costs_no_more_than_its_length(client):
    prompt = "### Task:" + "<chat_history>" * 10_000 + "<user_query>" + " " * 100_000 + '{"' * 9_999

    assert chat(client, prompt).status_code == 200


@pytest.mark.parametrize(
    ("path", "method"), [("/v1/models/none", "GET"), ("/v1/chat/completions", "GET")]
)
def test_errors_of_these_routes_are_openais(client, path, method):
    error = client.request(method, path).json()["error"]

    assert set(error) == {"message", "type", "param", "code"}


def test_a_body_that_is_no_json_is_a_bad_request(client):
    headers = {"content-type": "application/json"}
    reply = client.post("/v1/chat/completions", content=b"{", headers=headers)

    assert (reply.status_code, reply.json()["error"]["type"]) == (400, "invalid_request_error")
