"""The command `rejoinder`. Commands import what they need when they run, so that `--help` is quick."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; errors on purpose are printed with their mend and exit 1."""
    from rejoinder.cli.commands import app
    from rejoinder.cli.serve.descriptors import hold_standard
    from rejoinder.errors import RejoinderError

    hold_standard()
    try:
        app()
    except RejoinderError as error:
        print(f"rejoinder: {error.detail}", file=sys.stderr)
        if error.mend:
            print(f"  {error.mend}", file=sys.stderr)
        raise SystemExit(1) from None
