"""What the name of a file says it does when it is opened; pure.

Source: Gmail Help, "File types blocked in Gmail", and what browsers open as a page.
"""

from __future__ import annotations

import re
from typing import Final

_PROGRAMS: Final = (
    "ade adp apk app appref-ms application appx appxbundle bat cab chm cmd com command cpl desktop diagcab dll dmg exe "
    "hta inf ins iso isp jar jnlp js jse lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 psm1 reg scf scr sct "
    "sh shb sys url vb vbe vbs vhd vxd wsc wsf wsh xll"
)
_PAGES: Final = "html htm xhtml xht shtml mht mhtml svg svgz"
_RUNS: Final = frozenset(f"{_PROGRAMS} {_PAGES}".split())

# Windows drops dots and spaces at the end of a name; signs that nobody sees hide the ending from a reader.
_ENDING: Final = re.compile(r"\.([a-z0-9-]+)[\W_]*$")
_LONGEST: Final = 100


def runs(filename: str | None) -> str | None:
    """The ending of a file that runs when it is opened, in lower case; None for any other."""
    found = _ENDING.search((filename or "")[-_LONGEST:].lower())
    return found[1] if found and found[1] in _RUNS else None
