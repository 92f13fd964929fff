"""The committed samples are what the generator writes, and small."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.samples.reading import SAMPLES, WEEKS, generate

WRITTEN = ("truth.jsonl", "changes.yaml", *(f"calls/{w}.jsonl" for w in WEEKS), *(f"csat/{w}.csv" for w in WEEKS))


def test_the_generator_writes_the_committed_bytes(tmp_path: Path) -> None:
    """Fourteen files, byte for byte, under a hash seed and a locale of its own."""
    generate("--into", str(tmp_path))
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == set(WRITTEN)
    assert [name for name in WRITTEN if (tmp_path / name).read_bytes() != (SAMPLES / name).read_bytes()] == []


def test_another_hash_seed_changes_nothing(tmp_path: Path) -> None:
    """Nothing depends on the order of a set: PYTHONHASHSEED 1 and 2 give the same file."""
    for seed in ("1", "2"):
        command = [sys.executable, "-B", str(SAMPLES / "generate.py"), "--into", str(tmp_path / seed)]
        subprocess.run(command, check=True, timeout=120, env={"PYTHONHASHSEED": seed, "LC_ALL": "C"})
    assert (tmp_path / "1/calls/2026-W46.jsonl").read_bytes() == (tmp_path / "2/calls/2026-W46.jsonl").read_bytes()


def test_the_folder_is_small_and_holds_nothing_else() -> None:
    """At most 2 MiB together; no caches, since the wheel ships the folder whole."""
    files = [path for path in SAMPLES.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 2 * 2**20
    source = {f"source/{name}" for name in ("dialogue.py", "plan.py", "table.py", "timing.py", "phrases.txt", "scenes.txt")}
    assert {str(path.relative_to(SAMPLES)) for path in files} == {*WRITTEN, *source, "README.md", "generate.py"}


def test_the_readme_shows_the_computed_table() -> None:
    """The table in the README is the printed one, line for line: a head, a rule, six weeks."""
    printed = generate("--table").strip()
    assert len(printed.splitlines()) == 8
    assert printed in (SAMPLES / "README.md").read_text(encoding="utf-8")


def test_the_table_counts_what_the_files_say(tmp_path: Path) -> None:
    """One resolved call with replies of 500 and 700 ms and one abandoned one: 50 % each, p50 600, p99 the higher."""
    (tmp_path / "calls").mkdir()
    turns = '[{"speaker":"agent","text":"a","latency_ms":500},{"speaker":"agent","text":"b","latency_ms":700}]'
    (tmp_path / "calls/2026-W42.jsonl").write_text(
        f'{{"id":"a","turns":{turns},"cost":{{"llm":0.3}}}}\n{{"id":"b","turns":[],"cost":{{"llm":0.1}}}}\n', encoding="utf-8"
    )
    shared = '"human_needed":"not_needed","failures":[]'
    truth = f'{{"id":"a","outcome":"resolved",{shared}}}\n{{"id":"b","outcome":"abandoned",{shared}}}\n'
    (tmp_path / "truth.jsonl").write_text(truth, encoding="utf-8")
    row = [cell.strip() for cell in generate("--table", "--into", str(tmp_path)).splitlines()[2].split("|")[1:-1]]
    assert row[:5] == ["2026-W42", "2", "2", "1", "1 (50.0 %)"]
    assert row[7] == "1 (50.0 %)"
    assert row[13:] == ["600", "700", "0", "0.200"]


@pytest.mark.parametrize("name", ["phrases.txt", "scenes.txt"])
def test_every_key_of_a_script_has_phrases_and_every_phrase_a_script(name: str) -> None:
    """Scripts name only keys that exist, and no phrase is left that nothing says (two are said by pauses)."""
    phrases = (SAMPLES / "source/phrases.txt").read_text(encoding="utf-8").splitlines()
    keys = {line.strip("[]") for line in phrases if line.startswith("[")}
    steps = [line.split("% ")[-1].split() for line in (SAMPLES / "source/scenes.txt").read_text(encoding="utf-8").splitlines()]
    said = {step[1] for step in steps if step and step[0] in ("A", "C", "H")} | {"hello", "sorry.gap"}
    missing = {"scenes.txt": said - keys, "phrases.txt": keys - said}
    assert missing[name] == set()
