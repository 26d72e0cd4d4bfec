"""Whether the process lives, and whether it can take orders."""

import asyncio

from fastapi import APIRouter, Request, Response

from starter.models.settings import LiveOut, ReadyOut
from starter.parts import parts_of

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", operation_id="live", summary="Whether the process answers")
async def live() -> LiveOut:
    """Always 200 while the process runs; it looks at nothing else."""
    return LiveOut()


@router.get(
    "/ready",
    operation_id="ready",
    summary="Whether orders can be taken",
    responses={503: {"model": ReadyOut}},
)
async def ready(request: Request, response: Response) -> ReadyOut:
    """200 when the database answers and this version can work with its tables.

    The engine, and what carries messages to it from here, are told of: both may be away.
    """
    parts = parts_of(request)
    database, reachable = await asyncio.gather(
        parts.probes.database(), parts.probes.engine_is_reachable()
    )
    is_ready = database == "migrated"
    response.status_code = 200 if is_ready else 503
    return ReadyOut(
        status="ready" if is_ready else "not_ready",
        database=database,
        engine="reachable" if reachable else "unreachable",
        relay="failing" if parts.relay and parts.relay.trouble else "running",
    )
