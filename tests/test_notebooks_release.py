"""Notebooks of a small release: checked by nbval, equal from both engines, never of old tables."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from notebook_samples import jobs_of, printed, write_template

import ssstats.notebooks
from ssstats.catalogue import read_catalogue
from ssstats.disclosure.policy import read_policy
from ssstats.notebooks import NotebookJob, run_notebooks
from ssstats.notebooks.executing import run_one
from ssstats.notebooks.forking import ADDRESS, STOCK, WarmParent, can_fork
from ssstats.notebooks.kernels import kernel_environment, private_folder
from ssstats.periods import ReportingYear
from ssstats.project import find_project
from ssstats.release.tables import publish_tables

pytestmark = pytest.mark.slow

PROJECT = find_project(Path(__file__).parent)
PERIOD = ReportingYear.parse("2024-25")
# Two years are enough for every kind of table and chart.
YEARS = ("2023-24", "2024-25")
# Wherever a notebook names a process or an address, which no published one should.
SANITISE = (
    "[process]\nregex: ipykernel_[0-9]+/[0-9]+\nreplace: KERNEL\n"
    "[address]\nregex: 0x[0-9a-f]{6,}\nreplace: ADDRESS\n"
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with notebooks/ and reports/2024-25/ as in the project, of two years' returns."""
    root = tmp_path_factory.mktemp("small")
    returns = root / "returns"
    returns.mkdir()
    for year in YEARS:
        shutil.copy(PROJECT.demonstration / f"synthetic-returns-{year}.csv", returns)
    shutil.copy(PROJECT.demonstration / "synthetic-exceptions.csv", returns)
    release = root / "reports" / str(PERIOD)
    publish_tables(
        returns,
        period=PERIOD,
        policy=read_policy("round-5", PROJECT.policies),
        catalogue=read_catalogue(PROJECT.catalogue),
        folder=release / "data",
    )
    shutil.copytree(PROJECT.notebooks, root / "notebooks")
    return root


def _run(folder: Path) -> list[Path]:
    """Run two authorities' notebooks and two national ones beside a release's tables."""
    common = {"period": str(PERIOD), "language": "en", "release_tables": "../../data"}
    authority = PROJECT.notebooks / "authority.ipynb"
    jobs = [
        NotebookJob(PROJECT.notebooks / f"{name}.ipynb", folder / f"{name}.ipynb", common, name)
        for name in ("quality", "adults")
    ]
    for code in ("W06000023", "W06000008"):
        given = {**common, "authority": code}
        jobs.append(NotebookJob(authority, folder / f"authority-{code}.ipynb", given, code))
    run_notebooks(jobs, workers=2)
    return [job.output for job in jobs]


@pytest.fixture(scope="module")
def executed(small: Path) -> list[Path]:
    return _run(small / "reports" / str(PERIOD) / "notebooks" / "en")


