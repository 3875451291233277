"""A build compares all its files before anything is put in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_returns import AUTHORITIES, PROJECT

from ssstats.outputs.errors import OutputsError
from ssstats.periods import ReportingYear
from ssstats.project import Project
from ssstats.release import ReleaseOptions, build_release, publishing

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
    render = publishing.render_language

    def with_a_slip(*arguments, stage, **more):
        done = render(*arguments, stage=stage, **more)
        page = stage / "site" / "en" / "authority-powys.html"
        text = page.read_text(encoding="utf-8")
        assert "9,200" in text
        page.write_text(text.replace("9,200", "9,250"), encoding="utf-8")
        return done

    monkeypatch.setattr(publishing, "render_language", with_a_slip)
    options = ReleaseOptions(
        period=ReportingYear.parse("2024-25"), returns=write_returns(tmp_path / "returns"),
        out=tmp_path / "reports", authorities=("powys",), engine="embedded",
    )  # fmt: skip
    with pytest.raises(OutputsError, match="nothing was put in place") as found:
        build_release(options, Project(PROJECT))
    assert "site/en/authority-powys.html" in str(found.value)
    assert not (tmp_path / "reports" / "2024-25").exists()
