"""What the voice detectors look for: limits, and plain lists of words a language that the owner can change."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evalharness.models.noun import Milliseconds, Noun

Phrases = dict[str, tuple[str, ...]]
"""Language -> phrases as said, lower case, without punctuation. Those of all languages count in every call."""

REPROMPTS: Phrases = {
    "en": (
        "could you repeat that", "can you repeat that", "would you repeat that", "please repeat that", "could you repeat it",
        "could you please repeat that", "can you please repeat that", "repeat that please", "repeat that for me",
        "could you repeat your", "can you repeat your", "please repeat your", "could you please repeat your",
        "can you please repeat your", "you repeat the number", "please repeat the number", "you repeat the name",
        "please repeat the name", "you repeat the address", "please repeat the address", "you repeat the date",
        "please repeat the date", "you repeat the code", "please repeat the code", "you repeat the reference",
        "please repeat the reference", "you repeat the last", "please repeat the last", "you repeat what you",
        "could you say that again", "can you say that again", "please say that again", "could you say it again",
        "could you say it once", "say that once more", "say that one more time", "please say your", "i didnt catch",
        "i didnt quite catch", "i did not catch", "i couldnt catch", "i missed that", "i missed the last", "i didnt get that",
        "i didnt quite get that", "i did not get that", "i didnt understand", "i did not understand",
        "i didnt quite understand", "i couldnt understand", "i couldnt hear", "i cant hear you", "i cannot hear you",
        "trouble hearing you", "trouble understanding you", "hard to hear you", "hard to understand you", "spell that again",
        "spell it again", "come again please", "could you speak up", "line is breaking up", "youre breaking up",
        "you are breaking up",
    ),
    "de": (
        "könnten sie das wiederholen", "können sie das wiederholen", "könnten sie das bitte wiederholen",
        "können sie das bitte wiederholen", "wiederholen sie das bitte", "bitte wiederholen sie das",
        "wiederholen sie bitte ihre", "wiederholen sie bitte ihren", "ihren namen wiederholen", "ihre nummer wiederholen",
        "noch einmal sagen", "nochmal sagen", "noch mal sagen", "noch einmal wiederholen", "nochmal wiederholen",
        "habe ich nicht verstanden", "habe ich leider nicht", "habe das nicht verstanden", "habe sie nicht verstanden",
        "habe sie leider nicht", "habe das leider nicht", "ich habe nicht verstanden", "nicht ganz verstanden",
        "akustisch nicht", "kann sie nicht hören", "kann sie kaum hören", "kann sie kaum verstehen", "schlecht verstanden",
        "verstehe sie schlecht", "höre sie schlecht", "wie bitte", "etwas lauter sprechen", "kannst du das wiederholen",
        "noch einmal buchstabieren", "nochmal buchstabieren",
    ),
}  # fmt: skip
ASKED_AGAIN: Phrases = {
    "en": (
        "repeat that", "repeat it", "say that again", "say it again", "what did you say", "come again", "pardon", "once more",
        "one more time", "didnt catch", "didnt get that", "didnt hear", "didnt understand", "couldnt hear", "sorry what",
        "what was that", "can you repeat", "could you repeat", "repeat the", "run that by me", "slower", "hello are you there",
        "say again", "what sorry",
    ),
    "de": (
        "wie bitte", "noch einmal", "nochmal", "noch mal", "wiederholen", "nicht verstanden", "was haben sie gesagt",
        "langsamer", "was war das", "akustisch",
    ),
}  # fmt: skip
WAITS: Phrases = {
    "en": (
        "one moment", "a moment", "one second", "just a second", "just a sec", "let me check", "let me look", "let me see",
        "let me pull", "please hold", "hold on", "bear with me", "ill check", "im checking", "still checking", "hold music",
        "hang on", "looking that up", "looking into", "one sec", "still looking", "give me a second", "thanks for waiting",
    ),
    "de": (
        "einen moment", "einen augenblick", "moment bitte", "augenblick bitte", "eine sekunde", "ich schaue", "ich sehe nach",
        "bleiben sie dran", "bitte warten", "warteschleife", "wartemusik", "ich prüfe", "kurzen moment", "kleinen moment",
        "ich suche", "gedulden",
    ),
}  # fmt: skip
COURTESIES: Phrases = {
    "en": (
        "how can i help", "how may i help", "what can i do for you", "anything else", "thank you", "thanks for",
        "youre welcome", "goodbye", "have a nice", "have a good", "have a great", "one moment", "just a moment", "let me check",
        "let me look", "bear with me", "please hold", "hold on", "just a second", "are you still there", "is that correct",
        "is that right", "my pleasure", "no problem", "of course", "got it", "glad to help", "i dont know", "im not sure",
        "thats fine", "thats it", "thats all", "that works", "thats right", "thats correct", "sounds good", "no thanks",
        "hello", "i see", "i understand", "yes please", "very kind",
    ),
    "de": (
        "wie kann ich ihnen helfen", "wie kann ich helfen", "was kann ich für sie tun", "noch etwas", "sonst noch",
        "vielen dank", "danke", "auf wiederhören", "schönen tag", "einen moment", "einen augenblick", "sehr gerne", "gern",
        "moment bitte", "sind sie noch da", "ist das richtig", "stimmt das", "kein problem", "kein thema", "weiß ich nicht",
        "keine ahnung", "das passt", "ja bitte", "sehr nett", "das wars", "das ist richtig", "das stimmt", "alles klar",
        "hallo",
    ),
}  # fmt: skip
BACKCHANNELS: Phrases = {
    "en": (
        "mhm", "mm", "mmhm", "mm hm", "mm hmm", "mhmm", "hm", "hmm", "uh huh", "uhhuh", "ah", "oh", "okay", "ok", "yeah", "yes",
        "yep", "yup", "right", "sure", "i see", "got it", "great", "good", "alright", "all right", "fine", "perfect", "thanks",
        "thank you", "oh okay", "okay yeah", "yeah okay", "yes yes", "okay great", "of course", "um", "uh", "er",
    ),
    "de": (
        "ja", "jaja", "ja ja", "aha", "ach so", "achso", "genau", "gut", "okay", "klar", "stimmt", "mhm", "hm", "richtig",
        "super", "alles klar", "ja genau", "ja gut", "verstehe", "danke", "in ordnung", "ähm", "äh", "na gut", "ach ja",
        "ja okay",
    ),
}  # fmt: skip


class VoiceRules(Noun):
    """When a silence, an overlap, a repeat or a long turn counts.

    `dead_air_ms`: silence that nobody fills; `overlap_ms`: speech over the other's from which it interrupts; `same`,
    `same_caller`: an utterance of the agent, or of the caller, repeats one that it holds whole, or that holds it whole, where the
    shorter has at least this share of the words of substance of the longer; `within`: so many of the speaker's own turns back a
    repeat is looked for; `loop`: so many near-identical agent utterances are a loop; `long_s`, `long_words`: longer agent turns
    are overlong; `fast`: words a minute; `talk`: the agent's share of speech that is shown.
    """

    dead_air_ms: Milliseconds = 3000.0
    overlap_ms: Milliseconds = 300.0
    same: Annotated[float, Field(gt=0.0, le=1.0)] = 0.8
    same_caller: Annotated[float, Field(gt=0.0, le=1.0)] = 0.5
    within: Annotated[int, Field(ge=1, le=20)] = 3
    loop: Annotated[int, Field(ge=2, le=20)] = 3
    long_s: Annotated[float, Field(gt=0)] = 30.0
    long_words: Annotated[int, Field(ge=1)] = 80
    fast: Annotated[float, Field(gt=0)] = 220.0
    talk: Annotated[float, Field(gt=0, le=1)] = 0.85
    reprompts: Phrases = REPROMPTS
    asked_again: Phrases = ASKED_AGAIN
    waits: Phrases = WAITS
    courtesies: Phrases = COURTESIES
    backchannels: Phrases = BACKCHANNELS
