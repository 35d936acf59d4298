"""An AI service of one's own: any program that answers one POST a turn."""

from typing import ClassVar

from rejoinder.llm.formats.service import wire as service_wire
from rejoinder.llm.wire import Wire, WireModel

__all__ = ["ServiceModel"]


class ServiceModel(WireModel):
    """`name` stands for whatever model the service uses; it tells which in `model_used`.

    `base_url` is the whole address that is called. It neither streams nor is asked for a schema: its form is fixed.
    """

    wire: ClassVar[Wire] = service_wire
    streams: ClassVar[bool] = False
