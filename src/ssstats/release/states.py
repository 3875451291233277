"""The states of a release: draft, final, correction, withdrawn; who signed, who decided, and when.

Two people sign what a draft says: the checksum of its data files, commentary included. A build that
gives the very same content may then be final. A final release is never written over: a correction
keeps what it replaces, and a withdrawal leaves a page that says so.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from pathlib import Path

from ssstats.errors import UsageError
from ssstats.manifest import MANIFEST, checksum, checksum_of_all
from ssstats.plain_pages import page
from ssstats.release.places import put_in_place, staging
from ssstats.release.verifying import read_manifest

DRAFT, FINAL, CORRECTION = "draft", "final", "correction"
SIGN_OFFS, REGISTER, REPLACED = "sign-offs.csv", "register.csv", "replaced"
SIGNERS_NEEDED = 2
_SIGN_OFF_COLUMNS = ("content", "by", "role", "on")
_REGISTER_COLUMNS = ("on", "period", "state", "by", "why", "manifest", "replaces")


@dataclass(frozen=True)
class State:
    """What a release is, and on whose word.

    `signed` names the signers of a final release or correction; `by`, `why` and `replaces` (the
    checksum of the manifest that stood before) belong to a correction.
    """

    kind: str = DRAFT
    on: str = ""
    signed: tuple[str, ...] = ()
    by: str = ""
    why: str = ""
    why_cy: str = ""
    replaces: str = ""

    def facts(self) -> dict[str, object]:
        """Return the state as the manifest holds it."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Wish:
    """What the builder asks for; `by` and `why`, in each language, are for a correction alone."""

    kind: str = DRAFT
    on: str = ""
    by: str = ""
    why: str = ""
    why_cy: str = ""


A_DRAFT = Wish()


def content_of(release: Path) -> str:
    """Return the checksum of what a release says: its data files, whatever its state."""
    data = release / "data"
    return checksum_of_all(data, data.glob("*.csv"))


def sign(release: Path, register: Path, *, by: str, role: str, on: str) -> int:
    """Record that a person signs what a release says; return how many have signed it.

    Parameters
    ----------
    register : Path
        Folder that holds the releases and their register.
    on : str
        The day, as 2025-10-08.

    Raises
    ------
    UsageError
        If the folder is no release, the name is blank or has signed already, or the day is none.
    """
    read_manifest(release)
    _check_said({"by": by, "role": role})
    _check_day(on)
    content = content_of(release)
    signers = signers_of(content, register)
    if _plain(by) in map(_plain, signers):
        raise UsageError(f"{by} has signed this content already; another person has to")
    _append(register / SIGN_OFFS, _SIGN_OFF_COLUMNS, (content, by.strip(), role.strip(), on))
    return len(signers) + 1


def signers_of(content: str, register: Path) -> tuple[str, ...]:
    """Return who signed a content, in the order of signing, each once."""
    signers: dict[str, str] = {}
    for row in _rows(register / SIGN_OFFS, _SIGN_OFF_COLUMNS):
        if row["content"] == content:
            signers.setdefault(_plain(row["by"]), row["by"])
    return tuple(signers.values())


def check_may_replace(wish: Wish, place: Path, languages: Sequence[str]) -> None:
    """Raise, before any work, where a build would write over a final release.

    Raises
    ------
    UsageError
        Saying what to ask for instead.
    """
    if wish.kind not in (DRAFT, FINAL, CORRECTION):
        raise UsageError(f"state {wish.kind!r} is not known; use {DRAFT}, {FINAL} or {CORRECTION}")
    if wish.kind != DRAFT:
        _check_day(wish.on)
    stands = _state_at(place)
    if wish.kind == CORRECTION:
        welsh = {"correction-cy": wish.why_cy} if "cy" in languages else {}
        _check_said({"by": wish.by, "correction": wish.why, **welsh})
        if stands in ("", DRAFT):
            raise UsageError(f"{place}: no final release stands here that could be corrected")
    elif stands in (FINAL, CORRECTION):
        raise UsageError(
            f"{place}: a final release stands here; build a draft elsewhere with "
            f"--out {place.parent / 'drafts'}, have it signed, and give --correction WHY --by NAME"
        )


