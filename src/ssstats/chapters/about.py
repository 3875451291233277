"""What the release says of itself: basis, publication, symbols, revisions, contact, assessment."""

from __future__ import annotations

from pathlib import Path

from ssstats.chapters.commentary import opening
from ssstats.chapters.passages import heading, join
from ssstats.chapters.release import INTRODUCTION, Release
from ssstats.chapters.rows import records
from ssstats.furniture import Furniture, read_furniture
from ssstats.project import find_project
from ssstats.tables import Column, Table, escape, markdown_of_table

_ROUNDS_TO_ZERO = ("low", "k")


def about_release(release: Release) -> str:
    """Return the release's statutory basis, publication, symbols, revisions, links and contact."""
    words = release.words
    own = read_furniture(find_project().furniture, words.language)
    return join(
        opening(release, "about", INTRODUCTION, words.say("about.lead")),
        _section(release, "statutory-basis", escape(own.statutory_basis)),
        _section(
            release,
            "publication",
            words.say("about.publication-text", date=own.day, time=own.hour),
        ),
        _section(release, "symbols", _symbols(release)),
        _section(release, "revisions", escape(own.revisions)),
        _section(release, "pre-release", _access(release, own)),
        _section(release, "related", "\n".join(f"- [{escape(r.title)}]({r.address})"
                                               for r in own.related)),
        _section(release, "next-update", escape(own.next_update) + "."),
        _section(release, "contact", join(
            f"{escape(own.contact)}: <{own.contact_address}>", escape(own.welcome)
        )),
    )  # fmt: skip


def self_assessment(release: Release) -> str:
    """Return which criteria of reproducible statistics the project meets, as found in it now."""
    words, root = release.words, find_project().root
    rows = tuple(
        (
            words.say(f"rap.{row.criterion}"),
            words.say(f"rap.level.{row.level}"),
            words.say("rap.yes" if _holds(root, str(row.evidence), str(row.holds)) else "rap.no"),
            str(row.evidence),
        )
        for row in release.catalogue.rap_criteria.itertuples()
    )
    columns = (
        Column(words.say("rap.criterion"), width=46),
        Column(words.say("rap.level"), width=12),
        Column(words.say("rap.met"), width=12),
        Column(words.say("rap.evidence"), width=30),
    )
    table = Table("self-assessment", words.say("about.rap-caption"), columns, rows)
    return join(
        heading(2, words.say("about.rap"), "self-assessment"),
        words.say("about.rap-lead"),
        markdown_of_table(table),
    )


def _section(release: Release, name: str, text: str) -> str:
    return join(heading(2, release.words.say(f"about.{name}"), f"about-{name}"), text)


def _symbols(release: Release) -> str:
    markers, facts = release.catalogue.markers, release.tables.facts
    # Where nothing is rounded, nothing rounds to zero.
    if facts["policy"]["base"] == 1 and not facts["protected_at_source"]:  # type: ignore[index]
        markers = markers[~markers["marker"].isin(_ROUNDS_TO_ZERO)]
    return "\n".join(
        f"- {escape('[' + row['marker'] + ']')}: {escape(release.text_of(row, 'meaning'))}"
        for row in records(markers)
    )


def _access(release: Release, own: Furniture) -> str:
    posts = "\n".join(f"- {escape(post)}" for post in own.access)
    return join(escape(own.pre_release), posts or release.words.say("about.pre-release-none"))


def _holds(root: Path, evidence: str, text: str) -> bool:
    path = root / evidence
    return path.is_file() and text in path.read_text(encoding="utf-8")
