"""The settings of a channel as they come by API or command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    ValidationError,
)

from rejoinder.bots.model import OPTED_IN, OPTED_OUT, UNSUPPORTED, ChannelSettings, Groups
from rejoinder.channels.connect import given as texts
from rejoinder.channels.connect.given import Problem
from rejoinder.channels.port import adapter as port

_Words = Annotated[str, AfterValidator(str.strip), Field(max_length=1000)]
_Name = Annotated[str, Field(min_length=1, max_length=512)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)


class Rest(_Model):
    """The settings of a REST channel."""

    callback_url: Annotated[
        str | None, Field(description="Replies are posted there; null for nowhere.")
    ] = None
    deduplicates: Annotated[
        StrictBool,
        Field(
            description="The receiver remembers `webhook-id`, so that a reply it did not answer may be posted again."
        ),
    ] = True


class WindowTemplate(_Model):
    """The template for where free text is too late; `{text}` in a parameter stands for the reply."""

    name: _Name
    language: Annotated[str, Field(min_length=1, max_length=20)]
    parameters: Annotated[list[Annotated[str, Field(max_length=1024)]], Field(max_length=20)] = []


class Common(_Model):
    """The settings that the channels of all chat platforms have."""

    base_url: Annotated[
        str | None, Field(description="Where the platform's API is; its own address if left out.")
    ] = None
    groups: Annotated[
        Groups,
        Field(
            description="Whether messages of groups are answered: none, those that mention us, all."
        ),
    ] = "ignore"
    typing: Annotated[
        StrictBool, Field(description="The customer sees that an answer is being written.")
    ] = True
    mark_read: Annotated[
        StrictBool, Field(description="The customer sees that the message was read.")
    ] = True
    unsupported_text: Annotated[
        _Words,
        Field(description="What is said once to who sends what can't be read; empty for nothing."),
    ] = UNSUPPORTED
    opt_out_text: Annotated[
        _Words, Field(description="What confirms that no more messages come; empty for nothing.")
    ] = OPTED_OUT
    opt_in_text: Annotated[
        _Words, Field(description="What confirms that messages come again; empty for nothing.")
    ] = OPTED_IN
    window_template: Annotated[
        WindowTemplate | None,
        Field(description="What goes out where the platform takes no free text any more."),
    ] = None


def rest(given: Mapping[str, JsonValue]) -> tuple[ChannelSettings, list[Problem]]:
    """The settings of a REST channel, and what is wrong with them."""
    model, problems = _model(Rest, given)
    if model is None:
        return ChannelSettings(), problems
    return ChannelSettings(callback_url=model.callback_url, deduplicates=model.deduplicates), []


def chat(
    fields: Sequence[port.Field], given: Mapping[str, JsonValue]
) -> tuple[ChannelSettings, list[Problem]]:
    """The settings of a chat platform's channel, and what is wrong with them; `fields` are the platform's own."""
    common = {name: value for name, value in given.items() if name in Common.model_fields}
    model, problems = _model(Common, common)
    own_fields = [each for each in fields if each.name not in Common.model_fields]
    rest_of_it = {name: value for name, value in given.items() if name not in common}
    unknown = sorted(rest_of_it.keys() - {each.name for each in own_fields})
    own = texts.read(
        own_fields,
        {name: value for name, value in rest_of_it.items() if name not in unknown},
        "settings",
    )
    names = ", ".join([*(each.name for each in own_fields), *Common.model_fields])
    problems += [
        Problem(f"settings.{name}"[:100], f"is not known; there is {names}") for name in unknown
    ]
    problems += own.problems
    if model is None or problems:
        return ChannelSettings(), problems
    told = model.model_dump()
    url = told.pop("base_url")
    return ChannelSettings(
        **told,
        base_url=url.rstrip("/") if url else None,
        own=cast("dict[str, JsonValue]", own.texts),
    ), []


_M = TypeVar("_M", bound=BaseModel)


def _model(kind: type[_M], given: Mapping[str, JsonValue]) -> tuple[_M | None, list[Problem]]:
    try:
        return kind.model_validate(dict(given)), []
    except ValidationError as wrong:
        names = ", ".join(kind.model_fields)
        return None, [
            Problem(
                ".".join(["settings", *map(str, each["loc"])])[:100],
                f"is not known; there is {names}"
                if each["type"] == "extra_forbidden"
                else f"is wrong: {each['msg']}",
            )
            for each in wrong.errors(include_url=False, include_input=False)
        ]
