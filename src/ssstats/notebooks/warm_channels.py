"""The channels of a warm kernel, which need one thread until a notebook needs more.

ipykernel publishes from a thread of its own and receives through streams for many kinds of sockets;
both cost more than the cells of most notebooks.
"""

from __future__ import annotations

import asyncio
import os
import select
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import zmq
from ipykernel.iostream import BackgroundSocket, IOPubThread, OutStream
from jupyter_client.session import Session
from tornado.ioloop import IOLoop


class Requests:
    """A channel on which requests come, with what ipykernel asks of a stream of pyzmq."""

    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self.io_loop = IOLoop.current()
        self._loop = asyncio.get_event_loop()
        self._socket = socket
        self._answers: set[asyncio.Future[None]] = set()

    def on_recv(self, answer: Callable[[Any], Awaitable[None]], *, copy: bool) -> None:
        """Answer each request, in the order in which they come; they are copied in any case."""
        self._answer = answer
        self._loop.add_reader(self._socket.fileno(), self._receive)
        self._loop.call_soon(self._receive)

    def _receive(self) -> None:
        # The descriptor tells only once of all that has come.
        while int(self._socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN:
            answer = asyncio.ensure_future(self._answer(self._socket.recv_multipart(copy=False)))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)

    def send_multipart(self, frames: Any, *, copy: bool) -> None:
        """Send a reply."""
        self._socket.send_multipart(frames, copy=copy)
        # Whatever came meanwhile was noticed by the socket and will not be told again.
        self._loop.call_soon(self._receive)

    def flush(self, which: int = zmq.POLLIN) -> None:
        """Take what has come; replies are sent at once."""
        if which & zmq.POLLIN:
            self._receive()


class PatientPublisher(IOPubThread):
    """ipykernel's publisher of outputs, whose thread starts when one is needed.

    Text that is printed is sent after a while, and another thread or process may publish whatever
    the main thread does. A notebook that only shows what its cells return needs neither.
    """

    io_loop: Any = None

    def __init__(self, socket: zmq.Socket, session: Session) -> None:
        self.socket, self.session = socket, session
        self.background_socket = BackgroundSocket(self)
        # Never started: what is scheduled happens at once.
        self.thread = threading.Thread()
        self._master_pid, self._pipe_flag = os.getpid(), False
        self._is_started, self._lock = False, threading.RLock()
        # A process forked from this one sends its outputs through the thread.
        os.register_at_fork(before=self.start)

    def start(self) -> None:
        """Start the thread, if that was not done yet."""
        with self._lock:
            if not self._is_started:
                super().__init__(self.socket, pipe=True, session=self.session)
                super().start()
                self._is_started = True

    def schedule(self, f: Callable[[], None]) -> None:
        """Call a function here and now, or in the thread if there is one."""
        if threading.current_thread() is not threading.main_thread():
            self.start()
        if self._is_started:
            # Without the lock: a process may be forked while somebody has it.
            super().schedule(f)
        else:
            with self._lock:
                super().schedule(f)

    def _really_send(self, *args: Any, **kwargs: Any) -> None:
        # Whoever has subscribed by now is to get this; the thread looks for them itself.
        if not self._is_started and self.socket.getsockopt(zmq.EVENTS) & zmq.POLLIN:
            self._handle_subscription(self.socket.recv_multipart())
        super()._really_send(*args, **kwargs)


class WarmStream(OutStream):
    """Standard output or error that waits for the thread which sends it only with a reason.

    A kernel flushes its streams some fifty times in a notebook that prints nothing.
    """

    def flush(self) -> None:
        """Pass on what was written, or went past the stream to its descriptor."""
        if self._buffers or self._flush_pending or self._subprocess_flush_pending or self._raw():
            super().flush()

    def write(self, string: str) -> int | None:  # type: ignore[override]
        """Take text, which the publisher's thread will send."""
        self.pub_thread.start()
        self._io_loop = self.pub_thread.io_loop
        return super().write(string)

    def _raw(self) -> bool:
        watched = [] if self._fid is None else [self._fid]
        return bool(select.select(watched, [], [], 0)[0])
