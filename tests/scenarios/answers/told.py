"""What the scenarios look at: the stored understanding, the explanation, the actions."""

from __future__ import annotations

from typing import Any

from rejoinder.inbound.model import Received
from rejoinder.llm.model import Answer, Sentiment, Understanding
from tests.scenarios.shop import Shop

ASKS = {
    "en": "What time do you close on Sundays?",
    "th": "วันอาทิตย์ปิดกี่โมงคะ",
    "vi": "Chủ nhật mấy giờ đóng cửa vậy shop?",
    "pt": "Que horas vocês fecham no domingo?",
    "es": "¿A qué hora cierran los domingos?",
}
TELLS = {
    "en": "We close at six on Sundays.",
    "th": "วันอาทิตย์ปิดหกโมงเย็นค่ะ",
    "vi": "Chủ nhật bên em đóng cửa lúc sáu giờ chiều ạ.",
    "pt": "No domingo fechamos às seis da tarde.",
    "es": "Los domingos cerramos a las seis de la tarde.",
}
WANTS_PERSON = {
    "en": "I want to talk to a human please",
    "th": "ขอคุยกับเจ้าหน้าที่ค่ะ",
    "vi": "Cho tôi gặp nhân viên",
    "pt": "Quero falar com um atendente",
    "es": "Quiero hablar con una persona",
}
FURIOUS = {
    "en": "This is the worst shop ever, absolutely disgusting, I hate you!!!",
    "th": "ร้านแย่ที่สุดในโลก ห่วยแตกมากกก เกลียดร้านนี้!!!",
    "vi": "Shop tệ nhất từng thấy, quá kinh khủng, ghét vô cùng!!!",
    "pt": "Essa é a pior loja do mundo, péssima, horrível, odeio vocês!!!",
    "es": "¡¡Es la peor tienda del mundo, pésima, horrible, los odio!!",
}


def answered(
    reply: str,
    *,
    language: str = "en",
    intent: str = "question",
    sentiment: Sentiment = "neutral",
    supported: float | None = 0.95,
    **more: Any,
) -> Answer:
    """An answer as a good model gives it."""
    understood = Understanding(intent, sentiment, 0.9, language=language)
    return Answer(reply, "answer", "", understood, supported=supported, **more)


async def classified(shop: Shop, message: Received) -> dict[str, Any]:
    """What the message was taken to say, as it is stored with it."""
    found = [m for m in await shop.messages(message) if m.message_id == message.message_id]
    assert found[0].intent_classification is not None
    return found[0].intent_classification


async def explained(shop: Shop, message: Received) -> dict[str, Any]:
    """The explanation of the turn of a message."""
    (row,) = await shop.sql(
        """SELECT x.told FROM explanations x JOIN messages m ON m.workspace_id = $1 AND m.turn_id = x.turn_id
           WHERE x.workspace_id = $1 AND m.message_id = $2""",
        message.message_id,
    )
    told: dict[str, Any] = row["told"]
    return told


async def actions(shop: Shop, message: Received) -> list[tuple[str, str]]:
    """(type, status) of the conversation's actions, as the reference's queries see them."""
    rows = await shop.sql(
        """SELECT action_type, status FROM message_actions
           WHERE workspace_id = $1 AND conversation_id = $2 ORDER BY created_at, action_type""",
        message.conversation_id,
    )
    return [(row["action_type"], row["status"]) for row in rows]


def fired(explanation: dict[str, Any]) -> list[str]:
    """The rules that called a person."""
    return [each["rule"] for each in explanation["rules"] if each["fired"]]
