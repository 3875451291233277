"""A finished folder takes its place in one step; a crash between two steps loses nothing."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from ssstats.release import places
from ssstats.release.places import put_in_place, staging
from ssstats.release.work import work_folder

PERIOD = "2024-25"


def put(out: Path, text: str) -> Path:
    with staging(out, PERIOD) as stage:
        (stage / "manifest.json").write_text(text, encoding="utf-8")
        return put_in_place(stage, out / PERIOD)


def text_of(out: Path) -> str:
    return (out / PERIOD / "manifest.json").read_text(encoding="utf-8")


@pytest.fixture(params=["in one step", "in two moves"])
def way(request, monkeypatch):
    """Put folders in place as this system does it, and as a system that lacks the exchange."""
    if request.param == "in two moves":
        monkeypatch.setattr(places, "_exchange", lambda stage, place: False)
    return request.param


def test_a_folder_takes_its_place_and_the_former_one_is_gone(way, tmp_path):
    for text in ("first", "second", "third"):
        put(tmp_path, text)
        assert text_of(tmp_path) == text
    assert [path.name for path in tmp_path.iterdir()] == [PERIOD]


def test_nothing_of_the_former_folder_is_left_in_the_new_one(way, tmp_path):
    (tmp_path / PERIOD).mkdir()
    (tmp_path / PERIOD / "left.txt").write_text("of the former", encoding="utf-8")
    put(tmp_path, "new")
    assert [path.name for path in (tmp_path / PERIOD).iterdir()] == ["manifest.json"]


def test_a_reader_finds_a_whole_release_at_every_moment(tmp_path):
    put(tmp_path, "0")
    stop, missed, seen = threading.Event(), [], set()

    def read() -> None:
        while not stop.is_set():
            try:
                seen.add(text_of(tmp_path))
            except FileNotFoundError:
                # A reader may have found the former folder just before it went.
                if not (tmp_path / PERIOD).exists():
                    missed.append(1)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 200):
        put(tmp_path, str(number))
    stop.set()
    reader.join()
    assert not missed
    assert len(seen) > 1


def killed_before(event: str, number: int, out: Path, text: str) -> None:
    """Put a folder in place in a process that dies before its `number`th event of a kind."""
    child = os.fork()
    if child == 0:
        seen = 0

        def watch(own: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            if own == event:
                seen += 1
                if seen == number:
                    os._exit(9)

        with staging(out, PERIOD) as stage:
            (stage / "manifest.json").write_text(text, encoding="utf-8")
            sys.addaudithook(watch)
            put_in_place(stage, out / PERIOD)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WEXITSTATUS(status) == 9


@pytest.mark.parametrize(
    ("number", "stands"), [(1, "old"), (2, "nothing")], ids=["before the first", "between the two"]
)
def test_a_crash_in_two_moves_loses_nothing(monkeypatch, tmp_path, number, stands):
    put(tmp_path, "old")
    monkeypatch.setattr(places, "_exchange", lambda stage, place: False)
    killed_before("os.rename", number, tmp_path, "new")
    assert (text_of(tmp_path) if (tmp_path / PERIOD).exists() else "nothing") == stands
    with work_folder(tmp_path, PERIOD):
        pass
    assert text_of(tmp_path) == "old"
    assert [path.name for path in tmp_path.iterdir()] == [PERIOD]


@pytest.mark.parametrize(
    ("event", "stands"),
    [("ctypes.dlsym", "old"), ("shutil.rmtree", "new")],
    ids=["before the step", "after it"],
)
def test_a_crash_around_the_one_step_leaves_the_old_or_the_new(tmp_path, event, stands):
    put(tmp_path, "old")
    # The first name that is looked up is that of syncing, the second that of the exchange.
    killed_before(event, 2 if event == "ctypes.dlsym" else 1, tmp_path, "new")
    assert text_of(tmp_path) == stands
    with work_folder(tmp_path, PERIOD):
        pass
    assert text_of(tmp_path) == stands
    assert [path.name for path in tmp_path.iterdir()] == [PERIOD]


@pytest.mark.parametrize("put_there", [places._exchange, places._replace_in_two_moves])
def test_a_folder_that_cannot_be_put_in_place_leaves_the_former(put_there, tmp_path):
    put(tmp_path, "old")
    with pytest.raises(FileNotFoundError):
        put_there(tmp_path / "none", tmp_path / PERIOD)
    assert text_of(tmp_path) == "old"


def test_a_c_library_that_lacks_the_exchange_is_no_fault(monkeypatch, tmp_path):
    class Library:
        def __getattr__(self, name: str):
            raise AttributeError(name)

    monkeypatch.setattr(places.ctypes, "CDLL", lambda *_, **__: Library())
    assert not places._exchange(tmp_path / "a", tmp_path / "b")
