"""The house has one direction: rooms import only what stands before them, and after the airlock
nothing can reach a return."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "ssstats"

# Rooms in the order of the flow; a room may import rooms that stand before it in this list.
ORDER = [
    "errors",
    "clusters",
    "whole_files",
    "well_formed",
    "archive_damages",
    "stretches",
    "file_states",
    "plain_pages",
    "plain_csv",
    "pdf_pages",
    "periods",
    "project",
    "fonts",
    "typesetting",
    "cut_fonts",
    "formatting",
    "expressions",
    "matched",
    "distinct",
    "figure_rows",
    "catalogue",
    "words",
    "furniture",
    "demonstration",
    "returns",
    "importers",
    "checks",
    "measures",
    "disclosure",
    "intervals",
    "comparison",
    "estimates",
    "wording",
    "changes",
    "signals",
    "wording",
    "tables",
    "charts",
    "chapters",
    "commentary",
    "notebooks",
    "render",
    "measure_pages",
    "outputs",
    "manifest",
    "scanning",
    "supply",
    "release",
    "warm_server",
    "review",
    "packs",
    "doctor",
    "cli",
]
UNPROTECTED = {"returns", "importers", "checks", "measures", "demonstration"}
AFTER_THE_AIRLOCK = set(ORDER[ORDER.index("intervals") : ORDER.index("manifest") + 1])
# Disclosure control needs no return either: it is given quantities.
NEVER_READS_RETURNS = AFTER_THE_AIRLOCK | {"disclosure"}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            assert node.level == 0, f"{path.name}: relative imports hide the direction"
        else:
            continue
        rooms |= {name.split(".")[1] for name in names if name.startswith("ssstats.")}
    return rooms & set(ORDER)


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_every_room_stands_in_the_order():
    assert {room_of(path) for path in MODULES} <= set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_that_stand_before_it(path):
    own = room_of(path)
    later = {room for room in imported_rooms(path) if ORDER.index(room) > ORDER.index(own)}
    assert not later


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if room_of(path) in NEVER_READS_RETURNS],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_nothing_after_the_airlock_can_import_the_returns(path):
    assert not imported_rooms(path) & UNPROTECTED


def test_no_room_after_the_airlock_reaches_the_returns_through_another():
    reaches = {
        room: {found for path in MODULES if room_of(path) == room for found in imported_rooms(path)}
        for room in ORDER
    }
    for room in AFTER_THE_AIRLOCK:
        seen, waiting = set(), [room]
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += reaches[here]
        assert not seen & UNPROTECTED, room


def test_notebooks_import_chapters_and_nothing_else():
    import nbformat

    for path in sorted((PACKAGE.parents[1] / "notebooks").glob("*.ipynb")):
        code = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        for node in ast.walk(ast.parse("\n".join(code))):
            assert not isinstance(node, ast.Import), path.name
            assert not isinstance(node, ast.FunctionDef | ast.For | ast.While), path.name
            if isinstance(node, ast.ImportFrom):
                assert node.module == "ssstats.chapters", path.name
