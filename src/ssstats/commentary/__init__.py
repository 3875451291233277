"""What a release says in sentences: records first, then their text in each language.

Made from published figures and verdicts alone, by rules that anyone can read.
"""

from ssstats.commentary.checking import lint_handwritten
from ssstats.commentary.composing import compose_commentary
from ssstats.commentary.recomputing import read_commentary, sentences_that_differ
from ssstats.commentary.records import (
    COMMENTARY_COLUMNS,
    Place,
    Said,
    commentary_table,
    sentence_of_row,
    sentence_text,
)
from ssstats.commentary.rules import CommentaryRules, read_commentary_rules
from ssstats.commentary.writing import write_commentary

__all__ = [
    "COMMENTARY_COLUMNS",
    "CommentaryRules",
    "Place",
    "Said",
    "commentary_table",
    "compose_commentary",
    "lint_handwritten",
    "read_commentary",
    "read_commentary_rules",
    "sentence_of_row",
    "sentence_text",
    "sentences_that_differ",
    "write_commentary",
]
