"""Parameters, published form and failures of notebooks, with kernels as Jupyter starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from notebook_samples import jobs_of, printed, write_template

from ssstats.errors import NotebookError
from ssstats.notebooks import NotebookJob, check_parameters, parameters_of, run_notebooks
from ssstats.notebooks.finishing import finished, text_of_notebook
from ssstats.notebooks.kernels import private_folder


def test_parameters_are_read_with_their_defaults(tmp_path: Path) -> None:
    cell = 'period: str = "2024-25"  # year\nlimit = 5\nareas = ["a"]'
    template = write_template(tmp_path / "t.ipynb", parameters=cell)
    assert parameters_of(template) == {"period": "2024-25", "limit": 5, "areas": ["a"]}


def test_a_template_without_a_parameters_cell_is_refused(tmp_path: Path) -> None:
    template = write_template(tmp_path / "t.ipynb", "1", parameters=None)
    with pytest.raises(NotebookError, match=r"t\.ipynb: has 0 cells tagged 'parameters'; tag"):
        check_parameters(template, {})


@pytest.mark.parametrize("cell", ["import os", "a = b", "a = 1 + x", "a: str", "a, b = 1, 2"])
def test_a_parameters_cell_holds_only_assignments_of_constants(tmp_path: Path, cell: str) -> None:
    template = write_template(tmp_path / "t.ipynb", parameters=cell)
    with pytest.raises(NotebookError, match="more than assignments of constants"):
        parameters_of(template)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "x", "authorty": "W06000023"}, "parameter authorty is not known; it has name"),
        ({}, "parameter name is not given"),
        ({"name": 5}, "parameter name must be of type str"),
    ],
)
def test_a_wrong_parameter_is_named(tmp_path: Path, given: dict, message: str) -> None:
    template = write_template(tmp_path / "t.ipynb")
    with pytest.raises(NotebookError, match=message):
        check_parameters(template, given)


def test_a_parameter_that_python_cannot_write_down_is_refused(tmp_path: Path) -> None:
    template = write_template(tmp_path / "t.ipynb", parameters="areas = []")
    check_parameters(template, {"areas": [("a", 1), None, {"b": 2.5}]})
    with pytest.raises(NotebookError, match="parameter areas must be made of plain texts"):
        check_parameters(template, {"areas": [float("nan")]})


def test_a_missing_and_a_damaged_template_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match=r"t\.ipynb: there is no such notebook in"):
        parameters_of(tmp_path / "t.ipynb")
    (tmp_path / "t.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(NotebookError, match=r"t\.ipynb: is no notebook \(.*\); restore it"):
        parameters_of(tmp_path / "t.ipynb")


def test_nothing_runs_when_one_of_many_jobs_has_a_wrong_parameter(tmp_path: Path) -> None:
    template = write_template(tmp_path / "t.ipynb")
    jobs = jobs_of(template, tmp_path / "out", ["a"])
    jobs.append(NotebookJob(template, tmp_path / "out" / "b.ipynb", {"nane": "b"}, "B"))
    with pytest.raises(NotebookError, match="parameter nane is not known"):
        run_notebooks(jobs, workers=1)
    assert not (tmp_path / "out").exists()


def test_no_jobs_take_no_time() -> None:
    assert run_notebooks([], workers=2) == []


def _executed(*outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell("f()", outputs=list(outputs))
    cell.metadata.update(papermill={"duration": 1.5}, execution={"shell.execute_reply": "now"})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_raw_cell("---\n---"), cell])
    notebook.metadata.update(papermill={"start_time": "now"}, language_info={"version": "3.11.7"})
    return notebook


def test_the_published_form_has_no_times_versions_or_random_ids() -> None:
    done = finished(_executed(), title='Ynys "Môn"')
    assert [cell["id"] for cell in done.cells] == ["cell-000", "cell-001"]
    assert done.cells[1].metadata == {}
    assert done.metadata == {"language_info": {}}
    assert done.cells[0].source == '---\ntitle: "Ynys \\"Môn\\""\n---'
    assert text_of_notebook(done).endswith("}\n")


def test_printed_text_is_one_piece_and_names_no_process() -> None:
    def stream(name: str, text: str) -> nbformat.NotebookNode:
        return nbformat.v4.new_output("stream", name=name, text=text)

    done = finished(
        _executed(
            stream("stdout", "a"),
            stream("stdout", "b\n"),
            stream("stderr", "/tmp.x/ipykernel_123/456789.py:1: UserWarning: c\n"),
            stream("stdout", "d"),
        ),
        title="T",
    )
    texts = [(output["name"], output["text"]) for output in done.cells[1].outputs]
    assert texts == [
        ("stdout", "ab\n"), ("stderr", "<cell>:1: UserWarning: c\n"), ("stdout", "d"),
    ]  # fmt: skip


def test_a_temporary_folder_too_deep_for_sockets_is_named(
    tmp_path: Path,
) -> None:
    deep = tmp_path / ("x" * 90)
    deep.mkdir()
    with pytest.raises(NotebookError, match="too long for the sockets of kernels; set TMPDIR"):
        private_folder(deep)
    assert not list(deep.iterdir())


def test_an_executor_of_threads_runs_notebooks_where_their_outputs_go(tmp_path: Path) -> None:
    cell = "import os\nprint(name, os.path.basename(os.getcwd()), os.environ['TZ'])"
    template = write_template(tmp_path / "t.ipynb", cell)
    jobs = [
        NotebookJob(template, tmp_path / name / "out.ipynb", {"name": name}, name)
        for name in ("one", "two")
    ]
    before = Path.cwd(), dict(os.environ)
    seen = []
    with ThreadPoolExecutor(2) as threads:
        timings = run_notebooks(
            jobs, workers=1, executor=threads, done=lambda job: seen.append(job.title)
        )
    assert [printed(job.output) for job in jobs] == ["one one UTC\n", "two two UTC\n"]
    assert sorted(seen) == ["one", "two"]
    assert [timing.name for timing in timings] == ["t.ipynb (one)", "t.ipynb (two)"]
    assert all(timing.seconds > 0 and timing.attempts == 1 for timing in timings)
    assert (Path.cwd(), dict(os.environ)) == before
    # Only the result: no half-written copy, no connection file.
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["out.ipynb"]


def test_a_stock_kernel_that_was_killed_is_started_once_more(tmp_path: Path) -> None:
    cell = (
        "import os, pathlib, signal\nmark = pathlib.Path('mark')\n"
        "if not mark.exists():\n    mark.touch()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "print('second')"
    )
    template = write_template(tmp_path / "t.ipynb", cell)
    jobs = jobs_of(template, tmp_path / "out", ["a"])
    with ThreadPoolExecutor(1) as threads:
        timings = run_notebooks(jobs, workers=1, executor=threads)
    assert timings[0].attempts == 2
    assert printed(jobs[0].output) == "second\n"


@pytest.mark.slow
def test_the_papermill_command_gives_the_same_notebook_once_finished(tmp_path: Path) -> None:
    cells = ("import sys\nprint(name)\nprint('e', file=sys.stderr)", "{'a', 'b', name}")
    template = write_template(tmp_path / "t.ipynb", *cells)
    job = jobs_of(template, tmp_path / "out", ["Powys"])[0]
    run_notebooks([job], workers=1)
    for engine in ([], ["--engine", "ssstats-warm"]):
        by_hand = tmp_path / "by-hand.ipynb"
        command = [sys.executable, "-m", "papermill", str(template), str(by_hand)]
        options = ["-p", "name", "Powys", "--cwd", str(tmp_path), "--no-progress-bar", *engine]
        subprocess.run(
            [*command, *options], check=True, capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )  # fmt: skip
        done = finished(nbformat.read(by_hand, as_version=4), title="Title Powys")
        assert text_of_notebook(done) == job.output.read_text(encoding="utf-8")
