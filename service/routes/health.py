"""``GET /healthz`` and ``GET /readyz``: does the process live, and can it answer."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from service.errors import NoIndexOpen
from service.handlers import responses
from service.routes.dependencies import AssistantDependency

router = APIRouter(tags=["health"])


class AliveBody(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"


class ReadyBody(BaseModel):
    """An index is open."""

    status: Literal["ready"] = "ready"
    generation: str


@router.get("/healthz")
async def healthz() -> AliveBody:
    """Say that the process lives."""
    return AliveBody()


@router.get("/readyz", responses=responses(NoIndexOpen))
async def readyz(assistant: AssistantDependency) -> ReadyBody:
    """Say that an index is open, and which."""
    return ReadyBody(generation=assistant.generation)
