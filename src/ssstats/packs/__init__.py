"""Packs: what goes to named people before disclosure control, never to the public.

A pack is made from the returns under a policy of its own, marked on every sheet and page, private
on disk, and refused inside anything public. Nothing that makes the public release can import it.
"""

from ssstats.packs.director import DirectorsPack, write_directors_pack
from ssstats.packs.partners import PartnersPack, write_partners_pack

__all__ = ["DirectorsPack", "PartnersPack", "write_directors_pack", "write_partners_pack"]
