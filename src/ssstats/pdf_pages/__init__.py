"""What can be read in a PDF: the texts of its pages, its strings, the files it carries.

Knows PDFs alone, as a reader is given them: nothing of how a release writes its own.
"""

from ssstats.pdf_pages.objects import DamagedPdfError
from ssstats.pdf_pages.reading import PdfTexts, read_pdf

__all__ = ["DamagedPdfError", "PdfTexts", "read_pdf"]
