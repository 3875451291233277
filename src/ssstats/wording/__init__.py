"""Words under control: the check of wording, and the way to a translator and back."""

from ssstats.wording.exchange import Imported, export_words, import_words
from ssstats.wording.lint import lint_release, lint_text
from ssstats.wording.placing import misplaced_numbers
from ssstats.wording.published import Figures, read_figures
from ssstats.wording.rules import Finding, Rule, read_rules
from ssstats.wording.signoffs import awaiting_translator, read_signoffs, sentence_templates
from ssstats.wording.tables import labels_of_items
from ssstats.wording.texts import text_of_markdown, text_of_notebook

__all__ = [
    "Figures",
    "Finding",
    "Imported",
    "Rule",
    "awaiting_translator",
    "export_words",
    "import_words",
    "labels_of_items",
    "lint_release",
    "lint_text",
    "misplaced_numbers",
    "read_figures",
    "read_rules",
    "read_signoffs",
    "sentence_templates",
    "text_of_markdown",
    "text_of_notebook",
]
