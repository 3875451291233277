"""Files made to stop, fill or mislead the reader are refused in words, quickly, in little memory.

Each file is read in a process of its own with a limit on its memory; `-s` prints what each took.
"""

from __future__ import annotations

import io
import os
import resource
import struct
import time
import traceback
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ssstats.catalogue import Catalogue, read_catalogue
from ssstats.errors import ReleaseError
from ssstats.returns import read_returns, write_template
from ssstats.returns.limits import MOST_TEXT_BYTES
from ssstats.words import read_words

ROOT = Path(__file__).resolve().parents[1]
HEADER = "edition,period,area,reference,value,marker,note\n"
START = "2020-proposed,2024-25,W06000023,AD/001,"
# What a reader may take on top of what the tests hold already.
MEMORY = 1_500 * 2**20
SECONDS = 30

Make = Callable[[Path], Path]


def text(content: str | bytes, name: str = "returns.csv") -> Make:
    def make(folder: Path) -> Path:
        body = content.encode("utf-8") if isinstance(content, str) else content
        (folder / name).write_bytes(body)
        return folder / name

    return make


def row(value: str, marker: str = "", note: str = "") -> Make:
    return text(f"{HEADER}{START}{value},{marker},{note}\n")


def archive(parts: dict[str, bytes | str], name: str = "return.xlsx", **options) -> Make:
    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, **options) as file:
            for part, content in parts.items():
                file.writestr(part, content)
        return folder / name

    return make


TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + step)} "{f"&{chr(97 + step)};" * 10}">' for step in range(12))
    + "]><l>&m;</l>"
)
ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
ODS_TAIL = "</office:spreadsheet></office:body></office:document-content>"


def ods(table: str) -> Make:
    return archive({"content.xml": ODS_HEAD + table + ODS_TAIL}, "return.ods")


def sheet(body: str) -> Make:
    """Write a workbook by openpyxl and put another sheet into it."""

    def make(folder: Path) -> Path:
        buffer = io.BytesIO()
        openpyxl.Workbook().save(buffer)
        with zipfile.ZipFile(buffer) as made:
            parts = {name: made.read(name) for name in made.namelist()}
        parts["xl/worksheets/sheet1.xml"] = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"{body}</worksheet>"
        ).encode()
        return archive(parts)(folder)

    return make


def filled(change: Callable[[openpyxl.Workbook], None]) -> Make:
    """Change a blank template of Powys."""

    def make(folder: Path) -> Path:
        path = folder / "powys.xlsx"
        own = read_catalogue(ROOT / "data" / "catalogue")
        words = read_words(ROOT / "data" / "catalogue", "en")
        write_template(path, own, words, area="W06000023", edition="2020-proposed",
                       period="2024-25")  # fmt: skip
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        return path

    return make


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "returns.csv")
    return folder


def device(folder: Path) -> Path:
    (folder / "returns.csv").symlink_to("/dev/zero")
    return folder


def folder_named_as_file(folder: Path) -> Path:
    (folder / "returns.csv").mkdir()
    return folder


def link_to_itself(folder: Path) -> Path:
    (folder / "returns.csv").symlink_to("returns.csv")
    return folder


def vast_sparse_file(folder: Path) -> Path:
    with (folder / "returns.csv").open("wb") as file:
        file.truncate(MOST_TEXT_BYTES * 100)
    return folder


def bomb(folder: Path) -> Path:
    return archive({"xl/workbook.xml": b"0" * 2_000_000_0 * 5})(folder)


def lying_bomb(folder: Path) -> Path:
    """Declare ten bytes where a hundred million follow."""
    path = archive({"xl/workbook.xml": b"0" * 100_000_000})(folder)
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    content[22:26] = struct.pack("<I", 10)
    path.write_bytes(content)
    return path


def nested(folder: Path) -> Path:
    inner = zlib.compress(b"0" * 10_000_000)
    return archive({f"{number}.zip": inner for number in range(3000)})(folder)


