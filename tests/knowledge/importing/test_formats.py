"""Files of every format as Markdown; rubbish of every kind is refused and told."""

from __future__ import annotations

import io
import json
import zipfile

import docx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rejoinder.errors import Invalid
from rejoinder.knowledge.chunk import chunk
from rejoinder.knowledge.importing.formats import Read, read

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

PAGE = """<!doctype html><html lang="pt-BR"><head><title>Devoluções | Loja</title><style>p{}</style></head>
<body class="cookie-page"><header><a href="/">Início</a> Promoção!</header>
<div id="cookie-banner"><p>Usamos cookies</p></div><nav>Menu</nav>
<main><h1>Devoluções</h1><p>Até <b>30</b> dias,<br>sem&nbsp;custo. In<i>teiro</i>.</p>
<ul><li>Uma<ul><li>dentro</li></ul></li><li>Outra</li></ul>
<table><caption>Preços</caption><tr><th>Tamanho</th><th>Preço</th></tr><tr><td>P</td><td>10</td></tr></table>
<details><summary>E se chegar quebrado?</summary><p>Trocamos.</p></details>
<h2>Contato</h2><p># não é título</p><script>alert(1)</script></main>
<aside>Veja também</aside><footer>© Loja</footer></body></html>"""


def test_a_page_is_its_main_content() -> None:
    found = read(PAGE.encode(), "text/html; charset=utf-8")
    assert (found.title, found.language) == ("Devoluções", "pt")
    assert found.markdown == (
        "# Devoluções\n\nAté 30 dias,\nsem custo. Inteiro.\n\n- Uma\n  - dentro\n- Outra\n\n"
        "Preços\n\n- Tamanho: P; Preço: 10\n\n## E se chegar quebrado?\n\nTrocamos.\n\n"
        "## Contato\n\nnão é título"
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("ร้านเปิดทุกวัน เก้าโมงถึงหกโมง", "utf-8"),
        ("ร้านเปิดทุกวัน เก้าโมงถึงหกโมง", "utf-8-sig"),
        ("ร้านเปิดทุกวัน เก้าโมงถึงหกโมง", "utf-16"),
        ("ร้านเปิดทุกวัน เก้าโมงถึงหกโมง", "cp874"),
        ("ร้านเปิดทุกวัน เก้าโมงถึงหกโมง", "tis-620"),
        ("Abierto de lunes a sábado, ¿verdad? Sí: «ñandú» – 5 €", "cp1252"),
        ("Não é possível; amanhã às três.", "cp1252"),
        ("Giao hàng tận nơi, miễn phí", "utf-8"),
        ("We open at nine", "utf-16-le"),
    ],
)
def test_text_is_read_in_the_encoding_it_has(text: str, encoding: str) -> None:
    assert read(text.encode(encoding), "text/plain").markdown == text


def test_an_encoding_that_is_told_is_believed_where_it_fits() -> None:
    text = "Thời gian giao hàng"
    page = f'<meta charset="windows-1251"><p>{"Привет, как дела"}</p>'.encode("cp1251")
    assert read(page, "text/html").markdown == "Привет, как дела"
    assert read(text.encode(), "text/plain; charset=windows-1251").markdown == text


@pytest.mark.parametrize(
    "header",
    [
        "question,answer",
        "Pergunta;Resposta",
        "pregunta\trespuesta",
        "Câu hỏi,Câu trả lời",
        "คำถาม,คำตอบ",
        "Q,A",
    ],
)
def test_pairs_of_every_language_become_a_section_each(header: str) -> None:
    sign = next(each for each in ";\t," if each in header)
    rows = [header, f"How long?{sign}Three days.", f'Where to?{sign}"Here\n# there"', f"Why?{sign}"]
    found = read("\r\n".join(rows).encode(), "text/csv")
    assert [(each.heading, each.body) for each in chunk(found.markdown)] == [
        ("How long?", "Three days."),
        ("Where to?", "Here\nthere"),
    ]


def test_rows_of_another_table_become_a_section_each() -> None:
    found = read("\ufeffName;Price;Size\nMug;5;\nCup;3;S\n".encode(), None, "prices.csv")
    assert found.title == "prices"
    assert [(each.heading, each.body) for each in chunk(found.markdown)] == [
        ("Mug", "Name: Mug\nPrice: 5"),
        ("Cup", "Name: Cup\nPrice: 3\nSize: S"),
    ]


@pytest.mark.parametrize(
    "value",
    [
        [{"question": "Open?", "answer": "Yes."}],
        [["Open?", "Yes."]],
        {"Open?": "Yes."},
        {"title": "FAQ", "items": [{"pergunta": "Open?", "resposta": "Yes."}]},
    ],
)
def test_json_of_questions_is_read(value: object) -> None:
    found = read(json.dumps(value).encode(), "application/json")
    assert found.markdown == "# Open?\n\nYes."


