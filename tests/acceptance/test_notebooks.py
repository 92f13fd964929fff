"""The notebooks on the samples: each runs from top to bottom without a network, holds no logic, and is stored bare."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import DemoRun
from tests.acceptance.test_demo import cut_off

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
RUN = """
import json, os, sys
import nbformat
from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(notebook)
socket = os.path.join(os.environ["HOME"], "k")  # of this machine, of no network
manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=socket)
NotebookClient(notebook, timeout=300, km=manager, resources={"metadata": {"path": sys.argv[2]}}).execute()
print(json.dumps([output for cell in notebook.cells for output in cell.get("outputs", [])]))
"""
LOGIC = (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.With, ast.ListComp, ast.DictComp,
         ast.GeneratorExp, ast.SetComp, ast.IfExp, ast.AugAssign)  # fmt: skip


def cells(path: Path, kind: str = "code") -> list[dict[str, Any]]:
    """The notebook's cells of a kind, as they are stored."""
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def run(path: Path, root: Path, tmp_path: Path) -> list[dict[str, Any]]:
    """Everything the notebook shows, run in a folder of its own beside the workspace, cut off from any network."""
    home = tmp_path / "notebooks"
    home.mkdir()
    (tmp_path / "front-desk").symlink_to(root)
    words = [*cut_off(), sys.executable, "-W", "ignore", "-c", RUN, str(path), str(home)]
    with tempfile.TemporaryDirectory() as short:  # the path of a local socket has at most 107 characters
        own = dict.fromkeys(("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"), short)
        there = {**os.environ, **own, "PYTHONPATH": str(FOLDER.parent)}
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=400, env=there)
    assert done.returncode == 0, done.stderr[-3000:]
    shown: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return shown


def written(root: Path) -> list[tuple[str, int]]:
    """Every file of the workspace and when it was written, but for what is kept to save time and may be made at any moment."""
    files = (file for file in root.rglob("*") if file.is_file() and "found" not in file.relative_to(root).parts)
    return sorted((str(file), file.stat().st_mtime_ns) for file in files)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_on_the_samples_and_draws_its_charts_itself(path: Path, demo: DemoRun, tmp_path: Path) -> None:
    """No error, no warning; every chart is a picture in the notebook; nothing that is shown fetches a script."""
    before = written(demo.root)
    shown = run(path, demo.root, tmp_path)
    assert {output["output_type"] for output in shown} == {"execute_result"}
    pictures = [output["data"]["image/svg+xml"] for output in shown if "image/svg+xml" in output["data"]]
    assert len(pictures) >= 2
    assert not any("<script" in "".join(map(str, output["data"].values())) for output in shown)
    assert all("NaN" not in picture and "undefined" not in picture for picture in pictures)
    assert written(demo.root) == before  # nothing was written


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stored_without_outputs_and_without_a_place_of_somebodys_machine(path: Path) -> None:
    """No output, no count of runs, no absolute path, no name of a kernel that only one machine has."""
    text = path.read_text(encoding="utf-8")
    assert [(cell["outputs"], cell["execution_count"]) for cell in cells(path)] == [([], None)] * len(cells(path))
    assert re.findall(r"[\"'\s](?:/(?!/)\w+/|[A-Z]:\\|~/|file:)", text) == []
    assert json.loads(text)["metadata"]["kernelspec"]["name"] == "python3"
    assert "http" not in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_holds_no_logic(path: Path) -> None:
    """Only frames, choices of rows and columns, and charts: a figure that is worked out belongs into the package."""
    for cell in cells(path):
        tree = ast.parse("".join(cell["source"]))
        assert [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, LOGIC)] == []
        sums = [
            node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.Sub)
        ]
        assert [ast.unparse(node) for node in sums] == []
        imported = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
        }
        assert imported <= {"altair", "frames"}


def test_both_notebooks_are_here() -> None:
    """A test over no notebook would pass."""
    assert [path.stem for path in NOTEBOOKS] == ["agreement", "trend"]
