"""How many of something there are, in words: one order waits, two orders wait."""

VERBS = {"is": "are", "was": "were", "has": "have", "does": "do", "goes": "go"}
"""Verbs of which the plural is not the singular without its `s`."""


def counted(number: int, what: str) -> str:
    """A number with what it counts, said as for one: `unit`, `order waits`, `line that is here`."""
    return f"{number} {said_of(number, what)}"


def said_of(number: float, what: str) -> str:
    """What is counted, as is said of so many: the noun first, then what it does."""
    if number == 1:
        return what
    noun, *rest = what.split()
    many = f"{noun}es" if noun.endswith(("ch", "sh", "x")) else f"{noun}s"
    return " ".join([many, *(does(number, word) for word in rest)])


def does(number: float, verb: str) -> str:
    """What one does, as is said of so many; a word that does not end with `s` stays as it is."""
    return verb if number == 1 else VERBS.get(verb, verb.removesuffix("s"))
