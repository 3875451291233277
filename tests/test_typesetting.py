"""Typst in a process of its own: which document comes of which source, and what goes wrong."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from ssstats.errors import RenderError
from ssstats.fonts import paper_fonts
from ssstats.typesetting import typeset

HEAD = '#set document(title: "A release")\n#set text(font: "Release Sans")\n'


def test_documents_come_in_the_order_of_their_sources_whatever_their_length(tmp_path: Path) -> None:
    texts = ["The longest of three. " * 20, "Short.", "A little longer."]
    made = typeset(
        [HEAD + text for text in texts], tmp_path, names=["a", "b", "c"], fonts=paper_fonts()
    )
    for text, content in zip(texts, made, strict=True):
        file = tmp_path / "made.pdf"
        file.write_bytes(content)
        assert PdfReader(file).pages[0].extract_text().startswith(text[:10])


def test_the_document_that_typst_refuses_is_named(tmp_path: Path) -> None:
    sources = [f"{HEAD}A longer text without a fault.", "#unknown"]
    with pytest.raises(RenderError, match=r"^b\.pdf: Typst refused the document: unknown variable"):
        typeset(sources, tmp_path, names=["a.pdf", "b.pdf"], fonts=paper_fonts())


def test_a_process_that_ends_without_a_word_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(RenderError, match="ended without a document"):
        typeset(["text"], tmp_path, names=["a.pdf"], fonts=paper_fonts())
