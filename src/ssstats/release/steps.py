"""Results of a build's steps, kept beside the release for the next build.

Each step is kept under its name with checksums of everything that it was made from and of every
file that it made. A later build takes the files again where all of that is the same, and says
what has changed where it is not. What is kept has passed the gate; the folder is its owner's alone
because it names checksums of returns.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ssstats.errors import listed
from ssstats.file_states import State, states_of
from ssstats.manifest import checksum

_RECORD, _FILES = "record.json", "files"
REUSED = "nothing that it depends on has changed"
_NEW = "not made before"
_DAMAGED = "what was kept of it is damaged"


@dataclass(frozen=True)
class StepResult:
    """What became of one step of a build: whether it was reused, and why or why not."""

    name: str
    reused: bool
    reason: str


def lines_of_steps(results: Sequence[StepResult]) -> list[str]:
    """Return in lines what was reused and what was made anew, and why; alike steps share one."""
    alike: dict[tuple[str, bool, str], int] = {}
    for result in results:
        key = (result.name.partition("/")[0], result.reused, result.reason)
        alike[key] = alike.get(key, 0) + 1
    return [
        f"{'reused' if reused else 'made anew'}: {name}"
        f"{f' ({number})' if number > 1 else ''}; {reason}"
        for (name, reused, reason), number in alike.items()
    ]


class KeptSteps:
    """The steps of earlier builds of one release, and what this build took from them."""

    def __init__(self, folder: Path) -> None:
        """Keep steps in `folder`, which is made when something is kept."""
        self._folder = folder
        self._checksums: dict[State, str] = {}
        self.results: list[StepResult] = []

    def step(
        self,
        name: str,
        made_from: Mapping[str, str],
        stage: Path,
        make: Callable[[], object],
    ) -> None:
        """Put a step's files into `stage`, from an earlier build or by making them.

        Every file that is new or written anew when `make` returns is the step's, so that none can
        be forgotten.

        Parameters
        ----------
        made_from : mapping
            Checksums of all that decides the result, by names as messages give them.
        make : callable
            Writes into `stage`.
        """
        if self.reuse(name, made_from, stage):
            return
        before = states_of(stage)
        make()
        made = set(states_of(stage)).difference(before)
        self.keep(name, made_from, stage, [Path(path) for path, *_ in made])

    def reuse(self, name: str, made_from: Mapping[str, str], stage: Path) -> bool:
        """Copy a step's files into `stage` if it would make the same again; return whether.

        All files are compared with their checksums before the first one is copied.
        """
        kept, files = self._place(name) / _FILES, self._record(name)["files"]
        reason = self._obstacle(name, made_from)
        if not reason and not all(_sound(kept / path, wanted) for path, wanted in files.items()):
            reason = _DAMAGED
        self.results.append(StepResult(name, not reason, reason or REUSED))
        if reason:
            return False
        for path in files:
            (stage / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept / path, stage / path)
        return True

    def keep(
        self, name: str, made_from: Mapping[str, str], stage: Path, made: Iterable[Path]
    ) -> None:
        """Keep the files that a step made in `stage`, under its name."""
        unfinished = self._folder / f"{self._place(name).name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        sources = {source.relative_to(stage).as_posix(): source for source in made}
        for folder in {(unfinished / _FILES / path).parent for path in sources}:
            folder.mkdir(parents=True, exist_ok=True)
        for path, source in sources.items():
            _keep_file(source, unfinished / _FILES / path)
        states = {path: state for path, source in sources.items() for state in states_of(source)}
        files = {path: checksum(source) for path, source in sources.items()}
        self._checksums |= {state: files[path] for path, state in states.items()}
        record = {"made_from": dict(made_from), "files": files}
        (unfinished / _RECORD).write_text(json.dumps(record, indent=1, sort_keys=True))
        shutil.rmtree(self._place(name), ignore_errors=True)
        unfinished.rename(self._place(name))

    def checksums(self, stage: Path) -> dict[str, str]:
        """Return the checksums, by name, of what this build kept and is still as it was."""
        return {
            Path(state[0]).relative_to(stage).as_posix(): self._checksums[state]
            for state in states_of(stage)
            if state in self._checksums
        }

    def forget(self) -> None:
        """Keep nothing: what was kept cannot be trusted."""
        for path in self._folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)

    def _obstacle(self, name: str, made_from: Mapping[str, str]) -> str:
        """Return why a step cannot be reused, blank where it can."""
        if not (self._place(name) / _RECORD).is_file():
            return _NEW
        before = self._record(name)["made_from"]
        changed = {key for key in {*before, *made_from} if before.get(key) != made_from.get(key)}
        if not before:
            return _DAMAGED
        return f"changed: {listed(changed)}" if changed else ""

    def _record(self, name: str) -> dict[str, dict[str, str]]:
        """Return what is recorded of a step; of a damaged record, nothing."""
        try:
            found = json.loads((self._place(name) / _RECORD).read_text(encoding="utf-8"))
            return {part: dict(found[part]) for part in ("made_from", "files")}
        except (OSError, ValueError, KeyError, TypeError):
            return {"made_from": {}, "files": {}}

    def _place(self, name: str) -> Path:
        return self._folder / name.replace("/", "--")


def _keep_file(source: Path, kept: Path) -> None:
    """Give a file a second name, a hundredth of the time of a copy.

    Whoever changes the one in its place changes both: the checksum then tells that it is no longer
    what the step made.
    """
    try:
        kept.hardlink_to(source)
    except OSError:
        # Some file systems of networks and memory sticks know one name a file.
        shutil.copyfile(source, kept)


def _sound(path: Path, wanted: str) -> bool:
    """Return whether a kept file can be read and has its checksum."""
    try:
        return checksum(path) == wanted
    except OSError:
        return False
