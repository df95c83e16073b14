"""Requests made up from the interface's own description: none fails, none surprises."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.app import create_app
from service.settings import Settings
from tests.service.conftest import serving

PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def described(store):
    app = create_app(Settings(refresh_seconds=3600, rate_per_minute=0), store=store)
    with serving(app) as live:
        yield schemathesis.openapi.from_url(f"{live.url}/openapi.json")


def test_no_request_gets_a_reply_that_is_not_described(described):
    operations = [found.ok() for found in described.get_all_operations()]
    assert operations

    for operation in operations:

        @settings(max_examples=25, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(checks=PROMISES)

        ask()
