"""Who may decide on what, what is kept of it, and what a decided week shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evalharness.cli.decide_words import of_listed
from evalharness.errors import UsageError
from evalharness.flows.adjudicate import Ruling, adjudicate
from evalharness.flows.confirm import Answer, confirm
from evalharness.flows.dispute import Objection, dispute
from evalharness.flows.due import _signing, due
from evalharness.flows.opened import Opened
from evalharness.flows.purge import purge
from evalharness.flows.report import write_reports
from evalharness.flows.retention import due_for_call
from evalharness.flows.sheets import drawn_sample
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.standing import standing
from evalharness.flows.summary import week_summary
from evalharness.flows.waiting import waiting
from evalharness.report.words import next_steps
from evalharness.store.records import adjudications, disputes, load_grades
from tests.flows.deciding import ANNA, BEN, CORA, HOSTILE, JUDGE, LATER, NOW, WEEK, item, make_drawn, quote, say, the_house
from tests.flows.workspaces import copy_of

pytestmark = pytest.mark.usefixtures("everybody_is_done")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn week; tests work on copies."""
    return make_drawn(tmp_path_factory.mktemp("deciding") / "ws")


@pytest.fixture
def house(drawn: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy in which Anna and Ben differ on the correctness of the first call, 5 against 2; the LLM said 1."""
    with the_house(copy_of(drawn, tmp_path / "ws")) as found:
        say(found, ANNA, "correctness", 5, rationale="All right.", evidence=quote())
        say(found, BEN, "correctness", 2, rationale=HOSTILE)
        say(found, JUDGE, "correctness", 1, evidence=quote("Doctor"))
        yield found
        assert found.ledger.verify() == []


def ruling(house: Opened, value: str = "4", by: str = CORA, **fields: object) -> Ruling:
    """A decision on the first call's correctness."""
    return Ruling(
        **{"call": item(house).call.id, "criterion": "correctness", "value": value, "reason": "heard", "by": by, **fields}
    )  # type: ignore[arg-type]


def final(house: Opened, criterion: str = "correctness") -> tuple[object, str | None, bool]:
    """Value, by whom, and whether assisted, of the first call in the week's summary."""
    value = week_summary(house, WEEK).results[0].final[criterion]
    return value.value, value.by, value.assisted


def test_a_decision_counts_and_both_grades_stay(house: Opened) -> None:
    """Cora, who did not grade it, says 4: blind, in the ledger with the reason; three grades as before, none lost."""
    grades = load_grades(house.ledger, WEEK)
    assert final(house) == (None, None, False)
    decided = adjudicate(house, WEEK, ruling(house, reason=HOSTILE), LATER)
    assert (decided.value, decided.by, decided.lane, decided.own_grade, decided.supersedes) == (4, CORA, "blind", False, None)
    assert (decided.reason, decided.at) == (HOSTILE, LATER)
    assert list(adjudications(house.ledger, WEEK).values()) == [decided]
    assert final(house) == (4.0, "adjudicated", False)
    assert load_grades(house.ledger, WEEK) == grades


def test_the_owner_may_decide_on_an_own_grade_and_nobody_else(house: Opened) -> None:
    """Anna graded it and owns the agent: kept as such. Ben graded it: refused, and nothing is kept."""
    with pytest.raises(UsageError, match="Ben Ode graded it too"):
        adjudicate(house, WEEK, ruling(house, by=BEN), LATER)
    assert adjudications(house.ledger, WEEK) == {}
    assert adjudicate(house, WEEK, ruling(house, by=" anna  KELLER "), LATER).own_grade
    assert not adjudicate(house, WEEK, ruling(house, by="dora post"), LATER).own_grade


def test_a_second_decision_supersedes(house: Opened) -> None:
    """4, then N/A: two rows, the second names the first and counts."""
    adjudicate(house, WEEK, ruling(house), LATER)
    again = adjudicate(house, WEEK, ruling(house, "NA", reason="it did not arise"), LATER)
    first, second = adjudications(house.ledger, WEEK)
    assert (again.supersedes, again.value) == (first, None)
    assert first < second
    assert week_summary(house, WEEK).results[0].final["correctness"].state == "not_applicable"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"call": "fd-47-nope"}, "no call with the id 'fd-47-nope' was drawn"),
        ({"call": "../../etc/passwd"}, "was drawn"),
        ({"criterion": "politeness"}, "'politeness' is no question"),
        ({"criterion": "latency"}, "latency is not judged by people"),
        ({"value": "6"}, "'6' is no answer to correctness"),
        ({"value": ""}, "'' is no answer"),
        ({"reason": " \n "}, "the reason is empty"),
        ({"reason": "x" * 4001}, "4001 characters are too many"),
        ({"reason": "\udcff"}, "no readable text"),
        ({"by": "Eve"}, "'Eve' may not decide"),
        ({"turn": 3}, "correctness is asked of the whole call"),
        ({"criterion": "tone"}, "nothing waits for a decision under tone"),
    ],
)
def test_mistakes_are_named_and_keep_nothing(house: Opened, fields: dict[str, object], said: str) -> None:
    """Each says what is wrong and what to type; the ledger is as it was."""
    head = house.ledger.head()
    with pytest.raises(UsageError) as refused:
        adjudicate(house, WEEK, replace(ruling(house), **fields), LATER)  # type: ignore[arg-type]
    assert said in refused.value.what
    assert refused.value.fix
    assert house.ledger.head() == head


