"""A kernel forked from the warm parent, and nbclient's conversation with it.

nbclient reaches a kernel through coroutines of jupyter_client, which starts kernels in several ways
and looks after many at a time. A worker has one: each question waits here for what comes next on
the kernel's channels, or for its end, and nothing else goes on meanwhile.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import zmq
from jupyter_client.session import DELIM, Session
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from traitlets import Unicode

from ssstats.notebooks.forking import ForkedProcess
from ssstats.notebooks.kernels import PrivateKernelManager, kernel_environment, private_folder

_PORTS = {"shell": 1, "iopub": 2, "stdin": 3, "control": 4, "hb": 5}
_START_SECONDS = 30.0
# A kernel that is still busy then is killed.
_EXIT_SECONDS = 1.0
# A subscription that is not through yet has missed the answer: ask again soon.
_ASK_AGAIN_SECONDS = 0.03
# How often what a long cell puts out is looked at.
_LOOK_SECONDS = 1.0


class ForkedKernel:
    """The kernel of one notebook, with what nbclient asks of a client of jupyter_client.

    Attributes
    ----------
    until : float
        When waiting for messages ends, as `time.monotonic` tells it.
    patience : float
        Seconds to wait for the end of outputs when the reply has come: usually it comes last.
    """

    def __init__(
        self, address: str, *, folder: Path, private: Path, arguments: Sequence[str] = ()
    ) -> None:
        """Ask the warm parent at `address` for a kernel and wait until it answers.

        Parameters
        ----------
        folder : Path
            Where the notebook runs.
        private : Path
            Of this kernel alone: for its sockets and its profile.
        arguments : sequence of str
            For ipykernel, beside where it is reached.

        Raises
        ------
        ConnectionError
            If the warm parent is gone.
        RuntimeError
            If the kernel ended, or does not answer.
        """
        self.until, self.patience = math.inf, math.inf
        self.session = Session()
        self.shell_channel, self.iopub_channel = _Replies(self), _Outputs(self)
        self._place = str(private / "kernel")
        self._sockets: dict[str, zmq.Socket[bytes]] = {}
        self._pollers = {"iopub": zmq.Poller(), "shell": zmq.Poller()}
        self._unread: dict[str, deque[dict[str, Any]]] = {"iopub": deque(), "shell": deque()}
        self._process = ForkedProcess(
            address,
            "kernel",
            arguments=["-f", self._connection_file(private), *arguments],
            environment=_environment(private),
            folder=str(folder),
        )
        try:
            self._connect()
            self._await_answer()
        except BaseException:
            self.close()
            raise

    def _connection_file(self, private: Path) -> str:
        reached = {
            **{f"{name}_port": port for name, port in _PORTS.items()},
            "transport": "ipc",
            "ip": self._place,
            "key": self.session.key.decode(),
            "signature_scheme": self.session.signature_scheme,
        }
        file = private / "connection.json"
        file.write_text(json.dumps(reached), encoding="utf-8")
        return str(file)

    def _connect(self) -> None:
        if not self._process.is_ready(_START_SECONDS):
            raise RuntimeError("the forked kernel did not start")
        context: zmq.Context[Any] = zmq.Context.instance()
        # Outputs first: who subscribes late misses some.
        for name, kind in (("iopub", zmq.SUB), ("shell", zmq.DEALER), ("control", zmq.DEALER)):
            channel = self._sockets[name] = context.socket(kind)
            # Nothing is lost that comes faster than it is looked at.
            channel.linger = channel.rcvhwm = 0
            channel.connect(f"ipc://{self._place}-{_PORTS[name]}")
        self._sockets["iopub"].subscribe(b"")
        for name, poller in self._pollers.items():
            poller.register(self._sockets[name], zmq.POLLIN)
            poller.register(self._process.fileno(), zmq.POLLIN)

    def _await_answer(self) -> None:
        """Ask until the answer is complete on both channels, so that nothing later is missed."""
        end = monotonic() + _START_SECONDS
        while monotonic() < end:
            question = self.kernel_info()
            try:
                self.next_message("shell", _START_SECONDS)
                while not _is_last(self.next_message("iopub", _ASK_AGAIN_SECONDS), question):
                    continue
            except Empty:
                continue
            return
        raise RuntimeError(f"the forked kernel did not answer in {_START_SECONDS:.0f} seconds")

    def execute(self, code: str, *, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Ask the kernel to run a cell; return the question's id."""
        return self._ask(
            "shell",
            "execute_request",
            code=code,
            silent=False,
            store_history=store_history,
            user_expressions={},
            allow_stdin=False,
            stop_on_error=stop_on_error,
        )

    def kernel_info(self) -> str:
        """Ask the kernel what it is; return the question's id."""
        return self._ask("shell", "kernel_info_request")

    def _ask(self, channel: str, kind: str, **content: Any) -> str:
        # Who asks anew says anew how long the answer may take.
        self.until = math.inf
        message = self.session.msg(kind, content)
        self.session.send(self._sockets[channel], message)
        return str(message["header"]["msg_id"])

    def send(self, message: dict[str, Any]) -> None:
        """Send a message that somebody else made to the kernel's shell."""
        self.session.send(self._sockets["shell"], message)

    def is_alive(self) -> bool:
        """Return whether the kernel's process runs."""
        return self._process.poll() is None

    def has_replied(self) -> bool:
        """Return whether a reply has come that nobody asked for yet."""
        return bool(self._unread["shell"])

    def next_output(self) -> dict[str, Any]:
        """Return the next message of what a cell puts out, waiting for it if need be.

        Most cells are done at once: nobody wakes for each message until the reply has come, which
        is nearly the last, or a second has gone by.

        Raises
        ------
        Empty
            If there is none before `until`, or the reply has come and nothing else.
        DeadKernelError
            If the kernel ended.
        """
        while not (self._unread["iopub"] or self.has_replied()):
            if monotonic() >= self.until:
                raise Empty
            self._hear("shell", min(_LOOK_SECONDS, self.until - monotonic()))
        return self.next_message("iopub", self.patience if self.has_replied() else None)

    def next_message(self, channel: str, seconds: float | None) -> dict[str, Any]:
        """Return the next message of a channel, waiting for it if need be.

        Raises
        ------
        Empty
            If there is none within `seconds` nor before `until`.
        DeadKernelError
            If the kernel ended.
        """
        end = min(self.until, math.inf if seconds is None else monotonic() + seconds)
        while not (unread := self._unread[channel]):
            if monotonic() >= end:
                raise Empty
            self._hear(channel, end - monotonic())
        return unread.popleft()

    def _hear(self, channel: str, seconds: float) -> None:
        """Wait for a message of a channel and read what has come on all of them."""
        self._pollers[channel].poll(None if seconds == math.inf else math.ceil(1000 * seconds))
        for name, unread in self._unread.items():
            while int(self._sockets[name].getsockopt(zmq.EVENTS)) & zmq.POLLIN:
                unread.append(self._message_of(self._sockets[name].recv_multipart()))
        if not any(self._unread.values()) and not self.is_alive():
            raise DeadKernelError("Kernel died")

    def _message_of(self, frames: list[bytes]) -> dict[str, Any]:
        """Return a message as `Session.deserialize` does, of its dates the one that is used."""
        signature, *parts = frames[frames.index(DELIM) + 1 :]
        if not compare_digest(signature, self.session.sign(parts[:4])):
            raise RuntimeError("a message of the forked kernel is not signed by it")
        header, parent, metadata, content = map(json.loads, parts[:4])
        header["date"] = datetime.fromisoformat(header["date"])
        return {
            "header": header,
            "msg_id": header["msg_id"],
            "msg_type": header["msg_type"],
            "parent_header": parent,
            "metadata": metadata,
            "content": content,
            "buffers": [memoryview(buffer) for buffer in parts[4:]],
        }

    def close(self) -> None:
        """Ask the kernel to end, wait for that, and kill it if it takes long."""
        try:
            if "control" in self._sockets and self.is_alive():
                self._ask("control", "shutdown_request", restart=False)
                if not self._process.has_ended(_EXIT_SECONDS):
                    self._process.kill()
                    self._process.has_ended(_EXIT_SECONDS)
        finally:
            for channel in self._sockets.values():
                channel.close()
            self._process.close()


