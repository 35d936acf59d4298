"""The chat page: what a visitor's browser sees and speaks to."""

from rejoinder.widget.routes import routes
from rejoinder.widget.session import Accepted, WidgetDeps

__all__ = ["Accepted", "WidgetDeps", "routes"]
