"""`python -m rejoinder.cli` is `rejoinder`."""

from rejoinder.cli import main

main()
