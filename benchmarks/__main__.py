"""The benchmarks, one command: `python -m benchmarks --list` names them."""

import importlib
import sys

from cli.exit_status import run_and_end

LIST = """\
benchmarks, each with its own README and --help; `make bench ARGS=growth` runs one of them,
`make bench` all that have a target, in one table (ARGS=--quick: some five minutes):

  python -m benchmarks.targets            that table
  python -m benchmarks.intake             orders per second, from HTTP intake to ready, against
                                          a floor in the same run
  python -m benchmarks.clients            what 16 and 64 clients wait for, against a bare API
  python -m benchmarks.statements         statements and waits of an order's steps
  python -m benchmarks.waiters            memory, the audit and a restart beside many that wait
  python -m benchmarks.plan               seconds to plan queues of growing length, no database
  python -m benchmarks.transaction        one adjustment while many wait, on a real database
  python -m benchmarks.receipt            one receipt while many wait, against bulk statements
  python -m benchmarks.weight             rows, bytes and CPU time of one order, intake to shipped
  python -m benchmarks.wake               wakes per second by the relay, against a bare loop
  python -m benchmarks.northwind FOLDER   a real order history, imported and shipped to its end
  python -m benchmarks.restore            seconds until thousands of orders go on, whose claims a
                                          database that was put back has forgotten
  python -m benchmarks.feed --help        what events cost who decides, and how soon they are read
  python -m benchmarks.webhooks --help    deliveries a second that are made and sent
  python -m benchmarks.history            lists, pages, intake, the sweep and the audit beside
                                          10,000 and 300,000 finished orders
  python -m benchmarks.weeks              five weeks of a wholesaler at once, and what another
                                          merchant feels of it
  python -m benchmarks.growth             what takes longer where a hundred times as many wait
  python -m benchmarks.desk               each page of the desk while 100,000 orders wait
"""

APPS = frozenset(
    {"targets", "intake", "clients", "waiters", "plan", "transaction", "receipt", "weight"}
    | {"restore", "history", "weeks", "growth", "desk"}
)
"""Those that can be named; the others are run as modules of their own."""


def main() -> None:
    """Run the one that is named first, else the table of all targets."""
    if "--list" in sys.argv[1:]:
        print(LIST)
        return
    name = sys.argv.pop(1) if sys.argv[1:2] and sys.argv[1] in APPS else "targets"
    importlib.import_module(f"benchmarks.{name}.__main__").app()


if __name__ == "__main__":
    run_and_end(main)
