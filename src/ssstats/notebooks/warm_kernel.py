"""ipykernel's kernel in two halves: made once in the warm parent, connected in each fork.

What a kernel has before it is reached (its application, shell, magics, completer and formatters) is
the same for every notebook, and most of what starting one costs. What is a notebook's own (session
key, sockets, threads, environment) comes after the fork, from ipykernel itself.

There is no debugger, no heartbeat and no second line of execution: nobody attaches to a kernel that
lives for a second, and whoever asked for it is told of its end. The main thread answers on all
channels; another one comes when a notebook needs it.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
import threading
from functools import cached_property
from pathlib import Path
from typing import Any

import zmq
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.application import ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS, BaseIPythonApplication
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session
from traitlets import DottedObjectName, Instance, Type
from traitlets.config import Config

from ssstats.notebooks.warm_channels import PatientPublisher, Requests, WarmStream

# What Jupyter, we and nbclient give a kernel, beside where it is reached.
_CONNECTION_FILE = "-f"
_USUAL = {"--log-level=50", "--HistoryManager.hist_file=:memory:"}
# A history on disk would go with the kernel's folder, and needs a thread; the notebook's own cells
# are remembered all the same.
_SETTINGS = Config(IPKernelApp={"log_level": 50}, HistoryManager={"enabled": False})


def make_kernel() -> None:
    """Make the kernel that forks of this process will have; no file, thread or socket."""
    application = WarmKernelApp.instance(config=_SETTINGS)
    # Its handler drops what is below the level; so nothing is written to be dropped.
    application.log.setLevel(logging.CRITICAL)
    application.init_pdb()
    application.session = Session(parent=application)
    kernel = WarmKernel.instance(
        parent=application, session=application.session, log=application.log,
        profile_dir=ProfileDir(),
    )  # fmt: skip
    application.kernel = kernel
    application.init_shell()
    application.init_extensions()
    application.configure_tornado_logger()
    # Worked out here for all forks.
    application.session.pack(kernel.kernel_info)
    _hide_own_names(kernel.shell)


def _hide_own_names(shell: Any) -> None:
    """Tell the shell which names and modules are none of the notebook's."""
    shell.user_ns_hidden.update(shell.user_ns)
    shell._sys_modules_keys = set(sys.modules)


class _MainThreadOnly:
    """Stands for the thread of further lines of execution where there is none."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class WarmKernel(IPythonKernel):
    """ipykernel's kernel, made before the fork and connected after it."""

    shell_stream = Instance(Requests, allow_none=True)  # type: ignore[assignment]
    control_stream = Instance(Requests, allow_none=True)  # type: ignore[assignment]

    @cached_property
    def kernel_info(self) -> dict[str, Any]:
        """What kernels say of themselves, which is the same for all forks."""
        return dict(super().kernel_info)

    @property
    def _supports_kernel_subshells(self) -> bool:
        return False

    def connect(self, application: WarmKernelApp, **own: Any) -> None:
        """Take what is this process's own: the application's streams and threads."""
        for name, value in own.items():
            setattr(self, name, value)
        shell: Any = self.shell
        for publisher in (shell.displayhook, shell.display_pub):
            publisher.session, publisher.pub_socket = self.session, self.iopub_socket
        # The fork's environment and folder are not those of the warm parent.
        shell.init_environment()
        shell.init_pushd_popd_magic()
        application.displayhook.get_execution_count = lambda: self.execution_count

    def _process_children(self) -> list[Any]:
        """Return processes that the notebook left; psutil looks for them among all that run."""
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return []
        return list(super()._process_children())


class WarmKernelApp(IPKernelApp):
    """ipykernel's application for a kernel that was made before the fork."""

    kernel_class = Type(WarmKernel)
    outstream_class = DottedObjectName(f"{WarmStream.__module__}.{WarmStream.__name__}")

    def initialize(self, argv: list[str] | None = None) -> None:
        """Connect the kernel as its arguments say.

        They are taken at once where they are the usual ones, as ipykernel's parser takes longer
        to make than to use. Others are read by ipykernel, and so is what this machine sets for
        every kernel.
        """
        file = connection_file_of(argv)
        is_usual = file is not None and not settings_of_machine()
        if file is not None and is_usual:
            self.connection_file = file
        else:
            BaseIPythonApplication.initialize(self, argv)
            self.log.setLevel(self.log_level)
        self.session.pid, self.session.session = os.getpid(), os.urandom(16).hex()
        self.load_connection_file()
        self.init_sockets()
        self.init_io()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._connect_kernel()
        if not is_usual:
            self._apply_settings()
        sys.stdout.flush()
        sys.stderr.flush()

    def init_control(self, context: zmq.Context) -> None:
        """Open the control channel and its thread, without those that a debugger needs."""
        self.control_socket = context.socket(zmq.ROUTER)
        self.control_socket.linger = 1000
        self.control_port = self._bind_socket(self.control_socket, self.control_port)
        self.control_socket.router_handover = 1

    def init_iopub(self, context: zmq.Context) -> None:
        """Open the channel of outputs, without a thread until one is needed."""
        socket = context.socket(zmq.XPUB)
        socket.linger = 1000
        self.iopub_port = self._bind_socket(socket, self.iopub_port)
        self.iopub_thread = PatientPublisher(socket, self.session)
        self.iopub_socket = self.iopub_thread.background_socket

    def finish(self) -> None:
        """Wait for the last reply; what would take the kernel apart will not be run at the end."""
        for ending in (self.close, self.iopub_thread.stop, self.kernel.shell.atexit_operations):
            atexit.unregister(ending)

    def _connect_kernel(self) -> None:
        self.kernel.connect(
            self,
            control_stream=Requests(self.control_socket),
            shell_stream=Requests(self.shell_socket),
            shell_channel_thread=_MainThreadOnly(),
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            stdin_socket=self.stdin_socket,
        )

    def _apply_settings(self) -> None:
        """Give the shell that was made before the fork what was read after it."""
        shell: Any = self.kernel.shell
        shell.profile_dir = self.profile_dir
        for configurable in (self.kernel, *shell.configurables):
            configurable.update_config(self.config)
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()


def connection_file_of(argv: list[str] | None) -> str | None:
    """Return the connection file that the usual arguments name; None where others are among them.

    The usual ones change nothing else.
    """
    match argv:
        case [option, file, *rest] if option == _CONNECTION_FILE and set(rest) <= _USUAL:
            return file
        case _:
            return None


def settings_of_machine() -> list[Path]:
    """Return files by which this machine sets up every kernel, which a release's has none of."""
    folders = [Path(folder) for folder in (*ENV_CONFIG_DIRS, *SYSTEM_CONFIG_DIRS)]
    return [
        path
        for folder in folders
        if folder.is_dir()
        for pattern in ("ipython*_config.*", "startup/*.py", "startup/*.ipy")
        for path in folder.glob(pattern)
    ]
