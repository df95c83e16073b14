"""``GET /healthz``, ``/readyz`` and ``/metrics``: does it live, can it answer, and how fast."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from service.errors import NoIndexOpen
from service.handlers import responses
from service.metrics import MEDIA_TYPE
from service.routes.dependencies import AssistantDependency

router = APIRouter(tags=["health"])


class AliveBody(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"


class ReadyBody(BaseModel):
    """An index is open."""

    status: Literal["ready"] = "ready"
    generation: str


@router.get("/healthz", responses=responses())
async def healthz() -> AliveBody:
    """Say that the process lives."""
    return AliveBody()


@router.get("/readyz", responses=responses(NoIndexOpen))
async def readyz(assistant: AssistantDependency) -> ReadyBody:
    """Say that an index is open, and which."""
    return ReadyBody(generation=assistant.generation)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **responses()},
)
async def metrics(request: Request) -> Response:
    """Give the measurements, for Prometheus."""
    return Response(request.app.state.metrics.text(), media_type=MEDIA_TYPE)
