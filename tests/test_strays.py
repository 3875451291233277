"""No release is final while a pack, a return or a kept intermediate stands in it or beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_gate import DUE, SUPPRESS, released
from small_returns import PROJECT
from test_packs_partners import returned
from test_packs_partners import write as write_pack

from ssstats.checks import listing
from ssstats.disclosure.ledger import enter_release
from ssstats.disclosure.release_tables import write_release_tables
from ssstats.errors import DisclosureError
from ssstats.manifest import write_manifest
from ssstats.packs import partners
from ssstats.release.memory import remember_bytes
from ssstats.release.strays import MARKS, require_no_stray, what_stands_in
from ssstats.words import LANGUAGES, read_words

RETURN = "edition,period,area,reference,value,marker,note\n"


@pytest.fixture(scope="module")
def returns(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("returns")
    rows = [
        f"2020-proposed,2024-25,{area},{reference},{value},,"
        for (reference, area), value in returned().items()
    ]
    (folder / "returns.csv").write_text(RETURN + "\n".join(rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def pack(returns, tmp_path_factory) -> Path:
    return write_pack(returns, tmp_path_factory.mktemp("private") / "packs").folder


@pytest.fixture
def place(tmp_path) -> Path:
    """A release with another year's, kept steps, records and registers beside it."""
    for name in ("2023-24", "2024-25", "drafts/2024-25"):
        release(tmp_path / "reports" / name)
    reports = tmp_path / "reports"
    (reports / "register.csv").write_text("on,period,state,by,why,manifest,replaces\n")
    for own in (".2024-25-work/tables", ".records", "drafts/.2024-25-work/files"):
        (reports / own).mkdir(parents=True)
        (reports / own / "counts.csv").write_text(RETURN, encoding="utf-8")
    return reports / "2024-25"


def release(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "counts.csv").write_text("edition,period,area,reference,value\n")
    write_manifest(folder, facts={"made_from": {}, "parameters": {"policy": "round-5"}})
    return folder


def refused(place: Path, match: str) -> None:
    with pytest.raises(DisclosureError, match=match):
        require_no_stray(place)


def test_a_release_with_its_registers_and_kept_steps_is_let_pass(place):
    require_no_stray(place)
    (place.parent / "what-moves.html").write_text("<p>Nothing.</p>", encoding="utf-8")
    require_no_stray(place)
    require_no_stray(place.parent / "nowhere" / "2024-25")


@pytest.mark.parametrize("inside", ["2024-25", "2024-25/data", "", "2023-24", "drafts", "deep/er"])
def test_a_pack_is_found_wherever_it_stands(place, pack, inside):
    shutil.copytree(pack, place.parent / inside / pack.name)
    refused(place, "must not stand in or beside a final release")


def test_a_whole_pack_beside_a_release_is_named_once(place, pack):
    shutil.copytree(pack, place.parent / pack.name)
    refused(place, rf"reports: 1 files .*: {pack.name} \(a pack for named readers\); move them")


@pytest.mark.parametrize(
    "part",
    [
        "tables/official-sensitive-adults-en.xlsx",
        "tables/official-sensitive-adults-en.ods",
        "powys-en.html",
        "data/official-sensitive-metrics.csv",
    ],
)
@pytest.mark.parametrize("name", ["adults.xlsx", "notes.txt", "page.html", "table.csv"])
@pytest.mark.parametrize("inside", ["2024-25/tables", ""])
def test_a_part_of_a_pack_is_found_under_whatever_name(place, pack, part, name, inside):
    (place.parent / inside).mkdir(exist_ok=True)
    shutil.copy(pack / part, place.parent / inside / name)
    refused(place, rf"{name} \(marked as official-sensitive")


def test_a_pack_that_takes_the_place_of_a_built_file_is_found(place, pack):
    shutil.copy(pack / "data" / "official-sensitive-metrics.csv", place / "data" / "counts.csv")
    refused(place, r"2024-25/data/counts\.csv \(marked as official-sensitive")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (RETURN, "compiled-returns.csv"),
        (RETURN, "readme.txt"),
        ("area,AD/001,AD/002a\n", "wide.csv"),
        ("reference;W06000001;W06000002\n", "authorities.csv"),
    ],
)
def test_returns_are_found_by_what_is_in_them(place, header, name):
    (place.parent / name).write_text(header, encoding="utf-8")
    refused(place, r"a table of authorities' figures")


def test_a_kept_result_of_the_gate_is_found(place):
    remember_bytes(place.parent / "kept", "ab" * 32, b"PAR1")
    refused(place, r"kept/(ab)+ \(a kept result of the disclosure gate")


def test_what_cannot_be_looked_into_is_refused(place):
    (place.parent / "core.7312").write_bytes(b"\x7fELF")
    (place / "link.csv").symlink_to("/nowhere")
    refused(place, r"link\.csv \(a link.*core\.7312 \(cannot be looked into")


def test_a_file_in_a_release_that_it_did_not_build_is_refused_though_it_is_harmless(place):
    (place / "note.txt").write_text("Look at page 3.", encoding="utf-8")
    refused(place, r"2024-25/note\.txt \(no file of this release")


def test_a_ledger_of_what_was_published_may_stand_beside_and_nothing_more_in_it(place, tmp_path):
    write_release_tables(released({DUE: (2, 30, 40, 50)}, policy=SUPPRESS), tmp_path / "data")
    ledger = place.parent / "ledger"
    enter_release(ledger, tmp_path / "data")
    require_no_stray(place)
    (ledger / "more.csv").write_text(RETURN, encoding="utf-8")
    refused(place, r"ledger/more\.csv \(a table of authorities' figures")


def test_every_marking_of_what_is_written_before_the_gate_holds_one_of_the_marks():
    markings = [listing.MARKING, partners._PREFIX]
    for language in LANGUAGES:
        words = read_words(PROJECT / "data" / "catalogue", language)
        markings += [words.say("pack.marking"), words.say("director.marking", area="Powys")]
    assert all(any(mark in text.casefold() for mark in MARKS) for text in markings)


def test_what_nobody_has_to_hide_is_let_pass(tmp_path):
    for name, text in (("a.txt", "Dear all"), ("b.csv", "on,by\n"), ("c.json", "{}")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert what_stands_in(tmp_path / name) == ""
