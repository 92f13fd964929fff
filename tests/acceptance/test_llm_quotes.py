"""Quotes on the whole way, from the server's reply to the grade: invented ones never count, true ones survive their copying."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.opened import opened
from evalharness.models.grade import Scored, Ungraded
from evalharness.workspace.folder import Workspace
from tests.acceptance.llm_week import faulty
from tests.flows.judging import NOW, WEEK, grade, llm_grades
from tests.flows.workspaces import make_workspace
from tests.servers.judges import Filler
from tests.servers.messages_server import Ask, Script
from tests.servers.transcript import FoundTurn

SPOKEN = (
    "Guten Tag, Sie möchten Ihren Termin bei Frau Dr. Groß verschieben, richtig?",
    "Der nächste freie Termin wäre übermorgen um zehn; heißt das, Sie kämen früher?",
    "Bonjour, vous avez demandé à déplacer votre rendez-vous, c’est bien ça ?",
    "Señora Muñoz, ¿le vendría bien el miércoles a las once y media?",
    "Merhaba, İstanbul şubemiz cumartesi günü açık değildir, pazartesi uygun mu?",
    "Καλημέρα σας, ο γιατρός είναι διαθέσιμος την Τρίτη το απόγευμα.",
    "Добрый день, ваша запись перенесена на четверг, на пятнадцать часов.",
    "Xin chào, lịch hẹn của quý khách đã được chuyển sang thứ năm tuần sau.",
    "안녕하세요, 예약을 금요일 오전 열 시로 변경해 드렸습니다.",
    "こんにちは、ご予約は 木曜日の 午後三時に 変更いたしました。",
    "مرحبا، تم نقل موعدك إلى يوم الخميس في الساعة العاشرة صباحا.",
    "I have you down for Friday at ten – that’s the “long” appointment, 45 minutes, okay? 👍🏽",
    "Your co-pay is $12.50; nothing else is due before the 3rd of December.",
)
WORDS = ("I refunded", "Your invoice", "The manager", "will certainly", "never", "tomorrow night", "was cancelled", "for free")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty drawn calls in twelve languages; the LLM off."""
    root = make_workspace(tmp_path_factory.mktemp("drawn") / "workspace", (WEEK,))
    log, chance = root / "inbox" / f"{WEEK}.jsonl", random.Random(3)
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    for call in calls:
        for turn in call["turns"]:
            if turn.get("text"):
                turn["text"] = " ".join(chance.sample(SPOKEN, 2))
    log.write_text("".join(f"{json.dumps(call, ensure_ascii=False)}\n" for call in calls))
    settings = root / "evalharness.yaml"
    text = settings.read_text().replace("size: 35", "size: 50").replace("strata:\n", "strata: []\n  _:\n")
    settings.write_text(re.sub(r"  _:\n    - .*\n", "", text))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        draw(house, WEEK, NOW)
    return root


@dataclass
class Quoting:
    """A judge that fills the whole form and quotes as `make` says; `asked`: the questions by how often they were asked."""

    make: Callable[[random.Random, Ask, FoundTurn], tuple[Any, str]]
    chance: random.Random
    quoted: int = 0
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __call__(self, ask: Ask) -> Any:
        """An answer that needs a quote to every question, each with one."""
        call = "|".join(turn.text for turn in ask.turns)
        self.asked.update((call, key) for key in ask.schema["properties"])

        def spot(criterion: str) -> tuple[Any, str]:
            turn = self.chance.choice(ask.quotable(criterion))
            self.quoted += 1
            return self.make(self.chance, ask, turn)

        spots: dict[str, tuple[Any, str]] = {}
        return Filler(ask, lambda criterion: spots.setdefault(criterion, spot(criterion)), _needing_a_quote).answer()


def _needing_a_quote(_name: str, values: list[Any]) -> Any:
    return next(value for value in values if value not in ("no", "N/A", "cannot tell"))


def plain(text: str) -> str:
    """Text without regard to case, form and white space."""
    return " ".join(unicodedata.normalize("NFC", text.casefold()).split())


def invented(chance: random.Random, ask: Ask, turn: FoundTurn) -> tuple[Any, str]:
    """Words that do not stand in that turn: of nobody, of another turn or speaker, exchanged, turned round, joined, cut."""
    words = turn.text.split()
    place = chance.randrange(len(words) - 1)
    other = chance.choice([one for one in ask.turns if one.number != turn.number] or [turn])
    made = [
        " ".join(chance.sample(WORDS, 3)),
        other.text,
        " ".join([*words[:place], chance.choice(WORDS), *words[place + 1 :]]),
        " ".join(reversed(words)),
        " ".join([*words, chance.choice(WORDS)]),
        f"{words[0]} ... {words[-1]}",
        f"“{turn.text}”",
        "".join(words),
        turn.text.replace(words[place], words[place][:-1] + "x", 1),
        "", " ", ".", "a",
    ]  # fmt: skip
    fitting = [quote for quote in made if not plain(quote) or plain(quote) not in plain(turn.text) or len(quote) == 1]
    return turn.number, chance.choice(fitting)


NOISES: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.lower,
    str.title,
    str.swapcase,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: unicodedata.normalize("NFD", text).upper(),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace(" ", "\n"),
    lambda text: f"\t {text.replace(' ', '   ')} ",
    lambda text: text.replace(" ", "\u2009"),
)


def noisy(chance: random.Random, _ask: Ask, turn: FoundTurn) -> tuple[Any, str]:
    """A true piece of the turn, of two words and more, in another case, form or spacing."""
    words = turn.text.split()
    start = chance.randrange(max(len(words) - 1, 1))
    piece = " ".join(words[start : start + chance.randint(2, 12)])
    return turn.number, chance.choice(NOISES)(piece)


def test_a_thousand_invented_quotes(drawn: Path, tmp_path: Path) -> None:
    """More than 1,000 over the wire, in thirteen manners: not one level stands on them (0 of n; upper bound 0.3 %)."""
    judge = Quoting(invented, random.Random(11))
    with faulty(drawn, tmp_path / "ws", Script(judge=judge)) as week:
        grade(week.workspace)
        found = llm_grades(week.workspace)
    assert judge.quoted >= 1000
    assert {type(one) for one in found} == {Ungraded}
    assert {one.reason for one in found if isinstance(one, Ungraded)} == {"unverified"}
    assert set(judge.asked.values()) == {2}, "each was asked once more, and no more"


def test_a_thousand_true_quotes_with_noise(drawn: Path, tmp_path: Path) -> None:
    """In twelve languages, eleven kinds of noise: at least 99 % stand at once, and of the rest none becomes a number."""
    quoted = again = 0
    for seed in range(2):
        judge = Quoting(noisy, random.Random(seed))
        with faulty(drawn, tmp_path / f"ws-{seed}", Script(judge=judge)) as week:
            grade(week.workspace)
            found = llm_grades(week.workspace)
        assert {type(one) for one in found} <= {Scored, Ungraded}
        quoted += len(judge.asked)
        again += sum(times > 1 for times in judge.asked.values())
    assert quoted >= 1000
    assert again <= quoted / 100, f"{again} of {quoted} true quotes were refused"
