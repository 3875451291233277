"""Builds a small release again and again while something goes wrong, and tells what was left.

Run as a program of its own: it imports once and forks for each fault, so that a build can be killed
without killing the tests. Prints one line of JSON a fault.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from small_build import PROJECT, small_options, write_small_returns

from ssstats.errors import ReleaseError
from ssstats.release import build_release
from ssstats.release.verifying import verify_release

MARK = "SSSTATS_TEST_FAULT"
CHANGES = frozenset({"os.rename", "os.mkdir", "os.remove", "shutil.rmtree", "shutil.copyfile"})
# Bytes that a file may have at most: what a full disk does, at several sizes.
FULL = (0, 3_000, 400_000)
WRITTEN, REFUSED = 0, 3


def build(returns: Path, out: Path) -> int:
    """Build in this process; return how it ended."""
    try:
        build_release(small_options(returns, out), PROJECT)
    except (ReleaseError, OSError) as problem:
        print(f"    {problem}", file=sys.stderr)
        return REFUSED
    return WRITTEN


def at_change(number: int, out: Path, act: Callable[[], None]) -> None:
    """Do something when this process is about to change the `number`th thing on the disk."""
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(arguments[1], str) and arguments[1][0] in "wax"
        changes = (event in CHANGES or writes) and str(out) in str(arguments[0])
        swaps = event == "ctypes.dlsym" and arguments[1] == "renameat2"
        if changes or swaps or event == "subprocess.Popen":
            seen += 1
            if seen == number:
                act()

    sys.addaudithook(watch)


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_worker() -> None:
    """Kill the youngest process that this build started, if any runs."""
    own = [pid for pid in marked_processes() if pid != os.getpid()]
    if own:
        os.kill(max(own), signal.SIGKILL)


def marked_processes() -> Iterator[int]:
    """Yield the processes of the fault under way that still run."""
    wanted = f"{MARK}={os.environ[MARK]}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z":
                    yield int(folder.name)
        except OSError:
            continue


def run(name: str, returns: Path, out: Path, prepare: Callable[[], None]) -> dict[str, object]:
    """Build in a process of its own that `prepare` has made faulty; tell what became of it."""
    os.environ[MARK] = name
    child = os.fork()
    if child == 0:
        # The environment of a forked process is seen from outside only after it executes.
        prepare()
        os._exit(build(returns, out))
    _, status = os.waitpid(child, 0)
    deadline = time.monotonic() + 20
    while (left := list(marked_processes())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return {
        "fault": name,
        "ended": "killed" if os.WIFSIGNALED(status) else os.WEXITSTATUS(status),
        "release": release_at(out),
        "processes": len(left),
    }


def release_at(out: Path) -> str:
    """Return which release stands: its manifest's checksum of the counts, or what is wrong."""
    found = out / "2024-25"
    try:
        verified = verify_release(found, PROJECT)
    except ReleaseError as problem:
        return f"none: {problem}"
    if not verified.as_published:
        return f"half: {verified}"
    manifest = json.loads((found / "manifest.json").read_text(encoding="utf-8"))
    return manifest["files"]["data/counts.csv"]


def change_one_value(returns: Path) -> None:
    path = returns / "synthetic-returns-2024-25.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if ",W06000001," in line and ",AD/001," in line)
    cells = lines[at].rstrip("\n").split(",")
    place = next(n for n in range(4, len(cells)) if cells[n].isdigit())
    cells[place] = str(int(cells[place]) + 40)
    lines[at] = ",".join(cells) + "\n"
    path.write_text("".join(lines), encoding="utf-8")


def tell(outcome: dict[str, object]) -> None:
    print(json.dumps(outcome), flush=True)


def spoil(folder: Path, pattern: str) -> None:
    """Overwrite the middle of the largest kept file of a kind."""
    path = max(folder.rglob(pattern), key=lambda found: found.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def main(folder: Path, kills: int) -> None:
    """Make the faults one after the other, on a release that is there and one that replaces it."""
    returns, out = write_small_returns(folder / "returns"), folder / "reports"
    work = out / ".2024-25-work"
    tell(run("none, first build", returns, out, lambda: None))
    shutil.copytree(out / "2024-25", folder / "first")
    change_one_value(returns)

    def start_over() -> None:
        shutil.rmtree(out / "2024-25")
        shutil.copytree(folder / "first", out / "2024-25")

    def faulty(number: int, act: Callable[[], None]) -> Callable[[], None]:
        return lambda: at_change(number, out, act)

    # Steps that were finished are kept, so that later points come within reach one by one.
    for place in range(kills):
        number = 1 + (place * 37) % 640
        outcome = run(f"kill at change {number}", returns, out, faulty(number, kill_self))
        tell(outcome)
        if outcome["ended"] == WRITTEN:
            start_over()
            shutil.rmtree(work / "notebook--en--quality", ignore_errors=True)
    for number in (25, 110, 210):
        shutil.rmtree(work / "notebook--en--adults", ignore_errors=True)
        tell(run(f"worker lost at change {number}", returns, out, faulty(number, kill_worker)))
    start_over()
    for most in FULL:
        shutil.rmtree(work, ignore_errors=True)

        def fill(most: int = most) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        tell(run(f"disk full beyond {most} bytes", returns, out, fill))
    gone = folder / "gone"
    for number in (2, 5):
        shutil.rmtree(work, ignore_errors=True)
        tell(run(f"returns removed at change {number}", returns, out,
                 faulty(number, lambda: returns.rename(gone))))  # fmt: skip
        if gone.exists():
            gone.rename(returns)
    tell(run("none, after faults", returns, out, lambda: None))
    for pattern in ("*.csv", "*.ipynb", "*.svg", "record.json"):
        start_over()
        spoil(work, pattern)
        tell(run(f"kept {pattern} spoilt", returns, out, lambda: None))
    fresh = folder / "fresh"
    tell(run("none, elsewhere", returns, fresh, lambda: None))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
