"""Facts as tables: areas, editions, metrics, measures, identities, populations, notes.

The tables stand in `data/catalogue/*.csv`, each with a schema beside it that explains it and that
the reader enforces. Nothing here knows of returns.
"""

from ssstats.catalogue.dictionary import dictionary_frame, write_dictionary
from ssstats.catalogue.main_counts import is_main_count
from ssstats.catalogue.reading import Catalogue, read_catalogue

__all__ = ["Catalogue", "dictionary_frame", "is_main_count", "read_catalogue", "write_dictionary"]
