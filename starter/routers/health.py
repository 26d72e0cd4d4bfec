"""Whether the process lives, and whether it can take orders."""

import asyncio
import contextlib
from functools import cache

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from fulfillment import engine
from fulfillment.store.reading.health import newest_revision, revision
from fulfillment.store.session import Store
from starter.models.settings import Database, LiveOut, ReadyOut
from starter.parts import parts_of

ENGINE_SECONDS = 1.0

router = APIRouter(prefix="/health", tags=["health"])

newest = cache(newest_revision)


@router.get("/live", summary="Whether the process answers")
async def live() -> LiveOut:
    """Always 200 while the process runs; it looks at nothing else."""
    return LiveOut()


@router.get("/ready", summary="Whether orders can be taken", responses={503: {"model": ReadyOut}})
async def ready(request: Request, response: Response) -> ReadyOut:
    """200 when the database answers and is migrated. The engine is told of, and may be away."""
    database, reachable = await asyncio.gather(
        run_in_threadpool(_database, parts_of(request).store), _engine_is_reachable()
    )
    is_ready = database == "migrated"
    response.status_code = 200 if is_ready else 503
    return ReadyOut(
        status="ready" if is_ready else "not_ready",
        database=database,
        engine="reachable" if reachable else "unreachable",
    )


def _database(store: Store) -> Database:
    try:
        found = store.read("*", revision)
    except SQLAlchemyError:
        return "unreachable"
    return "migrated" if found == newest() else "not_migrated"


async def _engine_is_reachable() -> bool:
    host, _, port = engine.address().rpartition(":")
    with contextlib.suppress(OSError, ValueError, TimeoutError):
        async with asyncio.timeout(ENGINE_SECONDS):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        writer.close()
        return True
    return False
