"""Calls go to Parquet and come back equal; what is asked of them in SQL is what Python finds."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.errors import ExportError, LedgerCorruptError, LedgerError
from evalharness.models.facts import CallMeasures, facts_of
from evalharness.models.rule import matches, parse_rule
from evalharness.models.sample import Stratum
from evalharness.store.parquet import SCHEMAS
from tests.builders import MONDAY, WEEK, ZONE, a_call, a_turn, call_measures, some_calls
from tests.store import logs
from tests.store.logs import a_log, an_hourly_log, collect, different, identities, no_measures


@settings(deadline=None, max_examples=25)
@given(drawn=st.lists(logs.calls, min_size=1, max_size=5), data=st.data())
def test_any_call_comes_back_equal(tmp_path_factory, drawn, data):
    """Calls, their measures, their content digests and their facts, whatever ids, texts and metadata they have."""
    calls = different(drawn)
    measures = [
        CallMeasures(
            source=call.source, call_id=call.id, latencies=tuple(data.draw(st.lists(logs.anchor_latencies, max_size=2))),
            p50_ms=data.draw(logs.maybe_ms), p99_ms=data.draw(logs.maybe_ms), p50_unanswered=data.draw(st.booleans()),
        )
        for call in calls
    ]  # fmt: skip
    asked = identities(calls)
    with a_log(tmp_path_factory.mktemp("log"), calls, measures) as log:
        assert log.calls(asked) == calls
        assert log.known([*asked, ("no", "such")]) == {key: call.digest() for key, call in zip(asked, calls, strict=True)}
        assert log.measures(asked) == dict(zip(asked, measures, strict=True))
        wanted = [facts_of(call, own, ZONE) for call, own in zip(calls, measures, strict=True)]
        order = sorted(wanted, key=lambda facts: (facts.started_at, facts.source, facts.id))
        assert [facts for week in log.weeks() for facts in log.facts(week)] == order


def test_one_call_a_million_ways(tmp_path):
    """Ids that are paths, quotes, wildcards or 512 characters are data: no file has their name, each is found exactly."""
    names = ["../../x", "it's", '"', "%", "_", "*", "x" * 512, "é😀", "a/b", "week=2020-W01", "; DROP TABLE calls"]
    calls = [a_call(id=name) for name in names]
    with a_log(tmp_path, calls) as log:
        assert [log.find(name)[0] for name in names] == calls
        assert log.calls(identities(calls)) == calls
    assert {path.parent.name for path in tmp_path.rglob("*.parquet")} == {f"week={WEEK}"}
    assert all(path.name.startswith("part-") for path in tmp_path.rglob("*.parquet"))


def test_find_by_prefix(tmp_path):
    """An exact id wins over its longer ones; else all that begin so, in time order; nothing for nothing."""
    calls = [a_call(id=name, started_at=MONDAY + timedelta(hours=n)) for n, name in enumerate(["b", "ab2", "ab", "ab1", "ac"])]
    with a_log(tmp_path, calls) as log:
        assert [call.id for call in log.find("ab")] == ["ab"]
        assert [call.id for call in log.find("a")] == ["ab2", "ab", "ab1", "ac"]
        assert (log.find(""), log.find("x"), log.find("%")) == ([], [], [])


def test_an_unknown_call_is_an_error(tmp_path):
    """A drawn call that is not in the log must not vanish from a list."""
    with a_log(tmp_path, some_calls(2)) as log:
        assert log.calls([]) == []
        with pytest.raises(LedgerError, match="'c9' of 'demo'"):
            log.calls([("demo", "c1"), ("demo", "c9")])


def test_an_empty_log_answers_everything(tmp_path):
    """No part: no engine is loaded and no file is made."""
    with a_log(tmp_path) as log:
        assert [log.weeks(), log.facts(WEEK), log.calls([]), log.find("a"), log.latency(WEEK)] == [[]] * 5
        assert [log.known([("a", "b")]), log.measures([("a", "b")]), log.agents(WEEK), log.fill(WEEK)] == [{}] * 4
        assert log.stratum_counts(WEEK, (Stratum(name="core"),)) == {"core": 0}
        assert log.last_start(WEEK) is None
    assert not (tmp_path / "calls").exists()


def test_weeks_by_the_workspace_clock(tmp_path):
    """Sunday 23:30 UTC is Monday in Berlin: the next week. Each week is asked alone."""
    sunday = MONDAY.replace(hour=23, minute=30) + timedelta(days=6)
    calls = [a_call(id="a"), a_call(id="b", started_at=sunday)]
    with a_log(tmp_path / "berlin", calls) as log:
        assert log.weeks() == [WEEK, "2026-W48"]
        assert [(facts.id, facts.hour, facts.weekday) for facts in log.facts("2026-W48")] == [("b", 0, 1)]
        assert log.last_start("2026-W48") == sunday
    with a_log(tmp_path / "utc", calls, zone=logs.UTC_ZONE) as log:
        assert log.weeks() == [WEEK]
        assert log.last_start(WEEK) == sunday


def test_files_are_the_same_for_the_same_calls_and_private(tmp_path):
    """In any order, written twice: equal digests, one file each, 0600 in folders 0700."""
    calls = some_calls(30)
    rows = [(call, call_measures(call.id)) for call in calls]
    with a_log(tmp_path) as log:
        parts = log.write_parts(rows, ZONE)
        assert log.write_parts(rows[::-1], ZONE) == parts
    files = list(tmp_path.rglob("*.parquet"))
    assert sorted(path.relative_to(tmp_path).as_posix() for path in files) == sorted(part.path for part in parts)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    folders = [path for path in (tmp_path / "calls").rglob("*") if path.is_dir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert [(part.kind, part.rows) for part in parts] == [("calls", 30), ("turns", 150), ("measures", 30)]


def test_any_reader_of_parquet_can_read_the_parts(tmp_path):
    """The declared columns, instants in UTC, JSON as text."""
    with a_log(tmp_path, [a_call(metadata={"a": [1]})]) as log:
        assert log.weeks() == [WEEK]
    file = next((tmp_path / "calls" / "calls").rglob("*.parquet"))
    with duckdb.connect() as raw:
        names = [row[0] for row in raw.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file)]).fetchall()]
        row = raw.execute("SELECT epoch_us(started_at), metadata FROM read_parquet(?)", [str(file)]).fetchone()
    assert names[: len(SCHEMAS["calls"].names)] == SCHEMAS["calls"].names
    assert row == (int(MONDAY.timestamp() * 1e6), json.dumps({"a": [1]}, separators=(",", ":")))


def test_a_folder_with_any_name(tmp_path):
    """Brackets, stars and quotes in the workspace's path are no pattern."""
    with a_log(tmp_path / "a[1]*? 'x'", some_calls(3)) as log:
        assert len(log.facts(WEEK)) == 3


