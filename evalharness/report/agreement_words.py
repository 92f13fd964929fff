"""Agreement, severity and calibration of graders in words and lines of a terminal. Pure text."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from evalharness import numbers
from evalharness.models.agreement import FEWEST_PAIRS, AgreementReport, AlternativeTest, GraderComparison, RatingsReport
from evalharness.models.measure import Measure
from evalharness.models.severity import CalibratedAnswer, CalibrationSession, Exclusion, Severity
from evalharness.models.trust import Agreement
from evalharness.report import phrases
from evalharness.report.text import columns, short
from evalharness.report.trust_words import levels, with_limits

_COEFFICIENTS = {
    "ordinal": ("alpha (Krippendorff, ordinal)", "kappa (quadratic weights)", "AC2 (Gwet, ordinal weights)"),
    "yes_no": ("alpha (Krippendorff, nominal)", "kappa (Cohen)", "AC1 (Gwet)"),
    "category": ("alpha (Krippendorff, nominal)", "kappa (Cohen)", "AC1 (Gwet)"),
}
_WIDE = 80
_NAME, _MOST_ANSWERS = 22, 8


def called(people: Sequence[str], owner: str) -> str:
    """What an LLM's agreement with these people may be called; with one person never more than with that person."""
    if not people:
        return ""
    if len(people) == 1:
        name = "this owner" if people[0] == owner else f"{people[0]} alone"
        return f"agreement with {name}: it cannot show that a grade is as good as a human's, since one human is no yardstick"
    return f"agreement with {len(people)} people of this team; may an LLM stand in for one? see the alternative annotator test"


def agreement_lines(report: AgreementReport) -> Iterator[str]:
    """The whole report for a terminal."""
    weeks = "1 drawn week" if report.weeks == 1 else f"{report.weeks} drawn weeks"
    yield f"Agreement of graders up to {report.week}, pooled over {weeks}; blind grades"
    yield f"People: {', '.join(report.people) or 'nobody graded yet'}"
    yield from _filled(f"LLM: {report.judge}; {report.called}" if report.judge else "LLM: none graded")
    if not report.comparisons:
        yield "No call has been graded by two; a share of calls goes to two people (graders.double_share)."
    for comparison in report.comparisons:
        yield ""
        yield from comparison_lines(comparison)
    yield from _severity_section(report.severity)
    for line in (*calibration_notices(report.severity), *exclusion_notices(report.excluded)):
        yield ""
        yield from _filled(line)


def comparison_lines(one: GraderComparison) -> Iterator[str]:
    """One criterion and pair of graders: every coefficient with interval and n, and how often each gave each answer."""
    who = "people with each other" if _mixed(one) else f"{one.first} and {one.second}"
    yield f"{phrases.plain(one.criterion)}: {who}, {numbers.counted(one.pairs, 'pair')}"
    if one.not_applicable:
        yield f"  beside them {numbers.count(one.not_applicable)} with a value against N/A, which is a disagreement and no pair"
    if one.note:
        yield from _filled(one.note[:1].upper() + one.note[1:] + ".", 2)
    if one.found is None:
        if not one.note:
            yield f"  shown from {FEWEST_PAIRS} pairs on; {FEWEST_PAIRS - one.pairs} more are needed"
        return
    used = {word for word, *gave in zip(one.answers, one.first_gave, one.second_gave, strict=True) if any(gave)}
    if len(used) == 1:
        every = f"Every answer is {used.pop()}: same answer {_with_n(one.found.exact)}; nothing varies, so agreement beyond "
        yield from _filled(every + "chance cannot be told.", 2)
        return
    yield from _aligned(_figures(one, one.found))
    yield from _distribution(one)
    if one.annotators is not None:
        yield from _filled(annotators(one.annotators), 2)


def annotators(test: AlternativeTest) -> str:
    """The alternative annotator test in a sentence, with how many calls each person shares."""
    share = f"{numbers.figure(test.winning_rate, 'share')} of {len(test.people)} people"
    verdict = "passed" if test.passed else "not passed"
    calls = ", ".join(f"{name} {count}" for name, count in zip(test.people, test.calls, strict=True))
    return (
        f"Alternative annotator test: {verdict}. The LLM may stand in for {share} (half are needed); it is at least as close to "
        f"the others as the person left out on {numbers.figure(test.advantage, 'share')} of calls. Calls shared: {calls}."
    )


def severity_of(one: Severity) -> str:
    """The difference with interval and n: "-0.8 levels (-1.1 to -0.5) over 34 calls"."""
    return f"{_levels(one.difference)} over {numbers.counted(one.difference.n, 'call')}"


def drift_of(one: Severity) -> str:
    """Lately against before; that there is too little to tell where there is."""
    if one.drift is None:
        return f"not enough calls ({one.lately.n} lately, {one.before.n} before)"
    return f"{_levels(one.drift)}; {one.lately.n} calls lately, {one.before.n} before{', a drift' if drifts(one) else ''}"


def _levels(measure: Measure) -> str:
    """With the unit once."""
    value, opened, limits = with_limits(measure).partition(" (")
    return f"{value}{opened}{limits.replace(' levels', '')}"


