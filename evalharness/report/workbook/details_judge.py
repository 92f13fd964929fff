"""Details of the LLM: what it may decide, how well it and people agree, and what its grades add to people's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness import numbers
from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary
from evalharness.models.trust import Agreement, Combined, JudgeTrust
from evalharness.report import phrases, trust_words
from evalharness.report.workbook.page import Content, Page
from evalharness.report.workbook.table import table

_COMBINED_HEAD = ("figure", "graded by", "value", "95 % interval", "n of N", "used", "against people only", "why")
_COMBINED = (
    "Three ways to the same figure. Both together: people's blind grades correct what the LLM says of the calls that people did "
    "not read. The LLM alone decides nothing."
)
_TRUST_HEAD = (
    "criterion", "state", "alpha, 95 % interval", "bias in levels", "fails found (sensitivity)", "passes (specificity)", "pairs",
    "people among themselves", "drift on gold calls", "rules that are not kept, or not tested yet",
)  # fmt: skip
_AGREEMENT_HEAD = (
    "criterion", "between", "alpha, 95 % interval", "kappa", "AC", "same answer", "within one", "pairs", "bias in levels",
)  # fmt: skip
_AGREEMENT = (
    "Pooled over the weeks so far; shown from 20 pairs on. No coefficient tells it all: where nearly every answer is the same, "
    "alpha and kappa are low and AC is high."
)


def add_judge(page: Page, summary: WeekSummary) -> None:
    """Write the tables; one without anything to say is left out."""
    if summary.combined:
        table(page, "People and LLM", _COMBINED_HEAD, _combined_rows(summary), said=_COMBINED, spread=True)
    for judge in dict.fromkeys(one.judge for one in summary.trust):
        rows = [one for one in summary.trust if one.judge == judge]
        first = judge == summary.trust[0].judge
        title = "What the LLM judge is trusted with" if first else "A further judge, which decides nothing"
        table(page, title, _TRUST_HEAD, _trust_rows(rows), said=_judged(summary, judge), spread=True)
    if summary.among_people or any(one.with_people for one in summary.trust):
        table(page, "Agreement of graders", _AGREEMENT_HEAD, _agreement_rows(summary), said=_AGREEMENT)


def _combined_rows(summary: WeekSummary) -> Iterator[list[Content]]:
    for one in summary.combined:
        yield _graded(one.people, "people", "no" if one.used else "yes", "", "")
        judge = f"{trust_words.without_prompt(one.judge)} is {one.trust}"
        yield _graded(one.llm, "LLM only", "no", "", f"{trust_words.NOT_USED}; {judge}")
        if one.combined is None:
            yield [_title(one.people), "people and LLM", "not used", "", "", "no", "", _why(one)]
        else:
            yield _graded(one.combined, "people and LLM", "yes" if one.used else "no", trust_words.narrowed(one), _why(one))


def _graded(measure: Measure, by: str, used: str, narrower: str, why: str) -> list[Content]:
    name = _title(measure)
    shown, limits = numbers.measured(measure), numbers.interval(measure)
    return [name, by, shown, limits, phrases.n_of(measure), used, narrower, why]


def _title(measure: Measure) -> str:
    """What the figure is called; a mean score under its criterion's name says that it is one."""
    title = phrases.title(measure.name)
    return f"{title}: score" if measure.unit == "score" and not title.endswith("score") else title


def _why(one: Combined) -> str:
    """Why it is used or not, what explains it, and the one-sided bounds of the verdict."""
    limits = numbers.span(*one.bounds, one.people.unit, currency=one.people.currency) if one.bounds else ""
    return "; ".join(part for part in (one.why.strip().rstrip("."), f"one-sided 95 % bounds: {limits}" if limits else "") if part)


def _judged(summary: WeekSummary, judge: str) -> str:
    """Who is compared with whom."""
    name = trust_words.without_prompt(judge)
    whom = trust_words.with_whom(summary)
    changed = trust_words.rules(summary.trust_rules)
    rules = f" Rules changed by the owner: {'; '.join(changed)}." if changed else ""
    return f"{name}. Alpha, bias and failures found: {whom}, over calls both graded blind. Bias: judge minus people.{rules}"


def _trust_rows(trust: Sequence[JudgeTrust]) -> Iterator[list[Content]]:
    for one in trust:
        reasons = "; ".join(reason.strip().rstrip(".") for reason in one.reasons) or "every rule is kept"
        people = f"alpha {trust_words.alpha(one.among_people)}" if one.among_people else "not known"
        yield [
            phrases.plain(one.criterion),
            trust_words.STATES[one.state],
            *_with_people(one),
            people,
            trust_words.drift(one.drift),
            reasons,
        ]


def _with_people(one: JudgeTrust) -> list[Content]:
    """Alpha, bias, sensitivity, specificity, pairs; of an untested judge with few pairs, the pairs alone."""
    found = one.with_people
    if found is None:
        return ["no call graded by both", "", "", "", "0"]
    if not trust_words.enough(found) and one.state == "untested":
        return [trust_words.alpha(found), "", "", "", numbers.count(found.pairs)]
    shares = (trust_words.found_of(found.sensitivity), trust_words.found_of(found.specificity))
    return [trust_words.with_limits(found.alpha), trust_words.levels(found.bias), *shares, numbers.count(found.pairs)]


def _agreement_rows(summary: WeekSummary) -> Iterator[list[Content]]:
    """People with each other first, then the judge with people."""
    judged = [one.with_people for one in summary.trust if one.with_people]
    for found in (*summary.among_people, *judged):
        yield [phrases.plain(found.criterion), _between(found), *_agreement(found)]


def _between(found: Agreement) -> str:
    return " and ".join(map(trust_words.without_prompt, (found.first, found.second)))


def _agreement(found: Agreement) -> list[Content]:
    if not trust_words.enough(found):
        return [trust_words.alpha(found), "", "", "", "", numbers.count(found.pairs), ""]
    coefficients = (trust_words.with_limits(one) for one in (found.alpha, found.kappa, found.ac))
    within = numbers.measured(found.within_one) if found.within_one else ""
    bias = trust_words.levels(found.bias)
    return [*coefficients, numbers.measured(found.exact), within, numbers.count(found.pairs), bias]
