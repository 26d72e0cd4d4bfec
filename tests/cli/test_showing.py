"""Tables as a narrow terminal shows them."""

from io import StringIO

from rich.console import Console

from cli.output import table


def shown(columns: tuple[str, ...], *row: str) -> str:
    console = Console(width=80, file=StringIO(), color_system=None)
    with console.capture() as printed:
        console.print(table("Rows", columns, [row]))
    return printed.get()


def test_an_id_can_be_copied_when_the_terminal_is_narrow():
    columns = ("id", "name", "role", "merchant", "locations", "created_at", "revoked_at")
    day = "2026-03-09 08:00"
    assert "b13972f332b4f177" in shown(
        columns, "b13972f332b4f177", "up", "admin", "a", "b", day, day
    )


def test_nothing_is_cut_off_when_the_terminal_is_narrow():
    told = shown(("sku", "name", "why"), "SKU-" + "7" * 59, "Ceylon tea " * 9, "It waits. " * 9)
    assert "…" not in told
    assert told.count("7") == 59
