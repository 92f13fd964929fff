"""The parts of evalharness.yaml, one noun a key, each with its default."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from evalharness.models.csat import Baseline
from evalharness.models.guard import Defences
from evalharness.models.noun import Amount, Count, Name, Noun, Share
from evalharness.models.rule import parse_rule
from evalharness.models.sample import Stratum
from evalharness.models.tail import TAILS, TAILS_SHARE
from evalharness.workspace.file_name import file_key
from evalharness.workspace.yaml_words import Located, collected, nearest, quoted, unique

SMALLEST, LARGEST, TAIL_FROM = 20, 50, 35
RESERVED_STRATA = ("core", "all")
RedactCategory = Literal["card", "account", "phone", "email", "dob", "ssn", "name", "address"]
Positive = Annotated[int, Field(ge=1)]
Effort = Literal["low", "medium", "high", "xhigh", "max"]
KeyVariable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
BaseUrl = Annotated[str, Field(pattern=r"^https?://[^@\s]+$")]
_TWO_PEOPLE = re.compile(r"\s(and|&|/|\+)\s|[;&]|\w\s+\w+,\s*\w+\s+\w")


def _inside(path: str) -> str:
    """A path that stays in the workspace: relative, without `..`."""
    given = PurePosixPath(path)
    if given.is_absolute() or ".." in given.parts or "\\" in path or not path.strip() or given == PurePosixPath():
        raise ValueError(f"{path!r} is not a path within the workspace, such as rubrics/phone-agent.yaml")
    return path


InsidePath = Annotated[str, AfterValidator(_inside)]


def _one_person(name: str) -> str:
    if not name.strip():
        raise ValueError("a name stands here; it is empty")
    if _TWO_PEOPLE.search(name):
        raise ValueError(f"{name!r} reads like several people; an agent has one owner, a second person can be `deputy`")
    return name


PersonName = Annotated[Name, AfterValidator(_one_person)]


class Agent(Noun):
    """The one agent that is evaluated, and in its owner's words what it is for."""

    name: Name
    success_criteria: str = ""


class Away(Noun):
    """Days on which the owner is away, both included; written 2026-12-21/2027-01-03."""

    first: date
    last: date

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        try:
            first, last = (date.fromisoformat(day) for day in given.split("/"))
        except ValueError:
            raise ValueError(f"{given!r} is not a range of days such as 2026-12-21/2027-01-03") from None
        return {"first": first, "last": last}

    @model_validator(mode="after")
    def _forwards(self) -> Away:
        if self.last < self.first:
            raise ValueError(f"{self.first}/{self.last} ends before it begins")
        return self

    def covers(self, day: date) -> bool:
        """Whether the owner is away on that local day."""
        return self.first <= day <= self.last


