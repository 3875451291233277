"""A build compares all its files before anything is put in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_returns import AUTHORITIES, PROJECT

from ssstats.outputs.errors import OutputsError
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release import ReleaseOptions, build_release, building

pytestmark = pytest.mark.slow


def write_returns(folder: Path) -> Path:
    rows = ["edition,period,area,reference,value,marker,note"]
    for number, area in enumerate(AUTHORITIES):
        values = {"AD/001": 9_000 + 10 * number, "AD/002a": 4_000, "AD/002b": 3_000,
                  "AD/003": 6_000 + 5 * number}  # fmt: skip
        rows += [f"2020-proposed,2024-25,{area},{r},{v},," for r, v in values.items()]
    folder.mkdir()
    (folder / "returns.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_a_figure_that_one_file_shows_otherwise_stops_the_build(tmp_path, monkeypatch):
    render = building.render_language

    def with_a_slip(project, opened, jobs, **more):
        done = render(project, opened, jobs, **more)
        page = done.site / "authority-powys.html"
        text = page.read_text(encoding="utf-8")
        assert ">6,100<" in text
        page.write_text(text.replace(">6,100<", ">6,150<", 1), encoding="utf-8")
        return done

    monkeypatch.setattr(building, "render_language", with_a_slip)
    options = ReleaseOptions(
        period=ReportingYear.parse("2024-25"), returns=write_returns(tmp_path / "returns"),
        out=tmp_path / "reports", authorities=("powys",), engine="embedded",
    )  # fmt: skip
    with pytest.raises(OutputsError, match="nothing was put in place") as found:
        build_release(options, Project(PROJECT))
    assert "site/en/authority-powys.html" in str(found.value)
    assert list((tmp_path / "reports").iterdir()) == []
