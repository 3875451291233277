"""Draft, final, correction, withdrawn: two people sign, and nothing final is written over."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from ssstats.errors import UsageError
from ssstats.manifest import MANIFEST, checksum, write_manifest
from ssstats.release.states import (
    REGISTER,
    SIGN_OFFS,
    WITHDRAWAL,
    State,
    Wish,
    check_may_replace,
    complete_register,
    content_of,
    keep_replaced,
    replaced_by,
    sign,
    signers_of,
    state_of,
    withdraw,
)

DAY = "2025-10-08"


def release(folder: Path, value: int = 5, state: State | None = None) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "counts.csv").write_text(f"value\n{value}\n", encoding="utf-8")
    facts = {"period": "2024-25", "made_from": {}, "parameters": {"policy": "round-5"}}
    write_manifest(folder, facts={**facts, "state": (state or State()).facts()})
    return folder


@pytest.fixture
def reports(tmp_path) -> Path:
    return tmp_path / "reports"


@pytest.fixture
def draft(reports) -> Path:
    return release(reports / "2024-25")


@pytest.fixture
def final(reports) -> Path:
    return release(reports / "2024-25", state=State("final", DAY, ("A", "B")))


def signed_by(reports: Path, folder: Path, *people: str) -> None:
    for person in people:
        sign(folder, reports, by=person, role="statistician", on=DAY)


def test_two_people_make_a_draft_ready_to_be_final(reports, draft):
    signed_by(reports, draft, "Ann Other", "Ben Jones")
    state = state_of(Wish("final", DAY), draft, draft)
    assert state == State("final", DAY, ("Ann Other", "Ben Jones"))


@pytest.mark.parametrize("people", [(), ("Ann Other",)])
def test_fewer_than_two_people_do_not(reports, draft, people):
    signed_by(reports, draft, *people)
    with pytest.raises(UsageError, match=f"{len(people)} of 2 people"):
        state_of(Wish("final", DAY), draft, draft)


@pytest.mark.parametrize("again", ["Ann Other", " ann  OTHER "])
def test_one_person_cannot_sign_twice(reports, draft, again):
    signed_by(reports, draft, "Ann Other")
    with pytest.raises(UsageError, match="another person has to"):
        sign(draft, reports, by=again, role="statistician", on=DAY)


def test_a_signature_is_of_the_content_and_dies_with_its_change(reports, draft):
    signed_by(reports, draft, "Ann Other", "Ben Jones")
    (draft / "data" / "counts.csv").write_text("value\n6\n", encoding="utf-8")
    assert signers_of(content_of(draft), reports) == ()


def test_a_draft_needs_no_signature_and_may_be_written_over(draft):
    check_may_replace(Wish(), draft, ["en"])
    assert state_of(Wish(), draft, draft) == State()


@pytest.mark.parametrize("kind", ["draft", "final"])
def test_a_final_release_is_never_written_over(final, kind):
    with pytest.raises(UsageError, match="a final release stands here"):
        check_may_replace(Wish(kind, DAY), final, ["en"])


def test_only_a_final_release_can_be_corrected(draft):
    with pytest.raises(UsageError, match="no final release stands here"):
        check_may_replace(Wish("correction", DAY, "A", "why"), draft, ["en"])


def test_a_correction_says_why_in_each_language_and_by_whom(final):
    for wish in (Wish("correction", DAY, "", "why"), Wish("correction", DAY, "A", " ")):
        with pytest.raises(UsageError, match="is blank"):
            check_may_replace(wish, final, ["en"])
    wish = Wish("correction", DAY, "A", "why")
    check_may_replace(wish, final, ["en"])
    with pytest.raises(UsageError, match="--correction-cy is blank"):
        check_may_replace(wish, final, ["en", "cy"])


def test_a_correction_keeps_what_it_replaces_and_names_it(reports, final):
    was = checksum(final / MANIFEST)
    corrected = release(reports / "drafts" / "2024-25", value=7)
    signed_by(reports, corrected, "Ann Other", "Ben Jones")
    state = state_of(Wish("correction", DAY, "Ann Other", "A return was late"), corrected, final)
    assert state.replaces == was
    kept = keep_replaced(final)
    assert checksum(kept / MANIFEST) == was
    assert (kept / "data" / "counts.csv").read_text(encoding="utf-8") == "value\n5\n"


def test_the_register_says_who_did_what_and_when(reports, final):
    complete_register(final)
    complete_register(final)
    withdraw(final, by="Ann", why="Wrong year", on="2025-10-09")
    with (reports / REGISTER).open(encoding="utf-8") as file:
        rows = [(row["on"], row["state"], row["by"], row["why"]) for row in csv.DictReader(file)]
    assert rows == [
        ("2025-10-08", "final", "A; B", ""),
        ("2025-10-09", "withdrawn", "Ann", "Wrong year"),
    ]


def test_a_withdrawn_release_leaves_a_page_that_says_so_and_is_kept(reports, final):
    was = checksum(final / MANIFEST)
    kept = withdraw(final, by="Ann", why="<b>Wrong</b> year", on=DAY)
    assert sorted(path.name for path in final.rglob("*") if path.is_file()) == [
        "index.html",
        "withdrawn.json",
    ]
    page = (final / "site" / "index.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Wrong&lt;/b&gt; year" in page
    assert json.loads((final / "withdrawn.json").read_text())["manifest"] == was
    assert checksum(kept / MANIFEST) == was


def test_what_a_crash_kept_from_the_register_is_added_later(reports, final):
    withdraw(final, by="Ann", why="Wrong year", on=DAY)
    whole = (reports / REGISTER).read_text(encoding="utf-8")
    (reports / REGISTER).unlink()
    complete_register(final)
    header, _, last = whole.splitlines()
    assert (reports / REGISTER).read_text(encoding="utf-8").splitlines() == [header, last]


def test_nothing_but_a_correction_takes_the_place_of_a_withdrawn_release(reports, final):
    kept = withdraw(final, by="Ann", why="Wrong year", on=DAY)
    for kind in ("draft", "final"):
        with pytest.raises(UsageError, match="the notice of a withdrawn release stands here"):
            check_may_replace(Wish(kind, DAY), final, ["en"])
    wish = Wish("correction", DAY, "A", "why")
    check_may_replace(wish, final, ["en"])
    assert replaced_by(wish, final) == kept


def test_a_damaged_notice_of_withdrawal_is_told(final):
    withdraw(final, by="Ann", why="Wrong year", on=DAY)
    (final / WITHDRAWAL).write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match=r"withdrawn\.json: damaged"):
        complete_register(final)


@pytest.mark.parametrize("name", ["=cmd()", "+A", "-A", "@A"])
def test_a_name_that_a_spreadsheet_takes_for_a_formula_is_refused(reports, draft, name):
    with pytest.raises(UsageError, match="begins like a formula"):
        sign(draft, reports, by=name, role="statistician", on=DAY)


@pytest.mark.parametrize("day", ["", "8 October", "2025-13-01"])
def test_a_day_that_is_none_is_refused(reports, draft, day):
    with pytest.raises(UsageError, match="is no day"):
        sign(draft, reports, by="Ann", role="statistician", on=day)


def test_a_damaged_record_of_signatures_is_refused(reports, draft):
    (reports / SIGN_OFFS).write_text("anything\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"sign-offs\.csv: damaged"):
        sign(draft, reports, by="Ann", role="statistician", on=DAY)
