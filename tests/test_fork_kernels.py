"""Kernels forked from a warm parent: the same notebooks, apart from each other, nothing left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ipykernel.kernelapp import IPKernelApp
from notebook_samples import jobs_of, printed, processes_naming, write_template

from ssstats.errors import NotebookError
from ssstats.notebooks import NotebookJob, executing, run_notebooks, supervising, warm_kernel
from ssstats.notebooks.executing import LostKernelError, run_one
from ssstats.notebooks.forked_kernels import ForkedKernel
from ssstats.notebooks.forking import ADDRESS, STOCK, WarmParent, can_fork
from ssstats.notebooks.kernels import kernel_environment, private_folder
from ssstats.notebooks.warm_kernel import connection_file_of

pytestmark = pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux only")

# Everything that a notebook can leave in its process, and a look at it.
SPOIL = """
import builtins, os, random, sys, warnings
import matplotlib as mpl, numpy as np, pandas as pd
random.seed(1); np.random.seed(1)
pd.set_option("display.precision", 2)
mpl.rcParams["font.size"] = 31
os.environ["SPOILT"] = "yes"
os.environ["TZ"] = "Asia/Tokyo"
sys.path.insert(0, "/spoilt")
sys.modules["spoilt"] = os
builtins.spoilt = True
pd.DataFrame.spoilt = True
warnings.simplefilter("ignore")
sys.setrecursionlimit(500)
os.umask(0o077)
os.mkdir("spoilt"); os.chdir("spoilt")
"""
LOOK = """
import builtins, os, random, sys, time, warnings
import matplotlib as mpl, numpy as np, pandas as pd
mask = os.umask(0); os.umask(mask)
print(pd.get_option("display.precision"), mpl.rcParams["font.size"], "SPOILT" in os.environ,
      time.strftime("%Z"), "/spoilt" in sys.path, "spoilt" in sys.modules,
      hasattr(builtins, "spoilt"), hasattr(pd.DataFrame, "spoilt"),
      ("ignore", None, Warning, None, 0) in warnings.filters, sys.getrecursionlimit() >= 1000,
      oct(mask), os.path.basename(os.getcwd()))