def two_of_one_name(folder: Path) -> Path:
    path = folder / "return.xlsx"
    with zipfile.ZipFile(path, "w") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("xl/workbook.xml", "<a/>")
        file.writestr("xl/workbook.xml", "<b/>")
    return path


def broken(method: int) -> Make:
    """Return a maker of an archive whose directory is whole and whose packed bytes are not."""

    def make(folder: Path) -> Path:
        path = folder / "return.xlsx"
        with zipfile.ZipFile(path, "w", method) as file:
            file.writestr("xl/workbook.xml", "<a>" + "b" * 500 + "</a>")
        with zipfile.ZipFile(path) as whole:
            packed = whole.getinfo("xl/workbook.xml").compress_size
        content = bytearray(path.read_bytes())
        start = 30 + len("xl/workbook.xml")
        content[start : start + packed] = b"\xff" * packed
        path.write_bytes(content)
        return path

    return make


def locked(folder: Path) -> Path:
    path = archive({"xl/workbook.xml": "<a/>"})(folder)
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def parquet(frame: pd.DataFrame) -> Make:
    def make(folder: Path) -> Path:
        frame.to_parquet(folder / "returns.parquet")
        return folder / "returns.parquet"

    return make


def parquet_of_lists(folder: Path) -> Path:
    keys = dict(zip(("edition", "period", "area", "reference"), START.split(","), strict=False))
    return parquet(pd.DataFrame([{**keys, "value": [[1, 2]], "marker": ""}]))(folder)


@dataclass(frozen=True)
class Hostile:
    """A file and what is said of it; `said` blank: it is read, and its texts stay texts."""

    name: str
    make: Make
    said: str


