"""The warm parent: a process of one thread that has imported everything and only forks.

Run as `python -P -m ssstats.notebooks.warm_parent FOLDER`, the folder being empty, private and
removed in the end. A request on the socket in it is one line of JSON with the process's stdout and
stderr (and a worker's channel) beside it. The answers are `pid N`, `ready` (from the child, when it
can be reached) and `exit CODE CPU_SECONDS`. When a connection closes, its process is killed; when
standard input closes, all of them are.

Nothing here may start a thread: a fork copies only the thread that calls it, and whatever lock
another one held stays locked in the child for ever.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, cast

from ssstats.notebooks.forking import SOCKET

# Notebooks import from here; the rest is what a kernel or papermill imports late, in each process.
_NEEDED = (
    "ssstats.chapters",
    "ssstats.notebooks.forked_kernels",
    "ssstats.notebooks.worker",
    "papermill",
    "IPython.core.logger",
    "faulthandler",
    "ipykernel.kernelapp",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
)
_PR_SET_PDEATHSIG = 1
_REQUEST_BYTES = 1 << 20
_MOST_DESCRIPTORS = 3
# A kernel that hangs while it ends is no loss: its outputs are out.
_END_SECONDS = 3.0


def main(folder: Path) -> None:
    """Warm up, say so on standard output, and fork on request until standard input closes."""
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; it would be removed in the end")
    # What was imported and read lives as long as this process: nothing to collect.
    gc.disable()
    try:
        told = json.loads(sys.stdin.readline())
        _import_all()
        _prepare(told["preparations"])
        _warm_up()
        _check_forkable()
        _give_back()
        # Objects that no collection looks at stay on pages that parent and children share.
        gc.freeze()
        _Server(folder).serve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _import_all() -> None:
    # Read when ipykernel is imported: 1 means that nobody has to look after the parent process.
    os.environ["JPY_PARENT_PID"] = "1"
    # pyarrow's own allocators start a thread when it is imported, or keep what they once had: a
    # fork and the end of each kernel take as long as the parent is large.
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
    # ipykernel would import a debugger in each kernel that nobody will attach to.
    sys.modules["debugpy"] = cast(ModuleType, None)
    for name in _NEEDED:
        importlib.import_module(name)
    importlib.import_module("ipykernel.debugger")
    del sys.modules["debugpy"]


def _prepare(preparations: Sequence[Mapping[str, Any]]) -> None:
    """Read releases once; `open_release` in a fork finds them if their files are the same."""
    from babel import Locale

    from ssstats.chapters import open_release
    from ssstats.chapters.rehearsal import rehearse
    from ssstats.words import date_words

    home = Path.cwd()
    for one in preparations:
        os.chdir(one["folder"])
        try:
            release = open_release(
                one["release_tables"], period=one["period"], language=one["language"]
            )
            release.index()
            # What a language calls its months, and how it counts, are read when first asked for.
            date_words(date.min, one["language"])
            Locale(one["language"]).plural_form(1)
            sources = (Path(template).read_text(encoding="utf-8") for template in one["templates"])
            rehearse(release, "".join(sources))
        except Exception:
            # The notebook meets the same fault, and is the place where it is reported.
            continue
        finally:
            os.chdir(home)


def _warm_up() -> None:
    """Check once, so that schemas are read, and make the kernel of the forks."""
    import nbformat

    from ssstats.notebooks.warm_kernel import make_kernel

    nbformat.validate(nbformat.v4.new_notebook())
    make_kernel()


def _give_back() -> None:
    """Give back what was only needed on the way here, where the system's library can."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def _check_forkable() -> None:
    """Raise if a fork would not be a clean copy.

    Raises
    ------
    RuntimeError
        If there is a second thread, a messaging context, or a chart backend bound to a shell.
    """
    import zmq

    threads = len(list(Path("/proc/self/task").iterdir()))
    reasons = {
        f"{threads} threads": threads != 1,
        "a messaging context": zmq.Context._instance is not None,
        "an inline chart backend": "matplotlib_inline.backend_inline" in sys.modules,
    }
    if found := [reason for reason, holds in reasons.items() if holds]:
        raise RuntimeError(f"a process with {', '.join(found)} cannot be forked safely")


