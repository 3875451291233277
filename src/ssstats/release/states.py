"""The states of a release: draft, final, correction, withdrawn; who signed, who decided, and when.

Two people sign what a draft says: the checksum of its data files, commentary included. A build that
gives the very same content may then be final. A final release is never written over: a correction
keeps what it replaces, and a withdrawal leaves a page that says so.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from pathlib import Path

from ssstats.errors import UsageError
from ssstats.formatting import FORMULA_STARTS
from ssstats.manifest import MANIFEST, checksum, checksum_of_all
from ssstats.plain_pages import page
from ssstats.release.places import put_in_place, staging
from ssstats.release.verifying import read_manifest
from ssstats.release.work import work_folder
from ssstats.whole_files import append_row, read_rows

DRAFT, FINAL, CORRECTION, WITHDRAWN = "draft", "final", "correction", "withdrawn"
SIGN_OFFS, REGISTER, REPLACED = "sign-offs.csv", "register.csv", "replaced"
WITHDRAWAL = "withdrawn.json"
SIGNERS_NEEDED = 2
# What is written beside the content: what it says of other releases, and names of the catalogue.
_BESIDE = ("change-log.csv", "corrections.csv", "areas.csv", "measure-definitions.csv")
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
    """Return the checksum of what a release says: its data files, whatever its state.

    A draft and the correction that comes of it stand beside different releases and say the same:
    what a file tells of other releases is left out. So are lookups, which are written later.
    """
    data = release / "data"
    return checksum_of_all(data, [path for path in data.glob("*.csv") if path.name not in _BESIDE])


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
    append_row(register / SIGN_OFFS, _SIGN_OFF_COLUMNS, (content, by.strip(), role.strip(), on))
    return len(signers) + 1


def signers_of(content: str, register: Path) -> tuple[str, ...]:
    """Return who signed a content, in the order of signing, each once."""
    signers: dict[str, str] = {}
    for row in read_rows(register / SIGN_OFFS, _SIGN_OFF_COLUMNS):
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
    elif stands in (FINAL, CORRECTION, WITHDRAWN):
        what = "the notice of a withdrawn" if stands == WITHDRAWN else "a final"
        raise UsageError(
            f"{place}: {what} release stands here; build a draft elsewhere with "
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
    replaces = checksum(replaced_by(wish, place) / MANIFEST) if wish.kind == CORRECTION else ""
    return State(wish.kind, wish.on, signers, wish.by, wish.why, wish.why_cy, replaces)


def replaced_by(wish: Wish, place: Path) -> Path:
    """Return the release that a correction replaces: what stands there, or was withdrawn there.

    Raises
    ------
    UsageError
        If a withdrawn release is not among the replaced ones.
    """
    if wish.kind != CORRECTION or _state_at(place) != WITHDRAWN:
        return place
    kept = place.parent / REPLACED / _kept_name(place, _withdrawal(place)["manifest"])
    read_manifest(kept)
    return kept


def complete_register(place: Path) -> None:
    """Add what stands in a place to the register, unless it stands there already or is a draft.

    A release tells by itself who signed it and why it replaces another, so what a crash kept from
    the register is added by the next command.
    """
    kind = _state_at(place)
    if kind in ("", DRAFT):
        return
    if kind == WITHDRAWN:
        told = _withdrawal(place)
        period, own, replaces = told["period"], "", told["manifest"]
        on, by, why = told["on"], told["by"], told["why"]
    else:
        manifest = read_manifest(place)
        state = State(**{**manifest["state"], "signed": tuple(manifest["state"]["signed"])})
        period, own, replaces = manifest["period"], checksum(place / MANIFEST), state.replaces
        on, by, why = state.on, state.by or "; ".join(state.signed), state.why
    register = place.parent / REGISTER
    known = {
        (row["state"], row["manifest"], row["replaces"])
        for row in read_rows(register, _REGISTER_COLUMNS)
    }
    if (kind, own, replaces) not in known:
        append_row(register, _REGISTER_COLUMNS, (on, period, kind, by, why, own, replaces))


def keep_replaced(place: Path) -> Path:
    """Copy the release that stands in a place to the folder of replaced ones."""
    kept = place.parent / REPLACED / _kept_name(place, checksum(place / MANIFEST))
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
    with work_folder(place.parent, place.name):
        complete_register(place)
        was = checksum(place / MANIFEST)
        kept = keep_replaced(place)
        with staging(place.parent, place.name) as stage:
            (stage / "site").mkdir()
            (stage / "site" / "index.html").write_text(
                _withdrawn_page(period, why, on), encoding="utf-8"
            )
            told = {"period": period, "on": on, "by": by, "why": why, "manifest": was}
            text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
            (stage / WITHDRAWAL).write_text(text, encoding="utf-8")
            put_in_place(stage, place)
        complete_register(place)
    return kept


def _kept_name(place: Path, manifest: str) -> str:
    return f"{place.name}-{manifest[:12]}"


def _state_at(place: Path) -> str:
    if not (place / MANIFEST).is_file():
        return WITHDRAWN if (place / WITHDRAWAL).is_file() else ""
    state = read_manifest(place).get("state", {})
    return str(state.get("kind", DRAFT)) if isinstance(state, dict) else DRAFT


def _withdrawal(place: Path) -> dict[str, str]:
    """Return what the notice of a withdrawn release tells.

    Raises
    ------
    UsageError
        If the notice is damaged.
    """
    path = place / WITHDRAWAL
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {part: str(told[part]) for part in ("period", "on", "by", "why", "manifest")}
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: damaged; restore it from where it was published") from None


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
        if text.startswith(FORMULA_STARTS):
            # It stands in registers, which people open in spreadsheets.
            raise UsageError(f"--{name} begins like a formula; begin it with a letter")


def _check_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--on {text!r} is no day; write it as 2025-10-08") from None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
