"""What was planted is there: the bands of ordinary weeks, and the regression."""

import csv
import json
from datetime import datetime, timedelta

import numpy as np
import pytest

from tests.samples.reading import CHECKS, ORDINARY, SAMPLES, WEEKS, all_calls, calls, scoped, truths


def share(week: str, outcome: str) -> float:
    pairs = scoped(week)
    return sum(true["outcome"] == outcome for _, true in pairs) / len(pairs)


def failures(week: str) -> int:
    """Calls with a clear failure, those that the log shows as technical failures included."""
    return sum(bool(true["failures"]) for _, true in scoped(week))


def latencies(week: str) -> list[float]:
    """Reported latencies of all turns, and infinity for each caller's turn that stays unanswered for 3 s."""
    values = [float(turn["latency_ms"]) for call in calls(week) for turn in call["turns"] if "latency_ms" in turn]
    return values + [float("inf")] * unanswered(week)


def unanswered(week: str) -> int:
    pairs = [pair for call in calls(week) for pair in zip(call["turns"], call["turns"][1:], strict=False)]
    return sum(a["speaker"] == b["speaker"] == "caller" and b["start_ms"] - a["end_ms"] >= 3000 for a, b in pairs)


def mean_cost(week: str) -> float:
    return float(np.mean([sum(call["cost"].values()) for call, _ in scoped(week)]))


def test_every_call_has_one_truth_of_its_week() -> None:
    """As many lines as calls, the same ids in the same order, under the week of the file."""
    given = [(call["id"], week) for week in WEEKS for call in calls(week)]
    assert given == [(row["id"], row["week"]) for row in truths().values()]


def test_truths_use_the_ids_of_the_rubric() -> None:
    """Failures are of the seven checks; levels 1 to 5 stand exactly where there is a transcript."""
    by_id = {call["id"]: call for call in all_calls()}
    for row in truths().values():
        assert set(row["failures"]) <= CHECKS
        assert row["human_needed"] in ("needed", "not_needed")
        levels = [row.get(name) for name in ("correctness", "tone", "escalation")]
        assert all(level in range(1, 6) for level in levels) if by_id[row["id"]]["turns"] else levels == [None] * 3


def test_a_failure_points_at_a_turn_of_the_agent() -> None:
    """Every failure with a transcript names the turn where it shows; nothing else does."""
    by_id = {call["id"]: call for call in all_calls()}
    failed = {row["id"]: row for row in truths().values() if row["failures"] and by_id[row["id"]]["turns"]}
    assert {row["id"] for row in truths().values() if "turn" in row} == set(failed)
    assert {by_id[name]["turns"][row["turn"]]["speaker"] for name, row in failed.items()} == {"agent"}


def test_wrong_information_and_action_are_level_one_and_nothing_else_is() -> None:
    """Level 1 of correctness fails the call, so it stands exactly for a wrong answer or action with consequence."""
    ones = {row["id"] for row in truths().values() if row.get("correctness") == 1}
    assert ones == {row["id"] for row in truths().values() if {"wrong_information", "wrong_action"} & set(row["failures"])}


@pytest.mark.parametrize("week", WEEKS)
def test_weeks_have_about_150_calls(week: str) -> None:
    """138 to 162, not all equal; a few without transcript (2 to 6)."""
    assert 138 <= len(calls(week)) <= 162
    assert 2 <= sum(not call["turns"] for call in calls(week)) <= 6
    assert len({len(calls(other)) for other in WEEKS}) > 3


@pytest.mark.parametrize("week", ORDINARY)
def test_ordinary_weeks_meet_the_bar(week: str) -> None:
    """72 to 80 % resolved, at most one failure (below 1 % of ~140), p50 480-560 ms, p99 below 1,400 ms, 0.28-0.42 USD."""
    values = latencies(week)
    assert 0.72 <= share(week, "resolved") <= 0.80
    assert failures(week) <= 1
    assert 480 <= np.percentile(values, 50) <= 560
    assert np.percentile(values, 99, method="higher") < 1400
    assert unanswered(week) <= 2
    assert unanswered(week) < 0.01 * len(values)
    assert 0.28 <= mean_cost(week) <= 0.42


