"""ipykernel's kernel in two halves: made once in the warm parent, connected in each fork.

What a kernel has before it is reached (its shell, magics, completer and formatters) is the same
for every notebook, and most of what starting one costs. What is a notebook's own (session, sockets,
threads, folders, environment) comes after the fork, from ipykernel itself.
"""

from __future__ import annotations

from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.profiledir import ProfileDir
from traitlets import Type
from traitlets.config import Config

# A history on disk would go with the kernel's folder, and needs a thread; the notebook's own cells
# are remembered all the same.
_SETTINGS = Config(HistoryManager={"enabled": False})
# What Jupyter, we and nbclient give a kernel, beside where it is reached.
_CONNECTION_FILE = "-f"
_USUAL = {
    "--log-level=50": Config(IPKernelApp={"log_level": 50}),
    "--HistoryManager.hist_file=:memory:": Config(HistoryManager={"hist_file": ":memory:"}),
}


def make_kernel() -> None:
    """Make the kernel that forks of this process will have; no file, thread or socket."""
    WarmKernel.instance(config=_SETTINGS, profile_dir=ProfileDir())


class WarmKernel(IPythonKernel):
    """ipykernel's kernel, made before the fork and connected after it."""

    @classmethod
    def instance(cls, *given: Any, **own: Any) -> WarmKernel:
        """Return this process's one kernel; its application calls this when sockets are open."""
        made = cls.initialized()
        kernel = super().instance(*given, **own)
        if made:
            kernel._connect(**own)
        return kernel

    def _connect(self, *, parent: IPKernelApp, **own: Any) -> None:
        """Take what is this process's own: the application, its session, sockets and threads."""
        self.parent = parent
        for name, value in own.items():
            if value is not None:
                setattr(self, name, value)
        shell: Any = self.shell
        shell.profile_dir = self.profile_dir
        for publisher in (shell.displayhook, shell.display_pub):
            publisher.session, publisher.pub_socket = self.session, self.iopub_socket
        # The fork's environment and folder are not those of the warm parent.
        shell.init_environment()
        shell.init_pushd_popd_magic()
        for configurable in (self, *shell.configurables):
            configurable.update_config(parent.config)


class WarmKernelApp(IPKernelApp):
    """ipykernel's application for a kernel that was made before the fork."""

    kernel_class = Type(WarmKernel)

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Read the usual arguments at once: ipykernel's parser takes longer to make than to use."""
        match argv:
            case [option, file, *rest] if option == _CONNECTION_FILE and set(rest) <= set(_USUAL):
                self.cli_config = Config(IPKernelApp={"connection_file": file})
                for word in rest:
                    self.cli_config.merge(_USUAL[word])
                self.update_config(self.cli_config)
            case _:
                super().parse_command_line(argv)
