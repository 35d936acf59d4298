"""What a file is, by its content, whatever it was called."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.media.taking.judge import ALLOWED, UNKNOWN, Refused, judge, kind_of
from tests.media.conftest import OGG, PNG

MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + bytes(40)
M4A = b"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40)

GOOD = [
    ("image", JPEG, "image/jpeg"),
    ("image", PNG, "image/png"),
    ("image", b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(8), "image/webp"),
    ("image", b"\x00\x00\x00\x18ftypheic" + bytes(20), "image/heic"),
    ("sticker", b"RIFF\x10\x00\x00\x00WEBPVP8L" + bytes(8), "image/webp"),
    ("audio", OGG, "audio/ogg"),
    ("audio", MP4, "audio/mp4"),
    ("audio", M4A, "audio/mp4"),
    ("audio", b"ID3\x03" + bytes(40), "audio/mpeg"),
    ("audio", b"\xff\xfb\x90\x64" + bytes(40), "audio/mpeg"),
    ("audio", b"\xff\xf1\x50\x80" + bytes(40), "audio/aac"),
    ("audio", b"#!AMR\n" + bytes(20), "audio/amr"),
    ("audio", b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(20), "audio/wav"),
    ("video", MP4, "video/mp4"),
    ("video", b"\x00\x00\x00\x1cftyp3gp5" + bytes(20), "video/3gpp"),
    ("video", b"\x1aE\xdf\xa3" + bytes(30), "video/webm"),
    ("document", b"%PDF-1.7\n" + bytes(30), "application/pdf"),
    ("document", "Grüße, ส่งของ\n".encode(), "text/plain"),
    ("document", "Name\tPreis\nÄpfel\t3\n".encode("utf-16"), "text/plain"),
    ("document", b"PK\x03\x04" + bytes(30), "application/zip"),
    ("document", b"\x01\x02\x03\x00\xfe nobody knows", UNKNOWN),
    ("document", PNG, "image/png"),
]


@pytest.mark.parametrize(("kind", "data", "mime_type"), GOOD)
def test_the_content_tells_the_type(kind: str, data: bytes, mime_type: str) -> None:
    assert judge(kind, "application/made-up", None, io.BytesIO(data)) == mime_type


LIES = {
    "a page": b"<!DOCTYPE html><script>steal()</script>",
    "a page after spaces": b"\xef\xbb\xbf \n <HTML><body>",
    "a page after a comment": b"<!-- GIF89a --> <html>",
    "a picture that runs": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'>",
    "a Windows program": b"MZ\x90\x00" + bytes(60),
    "a Linux program": b"\x7fELF\x02\x01\x01" + bytes(60),
    "a Mac program": b"\xcf\xfa\xed\xfe" + bytes(60),
    "a script": b"#!/bin/sh\nrm -rf ~\n",
    "a page in UTF-16": "<html><script>steal()</script>".encode("utf-16"),
    "a page after a long comment": b"<!--" + b"x" * 1000 + b"--><html>",
    "a picture that runs, after a long comment": b"<?xml version='1.0'?><!--"
    + b"x" * 1000
    + b"--><svg onload='steal()'>",
    "nothing": b"",
}


@pytest.mark.parametrize("data", LIES.values(), ids=LIES.keys())
@pytest.mark.parametrize("kind", ["image", "audio", "video", "document", "sticker"])
def test_what_runs_is_refused_whatever_it_is_called(kind: str, data: bytes) -> None:
    with pytest.raises(Refused):
        judge(kind, "image/jpeg", "holiday.jpg", io.BytesIO(data))


@pytest.mark.parametrize(
    ("kind", "data"),
    [("image", b"%PDF-1.7\n"), ("image", MP4), ("audio", PNG), ("video", OGG[:3]), ("image", b"x")],
)
def test_a_kind_takes_its_own_types_only(kind: str, data: bytes) -> None:
    with pytest.raises(Refused, match="image/jpeg"):
        judge(kind, "image/jpeg", None, io.BytesIO(data))


RUNS = ["invoice.pdf.exe", "a.HTML", "x.js", "logo.svg", "run.Lnk", "a.pif", "setup.msix"]
RUNS += ["a.exe.", "a.exe ", "a.exe . .", "a.exe\u200b", "a.svg/", "..\\a.exe"]


@pytest.mark.parametrize("name", RUNS)
def test_a_name_that_runs_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="run when they are opened"):
        judge("document", "text/plain", name, io.BytesIO(b"hello"))


@pytest.mark.parametrize("name", ["x.com ส่งของ", "to x.com (draft)", "a.exe.txt", "", ".", "exe"])
def test_a_name_that_only_looks_so_passes(name: str) -> None:
    assert judge("document", "text/plain", name, io.BytesIO(b"hello")) == "text/plain"


@given(data=st.binary(max_size=600), kind=st.sampled_from([*ALLOWED, "document"]))
def test_any_bytes_are_judged(data: bytes, kind: str) -> None:
    found = None
    with suppress(Refused):
        found = judge(kind, None, None, io.BytesIO(data))
    assert found is None or kind == "document" or found in ALLOWED[kind]


def test_a_type_without_a_kind_of_its_own_is_a_document() -> None:
    assert [kind_of(each) for each in ("image/png", "audio/ogg", "application/pdf")] == [
        "image",
        "audio",
        "document",
    ]
