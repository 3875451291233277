"""What this machine has and lacks for a release, and what works without it.

Looks only: nothing is installed, changed or fetched.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ssstats.errors import RenderError
from ssstats.fonts import font_files
from ssstats.project import Project
from ssstats.supply import read_lock, unlike_lock

HERE, WITHOUT, NEEDED = "here", "works without", "needed"
_LEAST_DISK = 2 * 2**30
_LEAST_MEMORY = 4 * 2**30


@dataclass(frozen=True)
class Finding:
    """One thing looked for: `state` is one of `HERE`, `WITHOUT`, `NEEDED`; `says` what follows."""

    name: str
    state: str
    says: str


def examine(project: Project, out: Path) -> list[Finding]:
    """Return what was found, what a build cannot do without first.

    Parameters
    ----------
    project : Project
        The clone.
    out : Path
        Where releases are to be written.
    """
    findings = [
        _python(),
        _packages(project),
        _parts_of_packages(),
        _place(out),
        _disk(out),
        _memory(),
        _forking(),
        _program("quarto", "pages and PDF are made by the embedded engine"),
        _program("make", "run the commands of the Makefile by hand"),
        _program("git", "nothing of a build; a clone can be copied as a folder"),
        _one_program(("chromium", "chromium-browser", "google-chrome"), "Chromium",
                     "tests of pages in a browser are skipped"),
        _one_program(("soffice", "libreoffice"), "LibreOffice",
                     "tests that open spreadsheets in it are skipped"),
    ]  # fmt: skip
    order = (NEEDED, WITHOUT, HERE)
    return sorted(findings, key=lambda finding: order.index(finding.state))


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    right = sys.version_info[:2] == (3, 11)
    return Finding("Python", HERE if right else NEEDED, f"{found}; 3.11 is what the lock is for")


def _packages(project: Project) -> Finding:
    unlike = unlike_lock(read_lock(project.lock))
    if not unlike:
        return Finding("Locked packages", HERE, "all in their locked versions")
    absent = any(text.endswith("nothing") for text in unlike)
    says = f"{'; '.join(unlike)}. Delete .venv and run make release"
    return Finding("Locked packages", NEEDED if absent else WITHOUT, says)


def _parts_of_packages() -> Finding:
    """Look for the programs and fonts that come inside packages."""
    lacking = [name for name, is_here in _PARTS.items() if not is_here()]
    if lacking:
        return Finding("Embedded engine", NEEDED, f"lacks {', '.join(lacking)}")
    return Finding("Embedded engine", HERE, "pandoc, Typst and the typeface are in their packages")


def _pandoc_runs() -> bool:
    try:
        import pypandoc

        return bool(pypandoc.get_pandoc_version())
    except (ImportError, OSError):
        return False


def _typeface_is_here() -> bool:
    try:
        return all(path.is_file() for path in font_files())
    except RenderError:
        return False


_PARTS: dict[str, Callable[[], bool]] = {
    "pandoc": _pandoc_runs,
    "Typst": lambda: find_spec("typst") is not None,
    "the typeface": _typeface_is_here,
}


def _place(out: Path) -> Finding:
    place = _nearest(out)
    try:
        with tempfile.TemporaryDirectory(dir=place):
            return Finding("Place for releases", HERE, "can be written to")
    except OSError as problem:
        return Finding("Place for releases", NEEDED, f"{place.name}: {problem.strerror}")


def _disk(out: Path) -> Finding:
    free = shutil.disk_usage(_nearest(out)).free
    says = f"{free / 2**30:.1f} GiB free; a build needs up to {_LEAST_DISK // 2**30}"
    return Finding("Disk", HERE if free >= _LEAST_DISK else NEEDED, says)


def _memory() -> Finding:
    if "SC_PHYS_PAGES" not in os.sysconf_names:
        return Finding("Memory", WITHOUT, "not known on this system")
    found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    enough = found >= _LEAST_MEMORY
    says = f"{found / 2**30:.1f} GiB" + ("" if enough else "; build with --workers 1")
    return Finding("Memory", HERE if enough else WITHOUT, says)


def _forking() -> Finding:
    if sys.platform == "linux":
        return Finding("Forked kernels", HERE, "notebooks start from one warm parent")
    return Finding("Forked kernels", WITHOUT, "notebooks run with plain papermill, the same files")


def _program(name: str, without: str) -> Finding:
    return _one_program((name,), name.capitalize(), without)


def _one_program(commands: tuple[str, ...], name: str, without: str) -> Finding:
    found = any(shutil.which(command) for command in commands)
    return Finding(name, HERE if found else WITHOUT, "on the PATH" if found else without)


def _nearest(path: Path) -> Path:
    """Return the nearest folder above a path that exists."""
    path = path.absolute()
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