def test_agreeing_people_are_put_up_for_decision_by_a_dispute(house: Opened) -> None:
    """Anna and Ben both say 4 on tone: the error names the command, with which it can be decided."""
    for name in (ANNA, BEN):
        say(house, name, "tone", 4)
    call = item(house).call.id
    with pytest.raises(UsageError) as refused:
        adjudicate(house, WEEK, ruling(house, criterion="tone"), LATER)
    assert f"evalharness dispute {call} tone" in refused.value.fix
    dispute(house, WEEK, Objection(call, "tone", "It was curt.", "Builder Bob"), LATER)
    adjudicate(house, WEEK, ruling(house, "2", criterion="tone"), LATER)
    assert final(house, "tone") == (2.0, "adjudicated", False)
    assert [one.decided for one in disputes(house.ledger, WEEK)] == [True]


def test_where_everybody_had_seen_the_llm_the_decision_is_assisted(house: Opened) -> None:
    """Two assisted answers differ: what is decided on them enters no rate. So does what somebody decides who confirmed a flag."""
    say(house, ANNA, "tone", 5, lane="assisted")
    say(house, BEN, "tone", 2, lane="assisted")
    assert adjudicate(house, WEEK, ruling(house, "3", criterion="tone"), LATER).lane == "assisted"
    for name, answer in ((ANNA, "no"), (JUDGE, "yes")):
        say(house, name, "confusion", answer)
    confirm(house, WEEK, Answer(item(house).call.id, "confusion", "no", CORA), LATER)
    say(house, BEN, "confusion", "yes", at=LATER)
    assert adjudicate(house, WEEK, ruling(house, "no", criterion="confusion"), LATER).lane == "assisted"
    assert adjudicate(house, WEEK, ruling(house, "no", criterion="confusion", by="Dora Post"), LATER).lane == "blind"


def test_what_waits_is_listed_without_the_llm(house: Opened) -> None:
    """Both people with reason, quote and level text, and a command that works; the LLM's 1 is not shown to who decides."""
    (one,) = waiting(house, standing(house, drawn_sample(house, WEEK))).items
    assert (one.kind, one.criterion, one.position) == ("disagreement", "correctness", 1)
    assert [(said.grader, said.value, said.why) for said in one.said] == [(ANNA, "5", "All right."), (BEN, "2", HOSTILE)]
    assert (one.said[0].evidence, bool(one.said[0].level)) == (quote(), True)
    assert one.command.startswith(f"evalharness adjudicate {one.call_id} correctness VALUE")
    assert "--by 'Dora Post'" in one.command  # the deputy did not grade it; the owner did
    adjudicate(house, WEEK, ruling(house), LATER)
    assert waiting(house, standing(house, drawn_sample(house, WEEK))).items == ()


