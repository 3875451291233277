"""Sources in Typst made documents, in a process of their own: `python -m ssstats.typesetting`.

Typst remembers what it has laid out, and after each document looks through all of it for what it
may forget. In a process that sets the longest document last and then ends, it never looks through
the memory of that one, which takes it a seventh of its time. Nothing here knows of releases.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from ssstats.errors import RenderError

# PDF/UA-1 (ISO 14289-1) is what assistive technology can rely on.
_STANDARD: Literal["ua-1"] = "ua-1"


def typeset(
    sources: Sequence[str], folder: Path, *, names: Sequence[str], fonts: Sequence[Path]
) -> list[bytes]:
    """Return documents as PDF/UA-1, the same bytes from the same sources.

    Parameters
    ----------
    sources : sequence of str
        Documents in Typst; they may name files of `folder` and no others.
    folder : Path
        Sources and documents are written into it too, named by numbers.
    names : sequence of str
        What messages call the documents.
    fonts : sequence of Path
        Folders of the only fonts that there are.

    Raises
    ------
    RenderError
        If Typst refuses a document; the message is Typst's own.
    """
    for number, source in enumerate(sources):
        (folder / f"{number}.typ").write_text(source, encoding="utf-8")
    order = sorted(range(len(sources)), key=lambda number: len(sources[number]))
    request = {"folder": str(folder), "fonts": [*map(str, fonts)], "order": order}
    done = subprocess.run(
        # -P: the working directory must not shadow an installed module.
        [sys.executable, "-P", "-m", "ssstats.typesetting"],
        input=json.dumps(request).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RenderError(_message(done, str(folder), names))
    return [(folder / f"{number}.pdf").read_bytes() for number in range(len(sources))]


def _message(done: subprocess.CompletedProcess[bytes], folder: str, names: Sequence[str]) -> str:
    if not done.stdout:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        return f"Typst ended without a document (code {done.returncode}) {last}".strip()
    refused = json.loads(done.stdout)
    hints = "; ".join(refused["hints"])
    text = refused["message"].replace(folder, "").strip()
    name = names[refused["number"]]
    return f"{name}: Typst refused the document: {text}" + (f" ({hints})" if hints else "")


def _typeset_here(request: dict[str, Any]) -> dict[str, Any] | None:
    """Write the documents of a request; return what Typst says where it refuses one."""
    import typst

    folder = Path(request["folder"])
    # Read once: letters that one document has set are known to the next.
    fonts = typst.Fonts(include_system_fonts=False, font_paths=request["fonts"])
    for number in request["order"]:
        try:
            compiler = typst.Compiler(
                folder / f"{number}.typ", root=folder, font_paths=fonts, ignore_system_fonts=True
            )
            compiler.compile(
                output=folder / f"{number}.pdf",
                format="pdf",
                pdf_standards=[_STANDARD],
                timestamp=0,
            )
        except typst.TypstError as problem:
            return {
                "number": number,
                "message": str(problem),
                "hints": [*map(str, problem.hints)],
            }
    return None


if __name__ == "__main__":
    refused = _typeset_here(json.load(sys.stdin))
    if refused:
        json.dump(refused, sys.stdout)
        sys.exit(1)
