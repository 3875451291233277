"""Kernels in private folders: how a notebook's own Python process is started, reached and ended.

Every kernel gets a folder of its own for its connection file, its sockets and its IPython profile,
and an environment in which nothing differs between two machines. It is reached through sockets in
that folder, so no port can be taken by somebody else.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from ssstats.errors import NotebookError
from ssstats.notebooks.forking import ADDRESS, ForkedProcess

# What could make two machines, or two runs, differ is the same for every kernel.
_FIXED_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "SOURCE_DATE_EPOCH": "0",
    # What a notebook draws by itself is part of it, whatever the user's own setting.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
# Longest path of a socket on Linux is 107 bytes, on macOS 103; "-5" is added to ours.
_LONGEST_SOCKET = 100
_KERNEL_MODULE = "ipykernel_launcher"
_EXIT_SECONDS = 2.0


def kernel_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a kernel: the given one, with all that must not differ fixed."""
    fixed = {**environment, **_FIXED_ENVIRONMENT}
    # A statistician's own matplotlibrc would change the charts of the release.
    if (found := importlib.util.find_spec("matplotlib")) and found.submodule_search_locations:
        shipped = Path(found.submodule_search_locations[0]) / "mpl-data" / "matplotlibrc"
        fixed["MATPLOTLIBRC"] = str(shipped)
    return fixed


def is_ipykernel(name: str) -> bool:
    """Return whether a kernel that Jupyter knows by its name is Python's own."""
    return _KERNEL_MODULE in KernelSpecManager().get_kernel_spec(name).argv


def private_folder(parent: str | Path | None = None) -> Path:
    """Return a new folder that only this user can enter, short enough to hold sockets.

    Raises
    ------
    NotebookError
        If the temporary folder's path is too long for a socket.
    """
    folder = Path(tempfile.mkdtemp(prefix="ss-", dir=parent or None))
    if len(os.fsencode(folder)) > _LONGEST_SOCKET - len("/ss-xxxxxxxx/kernel-5"):
        folder.rmdir()
        raise NotebookError(
            f"{folder.parent}: the temporary folder's path is too long for the sockets of kernels; "
            "set TMPDIR to a folder with a shorter path"
        )
    return folder


class PrivateKernelManager(AsyncKernelManager):
    """Starts a kernel as Jupyter does, in a private folder and a fixed environment."""

    folders = Unicode("", help="Where private folders are made; blank: the temporary folder.").tag(
        config=True
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._private = private_folder(self.folders)
        self.connection_file = str(self._private / "connection.json")
        if sys.platform != "win32":
            self.transport = "ipc"
            self.ip = str(self._private / "kernel")

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        environment = kernel_environment(options.pop("env", os.environ))
        # Start-up files of the user's own IPython are none of the release's business.
        environment["IPYTHONDIR"] = str(self._private / "ipython")
        return await super()._async_pre_start_kernel(env=environment, **options)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self._private, ignore_errors=True)

    # jupyter_client binds its public names to its own coroutines when the class is made.
    pre_start_kernel = _async_pre_start_kernel
    cleanup_resources = _async_cleanup_resources


class WarmKernelProvisioner(LocalProvisioner):
    """Starts an ipykernel by forking the warm parent that SSSTATS_WARM_PARENT names.

    Without that name, or for another kind of kernel, the kernel is launched as usual: the result
    is the same file, later.
    """

    process: Any

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        environment = dict(options.get("env") or os.environ)
        address = environment.get(ADDRESS)
        if not address or _KERNEL_MODULE not in cmd:
            return await super().launch_kernel(cmd, **options)
        # The warm parent watches over the kernel: it needs no poller of its own.
        environment["JPY_PARENT_PID"] = "1"
        folder = str(options.get("cwd") or Path.cwd())
        self.process = ForkedProcess(
            address,
            "kernel",
            arguments=cmd[cmd.index(_KERNEL_MODULE) + 1 :],
            environment=environment,
            folder=folder,
            stdout=options.get("stdout"),
            stderr=options.get("stderr"),
        )
        self.pid = self.pgid = self.process.pid
        self.cwd = folder
        if not await self.process.heard(lambda: self.process.ready, 30):
            raise RuntimeError("the forked kernel did not start")
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        # jupyter_client interrupts every kernel before it asks it to stop, idle or not; the
        # interrupt would race with the answer to the last question.
        stopping = bool(getattr(self.parent, "shutting_down", False))
        if signum == signal.SIGINT and stopping and isinstance(self.process, ForkedProcess):
            return
        await super().send_signal(signum)

    async def shutdown_requested(self, restart: bool = False) -> None:
        # Here, as the end is reported: jupyter_client would look for it every 100 ms.
        if isinstance(self.process, ForkedProcess):
            await self.process.heard(lambda: False, _EXIT_SECONDS)

    async def wait(self) -> int | None:
        if isinstance(self.process, ForkedProcess):
            await self.process.heard(lambda: False, None)
            # Other tasks of the loop may still hold the descriptor that closes with it.
            await asyncio.sleep(0)
        return await super().wait()

    async def cleanup(self, restart: bool = False) -> None:
        # A kernel that died by itself was not waited for.
        if isinstance(self.process, ForkedProcess):
            self.process.close()
        await super().cleanup(restart)
