"""What is wrong with a template, said when it is saved."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from jinja2 import TemplateSyntaxError, nodes
from jinja2.parser import Parser

from rejoinder.bots.voice.templates.context import KNOWN
from rejoinder.bots.voice.templates.sandbox import ALLOWED, FILTERS, TESTS, Sandbox
from rejoinder.errors import Invalid

LONGEST = 4_000
"""Characters of a template, of a condition, and of what a template makes."""

_DEEPEST = 30  # levels of brackets and conditions inside each other; people write three or four
_LONGEST_NUMBER = 9  # digits

_MEND = (
    "Write variables as {{ contact.name }}, conditions as {% if now.hour < 12 %}…{% else %}…{% endif %}; "
    'docs/voice.md, "Response templates", has all of them.'
)


@lru_cache(maxsize=1)
def sandbox() -> Sandbox:
    """The one environment; it takes a millisecond to make."""
    return Sandbox()


def check_text(text: str, where: str = "text") -> None:
    """Raises Invalid, with the line and the mend, for a text that is no template or does more than show and ask."""
    _check(text, where, condition=False)


def check_condition(condition: str, where: str = "condition") -> None:
    """As `check_text`, for one expression without braces; an empty one always holds."""
    if condition.strip():
        _check(condition, where, condition=True)


def _check(source: str, where: str, *, condition: bool) -> None:
    if len(source) > LONGEST:
        raise Invalid(
            f"It has {len(source)} characters; {LONGEST} is the most.",
            mend="Make it shorter.",
            where=where,
        )
    try:
        _walk(parse_condition(source) if condition else sandbox().parse(source), where)
    except TemplateSyntaxError as wrong:
        raise Invalid(f"Line {wrong.lineno}: {wrong.message}", mend=_MEND, where=where) from None
    except RecursionError:
        raise _too_deep(where) from None


def parse_condition(source: str) -> nodes.Expr:
    """The condition's expression. Raises jinja2's TemplateSyntaxError."""
    parser = Parser(sandbox(), source, state="variable")
    found = parser.parse_expression()
    if not parser.stream.eos:
        parser.fail("a condition is one expression, without braces", parser.stream.current.lineno)
    return found


def _walk(node: nodes.Node, where: str, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise _too_deep(where)
    problem = _problem(node)
    if problem:
        raise Invalid(f"Line {node.lineno}: {problem}", mend=_MEND, where=where)
    for child in node.iter_child_nodes():
        _walk(child, where, depth + 1)


def _problem(node: nodes.Node) -> str:
    match node:
        case nodes.Filter(name=name) if name not in FILTERS:
            return f"there is no filter {name!r}{_near(name, FILTERS)}; there are {', '.join(FILTERS)}."
        case nodes.Test(name=name) if name not in TESTS:
            return f"there is no test {name!r}{_near(name, TESTS)}; there are {', '.join(TESTS)}."
        case nodes.Name(name=name) if name not in KNOWN:
            return (
                f"there is no variable {name!r}{_near(name, KNOWN)}; there are {', '.join(KNOWN)}."
            )
        case nodes.Getattr(node=nodes.Name(name=root), attr=name):
            return _problem_of(root, name)
        case nodes.Getitem(node=nodes.Name(name=root), arg=nodes.Const(value=str() as name)):
            return _problem_of(root, name)
        case nodes.Const(value=int() as number) if len(str(abs(number))) > _LONGEST_NUMBER:
            return f"a number may have {_LONGEST_NUMBER} digits."
        case _ if not isinstance(node, ALLOWED):
            return (
                f"{_named(node)} can't be used here: a template shows variables and asks, it repeats, "
                "calls and multiplies nothing."
            )
    return ""


def _problem_of(root: str, name: str) -> str:
    known = KNOWN.get(root)
    if known is None or name in known:
        return ""
    if not known:
        return f"{root!r} is a text and has no {name!r}."
    return f"{root!r} has no {name!r}{_near(name, known)}; it has {', '.join(sorted(known))}."


_WORDS = {
    nodes.For: "a loop",
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.Macro: "a macro",
    nodes.Call: "a call",
    nodes.CallBlock: "a call",
    nodes.Mul: "*",
    nodes.Pow: "**",
    nodes.Mod: "%",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Slice: "a slice",
    nodes.Dict: "a dictionary",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "a block",
}


def _named(node: nodes.Node) -> str:
    return _WORDS.get(type(node), type(node).__name__.lower())


def _near(name: str, known: object) -> str:
    close = get_close_matches(name, list(known), n=1)  # type: ignore[call-overload]
    return f" (perhaps {close[0]!r})" if close else ""


def _too_deep(where: str) -> Invalid:
    return Invalid(
        f"It has more than {_DEEPEST} brackets or conditions inside each other.",
        mend="Write it flatter, or make two templates of it.",
        where=where,
    )
