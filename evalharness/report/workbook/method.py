"""The sheet "Method": how each figure is made, what it was made from, and every notice."""

from __future__ import annotations

import re

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.summary import WeekSummary
from evalharness.report import phrases, trust_words, words
from evalharness.report.workbook.page import Page

NAME = "Method"
_HOW = """
Verdict of the week:
    Good enough if every check is met; not good enough if any is missed; else not proven yet. A check that is switched off is
    named.
Verdict of a check:
    Met or missed only if every value that the data still allow says so, by exact one-sided 95 % bounds, compared unrounded. A
    judged rate that this week alone does not prove is decided by all weeks since the start, marked "since WEEK"; else it is
    not proven. Without data: not measured.
Since the start:
    The rate over the weeks since the first, or since its criterion, the scope or a declared version changed. Its one-sided
    95 % bounds hold at every weekly look, so looking often proves nothing falsely. Only calls that had the same chance within
    their week count.
Contested:
    Calls that are disputed, open between two people, with a wrong transcript, or flagged and not confirmed, and the grades of
    people who need calibration. A verdict that would be another one without them is not proven.
95 % interval:
    The two-sided range for this week's calls: exact where all were measured, else by Korn and Graubard's method from the
    weighted, stratified sample. A drawn call that was passed over without an answer is taken as a no for the lower limit, as
    a yes for the upper one: the limits hold the worst and the best case.
All calls, sample:
    Figures over all calls describe this week exactly, with their coverage. Figures from the sample are weighted by each
    call's chance of being drawn and graded.
What would settle it:
    How many graded calls in all would decide the check if the rate stayed as seen.
Sample:
    Calls with a transcript, drawn at random within strata by a seeded hash, so that anyone can draw the same calls again. The
    queue is a valid sample wherever reading stops.
Picked by hand:
    Calls that somebody added to the queue. They are graded and shown, and stand in no figure.
Resolution:
    Calls graded resolved / calls in scope; technical failures in the log count as unresolved; out of scope leaves both sides.
Verified resolution:
    Resolved, and no call by the same caller for the same intent within 7 days; provisional until these have passed.
Containment:
    Calls with neither handoff nor follow-up / calls in scope whose end the log knows. It counts people who gave up.
Clear failures:
    (T + M p) / (T + M + U): T technical failures in the log, M other calls with a transcript, p the weighted share of them
    graded a clear failure, U calls nobody could read, counted as none, then as all.
Clear failure of a call:
    Yes if any of the rubric's checks is yes; no only if every check is no or not applicable; else open.
Automatic fail:
    An answer that the rubric marks as failing the call or its section, whatever the rest says. It is not a clear failure.
Latency:
    From the end of the caller's speech to the start of the audible reply, over the turns of all calls, apart for each source
    and way of measuring. An unanswered turn ranks above every value. These calls' percentiles are exact and decide; the 95 %
    interval for the process behind them takes calls as clusters, and with few calls has no upper limit.
Coverage:
    (measured + unanswered) / (changes from caller to agent + unanswered - overlaps). Below 90 % the best and the worst case
    decide.
Cost per call:
    The mean over in-scope calls that report a cost, failed ones in. A missing cost is unknown, never 0.
CSAT, CSAT gap:
    The share of 4 and 5 among the callers who answered, the response rate beside it; the gap is the baseline of calls handled
    by people minus that share, in points. Calls handed to a human are apart, since these callers rate the human.
People and LLM:
    Where the LLM graded more calls than people: for yes/no rates by post-stratified, melded exact bounds, for scores by
    regression on blind grades of people. Used only for a judge that is trusted; the LLM alone decides nothing.
Trust in the LLM judge:
    By criterion, from calls that people and judge graded blind: agreement beyond chance, bias, failing answers found,
    agreement among people, drift on gold calls. An advisory or untested judge decides nothing.
Owner review:
    Distinct drawn calls graded or marked by the owner or the deputy.
Disagreement:
    Two people, or a person and an LLM, who are two or more levels apart, say yes against no, N/A against a value or other
    categories, or lie on two sides of a level that fails. People's value goes before an LLM's, also where it is trusted.
Trend:
    Weeks as computed now; a signed figure that differs is marked. No line over a change of the criterion, of the rubric's
    weights, of how latency is measured, or of the sampling design.
Score of a call:
    The weighted mean of its criteria on 0 to 100, once every criterion that people or a judge answer is in. An automatic fail
    makes it 0. Weight covered: the share of the weights that was rated.
Value that counts:
    Adjudicated, else people's (equal values, or the mean of adjacent ones), else measured, else a trusted judge's; graders
    who differ by more wait for an adjudicator.
Escalation:
    Needed is decided by the rubric's policy, whatever the need. Precision: correct / (correct + unnecessary); recall: correct /
    (correct + needed, not handed off). The check "missed escalation" is narrower: only what the policy makes mandatory.
No data:
    N/A is out of every count. A grade that is missing is not a fail and never a pass. Nothing measured has no value.
"""


