"""The page that stands beside the data files: what each holds, and how to use it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ssstats.catalogue import Catalogue
from ssstats.disclosure.release_tables import ReleaseTables
from ssstats.outputs.dfe import FOLDERS
from ssstats.outputs.open_data import LICENCE, citation
from ssstats.outputs.plan import Plan
from ssstats.words import Words

README = "README.md"


def write_readme(
    plan: Plan,
    tables: ReleaseTables,
    catalogue: Catalogue,
    words: Mapping[str, Words],
    data: Path,
) -> Path:
    """Write data/README.md: files, columns, markers, licence, citation, in each language."""
    blocks = [_readme(plan, tables, catalogue, own, data) for own in words.values()]
    path = data / README
    path.write_text("\n".join(blocks), encoding="utf-8")
    return path


def _readme(
    plan: Plan, tables: ReleaseTables, catalogue: Catalogue, words: Words, data: Path
) -> str:
    facts = tables.facts
    markers = catalogue.markers
    lines = [
        f"# {words.say('release.title')}, {facts['period']}",
        "",
        *([f"**{words.say('render.synthetic')}**", ""] if facts["synthetic"] else []),
        words.say("output.readme.lead"),
        "",
        str(facts["policy"]["titles"][words.language]) + ".",  # type: ignore[index]
        "",
        f"## {words.say('output.readme.files')}",
        "",
        f"- `{FOLDERS[words.language]}/`: {words.say('output.readme.dfe')}",
        f"- `*.parquet`: {words.say('output.readme.parquet')}",
        f"- `*.csv-metadata.json`: {words.say('output.readme.csvw')}",
        "",
        *_files(plan, words, data),
        f"## {words.say('shorthand.title')}",
        "",
        *(
            f"- `{marker}`: {meaning}"
            for marker, meaning in zip(
                markers["marker"], markers[f"meaning_{words.language}"], strict=True
            )
        ),
        "",
        f"## {words.say('render.licence')}",
        "",
        f"{words.say('release.licence')}: {LICENCE}",
        "",
        f"## {words.say('output.readme.citation')}",
        "",
        citation(tables, words),
        "",
    ]
    return "\n".join(lines)


def _files(plan: Plan, words: Words, data: Path) -> list[str]:
    lines = []
    for path in sorted(data.glob("*.csv")):
        lines += [f"### {path.name}", "", words.say(f"output.file.{path.stem}"), ""]
        lines += [
            f"- `{c.name}` ({c.datatype}): {c.descriptions.get(words.language, '')}"
            for c in plan.columns[path.name]
        ]
        lines.append("")
    return lines
