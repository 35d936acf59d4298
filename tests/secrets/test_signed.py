"""Signed tokens: what was signed comes back; anything else is refused."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.errors import Unauthenticated
from rejoinder.secrets import sign, verify

KEY = b"k" * 32
NOW = 1_700_000_000
texts = st.text(max_size=40)
claim_sets = st.dictionaries(texts, texts, max_size=4)


@given(
    claims=claim_sets,
    now=st.integers(0, 2**40),
    ttl=st.integers(1, 2**30),
    part=st.floats(0, 0.999),
)
def test_what_was_signed_comes_back_until_it_expires(
    claims: dict[str, str], now: int, ttl: int, part: float
) -> None:
    token = sign(KEY, claims, now, ttl)
    assert verify((KEY,), token, now + int(ttl * part)) == claims
    with pytest.raises(Unauthenticated, match="expired"):
        verify((KEY,), token, now + ttl)


@given(claims=claim_sets, place=st.integers(0), bits=st.integers(1, 255))
def test_any_flipped_byte_is_refused(claims: dict[str, str], place: int, bits: int) -> None:
    raw = bytearray(sign(KEY, claims, NOW, 60).encode())
    raw[place % len(raw)] ^= bits
    with pytest.raises(Unauthenticated, match="signature"):
        verify((KEY,), raw.decode("latin-1"), NOW)


def test_every_other_last_letter_is_refused() -> None:
    """32 bytes fill 43 base64 letters less two bits: four spellings decode alike, one is ours."""
    token = sign(KEY, {"visitor": "v"}, NOW, 60)
    for letter in set(string.ascii_letters + string.digits + "-_=") - {token[-1]}:
        with pytest.raises(Unauthenticated):
            verify((KEY,), token[:-1] + letter, NOW)


@given(st.text(max_size=200))
def test_rubbish_is_refused(rubbish: str) -> None:
    with pytest.raises(Unauthenticated):
        verify((KEY,), rubbish, NOW)


@given(st.integers(0), st.text(st.characters(codec="ascii"), min_size=1, max_size=3))
def test_anything_put_in_is_refused(place: int, more: str) -> None:
    token = sign(KEY, {"visitor": "v"}, NOW, 60)
    place %= len(token) + 1
    with pytest.raises(Unauthenticated):
        verify((KEY,), token[:place] + more + token[place:], NOW)


def test_another_key_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        verify((b"j" * 32,), sign(KEY, {}, NOW, 60), NOW)


def test_a_token_too_long_for_a_cookie_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        verify((KEY,), sign(KEY, {"long": "x" * 5000}, NOW, 60), NOW)


def test_a_token_fits_a_header_as_it_is() -> None:
    token = sign(KEY, {"ผู้เยี่ยมชม": 'a;b,c"d\n'}, NOW, 60)
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")
