"""Scripts and phrases -> what is said in one call. Reads phrases.txt and scenes.txt beside this file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

HERE = Path(__file__).parent
SPEAKERS = {"A": "agent", "C": "caller", "H": "human_agent"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
FIRST = (
    "Lena", "Paul", "Mia", "Jonas", "Emma", "Felix", "Clara", "Emre", "Sofia", "Tim", "Aylin", "Oskar", "Nina", "Jan",
    "Greta", "Max", "Olga", "Ravi", "Ines", "David", "Hanna", "Milan",
)  # fmt: skip
LAST = tuple(
    tuple(part.strip() for part in line.split(":"))
    for line in """
    Naumann: Baumann: with N as in November
    Sommer: Zimmer: S, O, double M, E, R
    Yilmaz: Wilmers: Y, I, L, M, A, Z
    Krueger: Kruse: K, R, U, E, G, E, R
    Petrova: Peters: P, E, T, R, O, V, A
    Hartwig: Hartmann: with W, I, G at the end
    Okafor: Oberdorf: O, K, A, F, O, R
    Lindner: Linke: L, I, N, D, N, E, R
    Marquez: Marquardt: M, A, R, Q, U, E, Z
    Behrens: Ahrens: with B as in Berlin
    Nowak: Novotny: N, O, W, A, K
    Thiele: Diehl: T, H, I, E, L, E
    Vogel: Fogel: with V as in Victor
    Demir: Damir: D, E, M, I, R
    Seidel: Zeidler: S, E, I, D, E, L
