"""A rubric, its use, its holes and its changes in lines of a terminal. Pure text; what calls said is made one visible line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from evalharness import numbers
from evalharness.models.grade import Evidence
from evalharness.models.improvement import (
    FEWEST_CALLS,
    Confused,
    CriterionChange,
    CriterionDisagreements,
    CriterionUse,
    DifferingCall,
    FieldChange,
    RubricDiff,
    RubricDisagreements,
    RubricVersion,
    Side,
)
from evalharness.models.rubric import Criterion, Rubric
from evalharness.report import phrases
from evalharness.report.text import visible
from evalharness.report.trust_words import with_limits

_WIDE = 110
_DIGEST = 12
_MOST_PAIRS = 3
"""Pairs of answers shown of each criterion, unless one criterion is asked for."""
_WHO = {"people_and_llm": "people and LLM", "people": "people among themselves"}
NEVER_CHANGED = "Nothing here changes the rubric or the prompt: a person does, and the next draw takes it."


def flat(text: str) -> str:
    """A text as part of one line, whatever stands in it: line ends are blanks, what acts on a terminal is shown by its number."""
    return visible(" ".join(text.split()))


def rubric_lines(rubric: Rubric) -> Iterator[str]:
    """The form as graders see it: policy, every question with its answers, and the digests that say what it means."""
    yield f"{rubric.id}, version {rubric.version}  (digest {rubric.digest()[:16]})"
    yield ""
    yield from rubric.policy.rstrip().splitlines()
    digests = rubric.digests()
    for criterion in rubric.criteria():
        yield ""
        yield from _criterion(criterion, digests[criterion.id])


def _criterion(criterion: Criterion, digest: str) -> Iterator[str]:
    weight = f", weight {numbers.plain(criterion.weight)}" if criterion.weight else ""
    asked = "; asked of turns" if criterion.scope == "turn" else ""
    when = f"; only when {criterion.when}" if criterion.when else ""
    heard = "; heard calls only" if criterion.heard else ""
    more = f"{asked}{when}{heard}; digest {digest[:_DIGEST]}"
    yield f"{criterion.id} ({criterion.type}{weight}; graded by {', '.join(criterion.graded_by)}{more})"
    yield f"  {criterion.question}"
    for level in criterion.levels:
        fails = f" [fails the {level.fail}]" if level.fail else ""
        yield f"  {level.value}{f': {level.text}' if level.text else ''}{fails}"
    if criterion.type == "yes_no":
        yield f"  yes, no{f' (good: {criterion.good})' if criterion.good else ''}"
    yield from (f"  {band.level}: {band.op}{numbers.plain(band.bound)}" for band in criterion.bands)


def use_lines(weeks: Sequence[str], use: Sequence[CriterionUse], few: Sequence[str]) -> Iterator[str]:
    """What `lint` looked at beside the form: over which weeks, and of which criteria too few calls are answered."""
    if not weeks:
        yield "Use: no week is drawn yet; only the form was looked at."
        return
    answered = max((one.answered for one in use), default=0)
    yield f"Use: {span(weeks)}, blind grades by people of up to {numbers.counted(answered, 'call')} a criterion"
    if few and len(few) == len(use):
        yield f"  too few calls of every criterion; its use is looked at from {FEWEST_CALLS} answered calls on"
    elif few:
        counts = {one.criterion: one.answered for one in use}
        named = ", ".join(f"{phrases.plain(name)} {counts[name]}" for name in few)
        yield from filled(f"too few calls (from {FEWEST_CALLS} on): {named}", 2)


def span(weeks: Sequence[str]) -> str:
    """The weeks in words: "6 drawn weeks, 2026-W42 to 2026-W47"."""
    return weeks[0] if len(weeks) == 1 else f"{len(weeks)} drawn weeks, {weeks[0]} to {weeks[-1]}" if weeks else "no drawn week"


def disagreement_lines(found: RubricDisagreements, most_calls: int = 3) -> Iterator[str]:
    """Where graders differ most, criterion by criterion: the table, and behind each pair of answers its texts and calls."""
    yield f"Where graders differ, {span(found.weeks)}; blind grades of drawn calls"
    yield f"People: {', '.join(map(flat, found.people)) or 'nobody graded yet'}. LLM: {flat(found.judge or 'none graded')}"
    if not found.criteria:
        yield f"No call has been answered by two; there is nothing to compare. Shown from {FEWEST_CALLS} such calls on."
    several = len({one.criterion for one in found.criteria}) > 1
    for one in found.criteria:
        if one.differing:
            yield ""
            yield from _hole(one, (most_calls, _MOST_PAIRS if several else len(one.confused)))
    yield from _alike([one for one in found.criteria if not one.differing])
    if any(one.confused for one in found.criteria):
        yield ""
        yield from filled(
            "Where both answers can be defended from the texts, the rubric has a hole: mend the texts, see what that changes "
            f"(rubric diff) and how far grades shift (rubric bridge). {NEVER_CHANGED}"
        )


def _alike(found: Sequence[CriterionDisagreements]) -> Iterator[str]:
    """Criteria without any difference, in a line a side."""
    for between, who in _WHO.items():
        named = [f"{phrases.plain(one.criterion)} {one.calls}" for one in found if one.between == between]
        if named:
            yield ""
            yield from filled(f"Every answer alike, {who} (calls): {', '.join(named)}")


def _hole(one: CriterionDisagreements, most: tuple[int, int]) -> Iterator[str]:
    """`most`: how many calls of a pair of answers, and how many such pairs."""
    who = _WHO[one.between]
    n = numbers.counted(one.calls, "call") + (f" ({numbers.counted(one.pairs, 'pair')})" if one.pairs != one.calls else "")
    if one.share is None:
        differ = f"{one.differing} of {n} differ; too few to say how often they do (from {FEWEST_CALLS} calls on)"
    else:
        differ = f"{one.differing} of {n} differ, {with_limits(one.share)}"
    yield from filled(f"{phrases.plain(one.criterion)}, {who}: {differ}")
    yield f"  {flat(one.question)}"
    yield from _table(one)
    for confused in one.confused[: most[1]]:
        yield from _confused(one, confused, most[0])
    rest = one.confused[most[1] :]
    if rest:
        pairs = numbers.counted(len(rest), "more pair")
        met = numbers.counted(sum(one.n for one in rest), "time")
        yield f"  ... and {pairs} of answers, met {met}: --criterion {one.criterion}"


def _table(one: CriterionDisagreements) -> Iterator[str]:
    """Answers that neither gave are left out."""
    used = [at for at in range(len(one.answers)) if any(one.table[at]) or any(row[at] for row in one.table)]
    names, heads = _names(one), [one.answers[at] for at in used]
    yield f"  rows: {names[0]}, columns: {names[1]}"
    yield from grid(heads, heads, [[one.table[row][column] for column in used] for row in used])


def grid(rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]]) -> Iterator[str]:
    """Counts under and beside their heads; 0 is a point."""
    cells = [[str(count or ".") for count in row] for row in counts]
    wide = [max(len(head), *(len(row[at]) for row in cells)) for at, head in enumerate(columns)]
    left = max(map(len, rows))
    yield "    " + " " * left + "".join(f"  {head.rjust(width)}" for head, width in zip(columns, wide, strict=True))
    for name, row in zip(rows, cells, strict=True):
        yield f"    {name.rjust(left)}" + "".join(f"  {cell.rjust(width)}" for cell, width in zip(row, wide, strict=True))


def _names(one: CriterionDisagreements) -> tuple[str, str]:
    if one.between == "people_and_llm":
        return "people", "LLM"
    return ("the lower answer", "the higher one") if one.first == one.second else (flat(one.first), flat(one.second))


def _confused(one: CriterionDisagreements, found: Confused, most_calls: int) -> Iterator[str]:
    names = _names(one)
    counts = ((found.one, found.other, found.one_first), (found.other, found.one, found.other_first))
    told = "; ".join(f"{names[0]} {a}, {names[1]} {b}: {numbers.counted(n, 'call')}" for a, b, n in counts if n)
    mixed = one.between == "people" and one.first == one.second
    yield f"  {found.one} against {found.other}: {numbers.counted(found.n, 'time')}" if mixed else f"  {told}"
    for answer, text in found.texts.items():
        yield from filled(f"{answer} = {flat(text)}", 4)
    for call in found.calls[:most_calls]:
        yield from _call(call)
    if len(found.calls) > most_calls:
        yield f"    ... and {numbers.counted(len(found.calls) - most_calls, 'more call')}: --calls {len(found.calls)}"
    if found.held_back:
        yield f"    {numbers.counted(found.held_back, 'call')} held back: somebody is still to grade them blind (--ungraded)"


def _call(call: DifferingCall) -> Iterator[str]:
    yield f"    {flat(call.call_id)} ({call.week})"
    yield from (line for side in call.sides for line in filled(_side(side), 6))


def _side(side: Side) -> str:
    turn = "" if side.turn is None else f", turn {side.turn}"
    quotes = "".join(f"; {_quote(one)}" for one in side.evidence)
    why = f": {flat(side.why)}" if side.why else ""
    return f"{flat(side.who)}{' (LLM)' if side.kind == 'llm' else ''}{turn}: {flat(side.answer)}{why}{quotes}"


def _quote(one: Evidence) -> str:
    where = f"turn {one.turn}" if one.turn is not None else f"at {numbers.clock(one.at_ms)}"
    return f'{where} "{flat(one.quote)}"' if one.quote else where


def diff_lines(found: RubricDiff) -> Iterator[str]:
    """What another version changes: in meaning, in form only, and which lines of the trend break."""
    yield f"{_version(found.before)}  ->  {_version(found.after)}"
    if found.before.version == found.after.version and found.before.sha256 != found.after.sha256:
        yield f"Two texts, one version: raise it to {found.after.version + 1} in the newer one, so that figures tell them apart."
    meant = [one for one in found.criteria if one.kind in ("added", "removed", "meaning")]
    if found.policy:
        yield ""
        yield "The policy changed, and with it what every judged criterion means"
        yield from (line for text in found.policy for line in filled(flat(text), 2))
    yield ""
    yield f"Another meaning: {len(meant) or 'none'}"
    yield from (line for one in meant for line in _change(one))
    editorial = [one for one in found.criteria if one.kind == "editorial"]
    yield f"Same meaning, written or counted otherwise: {len(editorial) or 'none'}"
    yield from (line for one in editorial for line in _change(one))
    same = [phrases.plain(one.criterion) for one in found.criteria if one.kind == "same"]
    yield from filled(f"As it was: {', '.join(same) or 'none'}")
    yield ""
    yield from _trend(found)


def _version(one: RubricVersion) -> str:
    where = f"{flat(one.where)}: " if one.where else ""
    return f"{where}{flat(one.id)}, version {one.version} (digest {one.sha256[:_DIGEST]})"


_KINDS = {"added": "new", "removed": "gone", "meaning": "changed", "editorial": "same meaning", "same": "as it was"}


def _change(one: CriterionChange) -> Iterator[str]:
    digests = f"  {one.before[:_DIGEST] or '-'} -> {one.after[:_DIGEST] or '-'}" if one.before != one.after else ""
    why = ", by the policy alone" if one.by_policy else ""
    yield f"  {phrases.plain(one.criterion)}: {_KINDS[one.kind]}{why}{digests}"
    for field in one.fields:
        yield from _field(field)


def _field(one: FieldChange) -> Iterator[str]:
    hint = "" if one.wording else " (only spaces, capitals or signs; the line breaks all the same)"
    yield f"    {one.field}{hint}"
    yield from (
        line for sign, text in (("-", one.before), ("+", one.after)) if text for line in filled(f"{sign} {flat(text)}", 6)
    )


def _trend(found: RubricDiff) -> Iterator[str]:
    if not found.lines:
        yield "No line of the trend would break."
        return
    yield "Lines of the trend that start anew with the first week drawn under the new rubric"
    for line in found.lines:
        yield from filled(f"{phrases.title(line.measure)}: {'; '.join(line.because)}", 2)
    yield from filled(f"Lines that go on: {', '.join(map(phrases.title, found.kept)) or 'none'}")
    yield "How far grades shift between the two: evalharness rubric bridge NEW.yaml"


def filled(text: str, indent: int = 0) -> Iterator[str]:
    """A sentence over as many lines as it takes, the later ones set in."""
    lines = textwrap.wrap(text, max(_WIDE - indent, 20), break_on_hyphens=False) or [""]
    yield from (f"{' ' * (indent + (2 if number else 0))}{line}" for number, line in enumerate(lines))


def finding_lines(findings: Iterable[tuple[str, str, str, str]]) -> Iterator[str]:
    """Findings as (severity, where, what, fix), two lines each."""
    for severity, where, what, fix in findings:
        yield f"{severity.upper():8} {where}: {what}"
        yield f"         {fix}"
