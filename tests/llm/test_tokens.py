"""The estimate of tokens stays near what is known of each script, and never less for a part than for the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.llm.form.tokens import tokens

# Characters a token, lowest and highest: published figures in `tokens`.
KNOWN = {
    "We deliver within three to five days, and you can follow your parcel online.": (3.3, 4.2),
    "Entregamos em três a cinco dias úteis, e você acompanha a encomenda pela internet.": (
        2.9,
        3.8,
    ),
    "Entregamos en tres a cinco días, y usted puede seguir el paquete por internet.": (2.9, 3.8),
    "Chúng tôi giao hàng trong ba đến năm ngày, bạn có thể theo dõi đơn hàng trên mạng.": (
        2.4,
        3.0,
    ),
    "เราจัดส่งภายในสามถึงห้าวัน และคุณติดตามพัสดุทางออนไลน์ได้": (1.5, 2.0),
    "Доставка занимает от трёх до пяти дней, посылку можно отследить.": (1.8, 2.4),
    "配送需要三到五天，您可以在网上查询包裹。": (0.9, 1.3),
}


@pytest.mark.parametrize(("text", "between"), KNOWN.items())
def test_each_script_has_its_ratio(text: str, between: tuple[float, float]) -> None:
    assert between[0] <= len(text) / tokens(text) <= between[1]


def test_nothing_has_none() -> None:
    assert tokens("") == 0


@given(st.text(), st.text())
def test_parts_are_never_less_than_the_whole(one: str, other: str) -> None:
    whole = tokens(one + other)
    assert max(tokens(one), tokens(other)) <= whole <= tokens(one) + tokens(other)


@given(st.text(st.characters(codec=None)))
def test_any_text_is_reckoned(text: str) -> None:
    assert (tokens(text) > 0) == bool(text)
