"""A build compares all its files before anything is put in place; each kind of file is read."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import pytest
from small_build import build_small, write_small_returns
from small_returns import AUTHORITIES, PROJECT

from ssstats.outputs import compare_release
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


# A number of a cell, by kind of file, and the file in which its last digit is changed.
PLACES = {
    "site/en/adults.html": r"<td>\d+,\d\d(\d)</td>",
    "site/en/authority-powys.html": r"<td>\d*,?\d\d(\d)</td>",
    "site/en/quality.html": r"<td>\d+(\d)</td>",
    "site/en/measures/ad-01.html": r"<td>\d+\.(\d)</td>",
    "site/en/measures/metric-ad-001.html": r"<td>\d*,?\d\d(\d)</td>",
    "site/en/measures/metric-ad-002.html": r"<td>\d+\.(\d)% \(",
    "site/en/charts/fig-powys-2.csv": r"20\d\d-\d\d,\d+(\d)",
    "site/data/ad-01.csv": r"AD-01,20\d\d-\d\d,W\d+,\d+\.(\d)",
    "site/data/metric-ad-001.csv": r"AD/001,20\d\d-\d\d,W\d+,\d+(\d)",
    "data/dfe/adults-metrics.csv": r",\d\d\d(\d)\b",
    "data/changes.csv": r"AD/001,2020-proposed,2024-25,2023-24,W\d+,\d+(\d)",
    "data/commentary.csv": r"\d+,\d\d(\d)\b",
    "statswales/adults/data.csv": r"AD/001,number,\d+(\d),|AD/001,(?:all,)?number,\d+(\d)",
    "notebooks/en/adults.ipynb": r"\| \d+,\d\d(\d) \|",
}
PACKED = {
    "tables/social-services-adults-en.ods": ("content.xml", r'office:value="\d\d+(\d)"'),
    "tables/social-services-adults-en.xlsx": ("xl/worksheets/sheet5.xml", r"<v>\d\d+(\d)</v>"),
}


def with_another_digit(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, pattern
    place = next(n for n in range(1, found.re.groups + 1) if found[n] is not None)
    other = str((int(found[place]) + 5) % 10)
    return text[: found.start(place)] + other + text[found.end(place) :]


def change_packed(path: Path, part: str, pattern: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = with_another_digit(parts[part].decode("utf-8"), pattern).encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("truth")
    return build_small(write_small_returns(folder / "returns"), folder / "reports").folder


def test_every_figure_of_a_built_release_is_named_by_a_reader(built):
    found = compare_release(built)
    assert (found.differences, dict(found.unnamed)) == ([], {})
    assert sum(found.figures.values()) > 2_000


@pytest.mark.parametrize("name", [*PLACES, *PACKED])
def test_one_digit_changed_in_any_kind_of_file_is_found_there(built, tmp_path, name):
    release = shutil.copytree(built, tmp_path / "2024-25")
    if name in PACKED:
        change_packed(release / name, *PACKED[name])
    else:
        text = (release / name).read_text(encoding="utf-8")
        (release / name).write_text(with_another_digit(text, PLACES[name]), encoding="utf-8")
    found = {difference.source for difference in compare_release(release).differences}
    # A notebook is named by the page that is made from it, an upload by its folder.
    page = name.replace("notebooks/", "site/").replace(".ipynb", ".html")
    assert found & {name, page, str(Path(name).parent)}, found
