"""The answers of `init` as a commented evalharness.yaml."""

from __future__ import annotations

from dataclasses import dataclass

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_TEXT = """\
# The workspace of one voice agent and its one owner. A key that is left out has its default.
# A mistake is reported with its line and column; `evalharness doctor` checks everything.

agent:
  name: {agent}
  # What the agent is for, for what share of calls, with what fallback. It stands on the scorecard
  # and decides which calls are out of scope.
  success_criteria: {success_criteria}

owner:
  name: {owner}          # exactly one person
  deputy: {deputy}
  away: []          # such as [2026-12-21/2027-01-03]

timezone: {timezone}          # by this clock a week begins on Monday at midnight

# Which calls are this agent's own, such as: agent == "front desk" and direction == inbound
# null: all of them, as long as the log shows one agent.
scope: {scope}

collect:
  # Files that `week` collects. A source is auto, a form (docs/sources.md), or a field map under `maps`.
  sources:{sources}
{maps}
sample:
  size: 35          # 20 to 50 calls a week
  seed: 1
  # Groups drawn apart; the first rule that matches decides, the rest is `core`. From 35 calls on a tail
  # can stand here too: {{tail: long}}, transferred, error, slow, low_csat, night (docs/sampling.md).
  strata:
    - {{name: to_a_person, when: "outcome in [transferred, follow_up]"}}

rubric: rubrics/phone-agent.yaml
thresholds: rubrics/good-enough.yaml

graders:
  # Who grades; each gets a sheet. Nobody here: the owner alone.
  people:{people}
  double_share: 0.2          # the part that two people grade

# Until an LLM, where one is switched on, keeps all of these with people's blind grades, its grades decide nothing.
judge_trust: {{min_pairs: 20, min_failures: 8, alpha_low: 0.4, max_bias: 0.5, min_sensitivity: 0.8, below_people: 0.1}}
"""


@dataclass(frozen=True)
class InitAnswers:
    """What `init` asks. `people`: who grades (none = the owner); `sources`: paths or patterns of files to collect.

    `example`: a pattern and the source by which its files are read; `maps`: field maps as YAML, four spaces in.
    """

    agent: str
    owner: str
    timezone: str
    success_criteria: str = ""
    deputy: str | None = None
    people: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("inbox/*",)
    scope: str | None = None
    example: tuple[str, str] | None = None
    maps: str = ""


def render(answers: InitAnswers) -> str:
    """The text of evalharness.yaml; whatever was typed comes back equal when it is read."""
    return _TEXT.format(
        agent=quote(answers.agent),
        owner=quote(answers.owner),
        timezone=quote(answers.timezone),
        success_criteria=quote(answers.success_criteria),
        deputy="null" if answers.deputy is None else quote(answers.deputy),
        scope="null" if answers.scope is None else quote(answers.scope),
        sources=_entries([_source(path) for path in answers.sources] + _example(answers)),
        maps=f"  # How files of other forms are read (docs/field-map.md).\n  maps:\n{answers.maps}" if answers.maps else "",
        people=_entries([f"name: {quote(name)}" for name in answers.people]),
    )


def quote(text: str) -> str:
    """The text in double quotes with YAML's escapes: one line, printable, whatever it holds."""
    return (
        '"'
        + "".join(_ESCAPES.get(letter) or (letter if letter.isprintable() else _escaped(ord(letter))) for letter in text)
        + '"'
    )


def _escaped(code: int) -> str:
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _source(path: str) -> str:
    """Which form its files have is recognised; one in no known form waits for its map."""
    return f"path: {quote(path)}, source: auto"


def _example(answers: InitAnswers) -> list[str]:
    return [f"path: {quote(answers.example[0])}, source: {quote(answers.example[1])}"] if answers.example else []


def _entries(entries: list[str]) -> str:
    return "".join(f"\n    - {{{entry}}}" for entry in entries) or " []"