def state_of(wish: Wish, stage: Path, place: Path) -> State:
    """Return the state that a build may have, now that its content is known.

    Raises
    ------
    UsageError
        If fewer than two people have signed this very content.
    """
    if wish.kind == DRAFT:
        return State()
    signers = signers_of(content_of(stage), place.parent)
    if len(signers) < SIGNERS_NEEDED:
        raise UsageError(
            f"{len(signers)} of {SIGNERS_NEEDED} people have signed what this release says; "
            "build a draft, look at it, and have each of them run ssstats sign"
        )
    replaces = checksum(place / MANIFEST) if wish.kind == CORRECTION else ""
    return State(wish.kind, wish.on, signers, wish.by, wish.why, wish.why_cy, replaces)


def record_state(state: State, release: Path, period: str) -> None:
    """Add a final release or correction to the register beside the releases."""
    if state.kind == DRAFT:
        return
    by = state.by or "; ".join(state.signed)
    row = (
        state.on,
        period,
        state.kind,
        by,
        state.why,
        checksum(release / MANIFEST),
        state.replaces,
    )
    _append(release.parent / REGISTER, _REGISTER_COLUMNS, row)


def keep_replaced(place: Path) -> Path:
    """Copy the release that a correction replaces to the folder of replaced ones."""
    kept = place.parent / REPLACED / f"{place.name}-{checksum(place / MANIFEST)[:12]}"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        with staging(kept.parent, kept.name) as stage:
            shutil.copytree(place, stage, dirs_exist_ok=True)
            put_in_place(stage, kept)
    return kept


def withdraw(place: Path, *, by: str, why: str, on: str) -> Path:
    """Take a release back: keep it among the replaced ones, leave a page that says so.

    Raises
    ------
    UsageError
        If no release stands there, a name or reason is blank, or the day is none.
    """
    period = str(read_manifest(place).get("period", place.name))
    _check_said({"by": by, "why": why})
    _check_day(on)
    was = checksum(place / MANIFEST)
    kept = keep_replaced(place)
    with staging(place.parent, place.name) as stage:
        (stage / "site").mkdir()
        (stage / "site" / "index.html").write_text(
            _withdrawn_page(period, why, on), encoding="utf-8"
        )
        told = {"period": period, "withdrawn": {"on": on, "by": by, "why": why, "manifest": was}}
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        (stage / "withdrawn.json").write_text(text, encoding="utf-8")
        put_in_place(stage, place)
    _append(place.parent / REGISTER, _REGISTER_COLUMNS, (on, period, "withdrawn", by, why, "", was))
    return kept


def _state_at(place: Path) -> str:
    if not (place / MANIFEST).is_file():
        return ""
    state = read_manifest(place).get("state", {})
    return str(state.get("kind", DRAFT)) if isinstance(state, dict) else DRAFT


def _withdrawn_page(period: str, why: str, on: str) -> str:
    return page(
        f"The release of {period} was withdrawn",
        f"<p>Withdrawn on {escape(on)}: {escape(why)}</p>"
        f'<p lang="cy">Tynnwyd y datganiad hwn yn ôl ar {escape(on)}.</p>',
    )


def _check_said(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        if not text.strip() or not text.isprintable():
            raise UsageError(f"--{name} is blank or no plain line; say it in one line")


def _check_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--on {text!r} is no day; write it as 2025-10-08") from None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if reader.fieldnames != list(columns) or any(None in row.values() for row in rows):
        raise UsageError(f"{path}: damaged; its columns are {', '.join(columns)}")
    return rows


def _append(path: Path, columns: Sequence[str], row: Sequence[str]) -> None:
    """Add a row by writing the file anew, so that no half of a row can stand."""
    rows = [list(held.values()) for held in _rows(path, columns)]
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.part")
    with half.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([list(columns), *rows, list(row)])
    half.replace(path)
