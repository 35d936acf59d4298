"""The chat's written form: read back as it was written, or refused with the place where it is broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.api.reference.chat import read
from rejoinder.api.reference.history import Line, names, parse, write
from rejoinder.errors import Invalid

TAGS = ("<USER>", "</USER>", "<BOT>", "</BOT>")
speakers = st.sampled_from(["USER", "BOT"])
texts = st.text(max_size=40) | st.lists(
    st.sampled_from(["<", ">", "&", "&lt;", "<br>", "<user>", "</b>", "\n", " ", "a"]), max_size=8
).map("".join)
lines = st.builds(Line, speakers, texts.filter(lambda text: not any(tag in text for tag in TAGS)))
between = st.sampled_from(["", "<br>", "\n", "<br/>\n", "<BR />", " <br> <br> "])


@given(said=st.lists(lines, max_size=12))
def test_what_was_written_is_read(said: list[Line]) -> None:
    assert parse(write(said)) == tuple(said)


@given(said=st.lists(st.tuples(lines, between), max_size=8))
def test_what_stands_between_the_lines_says_nothing(said: list[tuple[Line, str]]) -> None:
    text = "".join(write([line]).removesuffix("<br>") + gap for line, gap in said)
    assert parse(text) == tuple(line for line, _ in said)


@given(
    rubbish=st.lists(
        st.sampled_from([*TAGS, "<br>", "<", ">", "x", "\n", "<user>", "</br>", "<USER", "é"]),
        max_size=12,
    ).map("".join)
    | st.text(max_size=60)
)
def test_rubbish_is_refused_or_read_as_it_stands(rubbish: str) -> None:
    found, refused = _tried(rubbish)
    if refused is not None:
        assert (refused.code, refused.where) == ("broken_history", "history")
        assert refused.mend
    else:
        assert parse(write(found)) == found


def _tried(history: str) -> tuple[tuple[Line, ...], Invalid | None]:
    try:
        return parse(history), None
    except Invalid as refused:
        return (), refused


@pytest.mark.parametrize(
    ("broken", "says"),
    {
        "unclosed": ("<USER>Hello", "<USER> at character 0 is never closed"),
        "closed by the other": ("<USER>Hello</BOT>", "</BOT> at character 11 stands inside"),
        "nested": ("<USER>a<BOT>b</BOT></USER>", "<BOT> at character 7 stands inside"),
        "closing alone": ("</USER>", "</USER> at character 0 closes nothing"),
        "unknown": ("<AGENT>Hello</AGENT>", "'<AGENT>Hello' at character 0 is no tag known here"),
        "small letters": ("<user>Hello</user>", "'<user>Hello' at character 0 is no tag"),
        "text before": ("Hello<br><USER>a</USER>", "'Hello' at character 0 stands outside"),
        "text after": ("<USER>a</USER><br>bye", "'bye' at character 18 stands outside"),
        "empty": ("", "it is empty"),
        "breaks alone": (" <br>\n", "it is empty"),
        "answered": ("<USER>a</USER><BOT>b</BOT>", "it ends without a line of the customer's"),
        "blank": ("<USER>a</USER><USER> \n</USER>", "line 2, which is to be answered, is blank"),
        "long": (f"<USER>{'a' * 32_769}</USER>", "line 1, which is to be answered, has 32769"),
    }.values(),
)
def test_a_broken_history_is_told_where(broken: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        read("thread", broken)
    assert says in refused.value.detail
    assert refused.value.mend
    assert refused.value.code == "broken_history"


def test_what_comes_after_the_last_answer_is_new() -> None:
    chat = read("t", "<USER>a</USER><br><BOT>b</BOT><br><USER>c</USER><br><USER>d</USER><br>")
    assert [line.text for _, line in chat.earlier] == ["a", "b"]
    assert [line.text for _, line in chat.new] == ["c", "d"]


@given(said=st.lists(lines, min_size=1, max_size=6), more=st.lists(lines, max_size=3))
def test_a_longer_history_keeps_the_names_of_its_beginning(
    said: list[Line], more: list[Line]
) -> None:
    whole = names("thread", [*said, *more])
    assert whole[: len(said)] == names("thread", said)
    assert len(set(whole)) == len(whole)
    assert not set(whole) & set(names("another", [*said, *more]))


def test_lines_are_not_told_apart_by_where_they_are_cut() -> None:
    assert (
        names("t", [Line("USER", "a"), Line("USER", "b")])[-1]
        != names("t", [Line("USER", "aUSERb")])[-1]
    )
