"""Files as Markdown: one file here for each format, `read` finds the right one."""

from rejoinder.knowledge.importing.formats.model import Read
from rejoinder.knowledge.importing.formats.read import read

__all__ = ["Read", "read"]
