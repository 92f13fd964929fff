"""Python and the packages against what was asked for."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from evalharness.workspace import installed
from evalharness.workspace.installed import installed_findings, packages, program_mark, python

VERSIONS = {"duckdb": "2.0.0", "numpy": "2.10.1", "pandas": "2.2", "pydantic": "2.11.0rc1"}


def version_of(name: str) -> str:
    """A stand-in for what is installed."""
    if name not in VERSIONS:
        raise PackageNotFoundError(name)
    return VERSIONS[name]


@pytest.mark.parametrize(
    ("running", "level"), [((3, 11, 0), "ok"), ((3, 14, 1), "ok"), ((3, 10, 9), "error"), ((2, 7, 18), "error")]
)
def test_python(running: tuple[int, ...], level: str) -> None:
    """3.11 is the oldest."""
    (finding,) = python(running)
    assert finding.level == level


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("duckdb==2.0.0", ""),
        ("duckdb==2.0", ""),
        ("numpy>=2.9", ""),
        ("numpy>=2.10.1", ""),
        ("pandas>=2.2.0", ""),
        ("pydantic>=2.11", ""),
        ("duckdb==2.0.1", "duckdb is 2.0.0, not ==2.0.1"),
        ("numpy>=2.11", "numpy is 2.10.1, not >=2.11"),
        ("numpy==2.10", "numpy is 2.10.1, not ==2.10"),
        ("typer>=0.29", "typer is missing, not >=0.29"),
        ("ibis-framework[duckdb]==12.0.0", "ibis-framework is missing, not ==12.0.0"),
    ],
)
def test_a_package_and_its_version(line: str, what: str) -> None:
    """Versions are compared number by number (2.10 is newer than 2.9), trailing zeros do not count."""
    (finding,) = packages([line], version_of)
    assert (finding.level, finding.what) == (
        ("error", what) if what else ("ok", "Packages: all 1 in the versions that are asked for")
    )


def test_every_wrong_package_is_named() -> None:
    """Two of three; the third says nothing."""
    found = [finding.what for finding in packages(["typer>=1", "duckdb==2.0.0", "numpy>=3"], version_of)]
    assert found == ["typer is missing, not >=1", "numpy is 2.10.1, not >=3"]


def test_a_requirement_of_another_form_is_passed_over() -> None:
    """Only the two forms that the project uses are compared, and only those are counted."""
    (finding,) = packages(["numpy", "pandas ~= 2.2", "duckdb==2.0.0"], version_of)
    assert finding.what == "Packages: all 1 in the versions that are asked for"


def test_the_packages_of_an_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requirements of extras are not required."""
    monkeypatch.setattr(installed, "requires", lambda _: ["numpy>=2.1", 'absent>=9; extra == "test"'])
    monkeypatch.setattr(installed, "version", version_of)
    assert [finding.level for finding in installed_findings()] == ["ok", "ok"]


def test_a_checkout_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is claimed about versions."""

    def unknown(name: str) -> list[str]:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installed, "requires", unknown)
    found = list(installed_findings())
    assert [finding.level for finding in found] == ["ok", "warning"]
    assert found[1].what == "evalharness is not installed as a package"


def test_a_program_has_a_mark() -> None:
    """64 hexadecimal characters."""
    assert len(program_mark()) == 64


def test_a_file_of_another_time_is_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file, asked twice, then touched."""
    module = tmp_path / "one.py"
    module.write_text("")
    os.utime(module, (1, 1))
    monkeypatch.setattr("evalharness.workspace.installed._ROOT", tmp_path)
    first = program_mark()
    assert program_mark() == first
    os.utime(module, (2, 2))
    assert program_mark() != first


def test_data_that_comes_with_the_program_is_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rubric below a folder counts, in bytes and in time; what Python compiled does not."""
    (tmp_path / "rubrics" / "__pycache__").mkdir(parents=True)
    rubric = tmp_path / "rubrics" / "phone-agent.yaml"
    rubric.write_text("a: 1")
    monkeypatch.setattr("evalharness.workspace.installed._ROOT", tmp_path)
    first = program_mark()
    rubric.write_text("a: 10")
    second = program_mark()
    assert second != first
    (tmp_path / "rubrics" / "__pycache__" / "one.pyc").write_bytes(b"x")
    assert program_mark() == second
