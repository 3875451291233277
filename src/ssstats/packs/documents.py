"""Markdown as documents that an authority goes on writing in: DOCX, and HTML that stands alone."""

from __future__ import annotations

import base64
import re
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import typst

from ssstats.errors import RenderError
from ssstats.fonts import font_folder
from ssstats.outputs.archives import read_archive, write_archive
from ssstats.plain_pages import page
from ssstats.render.pandoc import convert

_ADDRESS = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
# The first cell of a row in the body of a table names the row.
_ROW_HEAD = re.compile(r"(<tr[^>]*>\s*)<td\b([^>]*>.*?)</td>", re.DOTALL)
_READS = "markdown-implicit_header_references"
_DOTS_PER_INCH = 200
_FONT = "Arial"
_TABLE_HALF_POINTS = 18
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MOMENT = re.compile(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_TABLE_STYLE = re.compile(
    r'(<w:style [^>]*w:styleId="Table"[^>]*>.*?)<w:tblPr>.*?</w:tblPr>', re.DOTALL
)
_FONTS = re.compile(r"<w:rFonts [^>]*/>")
# A4 with margins of 20 millimetres, in twentieths of a point.
_PAGE = (
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" '
    'w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>'
)


def write_html(text: str, path: Path, *, title: str, marking: str, language: str) -> Path:
    """Write Markdown as a page that holds its charts."""
    body = _ROW_HEAD.sub(
        r'\g<1><th scope="row"\g<2></th>',
        convert(text, reads=_READS, writes="html5", what=path.name),
    )
    path.write_text(page(title, body, marking=marking, language=language), encoding="utf-8")
    return path


def write_docx(
    text: str, path: Path, *, title: str, marking: str, language: str, year_end: int
) -> Path:
    """Write Markdown as a DOCX file with its charts as pictures and the marking on every page.

    Parameters
    ----------
    year_end : int
        Calendar year of the 31 March that the file's properties name as its date.

    Raises
    ------
    RenderError
        If a chart or the document cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        pictured = _with_pictures(text, Path(folder))
        made = Path(folder) / "document.docx"
        head = f"---\ntitle: {_quoted(title)}\nlang: {language}-GB\n---\n\n"
        convert(
            head + pictured, reads=_READS, writes="docx", what=path.name,
            options=("--output", str(made), "--resource-path", folder,
                     "--shift-heading-level-by=-1"),
        )  # fmt: skip
        parts = read_archive(made.read_bytes())
    write_archive(_dressed(parts, marking, language, year_end), path)
    return path


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _with_pictures(text: str, folder: Path) -> str:
    """Return the text with its charts as PNG files: word processors do not all draw SVG."""

    def drawn(found: re.Match[str]) -> str:
        number = len(list(folder.glob("*.svg"))) + 1
        source = folder / f"chart-{number}.svg"
        source.write_bytes(base64.b64decode(found[1]))
        target = folder / f"chart-{number}.png"
        target.write_bytes(_png(source, folder))
        return target.name

    return _ADDRESS.sub(drawn, text)


def _png(source: Path, folder: Path) -> bytes:
    sheet = folder / "sheet.typ"
    sheet.write_text(
        f'#set page(width: auto, height: auto, margin: 0pt)\n#image("{source.name}")\n',
        encoding="utf-8",
    )
    try:
        compiler = typst.Compiler(
            sheet, root=str(folder), font_paths=[font_folder()], ignore_system_fonts=True
        )
        content = compiler.compile(format="png", ppi=_DOTS_PER_INCH)
    except typst.TypstError as problem:
        raise RenderError(f"{source.name} could not be drawn: {problem}") from problem
    if not isinstance(content, bytes):
        raise RenderError(f"{source.name}: a chart must fit one picture")
    return content


def _dressed(
    parts: dict[str, bytes], marking: str, language: str, year_end: int
) -> dict[str, bytes]:
    """Return the parts with plain type, lines in tables, A4 pages and the marking on each."""
    texts = {
        name: parts[name].decode("utf-8")
        for name in (
            "word/styles.xml", "word/document.xml", "word/_rels/document.xml.rels",
            "[Content_Types].xml", "docProps/core.xml",
        )
    }  # fmt: skip
    texts["word/styles.xml"] = _styled(texts["word/styles.xml"], language)
    moment = f"{year_end}-03-31T00:00:00Z"
    texts["docProps/core.xml"] = _MOMENT.sub(rf"\g<1>{moment}", texts["docProps/core.xml"])
    references = ""
    if marking:
        for place in ("header", "footer"):
            letters = "hdr" if place == "header" else "ftr"
            texts[f"word/{place}1.xml"] = _printed(letters, marking)
            texts["word/_rels/document.xml.rels"] = texts["word/_rels/document.xml.rels"].replace(
                "</Relationships>",
                f'<Relationship Id="marking-{place}" Type="{_RELATIONS}/{place}" '
                f'Target="{place}1.xml"/></Relationships>',
            )
            texts["[Content_Types].xml"] = texts["[Content_Types].xml"].replace(
                "</Types>",
                f'<Override PartName="/word/{place}1.xml" '
                f'ContentType="{_TYPES}.{place}+xml"/></Types>',
            )
            references += (
                f'<w:{place}Reference xmlns:r="{_RELATIONS}" w:type="default" '
                f'r:id="marking-{place}"/>'
            )
    texts["word/document.xml"] = _with_page(texts["word/document.xml"], references)
    return parts | {name: text.encode("utf-8") for name, text in texts.items()}


def _with_page(document: str, references: str) -> str:
    """Return the document with the size of its pages and what is printed on each."""
    bare = re.sub(r"<w:sectPr\s*/>|<w:sectPr\b.*?</w:sectPr>", "", document, flags=re.DOTALL)
    # A row stays on one page.
    whole = bare.replace("<w:tr>", "<w:tr><w:trPr><w:cantSplit/></w:trPr>").replace(
        "<w:trPr><w:cantSplit/></w:trPr><w:trPr>", "<w:trPr><w:cantSplit/>"
    )
    return whole.replace("</w:body>", f"<w:sectPr>{references}{_PAGE}</w:sectPr></w:body>")


def _styled(styles: str, language: str) -> str:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="767676"/>'
        for side in ("top", "bottom", "insideH")
    )
    styles = _FONTS.sub(
        f'<w:rFonts w:ascii="{_FONT}" w:hAnsi="{_FONT}" w:cs="{_FONT}" w:eastAsia="{_FONT}"/>',
        styles,
    )
    styles = _TABLE_STYLE.sub(
        rf'\g<1><w:rPr><w:sz w:val="{_TABLE_HALF_POINTS}"/></w:rPr><w:tblPr>'
        f"<w:tblBorders>{lines}</w:tblBorders><w:tblCellMar>"
        '<w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>',
        styles,
    )  # fmt: skip
    return re.sub(r"<w:lang [^>]*/>", f'<w:lang w:val="{language}-GB"/>', styles)


def _printed(letters: str, marking: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<w:{letters} xmlns:w="{_MAIN}"><w:p><w:pPr>'
        '<w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/></w:rPr>'
        f"<w:t>{escape(marking)}</w:t></w:r></w:p></w:{letters}>"
    )
