"""The WhatsApp Cloud API played on loopback: real paths, Meta's words, ids and signatures like Meta's."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import JsonValue, ValidationError

from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.simulated import Call, Customer, Fault, Outcome, Reply, Shown, Webhook
from rejoinder.channels.whatsapp_cloud.parse.people import identity
from rejoinder.channels.whatsapp_cloud.played import answers, people
from rejoinder.channels.whatsapp_cloud.played.files import SAMPLES, Drawer, Kept, uploaded
from rejoinder.channels.whatsapp_cloud.played.forms import MESSAGE, READ, Message
from rejoinder.channels.whatsapp_cloud.played.looks import looks
from rejoinder.channels.whatsapp_cloud.played.webhooks import NUMBER, Poster, message
from rejoinder.conversations.content import Choice, File, Part

_PATH = re.compile(r"/(v\d+\.\d+)/([^/]+)(?:/(messages|media|subscribed_apps))?/?")
_DOWNLOAD = "/whatsapp_business/attachments/"
_OLDEST = 21  # v20.0 went on 24 September 2026
_GOOD_FOR_S = 300  # the address of a file
_REMEMBERED = 10_000


class SimulatedWhatsAppCloud:
    """One number, its files, and what it showed customers to tap."""

    name: ClassVar[str] = "whatsapp_cloud"
    credentials: ClassVar[Mapping[str, str]] = {
        "phone_number_id": "100000000000001",
        "access_token": "EAAsimulated0000000000000000",
        "app_secret": "00000000000000000000000000000001",
        "verify_token": "simulated-verify-token",
        "waba_id": "100000000000002",
    }

    def __init__(self, account: Account) -> None:
        self._known = {**self.credentials, **account.credentials}
        self._poster = Poster(
            self._known["app_secret"], self._known["phone_number_id"], self._known["waba_id"]
        )
        self._files = Drawer()
        self._taps: OrderedDict[str, dict[str, str]] = OrderedDict()

    def take(self, call: Call, now: datetime) -> Outcome:
        """Answer a request as Meta would."""
        if call.headers.get("authorization") != f"Bearer {self._known['access_token']}":
            return Outcome(answers.unknown_token())
        if call.path == _DOWNLOAD:
            return Outcome(self._download(call, now))
        found = _PATH.fullmatch(call.path)
        if found is None:
            return Outcome(answers.unknown_path(call.path))
        version, node, edge = found.groups()
        told = () if int(version[1:].partition(".")[0]) >= _OLDEST else (f"{version} is gone",)
        outcome = self._node(call, now, node, edge)
        return Outcome(outcome.reply, outcome.shown, outcome.signal, told + outcome.problems)

    def sends(self, call: Call) -> str | None:
        """The customer of a call to `messages` that is no read mark."""
        found = _PATH.fullmatch(call.path)
        if call.method != "POST" or found is None or found[3] != "messages":
            return None
        body = _json(call.body)
        who = identity(body.get("to")) or identity(body.get("recipient"))
        return who.value if who is not None and "status" not in body else None

    def refuse(self, call: Call, fault: Fault) -> Reply:
        """Meta's words for a fault."""
        return answers.fault(fault)

    def said(
        self, customer: Customer, part: Part, now: datetime, *, reply_to: str | None = None
    ) -> Webhook:
        """A customer's message, signed. What was sent with a button comes back when it is tapped."""
        if isinstance(part, Choice) and part.form is None:
            sent = self._taps.get(part.of or "", {}).get(part.title)
            part = part.model_copy(update={"payload": sent or part.payload})
        return self._poster.said(customer, message(customer, part, now, reply_to, self._keep))

    def report(
        self, shown: Shown, status: Literal["sent", "delivered", "read", "failed"], now: datetime
    ) -> Webhook:
        """A receipt, signed."""
        return self._poster.report(shown, status, now)

    def echo(self, shown: Shown, now: datetime) -> Webhook:
        """An echo, signed. Meta sends one for what a person wrote in the WhatsApp Business app only."""
        return self._poster.echo(shown, now)

    def customers(self, number: int) -> Customer:
        """One in ten shows no number."""
        return people.numbered(number)

    def _node(self, call: Call, now: datetime, node: str, edge: str | None) -> Outcome:
        number = self._known["phone_number_id"]
        match call.method, edge:
            case "POST", "messages" if node == number:
                return self._message(call)
            case "POST", "media" if node == number:
                return Outcome(self._upload(call))
            case "POST" | "GET", "subscribed_apps" if node == self._known["waba_id"]:
                return Outcome(
                    Reply(200, {"success": True} if call.method == "POST" else {"data": []})
                )
            case "GET", None if node == number:
                return Outcome(self._number(call))
            case "GET", None:
                return Outcome(self._where(call, node, now))
            case _:
                return Outcome(answers.no_node(node))

    def _message(self, call: Call) -> Outcome:
        body = _json(call.body)
        try:
            if "status" in body:
                read = READ.validate_python(body)
                return Outcome(
                    Reply(200, {"success": True}),
                    signal="typing" if read.typing_indicator else "read",
                )
            asked = MESSAGE.validate_python(body)
        except ValidationError as wrong:
            return Outcome(answers.invalid(wrong))
        missing = self._missing_file(asked)
        if missing is not None:
            return Outcome(
                answers.refusal(400, 131009, "Parameter value is not valid", f"no media {missing}")
            )
        return self._taken(asked)

    def _taken(self, asked: Message) -> Outcome:
        who = identity(asked.to) or identity(asked.recipient)
        assert who is not None, "the form asks for one of both"
        platform_id = people.message_id(who.value, inbound=False)
        text, taps = looks(asked)
        self._taps[platform_id] = taps
        if len(self._taps) > _REMEMBERED:
            self._taps.popitem(last=False)
        contact: dict[str, JsonValue] = {"input": asked.to or asked.recipient}
        contact |= {"wa_id": who.value} if asked.to else {"user_id": who.value}
        reply = Reply(
            200,
            {
                "messaging_product": "whatsapp",
                "contacts": [contact],
                "messages": [{"id": platform_id}],
            },
        )
        shown = Shown(
            platform_id,
            who.value,
            asked.type,
            text,
            tuple(taps),
            delivery_id=asked.biz_opaque_callback_data,
        )
        problems = (
            ("to and recipient are both given: to is used",) if asked.to and asked.recipient else ()
        )
        return Outcome(reply, (shown,), problems=problems)

    def _missing_file(self, asked: Message) -> str | None:
        media = asked.image or asked.video or asked.document or asked.audio or asked.sticker
        named = media.id if media is not None else None
        return named if named is not None and self._files.get(named) is None else None

    def _upload(self, call: Call) -> Reply:
        file = uploaded(call)
        if isinstance(file, str):
            return answers.refusal(400, 100, "Invalid parameter", file)
        return Reply(200, {"id": self._files.put(file)})

    def _number(self, call: Call) -> Reply:
        proof = call.query.get("appsecret_proof")
        token, secret = self._known["access_token"], self._known["app_secret"]
        right = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if proof is not None and proof != right:
            return answers.refusal(400, 100, "Invalid appsecret_proof provided in the API argument")
        known: dict[str, JsonValue] = {
            "display_phone_number": f"+{NUMBER}",
            "verified_name": "Simulated business",
            "quality_rating": "GREEN",
        }
        asked = call.query.get("fields", "").split(",")
        told = {name: value for name, value in known.items() if name in asked}
        return Reply(200, told | {"id": self._known["phone_number_id"]})

    def _where(self, call: Call, media_id: str, now: datetime) -> Reply:
        file = self._files.get(media_id)
        if file is None:
            return answers.no_node(media_id)
        until = int(now.timestamp()) + _GOOD_FOR_S
        host = call.headers.get("host", "localhost")
        return Reply(
            200,
            {
                "messaging_product": "whatsapp",
                "url": f"http://{host}{_DOWNLOAD}?mid={media_id}&ext={until}",
                "mime_type": file.mime_type,
                "sha256": file.sha256,
                "file_size": str(len(file.data)),
                "id": media_id,
            },
        )

    def _download(self, call: Call, now: datetime) -> Reply:
        file = self._files.get(call.query.get("mid", ""))
        if file is None or now.timestamp() > float(call.query.get("ext", "0")):
            return answers.refusal(404, 100, "The address of the file is no longer good")
        return Reply(200, body=file.data, content_type=file.mime_type)

    def _keep(self, part: File) -> tuple[str, str, str]:
        file = SAMPLES[part.kind]
        if part.mime_type:
            file = Kept(part.mime_type, file.data)
        return self._files.put(file), file.mime_type, file.sha256


def _json(body: bytes) -> dict[str, JsonValue]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
