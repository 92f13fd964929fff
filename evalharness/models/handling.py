"""How the agent should deal with the four failures: what shows one, and which words and tools are a step of its handling."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from evalharness.models.noun import Milliseconds, Name, Noun
from evalharness.models.voice_rules import Phrases

OFFERS: Phrases = {
    "en": (
        "connect you", "connecting you", "transfer you", "transferring you", "putting you through", "put you through",
        "a colleague", "my colleague", "call you back", "a call back", "a callback", "a specialist", "someone will", "a person",
        "hand you over", "handing you over", "one of our team", "human agent",
    ),
    "de": (
        "verbinde sie", "stelle sie durch", "leite sie weiter", "ein kollege", "eine kollegin", "meine kollegin", "mein kollege",
        "ruft sie zurück", "rufen sie zurück", "rückruf", "mitarbeiter", "zurückrufen",
    ),
}  # fmt: skip
"""The agent offers a person or a call back."""

WAIT_WORDS: Phrases = {
    "en": (
        "for the wait", "the delay", "for waiting", "took so long", "took that long", "took long", "that took", "for the pause",
        "for holding", "taking longer", "taking a while", "bear with me", "system is slow", "still here", "still there",
        "im here", "thanks for your patience", "thank you for your patience",
    ),
    "de": (
        "wartezeit", "verzögerung", "fürs warten", "für ihre geduld", "es dauert", "hat gedauert", "lange gedauert",
        "bin noch da", "bin wieder da", "für die pause", "dauert etwas länger",
    ),
}  # fmt: skip
WAITING: Phrases = {
    "en": (
        "one second", "one moment", "just a second", "a moment", "hold on", "hang on", "please wait", "wait a", "let me get",
        "let me find", "let me look", "let me check", "let me think", "give me a", "just a minute", "one minute",
    ),
    "de": (
        "einen moment", "moment bitte", "moment mal", "sekunde", "augenblick", "warten sie", "ich hole", "ich suche",
        "ich schaue",
    ),
}  # fmt: skip
"""The caller asks for a moment: the silence after it is theirs."""

BROKEN: Phrases = {
    "en": (
        "is down", "not answering", "does not answer", "not responding", "cant reach", "cannot reach", "cant access",
        "cannot access", "technical problem", "technical issue", "technical difficulties", "system error", "an error",
        "isnt working", "not working", "could not be", "couldnt be", "couldnt complete", "unable to", "went wrong",
        "try again later", "try again in", "is slow", "having trouble with", "out of order", "cant save", "cant see",
        "payment failed", "did not go", "i couldnt", "i could not", "still nothing", "having problems",
    ),
    "de": (
        "gestört", "störung", "funktioniert ... nicht", "antwortet nicht", "nicht erreichbar", "technisches problem", "fehler",
        "geht gerade nicht", "konnte nicht", "konnte ich nicht", "leider nicht möglich", "nicht erreichen",
    ),
}  # fmt: skip
LOG_TOOLS = (
    "ticket", "note", "log_", "callback", "call_back", "case", "incident", "create_issue", "open_issue", "report_",
)  # fmt: skip
AUDIO_CALLER: Phrases = {
    "en": (
        "you sound robotic", "voice is cracking", "its crackling", "hearing myself", "i hear myself",
        "hear my own voice", "delay on the line", "you keep dropping", "call keeps dropping", "keeps dropping out",
        "keep losing you", "speak up", "fading in and out", "bad signal",
        "poor signal", "poor connection", "terrible reception", "bad reception", "sound cuts", "sound keeps",
        "audio keeps", "noise on the line", "line noise", "missed half of", "only caught half",
        "cant hear a word", "didnt hear a word", "cant hear anything", "cant understand you with",
        "you went mute", "youre very quiet", "youre too quiet", "wind tunnel", "tin can", "all i hear is",
        "every second word",
        "you keep cutting out", "line keeps cutting out", "call keeps cutting out", "voice keeps cutting out", "barely make out",
        "cutting in and out", "line is dreadful", "line is awful", "line is so", "you went silent", "you went quiet",
        "an ... echo", "connection is ... bad", "connection is ... terrible", "so much static", "lot of static",
        "cant hear you hello", "dropping out", "under water", "underwater", "lost you for a", "lost you there", "crackling on",
        "cant hear a thing", "very faint", "choppy", "every other word", "sound is awful", "sound is bad", "sound is terrible",
        "voice keeps", "hear you very well", "hear you properly", "muffled", "youre distorted", "sounds distorted",
        "cant make out", "cant make you out", "line keeps", "going in and out", "youre robotic", "breaking up", "cant hear you",
        "cannot hear you", "can barely hear", "barely hear you", "hardly hear you", "couldnt hear you", "youre cutting out",
        "you cut out", "cutting out there", "bad line", "line is bad", "line is terrible", "line is so bad", "terrible line",
        "bad connection", "connection is bad", "connection is terrible", "sounds garbled", "voice is ... garbled", "all garbled",
        "an echo", "only hear half", "static on the line", "still cant hear",
    ),
    "de": (
        "echo in der leitung", "höre mich selbst", "zu leise", "rauschen", "knistern", "verstehe nichts",
        "verstehe sie nicht", "nur fetzen", "jedes zweite wort",
        "höre nichts", "sehr leise", "abgehackt", "es knackt", "stimme ist ... weg", "höre nur die hälfte", "verstehe kein wort",
        "ständig weg", "kaum hören", "kann sie nicht hören", "höre sie nicht", "höre sie kaum", "höre sie schlecht",
        "verbindung ist ... schlecht", "schlechte verbindung", "leitung ist ... schlecht", "schlechte leitung", "leitung rauscht",
        "sie sind weg", "sie brechen ab", "verstehe sie kaum", "verstehe sie schlecht", "es rauscht",
    ),
}  # fmt: skip
NOT_AUDIO: Phrases = {
    "en": (
        "my speaker", "my headphones", "my phone", "my car", "the video", "the film", "warranty", "my laptop", "internet",
        "hearing aid", "my flight", "flight connection", "wifi", "router", "my tv", "since monday", "since yesterday", "at home",
        "every day", "all day",
    ),
    "de": ("internet", "wlan", "router", "fernseher", "seit gestern", "seit tagen", "hörgerät", "anschluss"),
}  # fmt: skip
"""In the same turn: it is about something else than this line."""

AUDIO_AGENT: Phrases = {
    "en": (
        "trouble hearing you", "cant hear you", "cannot hear you", "couldnt hear you", "barely hear you", "hardly hear you",
        "noise on the line", "static on the line", "line is bad", "bad line", "bad connection", "connection dropped", "the echo",
        "breaking up", "background noise", "line seems", "line is poor",
    ),
    "de": (
        "schlecht hören", "nicht hören", "kaum hören", "verstehe sie schlecht", "leitung rauscht", "verbindung ist ... schlecht",
        "leitung ist ... schlecht", "schlechte verbindung", "hintergrundgeräusche",
    ),
}  # fmt: skip
AUDIO_FIX: Phrases = {
    "en": (
        "repeat", "say that again", "say it again", "again please", "once more", "one more time", "i said", "as i said",
        "call you back", "call back", "text you", "send you a", "speak up", "a bit louder", "another number", "switch to",
        "by text", "by email", "connect you", "transfer you",
    ),
    "de": (
        "wiederholen", "noch einmal", "nochmal", "ich sagte", "zurückrufen", "rufe sie zurück", "lauter", "per sms", "per mail",
        "verbinde sie", "andere nummer",
    ),
}  # fmt: skip
LOOKUPS = ("account", "customer", "patient", "user", "member", "client", "profile", "crm", "caller", "kunde", "kunden")
"""A tool whose name holds one of these words looks a person or an account up."""

NO_RESULT = (
    "no match", "not found", "no records", "no record", "no account", "unknown account", "unknown customer", "unknown user",
    "no results", "0 results", "does not exist", "no such", "none found", "kein treffer", "nicht gefunden", "unbekannt",
    "error 404", "status 404", "code 404", "found false", "exists false", "matches 0", "count 0", "total 0",
)  # fmt: skip
NOT_FOUND_TOLD: Phrases = {
    "en": (
        "cant find", "cannot find", "couldnt find", "could not find", "dont find", "dont see", "do not see", "no account",
        "no record", "no entry", "nothing comes up", "not finding", "there is no", "unable to find", "unable to locate",
        "cant locate", "still dont find",
    ),
    "de": (
        "finde ... nicht", "nicht finden", "kann keinen", "kann keine", "kein konto", "keinen eintrag", "kein eintrag",
        "nicht gefunden",
    ),
}  # fmt: skip
NEXT_STEP: Phrases = {
    "en": (
        "spell", "another", "check the number", "double check", "repeat", "different name", "phone number", "email address",
        "date of birth", "other name", "try again with", "take your number",
    ),
    "de": (
        "schreibt man", "buchstabieren", "andere nummer", "anderen namen", "telefonnummer", "geburtsdatum", "wiederholen",
        "prüfen sie",
    ),
}  # fmt: skip
Step = Literal["told", "logged", "escalated"]


class SlowReply(Noun):
    """No answer for `cap_ms`: the agent should say so and offer a person. `waiting`: the caller asked for a moment."""

    cap_ms: Milliseconds = 4000.0
    said: Phrases = WAIT_WORDS
    waiting: Phrases = WAITING


class ToolFailure(Noun):
    """A tool reported an error and no later call of it in that turn worked. `steps`: what handling it takes."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1)] = ("told", "logged", "escalated")
    told: Phrases = BROKEN
    log_tools: tuple[Name, ...] = LOG_TOOLS


