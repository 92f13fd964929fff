"""The built wheel: what is shipped is what is committed, and it works without the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel built from a copy of the files git tracks."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("needs the git checkout")
    copy = tmp_path_factory.mktemp("source")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    out = tmp_path_factory.mktemp("dist")
    code = f"import hatchling.build, os; os.chdir({str(copy)!r}); print(hatchling.build.build_wheel({str(out)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=copy)
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_rubrics_and_samples_are_shipped_whole(wheel: zipfile.ZipFile) -> None:
    """Exactly the committed files of rubrics/ and samples/, nothing ignored, nothing left out."""
    committed = subprocess.run(["git", "ls-files", "rubrics", "samples"], cwd=ROOT, capture_output=True, text=True, check=True)
    shipped = {name.removeprefix("evalharness/_shipped/") for name in wheel.namelist() if "/_shipped/" in name}
    assert shipped == set(committed.stdout.split())
    assert "rubrics/phone-agent.yaml" in shipped


def test_the_desks_page_is_shipped_whole(wheel: zipfile.ZipFile) -> None:
    """Templates, style, script: exactly the committed files."""
    folder = "evalharness/grade/human/desk"
    places = [f"{folder}/templates", f"{folder}/static"]
    committed = subprocess.run(["git", "ls-files", *places], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in wheel.namelist() if name.startswith(tuple(places))} == set(committed)
    assert f"{folder}/static/desk.js" in committed


def test_the_reports_page_is_shipped_whole(wheel: zipfile.ZipFile) -> None:
    """Templates and style: exactly the committed files."""
    folder = "evalharness/report/page"
    committed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    shipped = {name for name in wheel.namelist() if name.startswith(f"{folder}/")}
    assert shipped == set(committed)
    assert {f"{folder}/page.css", f"{folder}/templates/page.html"} <= shipped


def test_the_package_is_typed_and_has_its_command(wheel: zipfile.ZipFile) -> None:
    """py.typed and the console script are in."""
    assert "evalharness/py.typed" in wheel.namelist()
    entry = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert b"evalharness = evalharness.cli:main" in wheel.read(entry)


def test_the_wheel_finds_what_it_ships(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Unpacked anywhere, with the checkout out of sight, the demo's first step finds rubrics and samples."""
    wheel.extractall(tmp_path)
    code = "import evalharness\nfrom evalharness.workspace.folder import shipped\n"
    code += "print(evalharness.__file__, shipped('rubrics'), len(list((shipped('samples') / 'calls').iterdir())))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{code}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    where, rubrics, weeks = done.stdout.split()
    assert where.startswith(str(tmp_path))
    assert rubrics.startswith(str(tmp_path))
    assert weeks == "6"
