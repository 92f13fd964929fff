"""What must be said, recorded or checked in a call: configured by the owner, because law and contract differ."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator, model_validator

from evalharness.models.noun import Name, Noun
from evalharness.models.rule import TEXT_FIELDS, Both, Comparison, Either, Not, Rule, parse_rule
from evalharness.models.voice_rules import Phrases

OPT_OUTS: Phrases = {
    "en": (
        "remove me from your", "remove me from the list", "remove me from this list", "remove me from all",
        "be removed from your", "dont want any calls", "dont want your calls", "dont want these calls",
        "dont want any more calls", "do not ring me", "dont ring me", "wish to be contacted", "want to be contacted",
        "unsubscribe", "no more of these calls", "no more of your calls", "ever call again", "ever call me", "not call register",
        "not call me again", "not to be called", "take me off this list", "take me off the list", "off ... call list",
        "off ... calling list", "off ... contact list", "out of your system", "from your system", "hear from you guys",
        "hear from you anymore", "hear from you again", "quit calling", "no call list", "lose this number", "lose my number",
        "not to phone me", "not to call me", "contact me any", "contact me again", "stop ringing", "stop phoning", "stop texting",
        "withdraw my consent", "revoke my consent", "dont phone me", "leave me alone", "stop bothering me",
        "want you to stop calling", "stop calling", "stop contacting", "take me off your", "take my number off",
        "remove my number", "delete my number", "dont ever call", "dont call me again", "do not call me again",
        "dont call me anymore", "do not call me anymore", "dont call here again", "do not call list", "never call me again",
        "never contact me", "dont contact me", "no more calls", "any more calls from", "unsubscribe me", "opt out", "opt me out",
    ),
    "de": (
        "hören sie auf anzurufen", "nicht mehr kontaktieren", "nicht wieder anrufen", "nie wieder an", "lassen sie mich in ruhe",
        "aus ihrem system", "widerrufe meine", "nicht mehr von ihnen hören", "rufen sie mich nicht mehr an",
        "rufen sie nicht mehr an", "nicht mehr angerufen werden", "keine anrufe mehr", "streichen sie mich",
        "löschen sie meine nummer", "meine nummer löschen", "nehmen sie mich von der liste", "von der liste streichen",
        "von ihrer liste", "kontaktieren sie mich nicht", "widerspreche der",
    ),
}  # fmt: skip
"""The person called asks not to be called again."""

OPT_OUTS_MET: Phrases = {
    "en": (
        "removed", "taken you off", "take you off", "remove you", "remove your number", "delete your number",
        "deleted your number", "wont call you", "wont call again", "will not call", "wont be called", "wont hear from us",
        "not hear from us", "do not call list", "not contact you", "wont contact you", "opted out", "opt you out", "unsubscribed",
    ),
    "de": (
        "gelöscht", "gestrichen", "rufen sie nicht mehr an", "nicht mehr anrufen", "nicht mehr an", "nehmen sie von der liste",
        "entfernt", "lösche ihre nummer", "von der liste genommen",
    ),
}  # fmt: skip
NO_CONSENT = (
    "", "n", "no", "not given", "opted out", "opted-out", "opt-out", "expired", "pending", "missing", "nicht erteilt",
    "widersprochen", "false", "none", "null", "unknown", "refused", "denied", "withdrawn", "revoked", "nein", "abgelehnt",
    "widerrufen",
    "0",
)  # fmt: skip
"""Words in the field of the consent record that are no consent."""


def _rule(text: str) -> str:
    outside = sorted(_fields(parse_rule(text)) - {*TEXT_FIELDS, "handed_off"})
    outside = [name for name in outside if not name.startswith("metadata.")]
    if outside:
        raise ValueError(f"{outside[0]} cannot be asked here; known: {', '.join(TEXT_FIELDS)}, handed_off, metadata.NAME")
    return text


def _fields(rule: Rule) -> set[str]:
    match rule:
        case Comparison():
            return {rule.field}
        case Not():
            return _fields(rule.rule)
        case Both() | Either():
            return {name for part in rule.rules for name in _fields(part)}


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone; write one such as Europe/Berlin") from None
    return name


When = Annotated[str, AfterValidator(_rule)]
Zone = Annotated[str, AfterValidator(_zone)]
HourMinute = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Disclosure(Noun):
    """Words the agent must say: any of `phrases`, near enough (`same`: share of likeness from 0 to 100), within the first
    `within_turns` agent turns or the first `within_s` seconds. `when`: rule over the call; None = every call."""

    name: Name
    phrases: Annotated[tuple[Name, ...], Field(min_length=1)]
    when: When | None = None
    within_turns: Annotated[int, Field(ge=1)] | None = None
    within_s: Annotated[float, Field(gt=0)] | None = None
    same: Annotated[float, Field(ge=50, le=100)] = 85.0

    @model_validator(mode="after")
    def _one_limit(self) -> Disclosure:
        if (self.within_turns is None) == (self.within_s is None):
            raise ValueError(f"{self.name}: give within_turns or within_s, one of them")
        return self


class CallingHours(Noun):
    """When people may be called, by their clock: from `start` to `end` (both HH:MM, end left out) on `days` (1 = Monday).
    `timezone_field`: entry of the call's metadata that names the callee's time zone; `timezone` where it is missing."""

    start: HourMinute = "08:00"
    end: HourMinute = "20:00"
    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5, 6)
    timezone: Zone
    timezone_field: str | None = None

    @field_validator("end")
    @classmethod
    def _later(cls, end: str, info: object) -> str:
        start = getattr(info, "data", {}).get("start", "00:00")
        if time.fromisoformat(end) <= time.fromisoformat(start):
            raise ValueError(f"calling hours end at {end}, not after they start at {start}")
        return end


class Outbound(Noun):
    """What outbound calls need: a record of consent in this entry of the metadata, and calling hours; None = not looked at."""

    consent: str | None = None
    no_consent: tuple[str, ...] = NO_CONSENT
    hours: CallingHours | None = None


class IdentityCheck(Noun):
    """What counts as a check of identity, and what as personal data, by the agent's words or by tools that did not fail."""

    check_phrases: tuple[Name, ...] = ()
    check_tools: tuple[Name, ...] = ()
    data_phrases: tuple[Name, ...] = ()
    data_tools: tuple[Name, ...] = ()
    when: When | None = None

    @model_validator(mode="after")
    def _both(self) -> IdentityCheck:
        if not (self.check_phrases or self.check_tools) or not (self.data_phrases or self.data_tools):
            raise ValueError("give at least one phrase or tool that checks identity, and one that is personal data")
        return self


class OptOuts(Noun):
    """Words that ask not to be called again, the agent's words that agree, and tools that note it."""

    phrases: Phrases = OPT_OUTS
    met: Phrases = OPT_OUTS_MET
    tools: tuple[Name, ...] = ("opt_out", "do_not_call", "dnc", "suppress", "unsubscribe")
