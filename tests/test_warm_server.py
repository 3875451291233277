"""The warm server answers its own user with its own code, and leaves nothing when it ends."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from small_build import build_small, write_small_returns

from ssstats import warm_server
from ssstats.errors import UsageError
from ssstats.warm_server import SOCKET, ask, server_folder

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no private sockets here")


@pytest.fixture(autouse=True)
def own_folder(monkeypatch):
    folder = tempfile.mkdtemp(prefix="ss-")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    yield Path(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server():
    """Start a server in the foreground of another process; end it afterwards."""
    started = []

    def start(idle: float = 60) -> subprocess.Popen:
        command = [sys.executable, "-m", "ssstats.cli", "serve", "--foreground", "--idle", idle]
        running = subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE)
        started.append(running)
        for _ in range(600):
            if ask({"ping": True}) is not None:
                return running
            assert running.poll() is None, running.communicate()[1]
            time.sleep(0.1)
        raise AssertionError("it did not start")

    yield start
    for running in started:
        running.kill()
        running.communicate()


def sent(content: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server_folder() / SOCKET))
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


def test_without_a_server_nobody_answers():
    assert ask({"ping": True}) is None


def test_a_folder_that_others_can_enter_is_refused():
    server_folder().chmod(0o755)
    with pytest.raises(UsageError, match="not a folder of this user alone"):
        server_folder()


def test_the_server_replaces_a_stale_socket_survives_nonsense_and_ends_when_told(server):
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(server_folder() / SOCKET))
    running = server()
    assert os.stat(server_folder() / SOCKET).st_mode & 0o077 == 0  # noqa: PTH116
    for nonsense in (b"", b"\n", b"[1]\n", b"{}\n", b"x" * 70_000, b'{"code": 1'):
        sent(nonsense)
    mistake = ask({"release": "/no/such", "authorities": [], "languages": ["en"],
                   "folder": str(Path.cwd()), "save": ""})  # fmt: skip
    assert "give the folder of a release" in mistake["mistake"]
    assert ask({"stop": True}) == {"lines": []}
    assert running.wait(60) == 0
    assert not (server_folder() / SOCKET).exists()


def test_a_server_of_other_code_is_not_believed_and_ends(server, monkeypatch):
    running = server()
    monkeypatch.setattr(warm_server, "code_here", lambda: "changed since")
    assert ask({"ping": True}) is None
    assert running.wait(60) == 0


def test_a_server_that_nobody_asks_ends_by_itself(server):
    assert server(idle=1).wait(60) == 0


@pytest.mark.slow
def test_the_server_reviews_as_the_command_does(server, tmp_path):
    built = build_small(write_small_returns(tmp_path / "returns"), tmp_path / "reports")
    request = {"release": str(built.folder), "authorities": ["powys"], "languages": ["en"],
               "folder": str(Path.cwd()), "save": ""}  # fmt: skip
    server()
    for _ in range(2):
        assert ask(request)["lines"] == ["Powys (en): identical to what was published"]
    path = built.folder / "notebooks" / "en" / "authority-powys.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][-1]["outputs"] = []
    path.write_text(json.dumps(content), encoding="utf-8")
    assert ask(request)["differing"] == ["Powys"]
