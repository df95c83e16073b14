from __future__ import annotations

import pytest

WITHOUT_INDEX = {"/docs", "/healthz", "/metrics", "/v1/models", "/v1/models/{model}"}


@pytest.fixture
def description(client):
    return client.get("/openapi.json").json()


def test_the_description_names_every_route_of_the_contract(description):
    assert sorted(description["paths"]) == [
        "/",
        "/docs",
        "/healthz",
        "/metrics",
        "/readyz",
        "/v1/ask",
        "/v1/chat/completions",
        "/v1/documents",
        "/v1/documents/{document}",
        "/v1/documents/{document}/notes",
        "/v1/documents/{document}/text",
        "/v1/models",
        "/v1/models/{model}",
        "/v1/search",
        "/view",
    ]


def test_every_route_that_needs_an_index_says_that_it_may_be_closed(description):
    routes = [
        (path, operation)
        for path, operations in description["paths"].items()
        for operation in operations.values()
        if path not in WITHOUT_INDEX
    ]

    assert [path for path, operation in routes if "503" not in operation["responses"]] == []


def test_problems_are_described_as_problems(description):
    responses = description["paths"]["/v1/ask"]["post"]["responses"]

    schema = responses["422"]["content"]["application/problem+json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ProblemBody"}
    assert "`question_too_long`" in responses["422"]["description"]
    problem = description["components"]["schemas"]["ProblemBody"]
    assert {"title", "status", "detail", "code"} <= set(problem["properties"])
    assert "FaultBody" in description["components"]["schemas"]


def test_the_limits_of_a_question_are_described(description):
    question = description["components"]["schemas"]["AskRequest"]["properties"]["question"]

    assert (question["minLength"], question["maxLength"]) == (1, 2000)


def test_the_chat_describes_its_errors_as_openai_does(description):
    responses = description["paths"]["/v1/chat/completions"]["post"]["responses"]

    assert "422" not in responses
    schema = responses["400"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ErrorReplyBody"}
