"""Templates say what they are told to, and can do nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bots.voice.model import Template
from rejoinder.bots.voice.templates.check import LONGEST, check_condition, check_text
from rejoinder.bots.voice.templates.context import Context
from rejoinder.bots.voice.templates.pick import pick
from rejoinder.bots.voice.templates.render import holds, render
from rejoinder.errors import Invalid

ANN = Context(
    now=datetime(2026, 11, 21, 9, 5, tzinfo=UTC),
    bot="Heron",
    persona="Mali",
    contact="Ann",
    tags=("vip", "b2b"),
    attributes={"city": "Huế"},
    intent="greeting",
    language="en",
    entities={"order_number": "1041"},
    message="hi {{ bot.name }}",
)
NOBODY = Context(now=ANN.now, bot="Heron")

FILLED = {
    "Hello {{ contact.name }}!": "Hello Ann!",
    "{{ contact.attributes.city|upper }} {{ contact['attributes']['city'] }}": "HUẾ Huế",
    "{{ persona.name }} of {{ bot.name }}": "Mali of Heron",
    "{% if now.hour < 12 %}Good morning{% elif now.hour < 18 %}Hello{% else %}Good evening{% endif %}": "Good morning",
    "{{ now.weekday|title }}, {{ now.date }} {{ now.time }}": "Saturday, 2026-11-21 09:05",
    "{{ entities.order_number }} ({{ intent }}, {{ language }})": "1041 (greeting, en)",
    "{{ 'dear ' ~ contact.name if 'vip' in contact.tags else 'hi' }}": "dear Ann",
    "{{ contact.attributes.age|default('some') }} {{ contact.tags|first }}": "some vip",
    "{{ message }}": "hi {{ bot.name }}",
    "{{ message|truncate(5) }}": "hi {…",
    "{{ '3.14159'|round(2) }} {{ entities.order_number|int + 1 }}": "3.14 1042",
    "{# a note #}  spaced  ": "spaced",
}


@pytest.mark.parametrize(("text", "made"), FILLED.items())
def test_what_is_known_is_filled_in(text: str, made: str) -> None:
    check_text(text)
    assert render(text, ANN) == made


@pytest.mark.parametrize(
    "text",
    [
        "Hello {{ contact.name }}",
        "{{ entities.order_number|upper }}",
        "{{ contact.name ~ '!' }}",
        "{{ intent }}",
    ],
)
def test_what_is_not_known_is_told_and_not_made_up(text: str) -> None:
    with pytest.raises(Invalid) as told:
        render(text, NOBODY)
    assert told.value.code == "variable_missing"
    assert "default" in told.value.mend


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        ("", True),
        ("'vip' in contact.tags", True),
        ("contact.attributes.city == 'Huế' and now.hour < 12", True),
        ("not contact.attributes.city", False),
        ("contact.attributes.age > 3", False),
        ("contact.attributes.nothing.at.all", False),
        ("entities.order_number is defined", True),
        ("now.weekday in ('saturday', 'sunday')", True),
    ],
)
def test_a_condition_holds_or_not(condition: str, true: bool) -> None:
    check_condition(condition)
    assert holds(condition, ANN) is true


BOMBS = {
    "a loop": "{% for a in contact.tags %}{{ a }}{% endfor %}",
    "range": "{% for i in range(10 ** 9) %}x{% endfor %}",
    "times": "{{ 'x' * 999999999 }}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "percent": "{{ '%999999999d' % 1 }}",
    "set that doubles": "{% set a = 'xx' %}{{ a ~ a }}",
    "a macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a method": "{{ contact.name.ljust(999999999) }}",
    "format": "{{ '{0:>999999999}'.format(1) }}",
    "replace that grows": "{{ 'a'|replace('a', 'aaaaaaaaaa')|replace('a', 'aaaaaaaaaa') }}",
    "join that grows": "{{ contact.name|join('xxxxxxxx')|join('xxxxxxxx') }}",
    "center": "{{ 'x'|center(999999999) }}",
    "a long number": "{{ 99999999999 }}",
    "a global": "{{ cycler('x') }}",
    "lipsum": "{{ lipsum(n=100000) }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "a block": "{% block b %}{% endblock %}",
    "a filter block": "{% filter upper %}x{% endfilter %}",
    "a call block": "{% call contact() %}x{% endcall %}",
    "a slice": "{{ contact.name[::-1] }}",
    "a dictionary": "{{ {'a': 1} }}",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_what_could_grow_or_reach_out_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as told:
        check_text(text)
    assert told.value.detail.startswith("Line 1")
    assert told.value.mend
    with pytest.raises(Invalid):
        render(text, ANN)


@pytest.mark.parametrize(
    "path",
    [
        "contact.__class__",
        "contact['__class__']",
        "contact.attributes.__class__.__mro__",
        "contact.attributes.items",
        "now.__init__.__globals__",
        "entities.__class__",
        "contact.tags.__len__",
        "message.format",
        "''.__class__",
        "contact|attr('__class__')",
    ],
)
def test_python_cant_be_reached(path: str) -> None:
    text = "{{ " + path + " }}"
    with pytest.raises(Invalid):
        render(text, ANN)


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("Hi\n{{ contact.nam }}", 2, "'name'"),
        ("{{ contakt.name }}", 1, "'contact'"),
        ("\n\n{{ contact.name|uper }}", 3, "'upper'"),
        ("a\n{% if now.hour %}", 2, "endif"),
        ("{{ contact.name", 1, ""),
        ("{{ bot.name is define }}", 1, "'defined'"),
        ("{{ intent.name }}", 1, "a text"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_was_meant(text: str, line: int, hint: str) -> None:
    with pytest.raises(Invalid) as told:
        check_text(text)
    assert told.value.detail.startswith(f"Line {line}: ")
    assert hint in told.value.detail
    assert told.value.where == "text"


@pytest.mark.parametrize(
    "condition", ["{{ intent }}", "intent ==", "true }}{% for a in contact.tags %}{{ a", "1 2", "x"]
)
def test_a_condition_is_one_expression(condition: str) -> None:
    with pytest.raises(Invalid) as told:
        check_condition(condition)
    assert told.value.where == "condition"


@pytest.mark.parametrize(
    "text", ["{{ " + "not " * 900 + "1 }}", "{% if 1 %}" * 90 + "{% endif %}" * 90]
)
def test_what_is_too_deep_is_refused(text: str) -> None:
    assert len(text) < LONGEST
    with pytest.raises(Invalid, match="inside each other"):
        check_text(text)


def test_brackets_without_end_are_refused() -> None:
    with pytest.raises(Invalid):
        check_text("{{ " + "(" * 3_000 + " }}")


def test_what_is_too_long_is_refused_before_it_is_read_or_sent() -> None:
    with pytest.raises(Invalid, match="4001 characters"):
        check_text("x" * 4_001)
    with pytest.raises(Invalid, match="more than 4000"):
        render("{{ message }}{{ message }}", replace(ANN, message="x" * 3_000))


PIECES = (
    *("{{", "}}", "{%", "%}", "if", "endif", "contact", ".", "name", "|", "default", "(", ")"),
    *("'", "1", "+", "~", " ", "[", "]", "in", "not", "for", "*"),
)
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=60)


def _refusal(does: Callable[[], object]) -> Invalid | None:
    try:
        does()
    except Invalid as told:
        return told
    return None


@given(texts)
def test_any_text_is_a_template_or_is_refused_in_words(text: str) -> None:
    checked = _refusal(lambda: check_text(text))
    rendered = _refusal(lambda: render(text, ANN))
    assert checked is None or (checked.detail and rendered is not None)
    assert rendered is None or rendered.mend


@given(texts)
def test_any_condition_holds_or_not(text: str) -> None:
    checked = _refusal(lambda: check_condition(text))
    asked = _refusal(lambda: holds(text, ANN))
    assert (checked is None) == (asked is None)


_ids = itertools.count(1)


def _template(text: str, **more: object) -> Template:
    usual = Template(UUID(int=next(_ids)), UUID(int=1), "t", text, ("greeting",))
    return replace(usual, **more)  # type: ignore[arg-type]


def test_the_one_for_the_language_goes_first() -> None:
    everyone, thai = _template("Hello"), _template("สวัสดีค่ะ", languages=("th",))
    assert pick((everyone, thai), replace(ANN, language="th")) == "สวัสดีค่ะ"
    assert pick((everyone, thai), ANN) == "Hello"
    assert pick((thai,), ANN) is None


def test_one_that_does_not_fit_is_passed_over() -> None:
    for other in (
        _template("x", active=False),
        _template("x", condition="now.hour > 12"),
        _template("x", intents=("thanks",)),
        _template("Your age is {{ contact.attributes.age }}"),
        _template("{{ broken"),
        _template("x", condition="broken ("),
        _template("{{ contact.attributes.age|default('') }}"),
    ):
        assert pick((other, _template("Hello {{ contact.name }}")), ANN) == "Hello Ann"
        assert pick((other,), ANN) is None
