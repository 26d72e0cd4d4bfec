"""What a clerk must never meet in a sentence: codes, raw values, days as machines write them."""

import re

FAULTS = (
    (re.compile(r"[a-z]_[a-z]"), "a code"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "a day as machines write it"),
    (re.compile(r"[{}\[\]<>]|': "), "data"),
    (re.compile(r"\b(None|none|null|True|False)\b"), "an empty value"),
    (re.compile(r"  |\( ?\)| [,.;:]|[,:;]\.|,,|\.\."), "a hole"),
    (re.compile(r"\b1 (units|orders|lines|days|shipments|packages)\b"), "one as many"),
    (re.compile(r"\b(?!1 )\d[\d,]* (unit|order|line that|day|shipment|package)\b"), "many as one"),
)


def faults(sentence: str) -> list[str]:
    """What is wrong with a sentence; nothing where a clerk can read it."""
    found = [what for pattern, what in FAULTS if pattern.search(sentence)]
    if not sentence.endswith("."):
        found.append("no end")
    if sentence[:1] != sentence[:1].upper():
        found.append("a small beginning")
    return found
