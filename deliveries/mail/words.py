"""Words of merchants are templates that choose, repeat and print, and can do nothing else.

They run in Jinja's sandbox, and only what is named here is let in: no call, no arithmetic, no
macro, no import. So what a template takes grows with its own length, and its output has an end.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from deliveries.mail.printing import FILTERS, NothingToPrintError
from fulfillment.domain.model.refusals import RefusedError, invalid
from fulfillment.store.reading.views.mail_facts import MailWords

MOST_CHARACTERS = {"subject": 200, "text": 20_000, "html": 50_000}
MOST_OUTPUT = 400_000
MOST_LOOPS_WITHIN = 2

LET_IN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const,
    nodes.If, nodes.For, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And,
    nodes.Or, nodes.Not, nodes.CondExpr,
)  # fmt: skip
TESTS = frozenset({"defined", "none"})


class WordsError(Exception):
    """A template that can not be used, and which of its parts is at fault."""

    def __init__(self, part: str, why: str) -> None:
        self.part = part
        super().__init__(why)


def _environment(*, escapes: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters = {**FILTERS}
    made.globals = {}
    return made


PLAIN = _environment(escapes=False)
HTML = _environment(escapes=True)


def fill(words: MailWords, values: Mapping[str, Any]) -> MailWords:
    """The words with the values in them. Raises WordsError, which names the part at fault."""
    return MailWords(
        language=words.language,
        subject=" ".join(_filled("subject", words.subject, values).split())[:200],
        text=_filled("text", words.text, values),
        html=_filled("html", words.html, values),
    )


def refusal_of(error: WordsError) -> RefusedError:
    """The same as what is answered to who sent the words."""
    return invalid("bad_template", str(error), error.part)


def _filled(part: str, source: str, values: Mapping[str, Any]) -> str:
    try:
        pieces = []
        size = 0
        for piece in _template(part, source).generate(values):
            size += len(piece)
            if size > MOST_OUTPUT:
                raise WordsError(part, f"it makes more than {MOST_OUTPUT} characters")
            pieces.append(piece)
        return "".join(pieces)
    except TemplateError as error:
        raise WordsError(part, _told(error)) from error
    except NothingToPrintError as error:
        why = "a day, a moment or an amount is not always there: ask with `if` before it is printed"
        raise WordsError(part, why) from error
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise WordsError(part, f"it can not be filled in ({type(error).__name__})") from error


@lru_cache(maxsize=500)
def _template(part: str, source: str) -> Any:
    if len(source) > MOST_CHARACTERS[part]:
        raise WordsError(part, f"it has more than {MOST_CHARACTERS[part]} characters")
    environment = HTML if part == "html" else PLAIN
    tree = environment.parse(source)
    if fault := next(_faults(tree), None):
        raise WordsError(part, fault)
    return environment.from_string(tree)


def _faults(node: nodes.Node, loops: int = 0) -> Iterator[str]:
    where = f"line {node.lineno}"
    if not isinstance(node, LET_IN):
        yield f"{where}: {type(node).__name__.lower()} is nothing that a mail's words can have"
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        yield f"{where}: there is no filter {node.name!r}; there are {', '.join(sorted(FILTERS))}"
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        yield f"{where}: there is no test {node.name!r}; there are {', '.join(sorted(TESTS))}"
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        yield f"{where}: {node.attr!r} is not for templates"
    if isinstance(node, nodes.For):
        loops += 1
        if loops > MOST_LOOPS_WITHIN or node.recursive:
            yield f"{where}: loops stand within each other {MOST_LOOPS_WITHIN} deep at most"
    for child in node.iter_child_nodes():
        yield from _faults(child, loops)


def _told(error: TemplateError) -> str:
    line = getattr(error, "lineno", None)
    return f"line {line}: {error.message}" if line else str(error.message)
