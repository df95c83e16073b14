"""Traces for OpenTelemetry, where the settings name a collector: a span a request, one a stage.

The packages for it are an extra and are imported only then. No span holds what was asked.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import ExtraMissing
from service.logs import request_id
from service.version import version

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

NAME = "ibid"
SERVER_ERROR = 500
_NANOSECONDS = 1_000_000
"""Of a millisecond."""

_tracer: ContextVar[Tracer | None] = ContextVar("tracer", default=None)
"""What traces the request that is worked for; nothing outside of any, and where traces are off."""


def open_traces(collector: str) -> TracerProvider:
    """Send spans to a collector; ``shutdown`` sends those that are left.

    Args:
        collector: Its address for traces over HTTP, such as ``http://127.0.0.1:4318/v1/traces``.

    Raises:
        ExtraMissing: If the packages for it are not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ExtraMissing("traces", "IBID_TRACES") from error
    provider = TracerProvider(
        resource=Resource.create({"service.name": NAME, "service.version": version()})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=collector)))
    return provider


class Traced:
    """Puts a span around each request, the child of the one that the client names."""

    def __init__(self, app: ASGIApp, provider: TracerProvider) -> None:
        """Wrap an application."""
        self._app = app
        self._tracer = provider.get_tracer(NAME, version())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application, and tell what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope)))
        token = _tracer.set(self._tracer)
        try:
            with self._tracer.start_as_current_span(
                scope["method"],
                context=parent,
                kind=SpanKind.SERVER,
                # The words of an error may hold what was asked; its status says enough.
                record_exception=False,
                set_status_on_exception=False,
            ) as span:
                try:
                    await self._app(scope, receive, _watched(send, span))
                finally:
                    _describe(span, scope)
        finally:
            _tracer.reset(token)


def _watched(send: Send, span: Span) -> Send:
    from opentelemetry.trace import StatusCode

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            span.set_attribute("http.response.status_code", message["status"])
            if message["status"] >= SERVER_ERROR:
                span.set_status(StatusCode.ERROR)
        await send(message)

    return sent


def _describe(span: Span, scope: Scope) -> None:
    """Say which request it was; its route is known only afterwards."""
    span.set_attribute("http.request.method", scope["method"])
    span.set_attribute("ibid.request_id", request_id.get())
    route = getattr(scope.get("route"), "path", None)
    if route is not None:
        span.set_attribute("http.route", route)
        span.update_name(f"{scope['method']} {route}")


def trace_stages(timings_ms: Mapping[str, float], *, attributes: Mapping[str, str]) -> None:
    """Give each stage of work that has just ended a span under that of its request.

    Stages follow one another, and what lies between them is little; so they are laid end to end,
    back from now by what all of it took.

    Args:
        timings_ms: Milliseconds by stage, in order, and of all under ``total``.
        attributes: What came of it.
    """
    tracer = _tracer.get()
    if tracer is None:
        return
    from opentelemetry.trace import get_current_span

    get_current_span().set_attributes(dict(attributes))
    place = time.time_ns() - int(timings_ms.get("total", 0.0) * _NANOSECONDS)
    for stage, spent in timings_ms.items():
        if stage != "total":
            end = place + int(spent * _NANOSECONDS)
            tracer.start_span(stage, start_time=place).end(end_time=end)
            place = end