"""
DRAW_NUMBERS = (
    "import random\nimport numpy as np\n"
    "print(random.random(), np.random.random(), np.random.default_rng().random())"
)
# What a stock kernel and a forked one could do differently.
HARD = (
    "import os, subprocess, sys, warnings\nprint('out'); print('err', file=sys.stderr)",
    "os.write(1, b'raw\\n'); _ = subprocess.run(['echo', 'child'])",
    "warnings.warn('careful')",
    "{'b', 'a', 'c', 'd'}, sys.argv[1:] == [], sys.argv[0].endswith('ipykernel_launcher.py')",
    "import time\nprint(time.strftime('%Z'), os.environ['LC_ALL'], __name__, os.getcwd() == start)",
    "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 3]); plt.show()",
    "import pandas as pd\npd.DataFrame({'x': [1.5, None], 'y': ['ŵ', 'ŷ']})",
    "from IPython.display import Markdown, display\nh = display(Markdown('*a*'), display_id='k')",
    "h.update(Markdown('*b*'))",
    "import asyncio\nawait asyncio.sleep(0)\nimport threading\n"
    "t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()",
    "import asyncio, threading\ndone = asyncio.create_task(asyncio.sleep(0, 'later'))",
    "t = threading.Thread(target=display, args=(Markdown('t'),)); t.start(); t.join(); await done",
    "import time\nchild = os.fork()\nif not child:\n    print('forked', flush=True); os._exit(0)\n"
    "_ = os.waitpid(child, 0), time.sleep(0.5)",
    "from IPython.display import clear_output\nprint('gone'); clear_output(); print('kept')",
    # What ipywidgets' Output does: outputs go into the widget until it lets go of the cell.
    "from comm import create_comm\n"
    "state = {'_model_module': '@jupyter-widgets/output', '_model_name': 'OutputModel',"
    " 'outputs': [], 'msg_id': ''}\n"
    "output = create_comm(target_name='jupyter.widget', data={'state': state})\n"
    "own = get_ipython().kernel.get_parent()['header']['msg_id']\n"
    "for held in (own, ''):\n"
    "    output.send({'method': 'update', 'state': {'msg_id': held}})\n"
    "    print('held' if held else 'let go'); sys.stdout.flush()",
    "import matplotlib as mpl\nprint(mpl.rcParams['svg.hashsalt'], mpl.matplotlib_fname()[-12:])",
    "get_ipython().run_line_magic('config', 'InlineBackend.figure_formats = [\"svg\"]')\n"
    "mpl.rcParams['svg.hashsalt'] = 's'\nplt.plot([1, 2]); plt.show()",
)


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own; what is left in it was left behind."""
    with tempfile.TemporaryDirectory(prefix="st-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)
        assert list(Path(folder).iterdir()) == []
        assert processes_naming(folder) == []


@pytest.fixture(scope="module")
def parent() -> Iterator[WarmParent]:
    folder = private_folder()
    warm = WarmParent(folder, kernel_environment(os.environ))
    warm.wait_until_warm()
    yield warm
    warm.close()
    assert not folder.exists()


@pytest.fixture
def forked(parent: WarmParent, monkeypatch: pytest.MonkeyPatch) -> Callable[[NotebookJob], str]:
    def run(job: NotebookJob) -> str:
        monkeypatch.setenv(ADDRESS, parent.address)
        run_one(job)
        return printed(job.output)

    return run


def test_one_notebook_leaves_nothing_to_the_next(
    tmp_path: Path, forked: Callable[[NotebookJob], str]
) -> None:
    spoil = write_template(tmp_path / "spoil.ipynb", SPOIL)
    look = write_template(tmp_path / "look.ipynb", LOOK)
    forked(jobs_of(spoil, tmp_path / "out", ["spoil"])[0])
    expected = "6 10.0 False UTC False False False False False True 0o22 out\n"
    mask = os.umask(0o022)
    try:
        assert forked(jobs_of(look, tmp_path / "out", ["look"])[0]) == expected
    finally:
        os.umask(mask)


def test_two_notebooks_draw_different_random_numbers(
    tmp_path: Path, forked: Callable[[NotebookJob], str]
) -> None:
    template = write_template(tmp_path / "t.ipynb", DRAW_NUMBERS)
    drawn = [forked(job).split() for job in jobs_of(template, tmp_path, ["a", "b"])]
    assert all(first != second for first, second in zip(*drawn, strict=True))


def test_a_forked_kernel_gives_the_same_bytes_as_a_stock_kernel_elsewhere(
    tmp_path: Path, forked: Callable[[NotebookJob], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    template = write_template(tmp_path / "t.ipynb", "import os\nstart = os.getcwd()", *HARD)
    here = jobs_of(template, tmp_path / "here", ["Powys"])[0]
    there = jobs_of(template, tmp_path / "there" / "deeper", ["Powys"])[0]
    forked(here)
    monkeypatch.delenv(ADDRESS)
    for name, value in {
        "TZ": "Asia/Tokyo", "LC_ALL": "cy_GB.UTF-8", "PYTHONHASHSEED": "7", "HOME": str(tmp_path),
        "OMP_NUM_THREADS": "2", "MATPLOTLIBRC": str(tmp_path), "MPLBACKEND": "pdf",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    run_one(there)
    text = here.output.read_text(encoding="utf-8")
    assert "raw" in text and "child" in text and "careful" in text and "<svg" in text
    assert there.output.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("rest", [[], ["--log-level=50"]])
def test_the_usual_arguments_say_nothing_but_where_a_kernel_is_reached(rest: list[str]) -> None:
    arguments = ["-f", "c.json", *rest, "--HistoryManager.hist_file=:memory:"]
    application = IPKernelApp()
    application.parse_command_line(arguments)
    assert connection_file_of(arguments) == application.connection_file == "c.json"
    assert connection_file_of([*arguments, "--InteractiveShell.colors=x"]) is None
    assert connection_file_of(["--quiet", *arguments]) is None


def test_what_a_machine_sets_for_every_kernel_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_kernel, "ENV_CONFIG_DIRS", [str(tmp_path)])
    monkeypatch.setattr(warm_kernel, "SYSTEM_CONFIG_DIRS", [str(tmp_path / "none")])
    (tmp_path / "startup").mkdir()
    assert warm_kernel.settings_of_machine() == []
    files = [tmp_path / "ipython_kernel_config.py", tmp_path / "startup" / "first.py"]
    for file in files:
        file.touch()
    assert warm_kernel.settings_of_machine() == files


def test_what_is_given_on_the_command_line_reaches_the_shell_made_before(
    tmp_path: Path, parent: WarmParent
) -> None:
    kernel = ForkedKernel(
        parent.address,
        folder=tmp_path,
        private=tmp_path,
        arguments=["--InteractiveShell.ast_node_interactivity=all"],
    )
    kernel.execute("1\n2")
    shown: list[str] = []
    while (message := kernel.next_message("iopub", 30))["content"].get("execution_state") != "idle":
        shown += message["content"].get("data", {}).values()
    kernel.close()
    assert shown == ["1", "2"]


@pytest.mark.slow
def test_outputs_that_come_faster_than_they_are_looked_at_are_all_kept(
    tmp_path: Path, forked: Callable[[NotebookJob], str]
) -> None:
    cell = "from IPython.display import publish_display_data\nfor number in range(2500):\n"
    template = write_template(
        tmp_path / "t.ipynb", cell + "    publish_display_data({'text/plain': f'{number} '})"
    )
    shown = forked(jobs_of(template, tmp_path / "out", ["a"])[0])
    assert shown.split() == [str(number) for number in range(2500)]


def test_a_process_that_a_notebook_leaves_ends_with_its_kernel(
    tmp_path: Path, forked: Callable[[NotebookJob], str]
) -> None:
    cell = "import subprocess\nprint(subprocess.Popen(['sleep', '100']).pid)"
    template = write_template(tmp_path / "t.ipynb", cell)
    left = forked(jobs_of(template, tmp_path / "out", ["a"])[0]).strip()
    _wait_until(lambda: not Path("/proc", left).exists())


def test_a_killed_kernel_is_a_lost_one_not_a_failed_notebook(
    tmp_path: Path, forked: Callable[[NotebookJob], str]
) -> None:
    template = write_template(tmp_path / "t.ipynb", "import os\nos.kill(os.getpid(), 9)")
    job = jobs_of(template, tmp_path / "out", ["a"])[0]
    with pytest.raises(LostKernelError, match=r"t\.ipynb \(Title a\): its kernel was lost"):
        forked(job)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_cell_that_is_out_of_time_is_told_and_its_kernel_ended(
    tmp_path: Path, forked: Callable[[NotebookJob], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executing, "_CELL_TIMEOUT_SECONDS", 1)
    cell = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\n"
    template = write_template(tmp_path / "t.ipynb", cell + "print('begun'); time.sleep(60)")
    with pytest.raises(NotebookError, match="a cell took more than 1 seconds; make it shorter"):
        forked(jobs_of(template, tmp_path / "out", ["a"])[0])
    assert not Path("/proc", (tmp_path / "out" / "pid").read_text()).exists()


def test_a_request_that_nobody_understands_does_not_end_the_parent(
    tmp_path: Path, parent: WarmParent, forked: Callable[[NotebookJob], str]
) -> None:
    for words in (b"", b"nonsense\n", b'{"kind":'):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(parent.address)
            connection.sendall(words)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(10) == b""
    template = write_template(tmp_path / "t.ipynb", "print(name)")
    assert forked(jobs_of(template, tmp_path, ["still"])[0]) == "still\n"


def test_kernels_are_forked_on_linux_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for value, expected in (("1", False), ("yes", False), ("0", True), ("", True)):
        monkeypatch.setenv(STOCK, value)
        assert can_fork() is expected
    monkeypatch.delenv(STOCK)
    assert can_fork()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not can_fork()


def test_a_parent_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    warm = WarmParent(tmp_path, kernel_environment(os.environ))
    with pytest.raises(ConnectionError, match=r"FileExistsError: .* is not empty"):
        warm.wait_until_warm()
    warm.close()
    assert (tmp_path / "precious").exists()


@pytest.mark.slow
def test_a_parent_that_is_closed_before_it_is_warm_leaves_nothing(temporary: Path) -> None:
    folder = private_folder()
    WarmParent(folder, kernel_environment(os.environ)).close()
    assert not folder.exists()


def test_only_this_user_can_ask_the_parent(parent: WarmParent) -> None:
    address = Path(parent.address)
    assert address.stat().st_mode & 0o777 == 0o600
    assert address.parent.stat().st_mode & 0o077 == 0


def test_a_failing_cell_stops_the_run_and_writes_nothing_of_its_own(
    tmp_path: Path, temporary: Path
) -> None:
    cell = (
        "import time\nif name == 'bad':\n    raise ValueError('no such area')\n"
        "time.sleep(0 if name == 'first' else 60)"
    )
    template = write_template(tmp_path / "t.ipynb", cell)
    jobs = jobs_of(template, tmp_path / "out", ["first", "bad", "slow", "later", "last"])
    with pytest.raises(NotebookError) as caught:
        run_notebooks(jobs, workers=2)
    message = str(caught.value)
    assert message.startswith("t.ipynb (Title bad): cell 3 failed:\n    import time\n")
    assert message.endswith("\nValueError: no such area")
    assert "Traceback" not in message
    assert {path.name for path in (tmp_path / "out").iterdir()} <= {"first.ipynb"}


# Each kills something the first time it runs, by its name.
KILL = """
import os, pathlib, signal, time
import psutil
mark = pathlib.Path(f"mark-{name}")
if not mark.exists():
    mark.touch()
    parent = psutil.Process(os.getppid())
    worker = next(child for child in parent.children() if child.pid != os.getpid())
    victim = {"kernel": os.getpid(), "worker": worker.pid, "parent": parent.pid}.get(name)
    if victim:
        os.kill(victim, signal.SIGKILL)
        time.sleep(60)
print("done", name)
"""


@pytest.mark.slow
def test_a_killed_kernel_worker_or_parent_costs_its_notebook_one_more_attempt(
    tmp_path: Path, temporary: Path
) -> None:
    template = write_template(tmp_path / "t.ipynb", KILL)
    names = ["kernel", "worker", "parent", "nothing"]
    jobs = jobs_of(template, tmp_path / "out", names)
    timings = run_notebooks(jobs, workers=1)
    assert [timing.attempts for timing in timings] == [2, 2, 2, 1]
    assert [printed(job.output) for job in jobs] == [f"done {name}\n" for name in names]


def test_a_notebook_lost_twice_is_named(tmp_path: Path) -> None:
    job = NotebookJob(tmp_path / "authority.ipynb", tmp_path / "out.ipynb", {}, "Powys")
    second = supervising._again(supervising._Attempt(job, 0))
    assert second.number == 2
    with pytest.raises(NotebookError, match=r"authority\.ipynb \(Powys\): its kernel died in 2"):
        supervising._again(second)


RUN = """
import signal, sys, tempfile
from pathlib import Path
# A shell that runs the tests in the background ignores interrupts, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
from ssstats.notebooks import NotebookJob, run_notebooks, supervising
template, folder = map(Path, sys.argv[1:])
jobs = [NotebookJob(template, folder / f"{n}.ipynb", {"name": n}, n) for n in ("a", "b", "c")]
run_notebooks(jobs, workers=2)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_killed_run_takes_its_processes_and_files_with_it(
    tmp_path: Path, temporary: Path, number: signal.Signals
) -> None:
    cell = "import pathlib, time\npathlib.Path(name).touch(); time.sleep(100)"
    template = write_template(tmp_path / "t.ipynb", cell)
    out = tmp_path / "out"
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(template), str(out)],
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.DEVNULL,
    )
    _wait_until(lambda: (out / "a").exists() and (out / "b").exists())
    assert len(processes_naming(str(temporary))) == 5
    run.send_signal(number)
    run.wait()
    _wait_until(lambda: not processes_naming(str(temporary)))
    _wait_until(lambda: not list(temporary.iterdir()))
    assert sorted(path.name for path in out.iterdir()) == ["a", "b"]


def _wait_until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < end, "not reached in a minute"
        time.sleep(0.05)


@pytest.mark.slow
def test_200_kernels_four_at_once_leave_no_process_file_or_descriptor(
    tmp_path: Path, temporary: Path
) -> None:
    template = write_template(tmp_path / "t.ipynb", "print(name)")
    names = [f"n{number:03d}" for number in range(200)]
    jobs = jobs_of(template, tmp_path / "out", names)
    own = len(list(Path("/proc/self/fd").iterdir()))
    parents, counts = [], []

    def count(_: NotebookJob) -> None:
        (parent,) = (pid for pid in processes_naming(str(temporary)) if _leads(pid, parents))
        counts.append(len(list(Path(f"/proc/{parent}/fd").iterdir())))

    timings = run_notebooks(jobs, workers=4, done=count)
    assert [timing.attempts for timing in timings] == [1] * 200
    assert [printed(job.output) for job in jobs] == [f"{name}\n" for name in names]
    # At any moment at most four workers and four kernels, two descriptors each.
    assert max(counts) - min(counts) <= 16
    assert len(list(Path("/proc/self/fd").iterdir())) == own


def _leads(pid: int, known: list[int]) -> bool:
    """Return whether a process is the warm parent: the first one seen, a child of this one."""
    if not known:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line == f"PPid:\t{os.getpid()}":
                known.append(pid)
    return pid in known
