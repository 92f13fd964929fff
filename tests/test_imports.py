"""Nothing heavy is loaded before a flow needs it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "anthropic",
    "pandas",
    "openpyxl",
    "ibis",
    "duckdb",
    "pyarrow",
    "sqlalchemy",
    "altair",
    "starlette",
    "pydantic",
    "numpy",
    "scipy",
    "rich",
)


def loaded_by(code: str) -> set[str]:
    """The top-level modules a fresh interpreter has loaded after the code."""
    script = f"{code}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split()[-2000:])


def test_the_package_itself_loads_nothing() -> None:
    """`import evalharness` is its version and no more."""
    assert not loaded_by("import evalharness") & {*HEAVY, "typer"}


def test_the_command_line_loads_typer_only() -> None:
    """Every command is registered; no room behind cli is touched."""
    found = loaded_by("import evalharness.cli.app")
    assert "typer" in found
    assert not found & set(HEAVY)


def test_help_loads_nothing_heavy() -> None:
    """The real help screen, run in the process, leaves the heavy rooms closed."""
    code = "import sys\nsys.argv = ['evalharness', '--help']\nfrom evalharness.cli import main\n"
    code += "try:\n    main()\nexcept SystemExit:\n    pass"
    assert not loaded_by(code) & set(HEAVY)


def test_the_sample_and_verdict_rooms_do_without_the_call_log() -> None:
    """Pure rooms pull in no engine, no SQL and no spreadsheet."""
    found = loaded_by("import evalharness.aggregate.summary, evalharness.sample.queue, evalharness.report.words")
    assert not found & {"ibis", "duckdb", "pyarrow", "sqlalchemy", "openpyxl", "pandas"}


def test_grading_by_an_llm_does_without_statistics_and_spreadsheets() -> None:
    """What `grade` has in memory before it sends: the ledger and the nouns. Sampled calls stand in the ledger, frozen."""
    found = loaded_by("import evalharness.flows.grade, evalharness.flows.llm_plan")
    assert "sqlalchemy" in found
    assert not found & {"ibis", "duckdb", "pyarrow", "pandas", "numpy", "scipy", "openpyxl", "starlette", "jinja2", "anthropic"}


def test_the_desk_starts_without_spreadsheets_statistics_and_the_call_log() -> None:
    """What stands between the command and the first page; deciding loads more when it is first asked for."""
    found = loaded_by("import evalharness.flows.desk")
    assert {"starlette", "sqlalchemy"} <= found
    assert not found & {"ibis", "duckdb", "pyarrow", "pandas", "numpy", "scipy", "openpyxl", "anthropic", "rich"}


def test_a_process_that_reads_calls_loads_little() -> None:
    """Each of them begins with an import, while the file waits: no numbers, no engine, no ledger."""
    found = loaded_by(
        "import evalharness.flows.side_by_side\nfrom evalharness.collect.named_forms import named_form\nnamed_form('vapi')"
    )
    assert not found & {*HEAVY, "multiprocessing"} - {"pydantic"}


def test_one_limit_of_a_cell() -> None:
    """The sheet's layout names it without loading the spreadsheet library."""
    from evalharness import xlsx
    from evalharness.grade.human import layout

    assert layout.CELL_LIMIT == xlsx.CELL_LIMIT
