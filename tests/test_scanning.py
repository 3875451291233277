"""A number that must not be there is found in every kind of file that a release holds."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pandas as pd
import pikepdf
import pytest
import small_release
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ssstats.catalogue import read_catalogue
from ssstats.cli import app
from ssstats.disclosure.policy import read_policy
from ssstats.disclosure.release_tables import read_release_tables
from ssstats.errors import DisclosureError, UsageError
from ssstats.periods import ReportingYear
from ssstats.project import find_project
from ssstats.release.leaks import require_no_returned_count, returned_counts
from ssstats.release.standing import StandingReturns
from ssstats.returns import read_returns
from ssstats.scanning import read_canaries, scan_folder
from ssstats.scanning.canaries import numbers_in, plain_number

CANARY = "8317263"
WANTED = frozenset({CANARY})
WITH_COMMAS = "8,317,263"


def png_with(text: str) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
        + chunk(b"zTXt", b"Title\0\0" + zlib.compress(text.encode()))
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def data_uri(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def svg_with(text: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><title>{text}</title></svg>'.encode()


def notebook_with(**cell) -> bytes:
    cell = {"cell_type": "code", "metadata": {}, "source": "", "outputs": [], **cell}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}).encode()


def packed(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def workbook_with(place: str) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    if place == "cell":
        book.active["C7"] = int(CANARY)
    elif place == "property":
        book.properties.subject = f"of {CANARY}"
    else:
        book.create_sheet(f"s {CANARY}").sheet_state = "hidden"
    book.save(buffer)
    return buffer.getvalue()


def pdf_with(source: str) -> bytes:
    return typst.compile(source.encode(), pdf_standards=["ua-1"])


def pdf_with_title(title: str) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Subject"] = title
        pdf.save(buffer)
    return buffer.getvalue()


def parquet_of(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


TYPST = '#set document(title: "T", date: none)\n#set text(lang: "en")\n= A\n'
FIGURE = TYPST + f'#figure(rect(), alt: "up to {WITH_COMMAS}", caption: [c])'
PLANTED = {
    "text of a page": ("a.html", f"<p>There were {WITH_COMMAS} contacts.</p>".encode()),
    "attribute of a page": ("a.html", f'<td data-exact="{CANARY}">5</td>'.encode()),
    "alternative text": ("a.html", f'<img alt="{WITH_COMMAS} people">'.encode()),
    "comment in a page": ("a.html", f"<!-- {CANARY} -->".encode()),
    "entities in a page": ("a.html", b"<p>8&nbsp;317&nbsp;263</p>"),
    "drawing in a page": (
        "a.html", f'<img src="{data_uri("svg+xml", svg_with(WITH_COMMAS))}">'.encode(),
    ),
    "drawing": ("a.svg", svg_with(WITH_COMMAS)),
    "properties of a picture": ("a.png", png_with(f"n = {CANARY}")),
    "search index": ("search.json", json.dumps([{"text": f"{WITH_COMMAS} reports"}]).encode()),
    "number in JSON": ("a.json", json.dumps({"a": [{"b": int(CANARY)}]}).encode()),
    "key in JSON": ("a.json", json.dumps({CANARY: 1}).encode()),
    "escaped digits in JSON": ("a.json", b'{"a": "\\u0038\\u002c317\\u002c263"}'),
    "data file": ("a.csv", f"area,value\nW06000023,{CANARY}.0\n".encode()),
    "data file with commas": ("a.csv", f'area,value\nW06000023,"{WITH_COMMAS}"\n'.encode()),
    "Parquet column": ("a.parquet", parquet_of(pd.DataFrame({"value": [1.0, float(CANARY)]}))),
    "Parquet metadata": ("a.parquet", parquet_of(pd.DataFrame({f"x {CANARY}": [1]}))),
    "output of a notebook": (
        "a.ipynb", notebook_with(outputs=[{"data": {"text/markdown": f"| {WITH_COMMAS} |"}}]),
    ),
    "traceback in a notebook": (
        "a.ipynb", notebook_with(outputs=[{"traceback": [f"KeyError: {CANARY}"]}]),
    ),
    "metadata of a notebook": ("a.ipynb", notebook_with(metadata={"papermill": {"n": CANARY}})),
    "picture of a notebook": (
        "a.ipynb",
        notebook_with(outputs=[{"data": {"text/html": data_uri("svg+xml", svg_with(CANARY))}}]),
    ),
    "text of a PDF": ("a.pdf", pdf_with(TYPST + f"There were {WITH_COMMAS} contacts.")),
    "alternative text of a PDF": ("a.pdf", pdf_with(FIGURE)),
    "properties of a PDF": ("a.pdf", pdf_with_title(f"all {CANARY}")),
    "cell of an XLSX": ("a.xlsx", workbook_with("cell")),
    "properties of an XLSX": ("a.xlsx", workbook_with("property")),
    "hidden sheet of an XLSX": ("a.xlsx", workbook_with("sheet")),
    "attribute in an ODS": (
        "a.ods", packed({"mimetype": "x", "content.xml": f'<t v="{CANARY}">5</t>'}),
    ),
    "metadata of an ODS": ("a.ods", packed({"meta.xml": f"<m>{WITH_COMMAS}</m>"})),
    "name of a part": ("a.ods", packed({f"{CANARY}.xml": "<m/>"})),
    "book source": ("a.qmd", f"There were {WITH_COMMAS}.".encode()),
    "log": ("build.log", f"wrote {CANARY} rows".encode()),
    "style": ("a.css", f"/* {CANARY} */".encode()),
    "script": ("a.js", f"const total = {CANARY};".encode()),
    "packed text": ("a.txt.gz", gzip.compress(CANARY.encode())),
    "name of a file": (f"{CANARY}.txt", b""),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content"), PLANTED.values(), ids=PLANTED)
def test_a_planted_count_is_found_in_each_kind_of_file(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    (sighting,) = {found.file for found in scan_folder(tmp_path, WANTED)} or {None}
    assert sighting in (name, tmp_path.name)
    assert scan_folder(tmp_path, frozenset({"8317264"})) == []


def test_every_kind_of_file_of_a_release_can_be_looked_into(tmp_path_factory):
    assert scan_folder(small_release.written_once(tmp_path_factory), WANTED) == []


def test_a_finding_never_repeats_the_number(tmp_path):
    (tmp_path / "a.html").write_text(f"<p>{WITH_COMMAS}</p>", encoding="utf-8")
    assert CANARY not in str(scan_folder(tmp_path, WANTED)[0])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("noending", b"?"),
        ("a.pdf", b"%PDF-1.7 broken"),
        ("a.ods", b"PK\x03\x04 broken"),
        ("a.json", b"{"),
        ("a.html", b"\xff\xfe\x00"),
        ("a.parquet", b"PAR1"),
        ("a.gz", b"\x1f\x8b broken"),
    ],
)
def test_a_file_that_cannot_be_looked_into_is_an_error_and_not_passed_over(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match="cannot be looked into"):
        scan_folder(tmp_path, WANTED)


def test_every_part_of_a_packed_document_that_is_not_well_formed_is_an_error(tmp_path):
    (tmp_path / "a.ods").write_bytes(packed({"content.xml": "<t>5"}))
    with pytest.raises(UsageError, match="cannot be looked into"):
        scan_folder(tmp_path, WANTED)


def test_years_in_addresses_of_formats_are_no_figures(tmp_path):
    named = '<t xmlns="http://schemas.example/2006/main">5</t>'
    (tmp_path / "a.ods").write_bytes(packed({"content.xml": named}))
    assert scan_folder(tmp_path, frozenset({"2006"})) == []


def test_a_link_in_the_folder_is_an_error(tmp_path):
    (tmp_path / "a.txt").symlink_to("/etc/hostname")
    with pytest.raises(UsageError, match=r"a\.txt: a link"):
        scan_folder(tmp_path, WANTED)


@given(
    st.integers(min_value=1000, max_value=10**12), st.sampled_from([",", "\u00a0", "\u202f", ""])
)
@settings(max_examples=100, deadline=None)
def test_a_number_is_recognised_however_its_thousands_are_set_apart(number, between):
    written = f"{number:,}".replace(",", between)
    assert list(numbers_in(f"({written} in all)")) == [str(number)]


@pytest.mark.parametrize("text", ["x8317263", "8317263px", "1.8317263", "83172634", "8,317,2634"])
def test_digits_inside_another_word_or_number_are_not_the_number(text):
    assert CANARY not in numbers_in(text)


def test_numbers_are_compared_without_zeros_that_say_nothing():
    assert [plain_number(text) for text in ("0,012,340.50", "12340.0", "0", "12340.")] == [
        "12340.5", "12340", "0", "12340",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "12a\n", "5\n", "1e9\n", "\u0661\u0662\u0663\u0664\n"])
def test_a_list_of_canaries_that_says_nothing_is_refused(tmp_path, text):
    path = tmp_path / "canaries.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"canaries\.txt"):
        read_canaries(path)


def test_a_build_looks_for_large_returned_counts_as_they_were_returned(tmp_path_factory, tmp_path):
    project, returns = find_project(), tmp_path / "returns.csv"
    catalogue = read_catalogue(project.catalogue)
    returns.write_text(
        "edition,period,area,reference,value,marker,note\n"
        "2020-proposed,2024-25,W06000023,AD/001,41203,,\n"
        "2020-proposed,2024-25,W06000023,CH/001,812,,\n",
        encoding="utf-8",
    )
    wanted = returned_counts(
        read_release_tables(small_release.written_once(tmp_path_factory) / "data"),
        StandingReturns(
            read_returns(returns, catalogue), ReportingYear.parse("2024-25"), catalogue
        ),
        policy=read_policy("round-5", project.policies),
        project=project,
    )
    assert wanted.counts == {"41203"}
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.html").write_text("<td>41,203</td>", encoding="utf-8")
    with pytest.raises(DisclosureError, match=r"1 places: a\.html"):
        require_no_returned_count(tmp_path / "site", wanted)


def test_the_command_fails_and_names_the_place(tmp_path):
    folder, canaries = tmp_path / "release", tmp_path / "canaries.txt"
    folder.mkdir()
    canaries.write_text(CANARY + "\n", encoding="utf-8")
    (folder / "a.csv").write_text("value\n5\n", encoding="utf-8")
    arguments = ["scan", str(folder), "--canaries", str(canaries)]
    assert "none of 1 counts" in CliRunner().invoke(app, arguments).output
    Path(folder / "a.csv").write_text(f"value\n{CANARY}\n", encoding="utf-8")
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, DisclosureError)
    assert "a.csv, row 2" in str(result.exception)
    assert CANARY not in str(result.exception)