def test_an_outcome_is_shown_with_what_it_means(house: Opened) -> None:
    """The rubric's own text of the answer, or where it has none what the word stands for: both sides of a category have words."""
    say(house, ANNA, "outcome", "resolved")
    say(house, BEN, "outcome", "unresolved")
    items = waiting(house, standing(house, drawn_sample(house, WEEK))).items
    (one,) = (found for found in items if found.criterion == "outcome")
    assert [said.level for said in one.said] == ["goal met end to end by the agent", "ended without resolution"]


def test_what_is_open_in_a_signed_week_is_said_until_it_is_decided(house: Opened) -> None:
    """Anna and Ben differ on one call and the week is signed: report and due list say so; decided, both are silent."""
    sign(house, Wish(WEEK, ANNA, "keep"), NOW)
    (step,) = next_steps(week_summary(house, WEEK))
    assert step.startswith(
        "Signed; still open: hear 1 call, 1 criterion, on which two graders differ, and decide (evalharness adjudicate --week"
    )
    left = [(one.week, one.what) for one in due(house, LATER) if "adjudicate" in one.command]
    assert left == [(WEEK, "signed; still open: people differ on 1 call and nobody decided")]
    adjudicate(house, WEEK, ruling(house), LATER)
    assert next_steps(week_summary(house, WEEK)) == ("Nothing is due for this week.",)
    assert not [one for one in due(house, LATER) if "adjudicate" in one.command]


def test_a_signed_week_keeps_its_figures_and_shows_the_decision_as_arrived(house: Opened) -> None:
    """Signed, then decided: the row is kept, the sign-off stays, and one decision arrived since."""
    signed = sign(house, Wish(WEEK, ANNA, "keep"), NOW)
    adjudicate(house, WEEK, ruling(house), LATER)
    summary = week_summary(house, WEEK)
    assert (summary.signed, signed.decisions) == (signed, 0)
    assert summary.since is not None
    assert (summary.since.decisions, summary.since.grades) == (1, 0)
    dispute(house, WEEK, Objection(item(house).call.id, "correctness", "Listen again.", "Vendor"), LATER)
    assert any("disputed grades of a signed week" in one.what for one in due(house, LATER))


def test_the_reports_show_decision_and_reason(house: Opened) -> None:
    """scores.csv says who decided; summary.json who and what, never why; the due list has one thing less."""
    before = [one.what for one in due(house, NOW)]
    assert any(what.startswith("decide where people differ") and what.endswith("(1 call)") for what in before)
    adjudicate(house, WEEK, ruling(house, reason="because it was half right"), LATER)
    assert not any(one.what.startswith("decide where people differ") for one in due(house, NOW))
    write_reports(house, week_summary(house, WEEK), LATER)
    folder = house.workspace.report_path(WEEK, "week.xlsx").parent
    assert ",adjudicated," in (folder / "scores.csv").read_text()
    text = (folder / "summary.json").read_text()
    (one,) = json.loads(text)["disagreements"]
    assert (one["decision"]["value"], one["decision"]["by"], one["final_by"], one["waits"]) == (4, CORA, "adjudicated", False)
    assert "half right" not in text


def test_a_call_without_its_text_says_so_where_it_waits(house: Opened) -> None:
    """Whoever decides is told before that nobody can read it any more."""
    (before,) = waiting(house, standing(house, drawn_sample(house, WEEK))).items
    purge(house, due_for_call(house, item(house).call.id), LATER)
    found = waiting(house, standing(house, drawn_sample(house, WEEK)))
    (after,) = found.items
    assert (before.gone, after.gone[:16]) == ("", "[text removed on")
    assert any(f"{after.gone}: nobody can hear" in line for line in of_listed(WEEK, found))


def test_a_report_that_is_gone_is_written_first(house: Opened) -> None:
    """Nobody is sent to a file that is not there."""
    write_reports(house, week_summary(house, WEEK), LATER)
    assert _signing(house, WEEK).command.startswith("evalharness sign-off")
    house.workspace.report_path(WEEK, "week.xlsx").unlink()
    assert _signing(house, WEEK).command == f"evalharness report --week {WEEK}"
