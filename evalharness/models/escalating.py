"""What the escalation detectors look for: words by language that the owner can change, and when a human counts as needed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from evalharness.models.noun import Noun
from evalharness.models.voice_rules import Phrases

Trigger = Literal["request", "emergency", "stuck", "tool_failed", "intent"]
Part = Literal["who", "intent", "facts", "tried", "outcome", "reason"]

ASKS: Phrases = {
    "en": (
        "chat with", "have a word with", "switch me to", "bring in",
        "fetch me", "pass the phone to", "hand me to", "hand this to", "hand this over to", "pass this to",
        "pass this on to", "patch me through to", "forward me to", "send me to",
        "let me talk to", "let me speak to", "hear from",
        "talk to", "talk with", "speak to", "speak with", "speaking to", "speaking with", "put me through to", "put me on to",
        "connect me to", "connect me with", "transfer me to", "transferred to", "get me", "give me", "pass me to",
        "pass me on to", "hand me over to", "escalate this to", "escalate to", "can i have", "can i get", "let me have",
    ),
    "de": (
        "verbinden sie mich mit", "verbinde mich mit", "geben sie mir", "gib mir", "kann ich", "könnte ich", "ich will",
        "ich brauche", "ich hätte gern", "holen sie mir",
    ),
}  # fmt: skip
"""Said before a word for a human, at most three words before it: together they ask for one."""

HUMANS: Phrases = {
    "en": (
        "human being", "people", "associate", "team member", "attendant", "clerk", "consultant", "the owner",
        "billing department", "support team", "actual people", "live person", "a colleague of yours",
        "one of your colleagues", "the person in charge",
        "boss", "employee", "staff", "staff member", "your team", "real people", "person", "human", "someone", "somebody",
        "anyone", "anybody", "agent", "representative", "rep", "operator", "supervisor", "manager", "receptionist", "reception",
        "front desk", "the desk", "the nurse", "a nurse", "nurses desk", "advisor", "adviser", "customer service",
        "customer support", "a colleague", "your colleague", "the office", "department", "sales", "accounts",
    ),
    "de": (
        "menschen", "mitarbeiter", "mitarbeiterin", "kollegen", "kollegin", "jemandem", "berater", "beraterin",
        "sachbearbeiter", "sachbearbeiterin", "vorgesetzten", "chef", "chefin", "zentrale", "empfang", "anmeldung",
        "kundenservice", "kundendienst",
    ),
}  # fmt: skip
REQUESTS: Phrases = {
    "en": (
        "dont want to talk to a machine", "dont want to talk to a robot", "dont want to talk to a bot",
        "dont want to talk to a computer", "dont want to speak to a machine", "dont want to speak to a robot",
        "dont want to speak to a bot", "not talking to a machine", "not talking to a robot", "not talking to a bot",
        "no more robots", "instead of a robot", "instead of a machine", "instead of a bot", "someone in the office",
        "somebody in the office", "someone from your team", "somebody from your team", "have someone call me",
        "have somebody call me", "get someone to call me", "someone on the line", "somebody on the line",
        "human on the line", "person on the line", "human on the phone",
        "may i speak to", "may i speak with", "could i speak to", "could i speak with",
        "can i speak to", "can i speak with", "transfer the call", "transfer this call", "just transfer me",
        "patch me through", "forward my call", "switch me over",
        "with a pulse", "flesh and blood", "an actual person", "a living person", "a living human",
        "human being please", "speak to someone", "speak with someone", "talk to someone", "talk with someone",
        "talk to somebody", "speak to somebody", "someone who can actually", "somebody who can actually",
        "someone who actually", "take me off the bot", "where is everybody",
        "like ... human", "like a person", "like a real person", "want ... human on", "somebody ... ring me",
        "someone ... ring me", "someone ... call me back", "somebody ... call me back", "anybody real", "anyone real",
        "someone real", "transferring me", "i want people", "escalate me to", "want an actual", "speak with an actual",
        "connect me through", "pass me over", "hand me over", "talk to a doctor", "speak to a doctor", "speak with a doctor",
        "talk to a dentist", "speak to a dentist", "speak with a dentist", "talk to a specialist", "speak to a specialist",
        "speak with a specialist", "let me have a doctor", "put a doctor on",
        "get ... supervisor", "get ... manager", "get me ... human", "deal with a person", "deal with a human", "put someone on",
        "put somebody on", "someone call me", "somebody call me", "whoever is in charge", "who can i talk to",
        "who can i speak to", "rather ... human", "rather ... person", "prefer ... human", "prefer ... person", "actual human",
        "actual person", "live person", "real human", "in charge please", "talk to a real", "speak to a real",
        "customer service please", "talk to a person", "talk to a human", "speak to a person", "speak to a human",
        "talk to a real person", "a human please", "human please", "a person please", "a person i mean", "operator please",
        "representative please", "agent please", "real person please", "live agent please", "someone else i can talk to",
        "someone else i can speak to", "someone else i could talk to", "someone else i could speak to",
        "anyone else i can talk to", "anyone i can talk to", "anyone there i can", "connect me with a human",
        "transfer me please", "please transfer me", "put me through", "i want ... human", "i want ... person",
        "i want ... representative", "need a human", "need a person", "need ... representative", "human now",
        "is there anyone i can ... talk to", "a live agent available", "is a human available", "speak to somebody real",
        "asking for a person", "asking for a human", "would appreciate being transferred", "would appreciate speaking with",
    ),
    "de": (
        "sondern einen menschen", "stellen sie mich", "echte mitarbeiter", "echten mitarbeiter", "echte menschen",
        "keinen roboter", "mit der zentrale", "richtigen menschen", "echten menschen", "sie mich ... durchstellen",
        "sie mich verbinden", "sie mich bitte verbinden", "sie mich weiterverbinden", "sie mich mit jemandem",
        "sie mich mit einem menschen", "sie mich mit einem mitarbeiter", "sie mich mit einer mitarbeiterin",
        "sie mich mit der zentrale", "sie mich mit dem chef", "sie mich mit ihrem", "geben sie mir jemanden",
        "brauche jemanden der",
        "holen sie mir jemanden", "mich jemand zurückrufen", "mit ihrem ... sprechen", "mit ihrer ... sprechen",
        "mit einem ... sprechen", "mit einer ... sprechen", "mit der ... sprechen", "mit dem chef", "jemanden sprechen",
        "wen kann ich sprechen", "zu einem mitarbeiter", "lieber mit einem menschen", "bitte verbinden sie mich",
        "verbinden sie mich bitte", "verbinden sie mich", "stellen sie mich durch", "einen menschen bitte", "mit einem menschen",
        "mit einem mitarbeiter sprechen", "mit einer mitarbeiterin sprechen", "mit jemandem sprechen", "mit jemandem reden",
        "mit einem mitarbeiter reden", "mit einem berater sprechen", "ihren vorgesetzten sprechen",
        "weiterleiten an einen menschen",
    ),
}  # fmt: skip
"""Words that ask for a human as they stand."""

ALONE: Phrases = {
    "en": (
        "human agent", "customer support", "real human", "a real human", "somebody real", "someone real", "live person",
        "live representative", "supervisor", "a supervisor", "manager", "a manager", "a representative", "an operator",
        "an agent", "front desk", "reception", "receptionist", "actual person", "an actual person",
        "representative", "operator", "agent", "human", "a human", "human being", "a human being", "person", "a person",
        "real person", "a real person", "live agent", "customer service", "agent agent",
    ),
    "de": ("mitarbeiter", "mensch", "menschen", "ein mensch", "einen menschen", "berater", "kundenservice", "zentrale"),
}  # fmt: skip
"""Nothing but these (and "please", "now") in a sentence or turn."""

NOT_ASKING: Phrases = {
    "en": (
        "dont", "do not", "who", "the", "is this", "dont want", "do not want", "dont need", "do not need", "not to be",
        "rather not", "no need", "not speak", "not talk", "without", "am i", "are you", "dont have to", "never want", "then i",
        "i spoke", "i talked", "i did", "them and", "i will", "ill", "told me", "i was", "been", "had to",
    ),
    "de": ("nicht", "kein", "keinen", "bin ich", "spreche ich", "ohne"),
}  # fmt: skip
"""Within the four words before the asking words, they say that nobody is asked for."""

SETTLED: Phrases = {
    "en": (
        "go ahead then", "please go ahead", "you can go ahead", "if you can go ahead", "tell me then", "i only want to know",
        "i only wanted to know", "i just need to know", "i just want to know", "its just about", "its only about", "thats all",
        "you can do it then",
    ),
    "de": (
        "dann sagen sie es mir", "ich will nur wissen", "ich möchte nur wissen", "es geht nur um", "das ist alles",
        "dann machen sie",
    ),
}  # fmt: skip
"""Said by the caller after the only request for a human in a call that was not handed over: the matter goes on without one."""

EMERGENCIES: Phrases = {
    "en": (
        "face is drooping", "slurring", "slurred speech", "hit her head", "hit his head", "hit my head", "wont respond",
        "isnt responding", "unresponsive", "convulsing", "electrocuted", "electric shock", "smells like gas",
        "smell like gas", "leaking gas", "gas is leaking", "caught fire", "someone broke in", "somebody broke in",
        "trying to break in", "has a weapon", "was stabbed", "been stabbed", "been shot", "poisoned", "swallowed a battery",
        "throat is closing", "face is swelling", "tongue is swelling", "anaphylactic", "anaphylaxis",
        "went into labor", "going into labor", "water broke", "lot of blood", "so much blood", "bleeding out",
        "cant stop the bleeding", "cant stop bleeding", "bleeding wont stop", "send help", "send an ambulance", "call 911",
        "call 112", "call 999", "call nine one one", "get an ambulance", "harm myself", "hurting myself", "take my own life",
        "take my life", "no reason to live", "cutting myself",
        "fainted", "blacked out", "mother collapsed", "father collapsed",
        "husband collapsed", "wife collapsed", "collapsed in", "cant get air", "gasping", "turning purple", "gone blue",
        "had a seizure", "a seizure right now", "severe burn", "badly burned", "scalded", "fallen and cant",
        "fell down the stairs", "cant feel my", "crushing pain", "my chest feels", "stopped responding",
        "someone in my house", "somebody in my house",
        "just collapsed", "has collapsed", "have collapsed", "collapsed and", "collapsed on", "is choking", "hes choking",
        "shes choking", "lips are blue", "turning blue", "smell of gas", "swallowed some", "is attacking", "is being attacked",
        "is burning", "blood wont stop", "blood everywhere", "not waking up", "wont wake up", "isnt breathing", "not breathing",
        "struggling to breathe", "short of breath", "tightness in my chest", "chest is tight", "pain in my chest", "chest hurts",
        "arm is numb", "smoke coming", "full of smoke", "bottle of tablets", "bottle of pills", "took ... pills",
        "took ... tablets", "overdosed", "go on living", "dont want to live", "dont want to be alive", "end it all",
        "trying to get into my house", "trying to get into my home", "trying to get into the house", "breaking in",
        "an intruder", "a burglar", "passed out", "lost consciousness", "isnt moving",
        "is not moving", "an allergic reaction", "lips are swelling", "bleeding a lot", "bleeding and wont", "threatening me",
        "hit by a car", "is drowning", "shes drowning", "hes drowning", "im drowning", "swallowed bleach", "gas smell",
        "smells of gas", "smelling gas", "chest pain", "chest pains",
        "cant breathe", "cannot breathe", "can not breathe", "trouble breathing", "hardly breathe", "heart attack",
        "having a stroke", "had a stroke", "unconscious", "not breathing", "stopped breathing", "bleeding heavily",
        "wont stop bleeding", "bleeding badly", "smell gas", "gas leak", "carbon monoxide", "on fire", "house is burning",
        "overdose", "too many pills", "want to die", "kill myself", "end my life", "hurt myself", "suicide", "suicidal",
        "breaking into my", "broke into my house", "hes got a gun", "has a gun", "has a knife", "attacking me", "being attacked",
        "been a car crash", "just had a car crash", "hardly swallow", "cant swallow", "throat is swelling",
        "im having a seizure", "having a seizure",
        "knocked out a", "badly swollen", "so swollen", "feel faint", "call an ambulance", "need an ambulance",
        "calling an ambulance", "this is an emergency", "swollen up to the eye",
    ),
    "de": (
        "krampfanfall", "krampft", "vergiftet", "verbrüht", "stromschlag", "luftnot", "atemnot", "kopf aufgeschlagen",
        "reagiert nicht", "notarzt", "rauch aus", "bedroht mich", "suizid",
        "selbstmord", "mich töten", "viel blut",
        "atmet kaum", "kaum luft", "druck auf der brust", "enge in der brust", "schmerzen in der brust", "verschluckt und",
        "erstickt", "allergische reaktion", "bewegt sich nicht", "umgekippt", "in ohnmacht", "rauch kommt", "es raucht aus",
        "ganze packung tabletten", "ist ein einbruch", "gerade ein einbruch", "wird bedroht", "blutet sehr", "unfall gehabt",
        "brustschmerzen", "bekomme keine luft", "kriege keine luft", "kriegt keine luft", "bekommt keine luft", "atmet nicht",
        "herzinfarkt", "schlaganfall", "bewusstlos",
        "ohnmächtig", "zusammengebrochen", "blutet stark", "hört nicht auf zu bluten", "riecht nach gas", "gasgeruch",
        "es brennt", "hier brennt", "brennt es", "voller rauch", "überdosis", "zu viele tabletten", "nicht mehr leben",
        "umbringen", "das leben nehmen", "eingebrochen", "einbrecher", "überfallen", "krankenwagen", "rettungswagen",
        "ist ein notfall", "kaum schlucken", "stark geschwollen", "kohlenmonoxid",
    ),
}  # fmt: skip
NOT_AN_EMERGENCY: Phrases = {
    "en": (
        "i had a", "fire sale", "sale price", "history of", "alarm", "detector", "cover in", "not an emergency", "no emergency",
        "years ago", "last year", "insurance for", "drowning in", "with a lawyer", "with legal", "out leaflets", "out flyers",
    ),
    "de": ("kein notfall", "nicht dringend", "letztes jahr", "vor jahren", "gegen einbruch", "versicherung gegen"),
}  # fmt: skip
"""Within the four words before those of an emergency, or the five from there on, they say that nothing is burning now."""

AGAIN: Phrases = {
    "en": (
        "didnt catch", "did not catch", "didnt get", "did not get", "didnt quite", "didnt understand", "did not understand",
        "couldnt understand", "could you repeat", "can you repeat", "please repeat", "say that again", "spell that again",
        "one more time", "still didnt", "come again", "say it again",
    ),
    "de": (
        "nicht verstanden", "wie bitte", "wiederholen", "noch einmal", "nochmal", "akustisch", "nicht ganz verstanden",
    ),
}  # fmt: skip
"""The agent asks for something again."""

TRANSFER_TOOLS = (
    "transfer", "handoff", "hand_off", "handover", "hand_over", "escalate", "forward_call", "weiterleiten", "durchstellen",
)  # fmt: skip
"""A tool whose name holds one of these hands the call over."""

WHO = (
    "name is", "named", "user id", "customer id", "patient id", "kundennummer", "account number", "mr", "mrs", "ms", "dr", "herr",
    "frau",
)  # fmt: skip
TOPIC = (
    "about", "regarding", "concerning", "question", "issue", "problem", "complaint", "request", "requests", "requesting",
    "refund", "cancel", "cancels", "cancellation", "cancelling", "canceling", "change", "changing", "move", "moving", "book",
    "booking", "reschedule", "invoice", "bill", "billing", "appointment", "delivery", "delivered", "insurance", "swelling",
    "compensation", "disputed", "dispute", "charge", "payment", "removed", "remove", "removing", "upgrade", "inquiry",
    "enquiry", "query", "status", "claim",
    "warranty", "prescription", "results", "renew", "renewal", "return", "exchange", "damaged", "report", "complains",
    "subscription", "contract", "wegen", "frage",
    "anliegen", "rechnung", "termin", "beschwerde", "kündigung", "stornierung", "reklamation", "lieferung",
)  # fmt: skip
TRIED = (
    "tried", "attempted", "checked", "looked up", "looked", "verified", "offered", "resetting", "could not", "couldnt", "unable",
    "cannot", "rejected", "declined", "failed", "searched", "already", "bereits", "versucht", "geprüft", "konnte", "abgelehnt",
    "angeboten", "nachgesehen",
)  # fmt: skip
WANTED = (
    "wants", "want", "wishes", "would like", "asks for", "asks to", "asked for a refund", "asking for", "requests", "requesting",
    "needs", "expects", "seeking", "seeks", "möchte", "wünscht", "bittet", "will", "verlangt", "erwartet",
)  # fmt: skip
WHY = (
    "because", "since", "due to", "reason", "so a human", "needs a person", "needs a human", "requires a human",
    "human is required", "human agent", "not allow", "not allowed by policy", "policy does", "policy requires", "against policy",
    "may not", "beyond", "outside", "out of scope", "restrictions", "escalating", "weil", "grund", "deshalb", "außerhalb",
    "darf nicht",
)  # fmt: skip


class Context(Noun):
    """Words by which a summary passed on at a handoff is tested, and which `parts` are looked for. Who, outcome, reason are off
    by default: of summaries held out from the making of the lists too few of their findings were right (docs: measured).
    """

    parts: tuple[Part, ...] = ("intent", "facts", "tried")
    who: tuple[str, ...] = WHO
    intent: tuple[str, ...] = TOPIC
    tried: tuple[str, ...] = TRIED
    outcome: tuple[str, ...] = WANTED
    reason: tuple[str, ...] = WHY


class EscalationRules(Noun):
    """When a human is needed by what can be measured, and what asks for one.

    `triggers`: which of request, emergency, stuck, tool_failed, intent make a human needed (stuck and tool_failed only where the
    owner says so: on the sample calls too few of them are such cases by the written policy); `requests`: so many explicit
    requests do; `intents`: intents of the log that are outside what the agent may do; `late_turns`: from so many replies between
    the trigger and the handing over it is late; `again`: an agent that asks twice for the same is stuck.
    """

    triggers: tuple[Trigger, ...] = ("request", "emergency", "intent")
    requests: Annotated[int, Field(ge=1, le=10)] = 1
    intents: tuple[str, ...] = ()
    late_turns: Annotated[int, Field(ge=1)] = 3
    transfer_tools: tuple[str, ...] = TRANSFER_TOOLS
    asks: Phrases = ASKS
    humans: Phrases = HUMANS
    phrases: Phrases = REQUESTS
    alone: Phrases = ALONE
    not_asking: Phrases = NOT_ASKING
    settled: Phrases = SETTLED
    emergencies: Phrases = EMERGENCIES
    not_an_emergency: Phrases = NOT_AN_EMERGENCY
    again: Phrases = AGAIN
    context: Context = Context()
