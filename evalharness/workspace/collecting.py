"""What is collected, from where, and how foreign files are read: the part `collect` of evalharness.yaml."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from evalharness.models.call import Outcome
from evalharness.models.noun import Name, Noun
from evalharness.workspace.settings import BaseUrl, KeyVariable, Positive
from evalharness.workspace.yaml_file import as_data


class Source(Noun):
    """Files to collect: a path or pattern, and how to read them (a form, a map; None = recognised from the file).

    `as` (kind): facts that come later for calls of the log instead of calls, joined by `join` (call_id where not said).
    """

    path: Annotated[str, Field(min_length=1)]
    source: Name | None = None
    kind: Literal["calls", "csat", "outcome", "version", "cost", "consent"] | None = Field(default=None, alias="as")
    join: Literal["call_id", "caller_time"] | None = None

    @model_validator(mode="after")
    def _fitting(self) -> Source:
        later = self.kind not in (None, "calls")
        if later and self.source is not None:
            raise ValueError("a file of later facts (`as`) is CSV or JSONL by its name and has no `source`")
        if self.join is not None and not later:
            raise ValueError("`join` goes with `as`: csat, outcome, version, cost or consent")
        return self


class Limits(Noun):
    """What one file and one call may be at most: MB of a file, KB of a call, turns of a call."""

    file_mb: Positive = 4096
    call_kb: Positive = 8192
    turns: Positive = 5000


class PullFrom(Noun):
    """A platform whose server is asked for the week's calls: those of some `agents` (ids), or all of the account.

    `key_env`: the environment variable that holds its key; `base_url`: where it is reached; None = as the platform documents it.
    """

    source: Literal["vapi", "retell", "elevenlabs"]
    agents: tuple[Name, ...] = ()
    key_env: KeyVariable | None = None
    base_url: BaseUrl | None = None


class Collecting(Noun):
    """What `week` collects and how foreign files are read. `maps`: field maps by name, raw; collect validates them.

    `pull`: the platforms whose servers are asked for calls; none, and nothing is asked.

    `outcomes`: reason a call ended, with `*` for any letters -> outcome, where the log gives none; over the platforms' tables.
    `timezones`: form -> the clock of its times without an offset, which are refused where none is declared.
    """

    sources: tuple[Source, ...] = ()
    pull: tuple[PullFrom, ...] = ()
    maps: Annotated[dict[Name, dict[str, Any]], AfterValidator(as_data)] = Field(default_factory=dict)
    limits: Limits = Limits()
    outcomes: dict[Name, Outcome] = Field(default_factory=dict)
    timezones: dict[Name, Name] = Field(default_factory=dict)
