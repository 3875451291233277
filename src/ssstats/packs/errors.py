"""What can go wrong with a pack."""

from __future__ import annotations

from ssstats.errors import ReleaseError


class PackError(ReleaseError):
    """A pack would stand where the public can read it, or is for nobody."""

    exit_code = 11
