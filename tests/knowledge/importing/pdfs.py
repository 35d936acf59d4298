"""PDF files made by hand: pages of lines, each with a size."""

from __future__ import annotations

from collections.abc import Sequence


def pdf(*pages: Sequence[tuple[int, str]], title: str = "") -> bytes:
    """A PDF 1.4 with Helvetica; its lines are of Latin letters."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    kids = []
    for page in pages:
        objects.append(_stream(_content(page)))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
            b"/Contents %d 0 R>>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    objects.append(b"<</Title(%s)>>" % title.encode("latin-1"))
    return assembled(objects, b"/Info %d 0 R" % len(objects))


def assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """The objects, numbered from 1, with the table of where they stand."""
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    begins = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer<</Size %d/Root 1 0 R%s>>\n" % (len(objects) + 1, trailer)
    return bytes(made + b"startxref\n%d\n%%%%EOF" % begins)


def _content(page: Sequence[tuple[int, str]]) -> bytes:
    lines, y = ["BT"], 780
    for size, text in page:
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        lines.append(f"/F1 {size} Tf 1 0 0 1 50 {y} Tm ({escaped}) Tj")
        y -= size + 6
    return "\n".join([*lines, "ET"]).encode("latin-1")


def _stream(content: bytes) -> bytes:
    return b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
