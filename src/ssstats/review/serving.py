"""The warm server: keeps everything imported and a release read, and reviews on request.

One request at a time, each a line of JSON on a connection to a private socket. It ends when nobody
has asked for a while, when it is told to, and when its code is no longer that of the files.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ssstats.errors import ReleaseError, UsageError
from ssstats.notebooks import NotebookJob, run_notebooks
from ssstats.notebooks.forking import can_fork
from ssstats.project import find_project
from ssstats.review.report import lines_of_reviews, page_of_reviews
from ssstats.review.rerunning import review_release
from ssstats.warm_server import SOCKET, code_here, server_folder

_REQUEST_BYTES = 1 << 16
_REQUEST_SECONDS = 5.0


def serve(idle: float, *, workers: int = 2) -> None:
    """Answer requests until nobody has asked for `idle` seconds.

    Raises
    ------
    UsageError
        If a server of this user runs already, or sockets cannot be made here.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise UsageError("this system has no private sockets; commands work without the server")
    place = server_folder() / SOCKET
    with ExitStack() as open_things:
        listener = open_things.enter_context(_listening(place))
        open_things.callback(place.unlink, missing_ok=True)
        server = open_things.enter_context(_Server(workers))
        listener.settimeout(idle)
        while not server.stopped:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                return
            with connection:
                server.answer(connection)


def _listening(place: Path) -> socket.socket:
    """Return a listening socket; one that a killed server left is replaced."""
    with socket.socket(socket.AF_UNIX) as other:
        try:
            other.connect(str(place))
        except OSError:
            place.unlink(missing_ok=True)
        else:
            raise UsageError("a warm server runs already; ssstats serve --stop ends it")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(place))
    place.chmod(0o600)
    listener.listen(8)
    return listener


class _Server:
    """What is kept warm between requests; use it in a `with` statement."""

    def __init__(self, workers: int) -> None:
        self.stopped = False
        self._workers = workers
        self._code = code_here()
        self._warm = ExitStack()
        self._supervisor: Any = None
        self._release: Path | None = None

    def __enter__(self) -> _Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._warm.close()

    def answer(self, connection: socket.socket) -> None:
        """Answer one request; a client that goes away, or sends no request, is no reason to end."""
        connection.settimeout(_REQUEST_SECONDS)
        try:
            request = _request(connection)
            found = self._answer(request)
            connection.sendall(json.dumps(found).encode() + b"\n")
        except (OSError, ValueError, KeyError, TypeError):
            return

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if request["code"] != self._code or code_here() != self._code:
            # What is imported here is not what stands in the files any more.
            self.stopped = True
            return {"other code": True}
        if request.get("stop") or request.get("ping"):
            self.stopped = bool(request.get("stop"))
            return {"lines": []}
        started, release = time.perf_counter(), Path(request["release"])
        try:
            reviews = review_release(
                release,
                request["authorities"],
                find_project(Path(request["folder"])),
                languages=request["languages"],
                save=Path(request["save"]) if request["save"] else None,
                run=lambda jobs: self._run(release, jobs),
            )
        except ReleaseError as mistake:
            return {"mistake": str(mistake), "exit_code": mistake.exit_code}
        return {
            "lines": lines_of_reviews(reviews),
            "page": page_of_reviews(f"Review of {release.name}", reviews),
            "differing": [review.name for review in reviews if not review.identical],
            "notebooks": len(reviews),
            "seconds": time.perf_counter() - started,
        }

    def _run(self, release: Path, jobs: Sequence[NotebookJob]) -> None:
        """Run jobs in kernels forked from a parent that has read this release."""
        if not can_fork():
            run_notebooks(jobs, workers=self._workers)
            return
        from ssstats.notebooks.supervising import Supervisor

        if self._release != release:
            self._warm.close()
            self._supervisor = self._warm.enter_context(Supervisor(jobs, self._workers))
            self._release = release
        self._supervisor.run_more(jobs)


def _request(connection: socket.socket) -> dict[str, Any]:
    received = b""
    while not received.endswith(b"\n"):
        more = connection.recv(_REQUEST_BYTES)
        received += more
        if not more or len(received) > _REQUEST_BYTES:
            raise ValueError("no request")
    return dict(json.loads(received))