class _Replies:
    """The shell channel of a kernel, for nbclient."""

    def __init__(self, kernel: ForkedKernel) -> None:
        self._kernel = kernel
        self.send = kernel.send

    def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        return self._kernel.next_message("shell", timeout)


class _Outputs:
    """The channel of outputs of a kernel, for nbclient."""

    def __init__(self, kernel: ForkedKernel) -> None:
        self._kernel = kernel

    def get_msg(self, timeout: None) -> dict[str, Any]:
        return self._kernel.next_output()


def _is_last(message: dict[str, Any], question: str) -> bool:
    """Return whether a kernel says that it is done with a question."""
    own = message["parent_header"].get("msg_id") == question
    return own and message["content"].get("execution_state") == "idle"


def _environment(private: Path) -> dict[str, str]:
    return {
        **kernel_environment(os.environ),
        # Start-up files of the user's own IPython are none of the release's business.
        "IPYTHONDIR": str(private / "ipython"),
        # The warm parent watches over the kernel: it needs no poller of its own.
        "JPY_PARENT_PID": "1",
    }


class ForkedNotebookClient(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client, which hears a forked kernel instead of one that it started."""

    address = Unicode(help="Of the warm parent.")
    folders = Unicode(help=PrivateKernelManager.folders.help).tag(config=True)

    @contextmanager
    def setup_kernel(self, **_: Any) -> Iterator[None]:
        """Have a kernel for as long as the context lasts."""
        private = private_folder(self.folders)
        try:
            self.kc = ForkedKernel(
                self.address,
                folder=Path(self.resources.get("metadata", {}).get("path") or Path.cwd()),
                private=private,
                arguments=[
                    *self.extra_arguments,
                    f"--HistoryManager.hist_file={self.ipython_hist_file}",
                ],
            )
            try:
                yield
            finally:
                self.kc.close()
        finally:
            shutil.rmtree(private, ignore_errors=True)

    async def _async_poll_output_msg(
        self, parent_msg_id: str, cell: NotebookNode, cell_index: int
    ) -> None:
        """Hear what a cell puts out; nbclient looks for the reply when this has ended."""
        seconds = self._get_timeout(cell)
        self.kc.until = math.inf if seconds is None else monotonic() + seconds
        self.kc.patience = math.inf if self.iopub_timeout is None else self.iopub_timeout
        try:
            await super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
        except (Empty, DeadKernelError):
            if self.kc.has_replied():
                raise
            # Who waits for the reply finds the same, and tells which cell it was.

    async def _async_poll_kernel_alive(self) -> None:
        """Do nothing: whoever waits for a message hears of the kernel's end."""
