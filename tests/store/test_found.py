"""What detectors found is kept beside the calls, counted in scope by group, and never read once it does not fit."""

from __future__ import annotations

import math

import pytest

from evalharness.models.finding import CallFindings, Finding
from evalharness.models.rule import parse_rule
from evalharness.models.sample import Stratum
from tests.builders import WEEK, a_call
from tests.store.logs import a_log

FIGURES = ("silences", "talk_ratio")


def _calls():
    """Four calls: two of version v1, one of v2, one out of scope."""
    made = [("a", "v1", "resolved"), ("b", "v1", "resolved"), ("c", "v2", "abandoned"), ("d", "v2", "out_of_scope")]
    return [a_call(id=name, version=version, outcome=outcome) for name, version, outcome in made]


def _found(call_id, silences=None, ratio=None, *findings):
    values = {name: value for name, value in (("silences", silences), ("talk_ratio", ratio)) if value is not None}
    return CallFindings(source="demo", call_id=call_id, values=values, findings=findings)


def _silence(ms, turn=2, state=None):
    return Finding(measure="silences", turns=(turn,), value=ms, state=state, note="nobody spoke")


def _written(log, made_with="1"):
    files = log.found_files(WEEK, made_with)
    held = [
        _found("a", 2.0, 0.25, _silence(4000.0), _silence(9000.0, 5)),
        _found("b", 0.0, 0.75),
        _found("c", None, 0.5, _silence(3000.0, state="late")),
        _found("d", 7.0, 0.5, _silence(90000.0)),
    ]
    files.write(held, FIGURES)
    return files


def test_figures_are_counted_over_the_calls_that_have_them(tmp_path):
    """Silences: a has 2, b 0, c no data; d is out of scope and counts nowhere. Talk ratio: median of .25, .75, .5."""
    with a_log(tmp_path, _calls()) as log:
        found = log.found(_written(log), None, FIGURES)
    whole = {tally.figure: tally for tally in found.tallies if tally.by == "all"}
    assert (whole["silences"].calls, whole["silences"].n, whole["silences"].hits, whole["silences"].total) == (3, 2, 1, 2.0)
    assert (whole["talk_ratio"].n, whole["talk_ratio"].median, whole["talk_ratio"].low) == (3, 0.5, 0.25)
    versions = {tally.group: tally.n for tally in found.tallies if tally.by == "version" and tally.figure == "silences"}
    assert versions == {"v1": 2, "v2": 0}


def test_places_are_the_largest_of_each_measure_and_state(tmp_path):
    """Two silences of a, the longer first; the late one of c is of another state."""
    with a_log(tmp_path, _calls()) as log:
        found = log.found(_written(log), None, FIGURES, most=1)
        assert log.findings(log.found_files(WEEK, "1"), [("demo", "a"), ("demo", "b")]) == {
            ("demo", "a"): [_silence(4000.0), _silence(9000.0, 5)]
        }
    assert [(place.call_id, place.finding.value) for place in found.places] == [("a", 9000.0), ("c", 3000.0)]
    assert found.states == {("silences", ""): 2, ("silences", "late"): 1}


def test_findings_that_name_what_was_looked_for_are_counted_by_name(tmp_path):
    """The recording notice was said in a and missing in b, the other one said in a; d is out of scope."""
    named = {
        "a": [("recording", "said"), ("ai", "said")],
        "b": [("recording", "missing")],
        "d": [("recording", "missing")],
    }
    with a_log(tmp_path, _calls()) as log:
        files = log.found_files(WEEK, "1")
        held = [
            _found(call, 1.0, None, *(Finding(measure="disclosures_required", state=state, note=name) for name, state in given))
            for call, given in named.items()
        ]
        files.write([*held, _found("c", 1.0, None, _silence(4000.0))], FIGURES)
        found = log.found(files, None, FIGURES)
    assert found.named == {
        ("disclosures_required", "ai", "said"): 1,
        ("disclosures_required", "recording", "missing"): 1,
        ("disclosures_required", "recording", "said"): 1,
    }
    assert found.states["disclosures_required", "said"] == 2


def test_a_scope_leaves_other_calls_out(tmp_path):
    """Of version v2 only c is in scope: one call, no silence figure, a ratio of .5."""
    with a_log(tmp_path, _calls()) as log:
        found = log.found(_written(log), parse_rule("version == v2"), FIGURES)
    whole = {tally.figure: tally for tally in found.tallies if tally.by == "all"}
    assert (whole["silences"].calls, whole["silences"].n, whole["talk_ratio"].total) == (1, 0, 0.5)


def test_what_was_made_from_something_else_is_not_read(tmp_path):
    """Another way of making it, a changed file, or new calls: nothing is there, and writing lets go of the old files."""
    with a_log(tmp_path, _calls()) as log:
        files = _written(log)
        assert log.found(log.found_files(WEEK, "2"), None, FIGURES).tallies == ()
        path = files.path("figures")
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        assert files.path("figures") is None
        _written(log, "2")
    assert len(list(tmp_path.rglob("figures-*.parquet"))) == 1


def test_every_call_of_a_week_comes_once_and_whole(tmp_path):
    """By source and id, with its turns, whatever part it stands in."""
    calls = _calls()
    with a_log(tmp_path, calls) as log:
        assert list(log.each(WEEK)) == calls
        assert log.stratum_counts(WEEK, [Stratum(name="all")]) == {"all": 4}


def test_a_figure_that_no_call_has_and_one_of_many_calls(tmp_path):
    """Eleven calls, more than a byte of marks: silences 0 to 10 but for the fourth and the last; no call has a talk ratio."""
    calls = [a_call(id=f"c{number:02}") for number in range(11)]
    with a_log(tmp_path, calls) as log:
        files = log.found_files(WEEK, "1")
        files.write([_found(f"c{number:02}", None if number in (3, 10) else float(number)) for number in range(11)], FIGURES)
        whole = {tally.figure: tally for tally in log.found(files, None, FIGURES, most=0).tallies}
    assert (whole["silences"].n, whole["silences"].total, whole["silences"].high) == (9, 42.0, 9.0)
    assert (whole["talk_ratio"].calls, whole["talk_ratio"].n) == (11, 0)


def test_a_figure_that_is_no_number_is_not_kept(tmp_path):
    """Infinity from a division, say: nothing is written."""
    with a_log(tmp_path, [a_call(id="a")]) as log:
        files = log.found_files(WEEK, "1")
        one = CallFindings.model_construct(source="demo", call_id="a", values={"silences": math.inf}, findings=())
        with pytest.raises(ValueError, match="not finite"):
            files.write([one], FIGURES)
        assert files.path("figures") is None