class Owner(Noun):
    """The one person who answers for the agent, a deputy, and when the owner is away."""

    name: PersonName
    deputy: PersonName | None = None
    away: tuple[Away, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one(cls, given: Any) -> Any:
        names = given.get("name") if isinstance(given, dict) else given
        several = isinstance(names, list | tuple)
        if several:
            raise ValueError("an agent has one owner, not a list: write {name: ...}, and the second person as `deputy`")
        return given

    @field_validator("deputy")
    @classmethod
    def _another(cls, deputy: str | None, info: Any) -> str | None:
        if deputy is not None and deputy.casefold() == str(info.data.get("name", "")).casefold():
            raise ValueError("the deputy is another person than the owner")
        return deputy


class CallPlace(Noun):
    """Where the call log lives: an engine and a folder of the workspace."""

    engine: Name = "duckdb"
    path: InsidePath = "calls"

    @field_validator("path")
    @classmethod
    def _one_folder(cls, path: str) -> str:
        if len(PurePosixPath(path).parts) > 1:
            raise ValueError(f"{path!r} is not one folder of the workspace, such as calls")
        return path


class LedgerPlace(Noun):
    """Where the ledger lives; None = ledger.db in the workspace."""

    url: str | None = None


class Privacy(Noun):
    """What is taken out of texts before they are kept, and how callers are known again (a keyed hash)."""

    redact: tuple[RedactCategory, ...] = ("card", "account", "phone", "email", "dob", "ssn")
    caller_key: Literal["hashed"] = "hashed"


class Retention(Noun):
    """Days until something is purged; None = kept."""

    transcripts_days: Positive | None = 180
    recordings_days: Positive | None = 90
    grades_days: Positive | None = None
    exports_days: Positive | None = 365
    llm_replies_days: Positive | None = 90


def _tail_problems(index: int, entry: dict[str, Any], size: Any) -> Iterator[Located]:
    place, name = ("strata", index, "tail"), entry["tail"]
    if not isinstance(name, str) or name not in TAILS:
        yield place, f"{quoted(name)} is no tail known by name; {nearest(str(name), tuple(TAILS))}"
    for key in ("name", "when"):
        if key in entry:
            yield ("strata", index, key), "a tail has its own name and rule; leave this out, or leave `tail` out"
    if isinstance(size, int) and size < TAIL_FROM:
        yield place, f"a tail needs a sample of {TAIL_FROM} calls or more, not {size}"


def _tail_stratum(entry: dict[str, Any], share: float) -> dict[str, Any]:
    """The stratum that a tail's entry stands for; other keys of the entry stay, so that an unknown one is named."""
    name = entry["tail"]
    return {"share": share, **{key: value for key, value in entry.items() if key != "tail"}, "name": name, "when": TAILS[name]}


class Sampling(Noun):
    """The weekly draw: how many calls (20 to 50), the seed, the strata before `core`, or every k-th call.

    `{tail: long}` among the strata stands for the stratum of that name, its rule, and its part of a fifth of the sample.
    """

    size: Annotated[int, Field(ge=SMALLEST, le=LARGEST)] = 35
    seed: int = 1
    strata: tuple[Stratum, ...] = (Stratum(name="to_a_person", when="outcome in [transferred, follow_up]"),)
    every_nth: Positive | None = None

    @model_validator(mode="before")
    @classmethod
    def _tails(cls, given: Any) -> Any:
        strata = given.get("strata") if isinstance(given, dict) else None
        if not isinstance(strata, list | tuple):
            return given
        tails = [(index, entry) for index, entry in enumerate(strata) if isinstance(entry, dict) and "tail" in entry]
        collected(*(_tail_problems(index, entry, given.get("size", cls.model_fields["size"].default)) for index, entry in tails))
        sharing = sum("share" not in entry for _, entry in tails)
        own = {index: _tail_stratum(entry, TAILS_SHARE / max(sharing, 1)) for index, entry in tails}
        return {**given, "strata": tuple(own.get(index, entry) for index, entry in enumerate(strata))}

    @model_validator(mode="after")
    def _strata(self) -> Sampling:
        names = [stratum.name for stratum in self.strata]
        collected(self._rules(), self._room(), unique(names, lambda index: ("strata", index, "name")))
        return self

    def _rules(self) -> Iterator[Located]:
        for index, stratum in enumerate(self.strata):
            if stratum.name in RESERVED_STRATA:
                yield ("strata", index, "name"), f"{stratum.name!r} is the name of the rest; choose another"
            try:
                parse_rule(stratum.when or "")
            except ValueError as error:
                yield ("strata", index, "when"), str(error) if stratum.when else "a stratum needs a rule in `when`"

    def _room(self) -> Iterator[Located]:
        most = 3 if self.size >= TAIL_FROM else 1
        if len(self.strata) > most:
            yield ("strata",), f"at most {most} strata beside `core` fit a sample of {self.size} calls, not {len(self.strata)}"
        shares = [(index, stratum.share) for index, stratum in enumerate(self.strata) if stratum.share is not None]
        if shares and self.size < TAIL_FROM:
            yield ("strata", shares[0][0], "share"), f"a fixed share needs a sample of {TAIL_FROM} calls or more, not {self.size}"
        if sum(share for _, share in shares) >= 1:
            yield ("strata",), "the fixed shares leave nothing for the rest; together they stay below 1"


class Person(Noun):
    """A person who grades."""

    name: PersonName


class OtherJudge(Noun):
    """A further model that grades beside the first one, as a grader of its own; without a `base_url` at the same address.

    `key_env`: the environment variable that holds the key of its address; one of its own needs it.
    """

    model: Name
    effort: Effort = "low"
    base_url: BaseUrl | None = None
    key_env: KeyVariable | None = None


class LlmGrader(Noun):
    """The LLM as a grader; off until a person sets `enabled: true`.

    `judges`: further models, each a grader of its own. `per_criterion`: a request a criterion instead of one a call. `repeats`:
    how often each call is asked about (the first gives the grades). `gold`: how many past calls of people's grades are mixed
    into a week's run. `defences`: what guards against an attacked or broken judge, each by its name. `key_env`: the environment
    variable that holds the key of `base_url`.
    """

    enabled: bool = False
    model: Name = "claude-haiku-5-5"
    effort: Effort = "low"
    base_url: BaseUrl | None = None
    key_env: KeyVariable = "ANTHROPIC_API_KEY"
    judges: tuple[OtherJudge, ...] = ()
    per_criterion: bool = False
    concurrency: Positive = 20
    max_cost_usd: Amount = 5
    batch: bool = False
    repeats: Positive = 1
    criteria: Literal["all"] | tuple[Name, ...] = "all"
    gold: Annotated[int, Field(ge=0, le=200)] = 100
    defences: Defences = Defences()

    @model_validator(mode="after")
    def _judges(self) -> LlmGrader:
        collected(self._twice(), self._keys())
        return self

    def _twice(self) -> Iterator[Located]:
        models = [self.model, *(judge.model for judge in self.judges)]
        for index, model in enumerate(models[1:]):
            if model in models[: index + 1]:
                yield ("judges", index, "model"), f"{model!r} grades already; a grader is known by its model"

    def _keys(self) -> Iterator[Located]:
        """A key goes to one address alone, unless somebody writes that it may go to another."""
        held: dict[str | None, str] = {None: self.key_env, self.base_url: self.key_env}
        for index, judge in enumerate(self.judges):
            if judge.base_url is not None and judge.base_url not in held and judge.key_env is None:
                text = "an address of its own needs the name of the environment variable that holds its key"
                yield ("judges", index, "key_env"), f"{text}; {self.key_env} goes to the first judge's address alone"
            elif judge.key_env not in (None, held.setdefault(judge.base_url, judge.key_env or "")):
                yield ("judges", index, "key_env"), f"one address has one key; it is {held[judge.base_url]} already"


class Graders(Noun):
    """Who grades: people (none = the owner alone), the share graded by two, the blind ones, the ones to hear."""

    people: tuple[Person, ...] = ()
    double_share: Share = 0.2
    blind_first: Count = 20
    heard_per_week: Count = 3
    llm: LlmGrader = LlmGrader()

    @model_validator(mode="after")
    def _people(self) -> Graders:
        names = [person.name for person in self.people]
        collected(unique(names, lambda index: ("people", index, "name"), file_key))
        return self


class Csat(Noun):
    """What the agent's CSAT is compared with."""

    baseline: Baseline | None = None
