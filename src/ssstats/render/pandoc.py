"""The pandoc program that comes with the locked packages, called with text in and text out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pypandoc

from ssstats.errors import RenderError, listed
from ssstats.render.plain_tables import pandoc_table

# A private sign around the number of a block that is written already.
_MARK = re.compile("\ue000(\\d+)\ue000")
# Text that is worth a process of its own.
_SHARE = 200_000
_MANY = Path(__file__).with_name("many.lua")


def convert(text: str, *, reads: str, writes: str, what: str, options: tuple[str, ...] = ()) -> str:
    """Return `text` converted from format `reads` to format `writes`.

    `what` names the chapter or document in messages.

    Raises
    ------
    RenderError
        If pandoc fails or warns: a warning is text that did not reach the reader.
    """
    arguments = ["--from", reads, "--to", writes, "--fail-if-warnings", *options]
    done = _run(arguments, text.encode())
    if done.returncode:
        raise RenderError(_refused(writes, what, done.stderr))
    return done.stdout.decode()


def read_markdowns(texts: Sequence[str], *, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the syntax tree of each Markdown text as pandoc's JSON.

    Raises
    ------
    RenderError
        As `convert`, of the first text that cannot be converted.
    """
    return [
        json.loads(tree) for tree in _convert_many(texts, names, reads="markdown", writes="json")
    ]


def write_trees(
    trees: Sequence[dict[str, Any]],
    *,
    writes: str,
    names: Sequence[str],
    filter_by: Path | None = None,
) -> list[str]:
    """Return each syntax tree written as `writes`, after the Lua filter, no line broken.

    Raises
    ------
    RenderError
        As `convert`, of the first tree that cannot be written.
    """
    apart = [_apart_from_raw(tree, writes) for tree in trees]
    written = _convert_many(
        [text for text, _ in apart], names, reads="json", writes=writes, filter_by=filter_by
    )
    return [_with_raw(text, raw) for text, (_, raw) in zip(written, apart, strict=True)]


def _apart_from_raw(tree: dict[str, Any], writes: str) -> tuple[str, list[str]]:
    """Return a tree as JSON with a mark in place of each block that is written already, and these.

    Only of the outermost blocks, which pandoc writes as they stand and never indents.
    """
    raw: list[str] = []
    blocks = []
    for block in tree["blocks"]:
        if block["t"] == "RawBlock" and block["c"][0] == writes and _stays(block["c"][1]):
            raw.append(block["c"][1].removesuffix("\n"))
            block = {"t": "RawBlock", "c": [writes, f"\ue000{len(raw) - 1}\ue000"]}
        blocks.append(block)
    text = json.dumps({**tree, "blocks": blocks}, ensure_ascii=False, default=pandoc_table)
    if text.count("\ue000") > 2 * len(raw):
        return json.dumps(tree, default=pandoc_table), []
    return text, raw


def _with_raw(text: str, raw: Sequence[str]) -> str:
    return _MARK.sub(lambda found: raw[int(found[1])], text) if raw else text


def _stays(text: str) -> bool:
    """Say whether pandoc takes nothing from text but the end of its last line."""
    inner = text.strip("\n")
    return inner != "" and inner == text.removesuffix("\n")


def _convert_many(
    texts: Sequence[str],
    names: Sequence[str],
    *,
    reads: str,
    writes: str,
    filter_by: Path | None = None,
) -> list[str]:
    """Convert texts in up to as many processes as this machine has cores, each with its share."""
    whole = {"filter": str(filter_by or ""), "reads": reads, "writes": writes}
    if not texts:
        return []
    worth = 1 + sum(map(len, texts)) // _SHARE
    parts = min(os.cpu_count() or 1, len(texts), worth)
    written = [""] * len(texts)
    with ThreadPoolExecutor(parts) as pool:
        shares = [slice(part, None, parts) for part in range(parts)]
        made = pool.map(lambda own: _converted(texts[own], names[own], whole), shares)
        for own, share in zip(shares, made, strict=True):
            written[own] = share
    return written


def _converted(
    texts: Sequence[str], names: Sequence[str], settings: Mapping[str, Any]
) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        told = json.dumps({**settings, "count": len(texts)})
        (Path(folder) / "settings.json").write_text(told, encoding="utf-8")
        for number, text in enumerate(texts, start=1):
            (Path(folder) / f"{number}.in").write_bytes(text.encode())
        done = _run(["lua", str(_MANY), folder], b"")
        # A script has no --fail-if-warnings, but nothing else writes there.
        if done.returncode or done.stderr:
            if len(texts) > 1:
                # One by one, to name the one that it cannot convert.
                for text, name in zip(texts, names, strict=True):
                    _converted([text], [name], settings)
            raise RenderError(_refused(settings["writes"], listed(names), done.stderr))
        return [
            (Path(folder) / f"{number}.out").read_bytes().decode()
            for number in range(1, len(texts) + 1)
        ]


def _refused(writes: str, what: str, said: bytes) -> str:
    return f"{what}: pandoc could not write {writes}: {said.decode(errors='replace').strip()}"


def _run(arguments: Sequence[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(program()), *arguments],
        input=given,
        capture_output=True,
        check=False,
        env=_environment(),
    )


def program() -> Path:
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