@pytest.fixture(scope="module")
def nbval(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run nbval as its users do, with forked kernels where that is possible."""
    here = tmp_path_factory.mktemp("nbval")
    (here / "sanitise.cfg").write_text(SANITISE)
    (here / "pytest.ini").write_text("[pytest]\n")
    environment = kernel_environment(os.environ)
    environment["JUPYTER_PATH"] = str(Path(ssstats.notebooks.__file__).parent / "jupyter")
    parent = None
    if can_fork():
        parent = WarmParent(private_folder(), environment)
        parent.wait_until_warm()
        environment[ADDRESS] = parent.address

    def run(how: str, *notebooks: Path) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable, "-m", "pytest", how, "-c", str(here / "pytest.ini"), "-q",
            "-p", "no:cacheprovider", "--nbval-kernel-name", "ssstats-warm",
            "--nbval-sanitize-with", str(here / "sanitise.cfg"), *map(str, notebooks),
        ]  # fmt: skip
        return subprocess.run(
            command, env=environment, cwd=here, capture_output=True, text=True, check=False
        )

    yield run
    if parent is not None:
        parent.close()


def test_executed_notebooks_give_exactly_what_they_hold(
    executed: list[Path], nbval: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    run = nbval("--nbval", *executed)
    assert run.returncode == 0, run.stdout


def test_a_changed_figure_in_an_executed_notebook_is_found(
    executed: list[Path], nbval: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    changed = executed[1].with_name("changed.ipynb")
    text = executed[1].read_text(encoding="utf-8")
    assert "Powys" in text
    changed.write_text(text.replace("Powys", "Powis", 1), encoding="utf-8")
    outputs = text.index('"outputs": [\n    {')
    assert text.index("Powys") > outputs
    run = nbval("--nbval", changed)
    changed.unlink()
    assert run.returncode == 1
    assert "1 failed" in run.stdout


def test_templates_run_with_their_default_parameters(
    small: Path, nbval: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    templates = sorted((small / "notebooks").glob("*.ipynb"))
    assert len(templates) >= 9
    run = nbval("--nbval-lax", *templates)
    assert run.returncode == 0, run.stdout


def test_both_engines_write_the_same_bytes(
    small: Path, executed: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(small / "reports" / str(PERIOD) / "data", tmp_path / "data")
    for name, value in {STOCK: "1", "TZ": "Asia/Tokyo", "LANG": "cy_GB.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    stock = _run(tmp_path / "notebooks" / "en")
    assert [path.name for path in stock] == [path.name for path in executed]
    assert [path.read_bytes() for path in stock] == [path.read_bytes() for path in executed]


@pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux only")
def test_tables_are_read_once_for_all_notebooks_and_again_when_they_change(
    small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(small / "reports" / str(PERIOD) / "data", tmp_path / "data")
    cell = (
        "from ssstats.chapters.reading import _opened, open_release\n"
        "counts = open_release('data', period='2024-25', language='en').tables.counts\n"
        "print(_opened.cache_info().misses, len(counts), counts['value'].iloc[-1])"
    )
    template = write_template(tmp_path / "t.ipynb", cell)
    wanted = {"release_tables": "data", "period": str(PERIOD), "language": "en"}
    parent = WarmParent(
        private_folder(),
        kernel_environment(os.environ),
        preparations=[{"folder": str(tmp_path), **wanted, "templates": []}],
    )
    parent.wait_until_warm()
    monkeypatch.setenv(ADDRESS, parent.address)
    job = jobs_of(template, tmp_path, ["out"])[0]
    run_one(job)
    misses, rows, last = printed(job.output).split()
    assert misses == "1"
    # Of the same length and with the same time of change, as a careless restore leaves it.
    table = tmp_path / "data" / "counts.csv"
    before = table.stat()
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    values = lines[-1].split(",")
    place = lines[0].split(",").index("value")
    values[place] = values[place].translate(str.maketrans("0123456789", "1234567890"))
    table.write_text("".join([*lines[:-1], ",".join(values)]), encoding="utf-8")
    os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert table.stat().st_size == before.st_size
    run_one(job)
    assert printed(job.output).split()[:2] == ["2", rows]
    assert printed(job.output).split()[2] != last
    parent.close()


def _batch(release: Path, folder: Path, cells: Sequence[str], *, with_funnels: bool) -> Path:
    """Run a notebook of those cells in a batch in which another one holds funnels, or does not."""
    given = {"release_tables": str(release), "period": str(PERIOD), "language": "en"}
    parameters = "\n".join(f"{name} = ''" for name in given)
    call = "from ssstats.chapters import chapter_signals" if with_funnels else "pass"
    jobs = []
    for name, own in {"looks": cells, "calls": [call]}.items():
        template = write_template(folder / f"{name}-template.ipynb", *own, parameters=parameters)
        jobs.append(NotebookJob(template, folder / f"{name}.ipynb", given, name))
    run_notebooks(jobs, workers=1)
    return jobs[0].output


@pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux only")
@pytest.mark.parametrize("with_funnels", [False, True])
def test_what_draws_funnels_is_imported_for_all_if_a_notebook_of_the_batch_holds_one(
    small: Path, tmp_path: Path, with_funnels: bool
) -> None:
    cell = "import sys\nprint({'matplotlib.backends.backend_svg', 'seaborn'} <= set(sys.modules))"
    release = small / "reports" / str(PERIOD) / "data"
    output = _batch(release, tmp_path, [cell], with_funnels=with_funnels)
    assert printed(output) == f"{with_funnels}\n"


def test_a_notebook_draws_as_in_a_stock_kernel_where_others_hold_funnels(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = (
        "import matplotlib as mpl\nprint(dict.__repr__(mpl.rcParams))",
        "import matplotlib.pyplot as plt\nplt.plot([1, 3], label='ŵ'); plt.legend(); plt.show()",
        "get_ipython().run_line_magic('config', 'InlineBackend.figure_formats = [\"svg\"]')\n"
        "mpl.rcParams['svg.hashsalt'] = 's'\nplt.plot([1, 2]); plt.show()",
        "print(dict.__repr__(mpl.rcParams))",
    )
    release = small / "reports" / str(PERIOD) / "data"
    forked = _batch(release, tmp_path / "forked", cells, with_funnels=True)
    monkeypatch.setenv(STOCK, "1")
    stock = _batch(release, tmp_path / "stock", cells, with_funnels=True)
    text = forked.read_text(encoding="utf-8")
    assert "image/png" in text and "<svg" in text and "font.size" in text
    assert stock.read_text(encoding="utf-8") == text