def test_a_word_document_is_read_in_its_order() -> None:
    written = docx.Document()
    written.core_properties.title = ""
    written.add_heading("Care", 0)
    written.add_heading("Every week", 1)
    written.add_paragraph("Brush the grinder.")
    written.add_paragraph("one", style="List Bullet")
    written.add_paragraph("two", style="List Number")
    table = written.add_table(2, 2)
    for cell, text in zip(table._cells, ["Part", "Price", "Brush", "40"], strict=True):
        cell.text = text
    written.add_heading("Every month", 2)
    written.add_paragraph("Descale it.")
    found = read(saved(written), DOCX, "care.docx")
    assert (found.title, found.format) == ("Care", "docx")
    assert found.markdown == (
        "# Care\n\n# Every week\n\nBrush the grinder.\n\n- one\n- two\n- Part: Brush; Price: 40\n\n"
        "## Every month\n\nDescale it."
    )


def test_markdown_has_its_heading_for_a_title_and_stays() -> None:
    found = read(b"Intro\n\n# Prices\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", None, "p.md")
    assert found.title == "Prices"
    assert "| 1 | 2 |" in found.markdown


def saved(written: object) -> bytes:
    """The document as a file."""
    file = io.BytesIO()
    written.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    """A ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("_", "/", 1), data)
    return file.getvalue()


RUBBISH = {
    "a ZIP that is no DOCX": (archive(a_b=b"x"), DOCX),
    "a ZIP bomb": (archive(**{"word_document.xml": bytes(60 * 1024 * 1024)}), DOCX),
    "a DOCX of nonsense": (archive(**{"word_document.xml": b"<w/>"}), DOCX),
    "half a ZIP": (archive(a_b=b"x" * 1000)[:60], DOCX),
    "a text as DOCX": (b"hello", DOCX),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "text/plain"),
    "an old DOC": (b"\xd0\xcf\x11\xe0" + bytes(600), "application/msword"),
    "bytes": (bytes(range(256)) * 20, "text/plain"),
    "NUL": (b"hello\x00there", "text/plain"),
    "no UTF-16": (b"\xff\xfea", "text/plain"),
    "too many columns": ((",".join(map(str, range(10_000))) + "\n1\n").encode(), "text/csv"),
    "an endless cell": (b'a,b\n"' + b"x" * 3_000_000, "text/csv"),
    "a header alone": (b"question,answer\n", "text/csv"),
    "no JSON": (b"{", "application/json"),
    "deep JSON": (b"[" * 100_000, "application/json"),
    "JSON of a number": (b"5", "application/json"),
    "white space": (b" \n\t ", "text/plain"),
    "an empty page": (b"<html><body><script>x</script></body></html>", "text/html"),
}


@pytest.mark.parametrize(("data", "mime_type"), RUBBISH.values(), ids=RUBBISH.keys())
def test_rubbish_is_refused(data: bytes, mime_type: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(data, mime_type)
    assert refused.value.detail
    assert refused.value.mend


def test_a_page_nested_without_end_is_read_as_far_as_it_goes() -> None:
    page = b"<div>" * 20_000 + b"deep" + b"</div>" * 20_000 + b"<p>words</p>"
    found = outcome(page, "text/html")
    assert isinstance(found, Read) or found.code == "no_text"


def outcome(data: bytes, mime_type: str | None, filename: str | None = None) -> Read | Invalid:
    """What became of it."""
    try:
        return read(data, mime_type, filename)
    except Invalid as refused:
        return refused


TYPES = st.sampled_from(
    [
        "text/plain",
        "text/html",
        "text/csv",
        "text/markdown",
        "application/json",
        "application/pdf",
        DOCX,
        "x/y",
        "",
        None,
    ]
)
BYTES = st.one_of(
    st.binary(max_size=400),
    st.text(st.characters(), max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text("<>/!divtablerhu= \"'&#;0", max_size=200).map(str.encode),
    st.text('"{}[],:1aé\\u', max_size=80).map(str.encode),
    st.text(',;\t|"\n\rab?', max_size=80).map(str.encode),
    st.binary(max_size=200).map(lambda data: b"%PDF-1.4\n" + data),
    st.binary(max_size=200).map(lambda data: b"PK\x03\x04" + data),
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=BYTES, mime_type=TYPES, filename=st.sampled_from([None, "a.csv", "b.html", "c.json", "d"])
)
@example(data=b"sep=\n", mime_type="text/csv", filename=None)
@example(data=b"<table><tr><td colspan=99>x", mime_type="text/html", filename=None)
def test_any_bytes_are_read_or_refused(
    data: bytes, mime_type: str | None, filename: str | None
) -> None:
    found = outcome(data, mime_type, filename)
    if isinstance(found, Invalid):
        assert found.detail
        return
    assert found.markdown.strip()
    assert found.title.strip()
    found.markdown.encode()
    assert "\x00" not in found.markdown + found.title
