"""How a command finds and asks the warm server, if one runs: a private socket, a line each way.

Imports nothing heavy: a command that is answered by the server has started for this alone. The
server is offered and never required; without one, or with one of other code, `ask` returns None.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ssstats
from ssstats.errors import UsageError

SOCKET = "server"
_ANSWER_SECONDS = 600
_CONNECT_SECONDS = 2.0


def server_folder() -> Path:
    """Return the folder of the socket, which this user alone can enter.

    Raises
    ------
    UsageError
        If a folder of that name is somebody else's, or open to others.
    """
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    package = str(Path(str(ssstats.__file__)).resolve().parent)
    name = hashlib.sha256(package.encode()).hexdigest()[:12]
    folder = Path(base) / f"ssstats-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077
    if found.st_uid != os.getuid() or not private:
        raise UsageError(f"{folder}: not a folder of this user alone; remove it, or set TMPDIR")
    return folder


def code_here() -> str:
    """Return a checksum of the program's files as they stand now: names, sizes and times."""
    package = Path(str(ssstats.__file__)).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        now = path.stat()
        digest.update(f"{path} {now.st_size} {now.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def ask(request: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the server's answer, or None where no server of this very code answers."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_CONNECT_SECONDS)
        try:
            connection.connect(str(server_folder() / SOCKET))
            connection.settimeout(_ANSWER_SECONDS)
            connection.sendall(json.dumps({**request, "code": code_here()}).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer = json.loads(lines.readline())
        except (OSError, ValueError):
            # None runs, or it ended meanwhile: the command does its work itself.
            return None
    return None if "other code" in answer else dict(answer)