def drifts(one: Severity) -> bool:
    """Whether the interval of the drift leaves out no drift at all."""
    found = one.drift
    return found is not None and found.low is not None and found.high is not None and not found.low <= 0 <= found.high


def state_of(one: Severity) -> str:
    """Whether the person needs calibration with the criterion, and which weeks say so."""
    if not one.beyond:
        return "within the bar" if one.difference.n else ""
    return "needs calibration" + (" (last 4 weeks)" if one.by_lately else " (drifted)" if one.by_drift else "")


def calibration_notices(found: Iterable[Severity]) -> list[str]:
    """One sentence a person who needs calibration: by how much on what, and what follows."""
    by_person: dict[str, list[Severity]] = defaultdict(list)
    for one in found:
        if one.beyond:
            by_person[one.person].append(one)
    return [
        f"{person} needs calibration: {'; '.join(_beyond(one) for one in rows)}. The grades count, every verdict is computed "
        "with and without them, and each of these calls goes to a second person next week"
        for person, rows in sorted(by_person.items())
    ]


def _beyond(one: Severity) -> str:
    if one.by_drift and one.drift is not None:
        return _drifted(one, one.drift)
    shown = one.lately if one.by_lately else one.difference
    amount = numbers.figure(abs(shown.value or 0.0), "levels")
    shared = f"{numbers.counted(shown.n, 'call')} shared with {', '.join(one.others)}"
    limits = f"{numbers.interval(shown).replace(' levels', '')}; {shared}"
    more = " in the last 4 weeks" if one.by_lately else ""
    return f"{phrases.plain(one.criterion)} {amount} {'below' if (shown.value or 0) < 0 else 'above'} the others{more} ({limits})"


def _drifted(one: Severity, drift: Measure) -> str:
    """The drift with its limits and the calls on both sides."""
    way = "more severe" if (drift.value or 0) < 0 else "more lenient"
    amount = numbers.figure(abs(drift.value or 0.0), "levels")
    limits = numbers.interval(drift).replace(" levels", "")
    counts = f"{numbers.counted(one.lately.n, 'call')} in the last 4 weeks, {numbers.count(one.before.n)} before"
    return f"{phrases.plain(one.criterion)} {amount} {way} than before ({limits}; {counts}, shared with {', '.join(one.others)})"


def exclusion_notices(found: Iterable[Exclusion]) -> list[str]:
    """One sentence a person whose grades are left out: from when, why, by whom."""
    return [
        f"the grades of {one.person} are left out of every figure from {one.start} on: {one.reason} "
        f"({one.by}, {one.at:%Y-%m-%d}); they stay in the ledger"
        for one in found
    ]


def ratings_lines(report: RatingsReport) -> Iterator[str]:
    """The agreement of a file's columns for a terminal."""
    yield f"{report.file}: {numbers.counted(report.rows, 'row')}"
    if report.scale:
        kind = {"ordinal": "levels in order", "yes_no": "yes or no", "category": "categories"}[report.kind]
        yield from _filled(f"Scale: {', '.join(report.scale)} ({kind}; {report.scale_from})")
    for rater in report.raters:
        parts = (("blank", rater.blank), ("N/A", rater.not_applicable), ("not on the scale", rater.unread))
        more = "".join(f", {count} {word}" for word, count in parts if count)
        yield f"  {rater.name}: {numbers.counted(rater.rated, 'rating')}{more}"
    if report.unread:
        yield from _filled(f"Not on the scale, so counted as missing: {'; '.join(report.unread)}")
    if report.pair is not None:
        yield ""
        yield from comparison_lines(report.pair)
    if report.alpha is not None and report.ac is not None:
        alpha, _, ac = _COEFFICIENTS[report.kind]
        yield ""
        yield "All raters together"
        yield from _aligned([(alpha, _with_n(report.alpha)), (ac, _with_n(report.ac))])
    if report.annotators is not None:
        yield from _filled(annotators(report.annotators))
    if report.note:
        yield from _filled(report.note[:1].upper() + report.note[1:] + ".")


def started_lines(session: CalibrationSession) -> Iterator[str]:
    """Where the sheets of a session are and what to do with them."""
    yield f"Calibration session {session.name}, calls of {session.week}; nothing of it enters any figure"
    yield from (f"  {person}: {path}" for person, path in session.files.items())
    yield from _filled("Everybody fills in their own sheet without talking; then, together: evalharness calibrate --show")


def session_lines(session: CalibrationSession) -> Iterator[str]:
    """What a calibration session showed: answers beside each other where people differ, with the level texts they chose."""
    yield f"Calibration session {session.name}, calls of {session.week}; nothing of it enters any figure"
    for person, path in session.files.items():
        filled = session.filled.get(person)
        state = "not found" if filled is None else f"{filled} of {session.asked} answered"
        yield f"  {person}: {state}  {path}"
    for problem in session.problems:
        yield from _filled(problem, 2)
    yield from _spread(session.answers)
    for one in sorted((one for one in session.answers if one.apart), key=lambda one: -one.apart):
        yield ""
        yield from _read_differently(one)


