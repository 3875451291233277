"""The pandoc program that comes with the locked packages, called with text in and text out."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pypandoc

from ssstats.errors import RenderError


def convert(text: str, *, reads: str, writes: str, what: str, options: tuple[str, ...] = ()) -> str:
    """Return `text` converted from format `reads` to format `writes`.

    `what` names the chapter or document in messages.

    Raises
    ------
    RenderError
        If pandoc fails or warns: a warning is text that did not reach the reader.
    """
    command = [str(_program()), "--from", reads, "--to", writes, "--fail-if-warnings", *options]
    done = subprocess.run(
        command, input=text.encode(), capture_output=True, check=False, env=_environment()
    )
    if done.returncode:
        message = done.stderr.decode(errors="replace").strip()
        raise RenderError(f"{what}: pandoc could not write {writes}: {message}")
    return done.stdout.decode()


def read_markdown(text: str, *, what: str) -> dict[str, Any]:
    """Return the syntax tree of Markdown `text` as pandoc's JSON."""
    tree: dict[str, Any] = json.loads(convert(text, reads="markdown", writes="json", what=what))
    return tree


def write_tree(
    tree: dict[str, Any], *, writes: str, what: str, options: tuple[str, ...] = ()
) -> str:
    """Return the syntax tree written as `writes`."""
    return convert(json.dumps(tree), reads="json", writes=writes, what=what, options=options)


def _program() -> Path:
    name = "pandoc.exe" if os.name == "nt" else "pandoc"
    program = Path(pypandoc.__file__).parent / "files" / name
    if not program.exists():
        raise RenderError(
            "pandoc was not found in package pypandoc-binary; install the locked requirements anew"
        )
    return program


def _environment() -> dict[str, str]:
    # The user's own pandoc defaults must not reach a release.
    return {**os.environ, "XDG_DATA_HOME": os.devnull, "LC_ALL": "C.UTF-8"}
