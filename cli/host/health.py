"""Whether a process of this machine does its work: the health checks of a container."""

import time
from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

import typer

ANSWER_SECONDS = 8.0
RECENT_SECONDS = 150.0
"""A poll lasts a minute at most, so a worker that works has begun one since."""


class Process(StrEnum):
    """Whom to ask about."""

    API = "api"
    WORKER = "worker"


def health(process: Annotated[Process, typer.Argument(help="Whom to ask about.")]) -> None:
    """Tell whether the API or a worker of this machine does its work; exit code 3 if not.

    The API is asked whether it can take orders; Temporal, whether a worker of this machine polls,
    and that worker, whether its tasks work: the relay, the sweep, the asking for payments.

    Example: pegboard health api
    """
    from fulfillment import settings

    chosen = settings.load()
    if process is Process.API:
        _ask_api(chosen.api_host, chosen.api_port)
    else:
        _ask_temporal(chosen.task_queue)


def _ask_api(host: str, port: int) -> None:
    import httpx

    from cli.errors import ServiceAwayError, UsageError
    from cli.host.listening import url_of

    if not port:
        raise UsageError("PEGBOARD_API_PORT is 0, which is any port: name the one that it has")
    url = f"{url_of(host, port)}/health/ready"
    # trust_env: a proxy named in the environment is not for our own API.
    try:
        answer = httpx.get(url, timeout=ANSWER_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        raise ServiceAwayError(f"the API does not answer: {error}") from None
    typer.echo(answer.text)
    if not answer.is_success:
        raise ServiceAwayError("the API cannot take orders")


def _ask_temporal(task_queue: str) -> None:
    import asyncio

    from cli.errors import ServiceAwayError

    try:
        polling = asyncio.run(asyncio.wait_for(_polling(task_queue), ANSWER_SECONDS))
    except TimeoutError:
        raise ServiceAwayError("Temporal does not answer in time") from None
    if not polling:
        raise ServiceAwayError(f"no worker of this machine polls the task queue {task_queue}")
    _ask_workers(polling)
    typer.echo(f"a worker of this machine polls the task queue {task_queue}, and its tasks work")


def _ask_workers(pids: Collection[int]) -> None:
    """What workers say of their tasks; one that ended lately may still be on Temporal's list."""
    from cli.errors import ServiceAwayError
    from fulfillment.keeping import read_report

    reports = [report for pid in sorted(pids) if (report := read_report(pid))]
    if not reports:
        raise ServiceAwayError("a worker of this machine polls, but says nothing of its tasks")
    if troubles := [trouble for report in reports for trouble in report.troubles]:
        raise ServiceAwayError("; ".join(troubles))


async def _polling(task_queue: str) -> set[int]:
    """Process ids of this machine's workers that poll."""
    from temporalio.api.enums.v1 import TaskQueueType
    from temporalio.api.taskqueue.v1 import TaskQueue
    from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

    from fulfillment import engine

    client = await engine.connect()
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    since = time.time() - RECENT_SECONDS
    return {
        engine.pid_of(poller.identity)
        for poller in answer.pollers
        if engine.is_of_this_machine(poller.identity) and poller.last_access_time.seconds > since
    }