def how() -> list[tuple[str, str]]:
    """What each figure means: its name, and a sentence or two."""
    found = re.findall(r"^(\S.*):\n((?: {4}.*\n)+)", _HOW, re.MULTILINE)
    return [(name, " ".join(text.split())) for name, text in found]


def add(workbook: Workbook, summary: WeekSummary) -> None:
    """Write the sheet."""
    page = Page(workbook, NAME, (28, 120))
    page.line("How these figures are made", "title", 30)
    page.line(f"Week {summary.week}, {words.week_dates(summary.week)} ({summary.timezone})", "subtitle", 20)
    page.section("In one sentence each")
    for label, text in how():
        page.table_row([label, text], ("name", "cell"), least=18)
    page.new_page()
    page.section("What this report was made from")
    for label, text in facts(summary):
        page.table_row([label, text], ("name", "cell"), least=18)
    page.end_row(10)
    page.section("Notices")
    for notice in summary.notices or ("None.",):
        page.line(f"• {notice}", "said")
    page.finish(freeze="A3", head=(1, 2))


def facts(summary: WeekSummary) -> list[tuple[str, str]]:
    """What names this report's inputs, so that it can be made again."""
    return [
        ("Agent", summary.agent),
        ("Owner", summary.owner),
        ("Calls", words.calls_sentence(summary)),
        *_design(summary),
        ("Read by", words.readers_sentence(summary)),
        ("Rubric", f"{summary.rubric.id}, version {summary.rubric.version}, digest {summary.rubric_digest}"),
        *_judge(summary),
        ("Checks switched off", ", ".join(map(phrases.plain, summary.switched_off)) or "none"),
        ("Changes in the week", "; ".join(words.changes(summary)) or "none noted"),
        *_signed(summary),
        *_head(summary),
    ]


def _head(summary: WeekSummary) -> list[tuple[str, str]]:
    """By which anybody can see later that the ledger behind these figures was not rewritten."""
    head = summary.ledger_head
    return [(phrases.LEDGER_HEAD, f"{head} (checked by evalharness verify --head)")] if head else []


def _judge(summary: WeekSummary) -> list[tuple[str, str]]:
    """The LLM with the digest of its prompt, and the rules of trust that are not the defaults."""
    judges = dict.fromkeys([*(one.judge for one in summary.trust), *(one.judge for one in summary.combined)])
    changed = "; ".join(trust_words.rules(summary.trust_rules))
    return [
        *([("LLM judge", "; ".join(judges))] if judges else []),
        ("Rules of trust (judge_trust)", f"changed by the owner: {changed}" if changed else "the defaults"),
    ]


def _signed(summary: WeekSummary) -> list[tuple[str, str]]:
    """What was signed, by the digest of its summary.json, and the digest of the summary as computed now."""
    if summary.signed is None:
        return []
    facts = [("Signed summary digest", summary.signed.summary_digest)]
    now = summary.since.summary_digest if summary.since else ""
    return [*facts, ("Summary digest as computed now", now)] if now not in ("", summary.signed.summary_digest) else facts


def _design(summary: WeekSummary) -> list[tuple[str, str]]:
    design = summary.design
    if design is None:
        return [("Sample", words.sample_sentence(summary))]
    manner = (
        f"one call in every {numbers.count(design.every_nth)}"
        if design.every_nth
        else f"{numbers.counted(design.size, 'call')} wanted, within strata"
    )
    return [
        ("Sample", words.sample_sentence(summary)),
        ("Design", f"{manner}; random seed “{design.seed}”; scope: {design.scope or 'all calls of the log'}"),
        ("Sample digest", summary.sample_digest or "none"),
    ]
