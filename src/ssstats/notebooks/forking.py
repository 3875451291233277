"""The client's side of the warm parent: processes that it forks, and the parent itself.

A warm parent is one process that has imported everything a notebook needs and then does nothing
but fork. Whoever wants a process opens a connection to its socket; the connection lives as long
as the process, and closing it kills the process.
"""

from __future__ import annotations

import array
import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

# Names the socket of the warm parent in the environment of processes that may use it.
ADDRESS = "SSSTATS_WARM_PARENT"
# The socket's name in the warm parent's folder.
SOCKET = "parent"
# Set by a user who wants kernels started as Jupyter starts them.
STOCK = "SSSTATS_STOCK_KERNELS"
# What a process is reported to have ended with when its parent went first: it was killed.
LOST = -9
_START_SECONDS = 120
_FORK_SECONDS = 30


def can_fork() -> bool:
    """Return whether kernels may be forked here: on Linux, unless the user wants stock kernels."""
    return sys.platform == "linux" and os.environ.get(STOCK, "") in ("", "0")


class ForkedProcess:
    """A process that the warm parent forked, with the methods of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(
        self,
        address: str,
        kind: str,
        *,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str],
        folder: str,
        stdout: Any = None,
        stderr: Any = None,
        channel: socket.socket | None = None,
    ) -> None:
        """Ask the warm parent at `address` for a process.

        Parameters
        ----------
        kind : str
            `kernel` or `worker`.
        channel : socket, optional
            Handed to the process as its own end of a conversation.

        Raises
        ------
        ConnectionError
            If the warm parent is gone.
        """
        self.pid = 0
        self.ready = False
        self.returncode: int | None = None
        self.cpu_seconds = 0.0
        self._heard = b""
        self._connection = socket.socket(socket.AF_UNIX)
        request = json.dumps(
            {
                "kind": kind,
                "arguments": list(arguments),
                "environment": dict(environment),
                "folder": folder,
            }
        )
        try:
            self._connection.connect(address)
            self._ask(request.encode() + b"\n", stdout, stderr, channel)
            self._listen(lambda: bool(self.pid), _FORK_SECONDS)
        except OSError as problem:
            self._connection.close()
            raise ConnectionError("the warm parent is gone") from problem
        if not self.pid:
            self._connection.close()
            raise ConnectionError("the warm parent is gone")

    def _ask(self, request: bytes, stdout: Any, stderr: Any, channel: socket.socket | None) -> None:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a descriptor, not a file
            streams = [
                _descriptor(given, default, nowhere.fileno())
                for given, default in ((stdout, 1), (stderr, 2))
            ]
            if channel is not None:
                streams.append(channel.fileno())
            handed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", streams))]
            sent = self._connection.sendmsg([request], handed)
            self._connection.sendall(request[sent:])

    def _listen(self, enough: Callable[[], bool], seconds: float | None) -> None:
        """Read reports until there is enough, the process has ended, or time is up."""
        end = None if seconds is None else time.monotonic() + seconds
        while not enough() and self.returncode is None:
            left = None if end is None else max(0.0, end - time.monotonic())
            if not select.select([self._connection], [], [], left)[0]:
                return
            self._read()

    def _read(self) -> None:
        try:
            received = self._connection.recv(65536)
        except OSError:
            received = b""
        if not received and self.returncode is None:
            self.returncode = LOST
        *lines, self._heard = (self._heard + received).split(b"\n")
        for line in lines:
            word, *values = line.split()
            if word == b"pid":
                self.pid = int(values[0])
            elif word == b"ready":
                self.ready = True
            elif word == b"exit":
                self.returncode, self.cpu_seconds = int(values[0]), float(values[1])

    async def heard(self, enough: Callable[[], bool], seconds: float | None) -> bool:
        """Wait in an event loop as `wait` does outside one; return whether there was enough."""
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        while not enough() and self.returncode is None:
            readable = asyncio.Event()
            loop.add_reader(self._connection, readable.set)
            try:
                left = None if end is None else end - loop.time()
                await asyncio.wait_for(readable.wait(), left)
            except TimeoutError:
                break
            finally:
                loop.remove_reader(self._connection)
            self._read()
        return enough()

    def fileno(self) -> int:
        """Return the descriptor on which reports come."""
        return self._connection.fileno()

    def is_ready(self, seconds: float) -> bool:
        """Wait until the process can be reached; return whether it can."""
        self._listen(lambda: self.ready, seconds)
        return self.ready

    def has_ended(self, seconds: float) -> bool:
        """Wait until the process has ended; return whether it has."""
        self._listen(lambda: False, seconds)
        return self.returncode is not None

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""
        self._listen(lambda: False, 0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when the process has ended."""
        self._listen(lambda: False, timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("forked process", timeout or 0)
        self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process at once."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Close the connection; the warm parent kills the process if it still runs."""
        self._connection.close()


def _descriptor(given: Any, default: int, nowhere: int) -> int:
    if given is None:
        return default
    if given == subprocess.DEVNULL:
        return nowhere
    return int(given) if isinstance(given, int) else int(given.fileno())


class WarmParent:
    """A running warm parent; it ends, with all it forked, when this object is closed."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        preparations: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Start the parent; `wait_until_warm` tells when it takes requests.

        Parameters
        ----------
        folder : Path
            Private, short and empty; holds the parent's socket and is removed with it.
        environment : mapping
            Of the parent and of all that it forks.
        preparations : sequence of mapping
            Releases to read before the first fork: `folder` (where a notebook will run),
            `release_tables`, `period`, `language` and `templates` (of the notebooks).
        """
        self.address = str(folder / SOCKET)
        self._process = subprocess.Popen(
            # -P: the working directory must not shadow an installed module.
            [sys.executable, "-P", "-m", "ssstats.notebooks.warm_parent", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
            cwd=folder,
            # Ctrl-C at the terminal is for the supervisor, which then closes this.
            start_new_session=True,
        )
        request = json.dumps({"preparations": [dict(one) for one in preparations]})
        if self._process.stdin is not None:
            self._process.stdin.write(request.encode() + b"\n")
            self._process.stdin.flush()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def wait_until_warm(self) -> None:
        """Return when the parent takes requests.

        Raises
        ------
        ConnectionError
            If it ended instead, with its reason, or takes too long.
        """
        out = self._process.stdout
        if out is None or not select.select([out], [], [], _START_SECONDS)[0]:
            raise ConnectionError(f"nothing in {_START_SECONDS} seconds")
        if (line := out.readline()) != b"warm\n":
            raise ConnectionError(line.decode(errors="replace").strip() or "it was killed")

    def close(self) -> None:
        """End the parent and everything it forked, and wait for it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        try:
            self._process.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
