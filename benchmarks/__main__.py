"""The benchmarks, one command: `python -m benchmarks` lists them."""

import sys

from cli.exit_status import run_and_end

LIST = """\
benchmarks, each with its own README and --help:

  python -m benchmarks.intake             orders per second, from HTTP intake to ready, against
                                          a floor in the same run (this is what `make bench` runs)
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
                                          merchant feels of it (also `make bench ARGS=weeks`)
  python -m benchmarks.growth             what takes longer where a hundred times as many wait
                                          (also `make bench ARGS=growth`)
"""


def main() -> None:
    if "--list" in sys.argv[1:]:
        print(LIST)
        return
    if sys.argv[1:2] == ["weeks"]:
        del sys.argv[1]
        from benchmarks.weeks.__main__ import app as weeks  # noqa: PLC0415 -- only when it is run

        weeks()
        return
    if sys.argv[1:2] == ["growth"]:
        del sys.argv[1]
        from benchmarks.growth.__main__ import app as growth  # noqa: PLC0415 -- only when it is run

        growth()
        return
    from benchmarks.intake.__main__ import app  # noqa: PLC0415 -- only when it is run

    app()


if __name__ == "__main__":
    run_and_end(main)
