"""Small talk, the wish for a person, and questions."""

import pytest

from rejoinder.llm.local.compose import compose
from rejoinder.llm.local.intents import agrees, asks, intent
from rejoinder.llm.local.phrases import phrases


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("greeting", "hi"),
        ("greeting", "Good morning everyone!"),
        ("greeting", "สวัสดีค่ะ"),
        ("greeting", "xin chào shop"),
        ("greeting", "oi, tudo bem?"),
        ("thanks", "thx a lot!"),
        ("thanks", "ขอบคุณมากค่ะ"),
        ("thanks", "cam on shop nhe"),
        ("thanks", "obrigada!"),
        ("goodbye", "bye!"),
        ("goodbye", "tchau"),
        ("identity", "are you a bot?"),
        ("identity", "who are you"),
        ("identity", "vc é um robô?"),
        ("identity", "bạn là ai vậy"),
        ("identity", "เป็นบอทหรือเปล่า"),
        ("person", "can i talk to a human"),
        ("person", "I want to speak with someone please"),
        ("person", "quero falar com um atendente"),
        ("person", "cho mình gặp nhân viên"),
        ("person", "ขอคุยกับพนักงานหน่อยค่ะ"),
        ("person", "human"),
        ("greeting", "hola, buenas tardes"),
        ("thanks", "muchas gracias"),
        ("goodbye", "adiós, hasta luego"),
        ("identity", "¿eres un robot?"),
        ("person", "quiero hablar con una persona"),
        ("person", "necesito un agente"),
        ("question", "¿tienen café descafeinado?"),
        ("question", "hi, how much is the decaf?"),
        ("question", "thanks! and the kettle?"),
        ("question", "hàng tới bị vỡ rồi shop ơi"),
        ("question", "is it safe for a cleaning agent?"),
        ("question", "does the dripper fit one person?"),
        ("chatter", "🙂"),
    ],
)
def test_what_a_line_wants(wanted: str, line: str) -> None:
    assert intent(line) == wanted


@pytest.mark.parametrize(
    "line", ["is it?", "tem wifi", "có wifi không", "มี wifi ไหม", "cuánto cuesta el envío"]
)
def test_a_question_is_put_as_one(line: str) -> None:
    assert asks(line)


def test_a_statement_is_no_question() -> None:
    assert not asks("my name is Bob")


@pytest.mark.parametrize(
    "line", ["yes", "ok please", "sim", "vâng ạ", "ใช่ค่ะ", "ได้ครับ", "sí, por favor", "vale"]
)
def test_yes(line: str) -> None:
    assert agrees(line)


@pytest.mark.parametrize("line", ["no thanks", "não", "how much is it?", "ไม่ค่ะ", "không"])
def test_no_yes(line: str) -> None:
    assert not agrees(line)


@pytest.mark.parametrize(
    ("code", "greeting"),
    [
        ("en", "hello"),
        ("th", "สวัสดีครับ"),
        ("vi", "xin chào"),
        ("pt", "olá, bom dia"),
        ("es", "hola, buenos días"),
    ],
)
def test_a_greeting_is_returned_in_its_language(code: str, greeting: str) -> None:
    assert compose([greeting], []).reply == phrases(code).greeting


def test_it_says_plainly_what_it_is() -> None:
    assert "not a large language model" in compose(["who are you?"], []).reply


def test_asking_for_a_person_hands_off_whatever_else_is_asked() -> None:
    answer = compose(["what time do you open?", "i want to talk to a human"], [])
    assert (answer.decision, answer.reply) == ("hand_off", phrases("en").hand_off)