def _spread(answers: Sequence[CalibratedAnswer]) -> Iterator[str]:
    """Criterion by criterion: on how many calls people differ, and by how much at most."""
    both = [one for one in answers if len(one.answers) > 1]
    yield ""
    if not both:
        yield "No question has been answered by two people yet."
        return
    differing = [one for one in both if one.apart]
    asked = numbers.counted(len(both), "question")
    yield f"Answered by two or more: {asked}; alike {len(both) - len(differing)}, different {len(differing)}"
    rows = []
    for criterion in dict.fromkeys(one.criterion for one in both):
        mine = [one for one in both if one.criterion == criterion]
        apart = [one.apart for one in mine]
        most = f", at most {numbers.counted(max(apart), 'step')} apart" if max(apart) else ""
        rows.append((phrases.plain(criterion), f"{sum(map(bool, apart))} of {len(mine)} different{most}"))
    yield from _aligned(rows)


def _read_differently(one: CalibratedAnswer) -> Iterator[str]:
    turn = "" if one.turn is None else f", turn {one.turn}"
    yield f"Call {one.position} ({one.call_id}){turn}, {phrases.plain(one.criterion)}: {one.question}"
    by_answer: dict[str, list[str]] = defaultdict(list)
    for person, answer in one.answers.items():
        by_answer[answer].append(person)
    for answer, people in sorted(by_answer.items()):
        yield from _filled(f"{', '.join(people)}: {answer}{f', {one.texts[answer]!r}' if one.texts.get(answer) else ''}", 2)


def _figures(one: GraderComparison, found: Agreement) -> Iterator[tuple[str, str]]:
    for name, measure in zip(_COEFFICIENTS[one.kind], (found.alpha, found.kappa, found.ac), strict=True):
        yield name, _with_n(measure)
    yield "same answer", _with_n(found.exact)
    if found.within_one is not None:
        yield "within one level", _with_n(found.within_one)
    if _mixed(one):
        return
    if found.bias is not None:
        yield "mean difference, levels", f"{levels(found.bias)}  {one.first} minus {one.second}"
    event = f"'{one.event}'" if one.event else "failing answers"
    if found.sensitivity is not None:
        yield "sensitivity", f"{_with_n(found.sensitivity)}  of {event} by {one.second}"
    if found.specificity is not None:
        yield "specificity", _with_n(found.specificity)


def _mixed(one: GraderComparison) -> bool:
    """Whether several people stand on both sides, so that no difference has a direction (severity has)."""
    return one.between == "people" and one.first == one.second


def _with_n(measure: Measure) -> str:
    return f"{with_limits(measure)}  n {numbers.count(measure.n)}"


def _distribution(one: GraderComparison) -> Iterator[str]:
    """How often each gave each answer: beside each other where it fits a terminal, else an answer a line."""
    names = [short(one.first, _NAME), short(one.second, _NAME)]
    gave = list(zip(one.answers, one.first_gave, one.second_gave, strict=True))
    cells = [[word, str(a), str(b)] for word, a, b in gave]
    if _mixed(one):
        names, cells = ["given"], [[word, str(a + b)] for word, a, b in gave]
    room = max(map(columns, names)) + sum(max(map(columns, cell)) + 2 for cell in cells) + 4
    if len(cells) <= _MOST_ANSWERS and room <= _WIDE:
        left = max(columns(name) for name in (*names, "answers"))
        for at, name in enumerate(("answers", *names)):
            padded = "".join("  " + " " * (max(map(columns, cell)) - columns(cell[at])) + cell[at] for cell in cells)
            yield f"  {name}{' ' * (left - columns(name))}{padded}"
        return
    for word, *counts in cells:
        if any(count != "0" for count in counts):
            by = zip(counts, names, strict=True)
            yield f"  {word}: {', '.join(f'{count} {name}' if _mixed(one) else f'{count} by {name}' for count, name in by)}"


def _severity_section(found: Sequence[Severity]) -> Iterator[str]:
    if not found:
        return
    yield ""
    yield "Severity: own answer minus the other people's mean, in levels; below 0 = severe"
    for criterion in dict.fromkeys(one.criterion for one in found):
        yield f"  {phrases.plain(criterion)}"
        for one in (one for one in found if one.criterion == criterion):
            yield from _filled(f"{one.person}: {severity_of(one)}; {state_of(one)}. Drift: {drift_of(one)}", 4)


def _aligned(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names and texts in two columns; a text too long for its line goes on below."""
    found = list(rows)
    left = max((columns(name) for name, _ in found), default=0)
    for name, text in found:
        first, *more = _wrapped(text, _WIDE - left - 4)
        yield f"  {name}{' ' * (left - columns(name))}  {first}"
        yield from (f"{' ' * (left + 4)}{line}" for line in more)


def _filled(text: str, indent: int = 0) -> Iterator[str]:
    """A sentence over as many lines as it takes, the later ones set in."""
    for number, line in enumerate(_wrapped(text, _WIDE - indent - 2)):
        yield f"{' ' * (indent + (2 if number else 0))}{line}"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 20), break_on_hyphens=False) or [""]