@pytest.mark.parametrize("kind", ["calls", "measures"])
def test_a_changed_or_missing_part_is_named(tmp_path, kind):
    """One flipped byte, then a deleted file: an error with the file's name instead of a figure."""
    with a_log(tmp_path, some_calls(3)) as log:
        path = next((tmp_path / "calls" / kind).rglob("*.parquet"))
        assert (len(log.facts(WEEK)), log.latency(WEEK)) == (3, [])
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        ask = {"calls": log.facts, "measures": log.latency}[kind]
        with pytest.raises(LedgerCorruptError, match="was changed") as caught:
            ask(WEEK)
        assert path.name in caught.value.where
        path.unlink()
        with pytest.raises(LedgerCorruptError, match="cannot be read"):
            ask(WEEK)


def test_a_part_is_digested_once(tmp_path, monkeypatch):
    """Asking ten times reads each file for its digest once."""
    import evalharness.store.parts as module

    digested = []
    real = module.digest_file
    monkeypatch.setattr(module, "digest_file", lambda path: (digested.append(path.name), real(path))[1])
    with a_log(tmp_path, some_calls(3)) as log:
        for _ in range(10):
            log.facts(WEEK)
    assert len(digested) == 1


def test_a_write_that_breaks_off_leaves_no_file(tmp_path):
    """Where a folder cannot be made (a file is in its place), what was written of the same calls before is taken away."""
    with a_log(tmp_path) as log:
        (tmp_path / "calls" / "measures").mkdir(parents=True)
        (tmp_path / "calls" / "measures" / f"week={WEEK}").write_text("in the way")
        with pytest.raises(ExportError):
            log.write_parts([(call, no_measures(call)) for call in some_calls(3)], ZONE)
        assert not list((tmp_path / "calls").rglob("part-*"))
        (tmp_path / "calls" / "measures" / f"week={WEEK}").unlink()
        assert len(log.write_parts([(call, no_measures(call)) for call in some_calls(3)], ZONE)) == 3


