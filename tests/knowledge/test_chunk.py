"""Chunking: nothing lost, order kept, bounds held."""

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.knowledge.chunk import LIMIT, SEPARATOR, TARGET, chunk
from rejoinder.knowledge.demo import pages

_LINE = st.one_of(
    st.text(alphabet="abc .กี่น้ำ👩\u200d🚀é", max_size=60),
    st.sampled_from(["# One", "## Two", "### Three", "- item", "| a | b |", "```", "", "1. first"]),
    st.integers(1, 3000).map(lambda length: "word " * (length // 5) + "x" * (length % 900)),
)
_MARKDOWN = st.lists(_LINE, max_size=30).map("\n".join)


def _bare(text: str) -> str:
    return "".join(text.split())


@given(_MARKDOWN)
def test_bodies_are_within_bounds(text: str) -> None:
    for piece in chunk(text):
        assert len(piece.body) <= LIMIT
        assert piece.body or piece.heading


@given(_MARKDOWN.filter(lambda text: "#" not in text))
def test_nothing_is_lost_and_order_is_kept(text: str) -> None:
    assert _bare("".join(piece.body for piece in chunk(text))) == _bare(text)


@given(_MARKDOWN)
def test_every_heading_and_line_is_somewhere(text: str) -> None:
    kept = _bare("".join(f"{piece.heading}{piece.body}" for piece in chunk(text)))
    for line in text.splitlines():
        if len(line) < TARGET:
            assert _bare(line.lstrip("#")) in kept


def test_the_heading_path_stays_with_each_chunk() -> None:
    found = chunk("# Delivery\n\n## Fees\n\n50 baht.\n\n## Times\n\n2 days.")
    assert [(piece.heading, piece.body) for piece in found] == [
        (f"Delivery{SEPARATOR}Fees", "50 baht."),
        (f"Delivery{SEPARATOR}Times", "2 days."),
    ]


def test_a_heading_in_a_fenced_block_is_no_heading() -> None:
    found = chunk("# Setup\n\n```\n# a comment\n```")
    assert [piece.heading for piece in found] == ["Setup"]


def test_a_heading_without_text_is_kept() -> None:
    assert [piece.heading for piece in chunk("# Closed on Mondays")] == ["Closed on Mondays"]


def test_a_table_over_the_target_stays_whole() -> None:
    table = "\n".join(f"| item {number} | {number} baht |" for number in range(40))
    assert TARGET < len(table) <= LIMIT
    assert [piece.body for piece in chunk(table)] == [table]


def test_a_long_list_is_cut_between_items() -> None:
    items = [f"- item {number}\n  with a second line" for number in range(80)]
    for piece in chunk("\n".join(items)):
        assert piece.body.startswith("- item")
        assert piece.body.endswith("with a second line")


def test_a_word_over_the_target_is_cut_between_characters() -> None:
    woman = "👩\u200d🚀"
    for piece in chunk(woman * 700):
        assert piece.body.replace(woman, "") == ""


def test_the_demo_documents_are_one_chunk_a_section() -> None:
    for _, body in pages():
        assert len(chunk(body)) == body.count("\n## ")