CASES = [
    # Files that are none, or do not end.
    Hostile("pipe", pipe, "is no file but a folder, pipe or device"),
    Hostile("device", device, "is no file but a folder, pipe or device"),
    Hostile("folder named as a file", folder_named_as_file, "is no file but a folder"),
    Hostile("link to itself", link_to_itself, "cannot be read"),
    Hostile("vast sparse file", vast_sparse_file, "more than 300,000,000 bytes"),
    Hostile("empty file", text(""), "has no header"),
    Hostile("suffix of a macro file", text("x", "return.xlsm"), "xlsm is not read"),
    Hostile("suffix of an old workbook", text("x", "return.xls"), "xls is not read"),
    # Archives.
    Hostile("bomb", bomb, "bytes unpacked"),
    Hostile("bomb that lies about its size", lying_bomb, "is no workbook|bytes unpacked"),
    Hostile("thousands of archives in one", nested, "more than 2,000 parts"),
    Hostile("two parts of one name", two_of_one_name, "two parts of one name"),
    Hostile("password", locked, "has a password"),
    Hostile("macros in XLSX", archive({"xl/vbaProject.bin": b"x", "xl/workbook.xml": "<a/>"}),
            "holds macros"),
    Hostile("macros in ODS", archive({"Basic/Standard/M.xml": "<a/>"}, "return.ods"),
            "holds macros"),
    Hostile("part above the archive", archive({"../../evil.xml": "<a/>"}), "points outside"),
    Hostile("part with an absolute path", archive({"/etc/evil.xml": "<a/>"}), "points outside"),
    Hostile("part with backslashes", archive({"xl\\..\\..\\evil.xml": "<a/>"}), "points outside"),
    Hostile("archive cut short", text(b"PK\x03\x04" + b"\0" * 40, "return.xlsx"),
            "is no workbook"),
    Hostile("broken bytes packed by deflate", broken(zipfile.ZIP_DEFLATED), "is no workbook"),
    Hostile("broken bytes packed by bzip2", broken(zipfile.ZIP_BZIP2), "is no workbook"),
    Hostile("broken bytes packed by lzma", broken(zipfile.ZIP_LZMA), "is no workbook"),
    Hostile("text named as a workbook", text("hello", "return.xlsx"), "is no workbook"),
    Hostile("workbook named as text", archive({"a": "b"}, "return.csv"), "is no text"),
    # XML.
    Hostile("billion laughs in XLSX", archive({"[Content_Types].xml": TYPES,
            "xl/workbook.xml": LAUGHS}), "declares entities"),
    Hostile("billion laughs in ODS", archive({"content.xml": LAUGHS}, "return.ods"),
            "declares entities"),
    Hostile("outside entity", archive({"content.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM '
            '"file:///etc/passwd">]><a>&x;</a>'}, "return.ods"), "declares entities"),
    Hostile("entities in UTF-16", archive({"content.xml": LAUGHS.encode("utf-16")}, "return.ods"),
            "declares entities"),
    Hostile("deep nesting", archive({"content.xml": "<a>" * 200_000 + "</a>" * 200_000},
            "return.ods"), "cannot be read as a workbook|no returns|sheet"),
    Hostile("broken XML", archive({"content.xml": "<a><b></a>"}, "return.ods"), "cannot be read"),
    Hostile("no content", archive({"mimetype": "x"}, "return.ods"), "cannot be read"),
    # Sheets.
    Hostile("a cell far out", sheet('<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c>'
            "</row></sheetData>"), "delete those without a text"),
    Hostile("a row beyond all sheets", sheet('<sheetData><row r="999999999"><c r="A999999999">'
            "<v>1</v></c></row></sheetData>"), "delete those without a text"),
    Hostile("whole sheet merged", sheet('<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/>'
            "</mergeCells>"), "merges more than"),
    Hostile("endless hidden columns", sheet('<cols><col min="1" max="2000000000" hidden="1"/>'
            "</cols><sheetData/>"), "sheet"),
    Hostile("a million cells", sheet("<sheetData><row>" + "<c><v>1</v></c>" * 1_000_000
            + "</row></sheetData>"), "more than 600,000 cells"),
    Hostile("repeated cells in ODS", ods('<table:table table:name="s"><table:table-row>' +
            '<table:table-cell table:number-columns-repeated="2000000" office:value-type="float" '
            'office:value="1"/>' * 50 + "</table:table-row></table:table>"), "too many cells"),
    Hostile("repeated rows in ODS", ods('<table:table table:name="s"><table:table-row '
            'table:number-rows-repeated="999999999999"><table:table-cell office:value-type="float" '
            'office:value="1"/></table:table-row></table:table>'), "too many cells"),
    Hostile("hidden columns in ODS", ods('<table:table table:name="s"><table:table-column '
            'table:visibility="collapse" table:number-columns-repeated="99999999999"/>'
            "</table:table>"), "sheet"),
    Hostile("repeat that is no number", ods('<table:table table:name="s"><table:table-row '
            'table:number-rows-repeated="many"/></table:table>'), "cannot be read"),
    # Text tables.
    Hostile("a million columns", text(",".join(f"c{n}" for n in range(1_000_000)) + "\n"),
            "1,000,000 columns"),
    Hostile("one column a thousand times", text(",".join(["value"] * 1000) + "\n"),
            "have the same name"),
    Hostile("null bytes", text(HEADER.encode() + b"\0" * 1000), "is no text"),
    Hostile("UTF-16", text(HEADER.encode("utf-16")), "UTF-16"),
    Hostile("UTF-32", text(HEADER.encode("utf-32")), "UTF-16|no text"),
    Hostile("open quotation mark", text(HEADER + '"' + "x" * 100_000),
            "quotation mark|cells where"),
    Hostile("ten million quotation marks", text(HEADER + '"' * 9_999_999),
            "quotation mark|cells where|field larger"),
    Hostile("carriage returns alone", text(HEADER.replace("\n", "\r") + START + "1,,\r"), ""),
    Hostile("all bytes", text(bytes(range(1, 256)) * 400), "not UTF-8"),
    Hostile("direction marks in the header", text("\u202e" + HEADER + START + "5,,\n"), "column"),
    # Numbers.
    *(
        Hostile(f"value {typed!r}", row(typed), said)
        for typed, said in [
            ("1e400", "value"), ("NaN", "value"), ("inf", "value"), ("-5", "value"),
            ("0x10", "value"), ("1_000", "value"), ("9" * 5000, "value"),
            ("\u0661\u0662", "value"), ("1;DROP TABLE", "value"), ("=1+1", "value"),
            ("5\u202e6", "value"), ("--5", "value"), ("5e-324", "value"),
        ]
    ),
    # Texts that would do something elsewhere.
    *(
        Hostile(f"area {typed!r}", text(f"{HEADER}2020-proposed,2024-25,{typed},AD/001,5,,\n"),
                "is not known")
        for typed in ["../../etc", "<script>alert(1)</script>", "=HYPERLINK(0)", "W06000023;rm",
                      "\x1b[31mW06000023", "' OR 1=1"]
    ),
    Hostile("reference that is a path", text(f"{HEADER}2020-proposed,2024-25,W06000023,"
            "../../../AD/001,5,,\n"), "is not known"),
    Hostile("period of code", text(f"{HEADER}2020-proposed,__import__('os'),W06000023,AD/001,"
            "5,,\n"), "period"),
    Hostile("edition of code", text(HEADER + "{{7*7}},2024-25,W06000023,AD/001,5,,\n"), "edition"),
    Hostile("marker of code", row("", "=cmd"), "marker"),
    Hostile("script in a note", row("5", "", "<script>alert(1)</script>"), ""),
    Hostile("the same key twice", text(f"{HEADER}{START}5,,\n{START}6,,\n"),
            "stands more than once"),
    # Parquet.
    Hostile("text named as Parquet", text("hello", "returns.parquet"), "is no Parquet file"),
    Hostile("Parquet cut short", text(b"PAR1\xff\xff\xff\x7fPAR1", "returns.parquet"),
            "is no Parquet file"),
    Hostile("Parquet of lists", parquet_of_lists, "value"),
    Hostile("Parquet of other columns", parquet(pd.DataFrame({"__class__": ["x"]})), "column"),
    # Templates.
    Hostile("sheet named as a path", filled(lambda book: setattr(book.worksheets[0], "title",
            "..xx..etc")), ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "data" / "catalogue")


def read_apart(path: Path, catalogue: Catalogue) -> tuple[str, float, int]:
    """Read in a process of its own; return what it said, its seconds and bytes more of memory."""
    reader, writer = os.pipe()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = os.fork()
    if child == 0:
        os.close(reader)
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        try:
            read_returns(path, catalogue)
            said = "READ"
        except ReleaseError as refused:
            said = f"REFUSED {str(refused)[:4000]}"
        except BaseException:
            said = f"FAULT {traceback.format_exc()}"
        os.write(writer, said.encode("utf-8", "replace"))
        os._exit(0)
    os.close(writer)
    started = time.monotonic()
    with os.fdopen(reader, "rb") as pipe_end:
        said = pipe_end.read().decode("utf-8")
    _, status, used = os.wait4(child, 0)
    grown = max(0, used.ru_maxrss - before) * 1024
    return said if status == 0 else f"ENDED BY {status}", time.monotonic() - started, grown


def test_there_are_at_least_sixty_hostile_files_each_of_its_own_kind():
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_is_refused_in_words_in_bounded_time_and_memory(case, tmp_path, catalogue):
    said, seconds, grown = read_apart(case.make(tmp_path), catalogue)
    print(f"{case.name}: {seconds:.2f} s, {grown / 2**20:.0f} MiB: {said[:100]}")
    if not case.said:
        assert said == "READ"
        return
    kind, _, message = said.partition(" ")
    assert kind == "REFUSED", said
    assert pd.Series([message]).str.contains(case.said).item(), message
    assert len(message) < 4000
    assert "Traceback" not in message
