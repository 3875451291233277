"""The director's pack: own figures beside published ones, and nobody else's."""

from __future__ import annotations

import re
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_returns import AUTHORITIES, CATALOGUE, PROJECT

from ssstats.disclosure.policy import read_policy
from ssstats.errors import CatalogueError, UsageError
from ssstats.packs import write_directors_pack
from ssstats.packs.director_items import read_standards
from ssstats.packs.errors import PackError
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release.tables import publish_tables

OWN = Project(PROJECT)
YEAR = ReportingYear.parse("2024-25")
POWYS, CARDIFF = "W06000023", "W06000015"
NOON = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)
ITEMS = OWN.root / "data" / "packs" / "director_items.csv"
# 373 decisions of 502 contacts: 74.3%; published as 375 of 500: 75.0%. In Wales 13,204 of 15,413,
# published as 13,205 of 15,415: 85.7%.
CONTACTS, DECIDED = 502, 373


def write_returns(folder: Path, *, decided: int = DECIDED) -> Path:
    rows = ["edition,period,area,reference,value,marker,note"]
    for number, area in enumerate(AUTHORITIES):
        own = area == POWYS
        values = {
            "AD/001": 700 + number,
            "AD/002a": 300 if own else 400 + number,
            "AD/002b": CONTACTS - 300 if own else 300,
            "AD/003": decided if own else 611,
        }
        rows += [f"2020-proposed,2024-25,{area},{r},{v},," for r, v in values.items()]
    folder.mkdir(exist_ok=True)
    (folder / "returns.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def returns(tmp_path_factory):
    return write_returns(tmp_path_factory.mktemp("returns"))


@pytest.fixture(scope="module")
def release(returns, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "2024-25"
    publish_tables(
        returns, period=YEAR, policy=read_policy("round-5", OWN.policies), catalogue=CATALOGUE,
        folder=folder / "data",
    )  # fmt: skip
    return folder


def write(release, out, **options):
    return write_directors_pack(
        options.pop("authority", "powys"), period=YEAR, release=release, out=out, project=OWN,
        now=NOON, returns=options.pop("returns", None), **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def pack(release, returns, tmp_path_factory):
    return write(release, tmp_path_factory.mktemp("private") / "packs", returns=returns)


@pytest.fixture(scope="module")
def published(release, tmp_path_factory):
    return write(release, tmp_path_factory.mktemp("private") / "packs")


def parts_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(path):
    if path.suffix == ".html":
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")))
    document = parts_of(path)["word/document.xml"].decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", document))


@pytest.fixture(params=["docx", "html"])
def kind(request):
    return request.param


def document(pack, kind):
    (path,) = (own for own in pack.documents if own.suffix == f".{kind}")
    return path


def test_own_values_stand_beside_published_ones_and_wales(pack, kind):
    text = text_of(document(pack, kind))
    row = re.search(r"\(AD-02\)\s+(\S+)\s+(\S+)\s+\S+\s+\S+\s+(\S+)", text)
    assert row.groups() == ("74.3%", "75.0%", "85.7%")


def test_published_values_alone_need_no_returns_and_no_marking(published, kind):
    path = document(published, kind)
    assert path.name == f"annual-report-figures-en.{kind}"
    text = text_of(path)
    assert "74.3%" not in text
    assert "OFFICIAL-SENSITIVE" not in text
    assert "They may be published" in text


def test_every_page_of_a_document_with_own_values_is_marked(pack):
    parts = parts_of(document(pack, "docx"))
    for place in ("header", "footer"):
        assert b"OFFICIAL-SENSITIVE" in parts[f"word/{place}1.xml"]
        assert f'r:id="marking-{place}"'.encode() in parts["word/document.xml"]
    assert document(pack, "html").read_text(encoding="utf-8").count("OFFICIAL-SENSITIVE") == 2
    assert document(pack, "docx").name == "official-sensitive-annual-report-figures-en.docx"


def test_the_document_says_which_figures_may_be_published(pack, kind):
    text = text_of(document(pack, kind))
    assert "delete it before anything is published" in text
    assert "Counts rounded to the nearest 5" in text


def test_all_six_standards_have_a_section_with_their_outcomes_and_room_to_write(pack, kind):
    text = text_of(document(pack, kind))
    for number in range(1, 7):
        assert f"Standard {number}:" in text
    assert "My voice is heard and listened to" in text
    assert text.count("What went well") == 6


def test_charts_have_alternative_texts_and_no_path_of_this_machine(pack):
    parts = parts_of(document(pack, "docx"))
    described = re.findall(rb'<wp:docPr descr="([^"]*)"', parts["word/document.xml"])
    assert described and all(text.startswith((b"Dot chart", b"Line chart")) for text in described)
    assert not any(b"/tmp" in content for content in parts.values())
    page = document(pack, "html").read_text(encoding="utf-8")
    assert all('alt="' in image for image in re.findall(r"<img[^>]*>", page))


def test_a_document_is_the_same_bytes_again(published, release, tmp_path):
    again = write(release, tmp_path / "packs")
    for one, other in zip(published.documents, again.documents, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_a_welsh_document_is_welsh(release, returns, tmp_path):
    pack = write(release, tmp_path / "packs", returns=returns, language="cy")
    text = text_of(document(pack, "docx"))
    assert "Safon 1: Sicrhau hawliau" in text
    assert "What went well" not in text
    assert b'w:val="cy-GB"' in parts_of(document(pack, "docx"))["word/styles.xml"]


def test_figures_as_returned_of_other_authorities_are_not_in_it(release, tmp_path):
    """Cardiff's pack holds no trace of what Powys returned."""
    returns = write_returns(tmp_path / "returns")
    pack = write(release, tmp_path / "packs", returns=returns, authority=CARDIFF)
    for path in pack.documents:
        assert "74.3%" not in text_of(path)
        assert "Powys" not in text_of(path)


def test_returns_that_are_not_those_of_the_release_are_refused(release, tmp_path):
    other = write_returns(tmp_path / "returns", decided=401)
    with pytest.raises(PackError, match="Powys: 1 figures of these returns are not those") as found:
        write(release, tmp_path / "packs", returns=other)
    assert "401" not in str(found.value)
    assert list((tmp_path / "packs").iterdir()) == []


def test_a_pack_is_private_and_registered(pack):
    for path in (pack.folder, *pack.folder.rglob("*"), pack.register):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    row = pack.register.read_text(encoding="utf-8").splitlines()[1]
    assert row.startswith("2025-11-03T12:00:00+00:00,director,2024-25,Powys,director-2024-25-powys")


def test_an_authority_that_is_not_known_is_named(release, tmp_path):
    with pytest.raises(UsageError, match="narnia"):
        write(release, tmp_path / "packs", authority="narnia")


def test_every_standard_has_items_that_the_catalogue_knows():
    standards = read_standards(ITEMS, CATALOGUE, "2020-proposed")
    assert [standard.number for standard in standards] == [1, 2, 3, 4, 5, 6]
    assert all(standard.measures for standard in standards)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("7,1,measure,AD-02,s,", "standard '7' is not known; use 1, 2, 3, 4, 5, 6"),
        ("1,1,metric,AD/001,s,", "kind 'metric' is not known; use measure, series"),
        ("1,1,measure,AD-99,s,", "measure 'AD-99' is not in the catalogue"),
        ("1,1,measure", "3 values for 6 columns"),
    ],
)
def test_a_row_that_is_not_known_is_named_with_its_line(tmp_path, row, message):
    path = tmp_path / "director_items.csv"
    path.write_text(f"standard,order,kind,item,source,note\n{row}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="line 2") as found:
        read_standards(path, CATALOGUE, "2020-proposed")
    assert message in str(found.value)