@pytest.mark.parametrize("week", ORDINARY)
def test_ordinary_weeks_end_in_the_usual_ways(week: str) -> None:
    """8-12 % transferred, 4-6 % follow-up, 3-5 % abandoned; some escalations missed, some needless."""
    assert 0.08 <= share(week, "transferred") <= 0.12
    assert 0.04 <= share(week, "follow_up") <= 0.06
    assert 0.03 <= share(week, "abandoned") <= 0.05
    handed = {call["id"] for call in calls(week) if call.get("handoff", {}).get("status") == "connected"}
    needed = {true["id"] for _, true in scoped(week) if true["human_needed"] == "needed"}
    assert len(needed - handed) >= 3
    assert len(handed - needed) >= 1


def test_some_ordinary_weeks_have_no_failure_and_some_one() -> None:
    """0, 1, 0, 1 and 1 over the five ordinary weeks."""
    assert [failures(week) for week in ORDINARY] == [0, 1, 0, 1, 1]


def test_w46_is_the_regression() -> None:
    """About half resolved, 8-10 % clear failures of at least five kinds, p50 near 720 ms, p99 above 2 s, dearer."""
    values = latencies("2026-W46")
    assert 0.48 <= share("2026-W46", "resolved") <= 0.52
    assert 0.08 <= failures("2026-W46") / len(scoped("2026-W46")) <= 0.10
    assert len({name for _, true in scoped("2026-W46") for name in true["failures"]}) >= 5
    assert 690 <= np.percentile(values, 50) <= 750
    assert 2000 < np.percentile(values, 99, method="higher") < float("inf")
    assert max(map(mean_cost, ORDINARY)) < mean_cost("2026-W46") <= 0.46
    assert share("2026-W46", "abandoned") > max(share(week, "abandoned") for week in ORDINARY)


def test_versions_change_when_the_changes_say() -> None:
    """Each change of version lies after the last call of the old one and before the first of the new one."""
    starts: dict[str, list[datetime]] = {}
    for call in all_calls():
        starts.setdefault(call["version"], []).append(datetime.fromisoformat(call["started_at"]))
    assert list(starts) == ["v1.8", "v1.9", "v2.0", "v2.0.1"]
    noted = [json.loads(line.split("at: ")[1].split(",")[0]) for line in (SAMPLES / "changes.yaml").read_text().splitlines()[1:]]
    for before, after, at in zip(list(starts), list(starts)[1:], map(datetime.fromisoformat, noted), strict=False):
        assert max(starts[before]) < at <= min(starts[after])
    assert at.strftime("%G-W%V %a") == "2026-W47 Tue"


def test_the_log_gives_an_outcome_only_where_a_platform_knows() -> None:
    """And what it gives is true: transferred, abandoned, failed_technical, out_of_scope; else nothing."""
    known = ("transferred", "abandoned", "failed_technical", "out_of_scope")
    for call in all_calls():
        true = truths()[call["id"]]["outcome"]
        assert call.get("outcome") == (true if true in known else None)


def test_csat_comes_later_for_about_three_of_ten() -> None:
    """A rating 1 to 5 of an in-scope call with a transcript, known after its end; none in the calls themselves."""
    by_id = {call["id"]: call for call in all_calls()}
    texts = ((SAMPLES / "csat" / f"{week}.csv").read_text(encoding="utf-8") for week in WEEKS)
    rows = [row for text in texts for row in csv.DictReader(text.splitlines())]
    assert 0.25 <= len(rows) / len(by_id) <= 0.35
    assert len({row["call_id"] for row in rows}) == len(rows)
    for row in rows:
        call = by_id[row["call_id"]]
        assert call["turns"]
        assert truths()[row["call_id"]]["outcome"] != "out_of_scope"
        assert row["csat"] in "12345"
        assert (
            timedelta(0) < datetime.fromisoformat(row["known_at"]) - datetime.fromisoformat(call["ended_at"]) < timedelta(days=2)
        )
    assert not any("csat" in call for call in by_id.values())


def test_some_callers_call_again_within_the_week() -> None:
    """At least ten calls that were not served are followed by a resolved one of the same number and intent."""
    again = 0
    for week in WEEKS:
        pairs = scoped(week)
        served = {(call["caller"], call.get("intent")) for call, true in pairs if true["outcome"] == "resolved"}
        unserved = ("unresolved", "partly_resolved", "abandoned")
        again += sum((call["caller"], call.get("intent")) in served for call, true in pairs if true["outcome"] in unserved)
    assert again >= 10
