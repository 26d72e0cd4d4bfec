"""What somebody was asked to look at is done."""

from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.tasks import read_task
from fulfillment.store.reading.views.floor import TaskView
from fulfillment.store.transactions.session import Command, Store, Tx


def finish_task(store: Store, command: Command, task: int) -> TaskView:
    """A task is done once; the second who says so is refused."""

    def body(tx: Tx) -> TaskView:
        done = tx.count(
            "UPDATE task SET done_at = :now WHERE id = :id AND merchant = :merchant"
            " AND done_at IS NULL",
            id=task,
            merchant=tx.merchant,
            now=tx.now,
        )
        if done:
            return read_task(tx, task)
        if not tx.rows(
            "SELECT 1 FROM task WHERE id = :id AND merchant = :merchant",
            id=task,
            merchant=tx.merchant,
        ):
            raise missing("task", task)
        raise conflict("task_done", f"task {task} is done already")

    return execute_as(TaskView, store, command, body)
