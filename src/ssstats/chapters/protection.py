"""The part of the quality chapter on protecting people: what was hidden, and what is proved.

Everything here follows from published figures and from the audit, which holds no hidden count.
"""

from __future__ import annotations

from collections import Counter

from ssstats.chapters.commentary import added
from ssstats.chapters.passages import heading, join, rounding_sentence
from ssstats.chapters.release import Release
from ssstats.disclosure.release_tables import FOLLOWS, HIDDEN, SECONDARY
from ssstats.expressions import parse_expression
from ssstats.tables import Column, Table, markdown_of_table

_HIDDEN = (HIDDEN, SECONDARY, FOLLOWS)
# Shares below this are said to be less than it.
_LEAST_SHARE = 0.1


def quality_protection(release: Release) -> str:
    """Return what was done so that no person can be recognised, and what the attack proved."""
    title = heading(2, release.words.say("quality.disclosure"), "quality-disclosure")
    return join(
        title,
        rounding_sentence(release),
        _rules(release),
        _groups(release),
        _share(release),
        _audit(release),
        added(release, "quality", "disclosure"),
    )


def _rules(release: Release) -> str:
    """Return how many published figures each rule of disclosure control gave."""
    words, counts = release.words, release.tables.counts
    tally = counts["rule"].value_counts()
    rows = tuple(
        (words.say(f"rule.{rule.replace(' ', '-')}"), f"{number:,}")
        for rule, number in sorted(tally.items())
    )
    columns = (
        Column(words.say("table.rule"), width=60),
        Column(words.say("table.figures"), numeric=True, width=20),
    )
    caption = words.say("quality.rules-caption")
    return markdown_of_table(Table("quality-rules", caption, columns, rows))


def _groups(release: Release) -> str:
    """Return how many figures of each group of metrics are hidden, and why."""
    words, counts = release.words, release.tables.counts
    if not counts["rule"].isin(_HIDDEN).any():
        return ""
    rules = _rules_by_group(release)
    rows = []
    for domain in [d for d in release.catalogue.metrics["domain"].unique() if d in rules]:
        figures, tally = rules[domain].total(), [rules[domain][rule] for rule in _HIDDEN]
        share = f"{100 * sum(tally) / figures:.1f}%"
        name = words.say(f"domain.{domain}")
        rows.append((name, f"{figures:,}", *(f"{number:,}" for number in tally), share))
    columns = (
        Column(words.say("table.group"), width=22),
        Column(words.say("table.figures"), numeric=True, width=13),
        *(
            Column(words.say(f"rule.{rule.replace(' ', '-')}"), numeric=True, width=17)
            for rule in _HIDDEN
        ),
        Column(words.say("table.share-hidden"), numeric=True, width=14),
    )
    caption = words.say("quality.hidden-caption")
    return markdown_of_table(Table("quality-hidden", caption, columns, tuple(rows)))


def _rules_by_group(release: Release) -> dict[str, Counter[str]]:
    """Return how often each rule holds for the counts of each group of metrics.

    A sum of metrics belongs to the group of its first.
    """
    metrics, counts = release.catalogue.metrics, release.tables.counts
    keys = zip(metrics["edition"], metrics["reference"], strict=True)
    domains = dict(zip(keys, metrics["domain"], strict=True))
    tallies: dict[str, Counter[str]] = {}
    numbers = counts.groupby(["edition", "reference", "rule"], sort=False).size()
    for (edition, reference, rule), number in numbers.items():
        known = reference in release.domains
        first = reference if known else parse_expression(reference).references[0]
        tallies.setdefault(domains[edition, first], Counter())[rule] += number
    return tallies


def _share(release: Release) -> str:
    """Return how much of the shown totals of Wales the hidden counts of authorities make up."""
    counts = release.tables.counts
    whole = counts[(counts["kind"] == "count") & (counts["breakdown"] == "")]
    keys = ["edition", "period", "reference"]
    in_wales = whole["area"] == release.wales
    wales = whole[in_wales & whole["value"].notna()].set_index(keys)["value"]
    shown = whole[~in_wales].groupby(keys)["value"].sum().reindex(wales.index, fill_value=0)
    if not wales.sum():
        return ""
    share = round(100 * (1 - float(shown.sum()) / float(wales.sum())), 1)
    if share < _LEAST_SHARE:
        return release.words.say("quality.hidden-little", share=_LEAST_SHARE)
    return release.words.say("quality.hidden-share", share=share)


def _audit(release: Release) -> str:
    """Return what the attack on the release proved, and what readers were taken to know."""
    words, audit = release.words, release.audit
    if not audit or not audit["protected"]:
        return ""
    rows = tuple(
        (words.say(f"audit.kind.{row['kind'].replace(' ', '-')}"), f"{row['figures']:,}",
         f"{row['weakest']:,}")
        for row in audit["protected"]
    )  # fmt: skip
    columns = (
        Column(words.say("table.hidden-kind"), width=50),
        Column(words.say("table.figures"), numeric=True, width=20),
        Column(words.say("table.fewest-possible"), numeric=True, width=30),
    )
    caption = words.say("quality.audit-caption")
    return join(
        words.say(
            "quality.audit-text",
            fewest=audit["requirement"]["fewest_possible"],
            threshold=audit["requirement"]["threshold"],
            tables=f"{audit['tables_checked']:,}",
        ),
        markdown_of_table(Table("quality-audit", caption, columns, rows)),
        _small_groups(release),
        words.say("quality.audit-known"),
        _listed(release, "known", len(audit["known_to_readers"])),
        words.say("quality.audit-unknown"),
        _listed(release, "unknown", len(audit["not_known_to_readers"])),
    )


def _small_groups(release: Release) -> str:
    """Return what was proved of groups all of whose members are in one part."""
    words, groups = release.words, release.audit["small_groups"]
    if not groups["parts"]:
        return ""
    parts, told = f"{groups['parts']:,}", f"{groups['told']:,}"
    text = words.say("quality.groups-text", below=groups["told_from"], parts=parts)
    return f"{text} {words.say('quality.groups-told', told=told)}" if groups["told"] else text


def _listed(release: Release, what: str, number: int) -> str:
    return "\n".join(f"- {release.words.say(f'audit.{what}.{n}')}" for n in range(1, number + 1))