def test_a_file_that_nobody_registered_does_not_count(tmp_path):
    """A stray copy of a part beside it changes no count."""
    with a_log(tmp_path, some_calls(3)) as log:
        path = next((tmp_path / "calls" / "calls").rglob("*.parquet"))
        path.with_name("part-" + "0" * 64 + ".parquet").write_bytes(path.read_bytes())
        assert len(log.facts(WEEK)) == 3


def test_calls_collected_later_count_at_once(tmp_path):
    """The same log object sees what is registered after its first question."""
    first, second = some_calls(5)[:3], some_calls(5)[3:]
    with a_log(tmp_path, first) as log:
        assert len(log.facts(WEEK)) == 3
        collect(log, log._parts._ledger, second)
        assert [facts.id for facts in log.facts(WEEK)] == ["c1", "c2", "c3", "c4", "c5"]


def test_whole_week_questions_against_python(tmp_path):
    """Agents, strata, fill and the last start of 60 calls, with and without scope, as counted by hand in Python."""
    calls = an_hourly_log()
    rule = parse_rule("not agent == B")
    strata = (
        Stratum(name="failed", when="outcome == failed_technical"),
        Stratum(name="rest"),
        Stratum(name="en", when="language == en"),
    )
    with a_log(tmp_path, calls) as log:
        for scope in (None, rule):
            kept = [call for call in calls if scope is None or call.agent != "B"]
            assert log.agents(WEEK, scope) == {
                name: sum((call.agent or "") == name for call in kept) for name in sorted({call.agent or "" for call in kept})
            }
            seen = [call for call in kept if call.has_transcript]
            failed = [call for call in seen if call.outcome == "failed_technical"]
            english = [call for call in seen if call.language == "en" and call not in failed]
            counts = {"failed": len(failed), "rest": len(seen) - len(failed) - len(english), "en": len(english)}
            assert log.stratum_counts(WEEK, strata, scope) == counts
            fill = log.fill(WEEK, scope)
            assert fill["csat"] == sum(call.csat is not None for call in kept) / len(kept)
            assert fill["outcome"] == sum(call.outcome != "unknown" for call in kept) / len(kept)
            assert fill["turns"] == len(seen) / len(kept)
            assert fill["metadata"] == sum(bool(call.metadata) for call in kept) / len(kept)
            wanted = [facts_of(call, no_measures(call), ZONE) for call in kept]
            assert log.facts(WEEK, scope) == [facts for facts in wanted if scope is None or matches(scope, facts.fields())]
        assert log.last_start(WEEK) == max(call.started_at for call in calls)


def test_a_call_without_turns_or_with_empty_ones(tmp_path):
    """Both come back; neither has a transcript, so neither can be drawn."""
    calls = [a_call((), id="a"), a_call([a_turn("agent", "  ")], id="b"), a_call([a_turn("system", "menu")], id="c")]
    with a_log(tmp_path, calls) as log:
        assert log.calls(identities(calls)) == calls
        assert log.stratum_counts(WEEK, (Stratum(name="core"),)) == {"core": 0}


def test_nothing_heavy_is_loaded_before_it_is_needed(tmp_path):
    """Importing the call log loads neither Ibis nor pyarrow; collecting and drawing never load pandas."""
    code = f"""
import sys
from pathlib import Path
import evalharness.store.call_log
assert not {{"ibis", "pyarrow", "duckdb", "pandas"}} & set(sys.modules)
from evalharness.models.sample import Stratum
from tests.builders import WEEK, call_measures, some_calls
from tests.store.logs import a_log
calls = some_calls(5)
with a_log(Path({str(tmp_path)!r}), calls, [call_measures(call.id) for call in calls]) as log:
    assert log.stratum_counts(WEEK, (Stratum(name="core"),)) == {{"core": 5}}
    assert len(log.calls([("demo", "c1")])) == len(log.latency(WEEK)) == 1
assert "pandas" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_engine_reads_the_log_and_nothing_else(tmp_path):
    """A file outside the folder is out of reach, and so is the network: no extension is ever fetched."""
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with a_log(tmp_path, some_calls(1)) as log:
        assert len(log.facts(WEEK)) == 1
        raw = log._duck._raw
        for statement in (f"SELECT * FROM '{tmp_path}/secret.csv'", "INSTALL httpfs", f"COPY (SELECT 1) TO '{tmp_path}/out.csv'"):
            with pytest.raises(duckdb.Error):
                raw.execute(statement)
        with pytest.raises(duckdb.Error):
            raw.execute("SET enable_external_access = true")