""".strip().splitlines()
)
TREATMENTS = ("a check-up", "a cleaning", "a check-up with X-ray", "a gum treatment", "a brace check")
DENTISTS = ("Dr. Vogt", "Dr. Aydin", "Dr. Lenz")
INSURERS = ("Nordkasse", "Havelland BKK", "Spree Direkt", "Allmed Private", "Linden BKK")  # invented
MEDICINES = ("fluoride gel", "chlorhexidine rinse", "ibuprofen", "mouth ointment")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_APPOINTMENTS = (("od", "odate", "ot"), ("d1", "date1", "t1"), ("d2", "date2", "t2"), ("d3", "date3", "t3"))

TOOLS: dict[str, tuple[str, dict[str, str], str]] = {
    "lookup": ("lookup_patient", {"name": "{full}"}, "match {pid}"),
    "lookup_child": ("lookup_patient", {"name": "{childname} {last}"}, "match {pid}"),
    "lookup_next": ("lookup_patient", {"name": "{full}"}, "match {pid}, next {odate} {ot} {dentist}, {bare}"),
    "lookup_none": ("lookup_patient", {"name": "{wrong}"}, "no match"),
    "find": ("find_slot", {"for": "{bare}"}, "{date1} {t1}; {date2} {t2}"),
    "find3": ("find_slot", {"for": "{bare}", "not": "{date1}, {date2}"}, "{date3} {t3}"),
    "find_check": ("find_slot", {"for": "check-up"}, "{date1} {t1}; {date2} {t2}"),
    "find_none": ("find_slot", {"for": "{bare}"}, "none within 14 days"),
    "find_error": ("find_slot", {"for": "{bare}"}, "calendar timeout"),
    "book": ("book", {"patient": "{pid}", "slot": "{date1} {t1}"}, "booked"),
    "book_check": ("book", {"patient": "{pid}", "slot": "{date1} {t1}", "for": "check-up"}, "booked"),
    "book_new": ("book", {"patient": "new: {full}", "slot": "{date1} {t1}"}, "booked"),
    "book3": ("book", {"patient": "{pid}", "slot": "{date3} {t3}"}, "booked"),
    "move": ("move", {"patient": "{pid}", "from": "{odate} {ot}", "to": "{date1} {t1}"}, "moved"),
    "move3": ("move", {"patient": "{pid}", "from": "{odate} {ot}", "to": "{date3} {t3}"}, "moved"),
    "cancel": ("cancel", {"patient": "{pid}", "slot": "{odate} {ot}"}, "cancelled"),
    "cancel_all": ("cancel", {"patient": "{pid}", "slot": "all"}, "2 cancelled"),
    "info_hours": ("practice_info", {"topic": "opening hours"}, "Mon-Thu 8-18, Fri 8-14, closed Sat and Sun"),
    "info_parking": ("practice_info", {"topic": "access"}, "6 spaces in the yard, lift to floor 2"),
    "info_holiday": ("practice_info", {"topic": "holidays"}, "closed 24 Dec to 1 Jan, cover on website"),
    "info_fee": ("practice_info", {"topic": "cancellation"}, "fee only within 24 hours"),
    "info_insurer": ("practice_info", {"topic": "insurer {insurer}"}, "contracted"),
    "info_cleaning": ("practice_info", {"topic": "cleaning"}, "95 EUR, paid by patient, insurer may refund part"),
    "info_whitening": ("practice_info", {"topic": "whitening"}, "280 EUR both arches, never refunded"),
    "info_bonus": ("practice_info", {"topic": "bonus booklet"}, "bring it, past years possible"),
    "info_aftercare": ("practice_info", {"topic": "after anaesthetic"}, "wait 2-3 h, water is fine, nothing hot"),
    "invoice": ("get_invoice", {"patient": "{pid}"}, "{price} EUR, due {d2} {date2}"),
    "send_copy": ("send_copy", {"patient": "{pid}", "by": "post"}, "queued"),
    "instalments": ("set_instalments", {"patient": "{pid}", "months": "3"}, "ok"),
    "prescription": ("get_prescription", {"patient": "{pid}"}, "signed, at the desk"),
    "ticket_dentist": ("create_ticket", {"to": "{dentist}", "about": "prescription"}, "created"),
    "ticket_nurse": ("create_ticket", {"to": "nurse", "about": "call back"}, "created"),
    "ticket_manager": ("create_ticket", {"to": "manager", "about": "complaint"}, "created"),
    "transfer_nurse": ("transfer", {"to": "nurse"}, "connected"),
    "transfer_desk": ("transfer", {"to": "desk"}, "connected"),
    "transfer_manager": ("transfer", {"to": "manager"}, "connected"),
    "transfer_accounts": ("transfer", {"to": "accounts"}, "connected"),
    "transfer_busy": ("transfer", {"to": "desk"}, "no answer after 25 s"),
}
FAILING = frozenset({"find_error", "transfer_busy"})


@dataclass(frozen=True)
class Line:
    """One utterance with the tools called for it; `pause`: nobody answers for some seconds afterwards; `fault`: here it fails."""

    speaker: str
    text: str
    tools: tuple[dict[str, Any], ...] = ()
    filler: bool = False
    pause: bool = False
    fault: bool = False


@dataclass(frozen=True)
class Scene:
    """A way a call can go: the header of scenes.txt and its script."""

    group: str
    weight: float
    intent: str | None
    outcome: str
    needed: bool
    when: str
    extra: dict[str, str]
    script: tuple[str, ...]


def _blocks(name: str, mark: str) -> Iterator[tuple[str, list[str]]]:
    """Headers that begin with `mark` and the lines below each."""
    header, lines = "", []
    for raw in (HERE / name).read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if line.startswith(mark):
            if header:
                yield header, lines
            header, lines = line, []
        elif line and not line.startswith("#"):
            lines.append(line)
    yield header, lines


def read_phrases() -> dict[str, list[str]]:
    """Key -> phrasings."""
    return {header.strip("[]"): lines for header, lines in _blocks("phrases.txt", "[")}


def read_scenes() -> tuple[list[Scene], dict[str, tuple[str, ...]]]:
    """The scenes in file order, and the macros by name."""
    scenes, macros = [], {}
    for header, lines in _blocks("scenes.txt", "=="):
        scenes.append(_scene(header.split()[1:], lines))
    for header, lines in _blocks("scenes.txt", "@@"):
        macros[header.split()[1]] = tuple(_until_scene(lines))
    return scenes, macros


def _until_scene(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("=="):
            return
        yield line


def _scene(fields: list[str], lines: list[str]) -> Scene:
    group, weight, intent, outcome, needed, when, *extra = fields
    script = []
    for line in lines:
        if line.startswith("@@"):
            break
        script.append(line)
    named = dict(item.split("=", 1) for item in extra)
    return Scene(group, float(weight), None if intent == "-" else intent, outcome, needed == "yes", when, named, tuple(script))


def person(number: int) -> dict[str, str]:
    """Who calls from line `number` (0-999): the same words every time, all invented."""
    rng = Random(f"person {number}")
    first, (last, wrong, spelled) = rng.choice(FIRST), rng.choice(LAST)
    birth = date(1945, 1, 1) + timedelta(days=rng.randrange(21_000))
    childbirth = date(2012, 1, 1) + timedelta(days=rng.randrange(3_800))
    return {
        "first": first, "last": last, "full": f"{first} {last}", "wrong": wrong, "spelled": spelled,
        "dob": _born(birth), "childdob": _born(childbirth), "childname": rng.choice(FIRST),
        "child": rng.choice(("son", "daughter")), "insurer": rng.choice(INSURERS), "pid": f"P-{100 + number}",
    }  # fmt: skip


def _born(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def slots(rng: Random, number: int, started: datetime) -> dict[str, str]:
    """Every word that phrases and tools fill in for one call: the person, four days of the next week, times, prices."""
    monday = (started - timedelta(days=started.weekday())).date() + timedelta(days=7)
    days = sorted(rng.sample(range(5), 4))
    treatment = rng.choice(TREATMENTS)
    given = {
        **person(number), "treatment": treatment, "bare": treatment[2:], "dentist": rng.choice(DENTISTS),
        "medicine": rng.choice(MEDICINES), "price": str(rng.randrange(38, 240)), "daypart": _daypart(started.hour),
    }  # fmt: skip
    for (name, dated, clock), offset in zip(_APPOINTMENTS, days, strict=True):
        day = monday + timedelta(days=offset)
        hour, minute = rng.randrange(8, 13 if offset == 4 else 17), rng.choice(("00", "15", "30", "45"))
        given |= {name: DAYS[offset], dated: f"{day.day} {MONTHS[day.month - 1][:3]}", clock: f"{hour}:{minute}"}
    return given


def _daypart(hour: int) -> str:
    return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"


class Writer:
    """Turns a scene into lines; the phrases and macros are read once."""

    def __init__(self) -> None:
        self.phrases = read_phrases()
        self.scenes, self.macros = read_scenes()

    def lines(self, scene: Scene, rng: Random, words: dict[str, str], pauses: int = 0) -> list[Line]:
        """What is said in this call, 16 turns at most; after `pauses` of the caller's turns nobody answers for a while."""
        said = list(self._run(scene.script, rng, words))
        waits = [i for i, line in enumerate(said[:-1]) if line.speaker == "caller" and said[i + 1].speaker == "agent"]
        for index in sorted(rng.sample(waits, min(pauses, len(waits))), reverse=True):
            said[index] = Line("caller", said[index].text, pause=True)
            said[index + 1 : index + 1] = [self._line("C hello", rng, words), self._line("A sorry.gap", rng, words)]
        return said if len(said) <= 16 else self.lines(scene, rng, words, pauses)

    def _run(self, script: tuple[str, ...], rng: Random, words: dict[str, str]) -> Iterator[Line]:
        for raw in script:
            chance, _, rest = raw.partition("% ")
            if rest and rng.random() * 100 >= float(chance):
                continue
            step = rest or raw
            if step.startswith("@"):
                macro = self.macros[step[1:]]
                yield from self._run(macro, rng, words)
                if macro[-1] == "hang":
                    return
            elif step != "hang":
                yield self._line(step, rng, words)

    def _line(self, step: str, rng: Random, words: dict[str, str]) -> Line:
        speaker, key, *tools = step.split()
        text = rng.choice(self.phrases[key]).format(**words)
        called = tuple(_tool(tool[1:], rng, words) for tool in tools if tool != "!")
        return Line(SPEAKERS[speaker], text[0].upper() + text[1:], called, filler=key == "filler", fault="!" in tools)


def _tool(key: str, rng: Random, words: dict[str, str]) -> dict[str, Any]:
    name, arguments, result = TOOLS[key]
    filled = {field: value.format(**words) for field, value in arguments.items()}
    call = {"name": name, "arguments": filled, "result": result.format(**words)}
    slow = 400 if key in FAILING else 0
    return {**call, "error": key in FAILING, "duration_ms": slow + max(25, round(rng.lognormvariate(4.55, 0.55)))}
