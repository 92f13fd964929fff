"""Opening the grading desk: whose, which week, on which address, by which tokens; then answering until told to stop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from evalharness.errors import UsageError, WorkspaceError
from evalharness.flows.desk_bench import LedgerBench
from evalharness.flows.desk_house import LedgerHouse, desk_week
from evalharness.flows.opened import Opened
from evalharness.grade.human.desk.app import desk_app
from evalharness.grade.human.desk.doors import Doors, hashed, new_token
from evalharness.grade.human.desk.guard import DOOR, Address
from evalharness.grade.human.desk.recordings import recordings_at
from evalharness.grade.human.desk.serve import LOOPBACK, listening, serve
from evalharness.models.noun import word_key
from evalharness.models.sample import WeeklySample
from evalharness.store.call_log import CallLog
from evalharness.store.files import write_whole
from evalharness.store.ledger import Ledger
from evalharness.store.records import load_sample
from evalharness.workspace.folder import Workspace

TOKENS = ".desk.json"
"""The file of the workspace that holds the hashes of the graders' tokens of the shared mode."""
_ANY = ("0.0.0.0", "::")  # noqa: S104 - asked for by name, and refused without --url


@dataclass(frozen=True)
class DeskWish:
    """How the desk is to be opened. `person` (local): whose; None: the only grader, else the owner.

    `shared`: every grader of the week comes in with their own link; `bind` and `url` go with it, `renew` names graders who
    get a new link. `recordings`: a folder or an https address that recordings are played from.
    """

    person: str | None = None
    port: int = 0
    recordings: str | None = None
    shared: bool = False
    bind: str | None = None
    url: str | None = None
    renew: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeskOpened:
    """What is answered now: the week, the address, and person -> start link ("" where it was given out before)."""

    week: str
    url: str
    links: dict[str, str]


def open_desk(workspace: Workspace, week: str | None, wish: DeskWish, ready: Callable[[DeskOpened], None]) -> None:
    """Opens the desk, tells `ready`, and answers until Ctrl-C. The workspace's lock is not held.

    Raises UsageError for options that do not fit, LedgerError, LedgerCorruptError where the ledger's check fails.
    """
    _check(wish)
    workspace.require_private()
    recordings = recordings_at(wish.recordings)
    with Ledger.open(workspace.ledger_path) as ledger, closing(CallLog(workspace.calls_path, ledger)) as calls:
        ledger.check()
        chosen = desk_week(ledger, week)
        sample = load_sample(ledger, chosen)
        people = _people(workspace, sample, wish) if sample else []
        socket = listening(wish.bind or LOOPBACK, wish.port)
        try:
            port = int(socket.getsockname()[1])
            tokens = _shared_tokens(workspace, people, wish) if wish.shared else {people[0]: new_token()}
            hashes = _kept(workspace) if wish.shared else {name: hashed(token) for name, token in tokens.items()}
            base = (wish.url or _http(wish.bind or LOOPBACK, port)).rstrip("/")
            house = LedgerHouse(ledger, chosen, workspace.config.zone, graders=workspace.config.graders)
            app = desk_app(
                house,
                LedgerBench(Opened(workspace, workspace.config, ledger, calls), house, chosen),
                Doors({name: hashes[name] for name in people}),
                _address(wish, port, recordings.origin),
                recordings,
            )
            links = {name: f"{base}{DOOR}?token={tokens[name]}" if name in tokens else "" for name in people}
            serve(app, socket, lambda: ready(DeskOpened(chosen, base, links)))
        finally:
            socket.close()


def _check(wish: DeskWish) -> None:
    if not wish.shared and (wish.bind or wish.url or wish.renew):
        raise UsageError("--bind, --url and --new-link go with --shared", fix="evalharness desk --shared --bind ADDR --url URL")
    if wish.shared and wish.person:
        raise UsageError("--as does not go with --shared: each grader has a link", fix="leave one of the two out")
    if wish.shared and wish.bind in _ANY and not wish.url:
        raise UsageError(
            f"--bind {wish.bind} needs --url",
            where="--url",
            why="the desk answers only to addresses it knows by name",
            fix="--url https://desk.example.org, as people type it",
        )
    parts = urlsplit(wish.url or "https://desk.example.org")
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/") or parts.query or parts.username:
        raise UsageError(f"{wish.url!r} is no address of a desk", where="--url", fix="write it such as https://desk.example.org")


def _people(workspace: Workspace, sample: WeeklySample, wish: DeskWish) -> list[str]:
    """Who may come in: everybody who has calls, then owner and deputy, who decide; or the one person of a local desk."""
    known = {word_key(name): name for name in [*_deciders(workspace), *sample.design.asked]}
    for named in (*wish.renew, *([wish.person] if wish.person else [])):
        if word_key(named) not in known:
            raise _stranger(repr(named), list(known.values()))
    if wish.shared:
        return list(dict.fromkeys([*sample.design.asked, *known.values()]))
    only = list(sample.design.asked)
    person = wish.person or (only[0] if len(only) == 1 else workspace.config.owner.name)
    return [known[word_key(person)]]


def _deciders(workspace: Workspace) -> Iterator[str]:
    owner = workspace.config.owner
    yield owner.name
    if owner.deputy:
        yield owner.deputy


def _stranger(who: str, known: Sequence[str]) -> UsageError:
    why = f"these people may come in: {', '.join(known)}"
    return UsageError(
        f"{who} has no calls to grade this week and decides nothing",
        where="--as",
        why=why,
        fix='--as "NAME", one of these people',
    )


def _shared_tokens(workspace: Workspace, people: Sequence[str], wish: DeskWish) -> dict[str, str]:
    """New tokens, for those who have none or are to get a new one; what is kept of them is their hash."""
    renewed = {word_key(name) for name in wish.renew}
    kept = _kept(workspace)
    tokens = {name: new_token() for name in people if name not in kept or word_key(name) in renewed}
    if tokens:
        hashes = {**kept, **{name: hashed(token) for name, token in tokens.items()}}
        write_whole(workspace.root / TOKENS, json.dumps(hashes, ensure_ascii=False, indent=1, sort_keys=True).encode())
    return tokens


def _kept(workspace: Workspace) -> dict[str, str]:
    """Person -> hash of their token. Raises WorkspaceError where the file is not as it was written."""
    path = workspace.root / TOKENS
    try:
        held = json.loads(path.read_bytes()) if path.exists() else {}
    except ValueError:
        held = None
    if not isinstance(held, dict) or not all(isinstance(one, str) and len(one) == 64 for one in held.values()):
        fix = f"Remove {TOKENS}; every grader gets a new link at the next start."
        raise WorkspaceError("the file of the desk's tokens is damaged", where=str(path), why="Nobody could come in.", fix=fix)
    return held


def _http(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _address(wish: DeskWish, port: int, media: str) -> Address:
    """The names under which the desk answers: loopback, the bound address, and the one people type."""
    known = [_http(host, port) for host in (LOOPBACK, "localhost", *([wish.bind] if wish.bind not in (None, *_ANY) else []))]
    known += [wish.url.rstrip("/")] if wish.url else []
    parts = [urlsplit(url.lower()) for url in known]
    return Address(
        hosts=frozenset(part.netloc for part in parts),
        origins=frozenset(f"{part.scheme}://{part.netloc}" for part in parts),
        cookie=f"evalharness_desk_{port}",
        secure=(wish.url or "").startswith("https://"),
        media=media,
    )
