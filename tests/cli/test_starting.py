import subprocess
import sys

HEAVY = ("fulfillment", "httpx", "pydantic", "reportlab", "sqlalchemy", "starter", "temporalio")


def test_no_command_imports_what_only_another_one_runs():
    script = f"import sys, cli.main; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