class _Server:
    """Accepts requests and forks; one selector waits for all that can happen."""

    def __init__(self, folder: Path) -> None:
        address = folder / SOCKET
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(address))
        address.chmod(0o600)
        self._listener.listen(64)
        self._selector = selectors.DefaultSelector()
        self._pid = os.getpid()
        self._open = True
        # Connections with their process, 0 where none was asked for yet.
        self._pids: dict[socket.socket, int] = {}
        # Processes and their connections by the descriptor that tells of their end.
        self._ends: dict[int, tuple[int, socket.socket]] = {}

    def serve(self) -> None:
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(0, selectors.EVENT_READ, self._stop)
        os.write(1, b"warm\n")
        while self._open:
            for key, _ in self._selector.select():
                if not self._open:
                    return
                # Whatever an earlier event of this round closed is not there any more.
                if self._selector.get_map().get(key.fd) is key:
                    key.data(key.fileobj)

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        self._pids[connection] = 0
        self._selector.register(connection, selectors.EVENT_READ, self._hear)

    def _hear(self, connection: socket.socket) -> None:
        request, descriptors = _received(connection)
        try:
            if request is None or self._pids[connection]:
                self._drop(connection)
                return
            pid = os.fork()
            if pid == 0:
                self._become(request, descriptors, connection)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        self._pids[connection] = pid
        end = os.pidfd_open(pid)
        self._ends[end] = pid, connection
        self._selector.register(end, selectors.EVENT_READ, self._reap)
        _tell(connection, f"pid {pid}\n")

    def _drop(self, connection: socket.socket) -> None:
        """Forget a connection and kill its process, which is reaped when it has ended."""
        self._selector.unregister(connection)
        if pid := self._pids.pop(connection):
            _kill(pid)
        connection.close()

    def _reap(self, end: int) -> None:
        self._selector.unregister(end)
        pid, connection = self._ends.pop(end)
        os.close(end)
        _, status, used = os.wait4(pid, 0)
        if connection in self._pids:
            code = os.waitstatus_to_exitcode(status)
            _tell(connection, f"exit {code} {used.ru_utime + used.ru_stime:.4f}\n")
            self._selector.unregister(connection)
            del self._pids[connection]
            connection.close()

    def _stop(self, _stdin: int) -> None:
        self._open = False
        for pid, _ in self._ends.values():
            _kill(pid)
        for pid, _ in self._ends.values():
            os.waitpid(pid, 0)
        self._ends.clear()

    def _become(
        self, request: Mapping[str, Any], descriptors: Sequence[int], connection: socket.socket
    ) -> NoReturn:
        """Turn this forked copy into what was asked for; never return to the server's loop."""
        code = 1
        try:
            self._selector.close()
            self._listener.close()
            for other in self._pids:
                if other is not connection:
                    other.close()
            for descriptor in self._ends:
                os.close(descriptor)
            channel = _settle(request, descriptors, self._pid)
            if request["kind"] == "kernel":
                _run_kernel(request["arguments"], connection)
            else:
                from ssstats.notebooks.worker import serve_jobs

                serve_jobs(cast(socket.socket, channel))
            code = 0
        except SystemExit as wanted:
            code = wanted.code if isinstance(wanted.code, int) else int(wanted.code is not None)
        except BaseException:
            traceback.print_exc()
        _end(code)


def _received(connection: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """Return the request and the descriptors that came with it; None when the client is gone."""
    descriptors: list[int] = []
    try:
        line, beside, _, _ = connection.recvmsg(
            _REQUEST_BYTES, socket.CMSG_SPACE(4 * _MOST_DESCRIPTORS)
        )
        for level, kind, content in beside:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors += array.array("i", content)
        while line and not line.endswith(b"\n"):
            more = connection.recv(_REQUEST_BYTES)
            line = line + more if more else b""
        return (json.loads(line) if line else None), descriptors
    except (OSError, ValueError):
        return None, descriptors


def _tell(connection: socket.socket, words: str) -> None:
    try:
        connection.sendall(words.encode())
    except OSError:
        # The client is gone; the selector reports that next.
        return


def _kill(pid: int) -> None:
    for send in (os.killpg, os.kill):
        try:
            send(pid, signal.SIGKILL)
            return
        except OSError:
            # Not yet the leader of its own group, or gone already.
            continue


def _settle(
    request: Mapping[str, Any], descriptors: Sequence[int], parent: int
) -> socket.socket | None:
    """Give the process its own session, streams, environment, folder and random numbers."""
    gc.enable()
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    # Copies first: a descriptor handed over may have the number of a stream.
    for place, descriptor in enumerate(descriptors[:2], start=1):
        os.dup2(descriptor, place)
    channel = socket.socket(fileno=os.dup(descriptors[2])) if len(descriptors) > 2 else None
    for descriptor in descriptors:
        os.close(descriptor)
    _set_environment(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    import numpy as np

    # The random module seeds itself anew after a fork, numpy's global generator does not.
    np.random.seed()
    return channel


def _set_environment(wanted: Mapping[str, str]) -> None:
    """Change what differs, which is little: a kernel's environment is nearly its parent's."""
    own = dict(os.environ)
    for name in own.keys() - wanted.keys():
        del os.environ[name]
    for name, value in wanted.items():
        if own.get(name) != value:
            os.environ[name] = value


def _run_kernel(arguments: list[str], connection: socket.socket) -> None:
    import ipykernel

    from ssstats.notebooks.warm_kernel import WarmKernelApp

    launcher = Path(ipykernel.__file__).parents[1] / "ipykernel_launcher.py"
    sys.argv = [str(launcher), *arguments]
    application = WarmKernelApp.instance()
    application.initialize(arguments)
    _tell(connection, "ready\n")
    application.start()
    application.finish()


def _end(code: int) -> NoReturn:
    """Run what was left for the end, and go without taking the interpreter apart."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, _END_SECONDS)
    try:
        atexit._run_exitfuncs()
        for stream in (sys.__stdout__, sys.__stderr__):
            if isinstance(stream, io.TextIOWrapper):
                stream.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except Exception as problem:
        # Where the client reads "warm" otherwise, if it is still there.
        with contextlib.suppress(BrokenPipeError):
            os.write(1, f"{type(problem).__name__}: {problem}\n".encode())
    # Forked processes never come back to here; nothing is left to take apart.
    os._exit(0)
