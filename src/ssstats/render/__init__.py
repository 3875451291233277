"""Rendering: a book tree to a static site and a tagged PDF.

`lay_out_book` writes the tree of one language from the project's definition and the executed
notebooks; `render_book` renders it, with Quarto or with the embedded engine.
"""

from ssstats.render.book import Book, Chapter, FrontMatter, lay_out_book, read_book
from ssstats.render.destinations import Destinations
from ssstats.render.engine import ENGINES, Rendered, chosen_engine, render_book
from ssstats.render.site import SiteFrame, write_front_door

__all__ = [
    "ENGINES",
    "Book",
    "Chapter",
    "Destinations",
    "FrontMatter",
    "Rendered",
    "SiteFrame",
    "chosen_engine",
    "lay_out_book",
    "read_book",
    "render_book",
    "write_front_door",
]