class BadAudio(Noun):
    """Caller or agent complains of the line: the agent should say so, and ask to repeat or change the channel.

    Off by default: of calls held out from the making of the lists too few of its findings were right (docs: measured).
    """

    enabled: bool = False
    caller: Phrases = AUDIO_CALLER
    not_audio: Phrases = NOT_AUDIO
    agent: Phrases = AUDIO_AGENT
    fixed: Phrases = AUDIO_FIX


class NotFound(Noun):
    """A look-up found nobody. `responses`: the agreed words (any of them, near enough: `same`); where none are agreed, telling
    the caller and a next step."""

    tools: tuple[Name, ...] = LOOKUPS
    results: tuple[Name, ...] = NO_RESULT
    responses: tuple[Annotated[str, Field(min_length=1, max_length=500)], ...] = ()
    same: Annotated[float, Field(ge=50, le=100)] = 85.0
    told: Phrases = NOT_FOUND_TOLD
    next_step: Phrases = NEXT_STEP


class Handlers(Noun):
    """The four failures. `offers`: words that offer a person or a call back; `within`: so many agent turns after one are read."""

    within: Annotated[int, Field(ge=1, le=10)] = 2
    offers: Phrases = OFFERS
    slow_reply: SlowReply = SlowReply()
    tool_failure: ToolFailure = ToolFailure()
    bad_audio: BadAudio = BadAudio()
    not_found: NotFound = NotFound()
