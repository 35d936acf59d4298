"""Meta's errors by class, the same for an answer to a send and for a receipt."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from rejoinder.channels.meta.graph import GraphError
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Receipt,
    RecipientThrottled,
    Refused,
    Throttled,
    Unsure,
    WindowClosed,
)
from rejoinder.channels.whatsapp_cloud.errors import failure, receipt
from rejoinder.net.guard import Posted

NOW = datetime(2026, 1, 1, tzinfo=UTC)

CLASSES: dict[type[Receipt], tuple[str, list[int]]] = {
    NotTaken: ("transient", [1, 2, 131016, 131057, 133016, 131000, 135000]),
    Throttled: ("throttled", [4, 80007, 130429]),
    RecipientThrottled: ("recipient_throttled", [131056]),
    WindowClosed: ("window_closed", [131047]),
    BadCredential: (
        "credential",
        [0, 3, 10, 190, 200, 250, 299, 131005, 131045, 131042, 368, 131031],
    ),
    Refused: (
        "permanent",
        [
            *(131026, 131021, 131030, 131051, 131008, 131009, 100, 131052, 131053, 131062),
            *(132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 137000, 131050),
            *(130497, 131048, 131049, 131064, 130472),
        ],
    ),
}


def refused(
    status: int, attempt: int = 1, headers: dict[str, str] | None = None, **error: object
) -> Receipt:
    body = json.dumps({"error": {"message": "no", "type": "OAuthException", **error}})
    return receipt(Posted(status, headers or {}, body.encode()), attempt, NOW)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_code_has_one_class_for_both_ways(kind: type[Receipt]) -> None:
    told, codes = CLASSES[kind]
    for code in codes:
        assert type(refused(400, code=code)) is kind, code
        assert failure(GraphError(code, "no")) == told, code


def test_an_error_tells_its_words_details_and_trace() -> None:
    found = refused(
        400,
        code=131026,
        error_data={"details": "The number is not on WhatsApp."},
        fbtrace_id="Abc",
    )
    assert found == Refused(
        "Meta's error 131026: no: The number is not on WhatsApp. (fbtrace_id Abc)"
    )


def test_too_fast_for_one_customer_waits_longer_each_time() -> None:
    waits = [refused(429, attempt, code=131056) for attempt in (1, 2, 3, 20)]
    assert [getattr(each, "retry_after", None) for each in waits] == [6.0, 12.0, 24.0, 600.0]


def test_the_wait_that_meta_asks_for_is_kept() -> None:
    assert refused(429, headers={"Retry-After": "30"}, code=130429) == Throttled(
        "Meta's error 130429: no", 30.0
    )
    assert refused(429, headers={"Retry-After": "9"}, code=987654) == Throttled(
        "Meta's error 987654: no", 9.0
    )


@pytest.mark.parametrize(("code", "tries"), [(131000, 2), (135000, 1)])
def test_an_error_without_a_reason_is_tried_again_once_or_twice(code: int, tries: int) -> None:
    assert isinstance(refused(500, tries, code=code), NotTaken)
    assert isinstance(refused(500, tries + 1, code=code), Refused)


def test_a_number_the_token_may_not_use_stops_the_channel() -> None:
    assert isinstance(refused(400, code=100, error_subcode=33), BadCredential)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, NotTaken),
        (400, Refused),
        (401, BadCredential),
        (403, BadCredential),
        (404, Refused),
        (429, Throttled),
        (500, Unsure),
        (502, Unsure),
        (503, Unsure),
        (504, Unsure),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"error": "words"}', b"[1]"])
def test_an_answer_without_an_error_of_metas_goes_by_its_status(
    status: int, kind: type[Receipt], body: bytes
) -> None:
    assert type(receipt(Posted(status, {}, body), 1, NOW)) is kind


@pytest.mark.parametrize(
    ("status", "transient", "kind"),
    [
        (400, False, Refused),
        (400, True, NotTaken),
        (401, False, BadCredential),
        (429, False, Throttled),
        (500, False, Unsure),
        (500, True, NotTaken),
    ],
)
def test_an_unknown_code_goes_by_status_and_metas_word(
    status: int, transient: bool, kind: type[Receipt]
) -> None:
    assert type(refused(status, code=987654, is_transient=transient)) is kind
