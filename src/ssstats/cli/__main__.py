"""Runs the command as `python -m ssstats.cli`."""

from ssstats.cli import main

main()
