"""Who may come in: a random token for each grader, exchanged for a session that lives as long as the process."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

TOKEN_BYTES = 32
MAX_SESSIONS = 1_000


@dataclass(frozen=True)
class Session:
    """A grader who came in, and the token that every request which changes something must carry."""

    person: str
    csrf: str


def new_token() -> str:
    """256 random bits for a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> str:
    """What is kept of a token: its SHA-256. A random 256-bit token needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


class Doors:
    """The graders' tokens, by hash, and the sessions they were exchanged for."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        """`tokens`: person -> hash of their token."""
        self._tokens = dict(tokens)
        self._sessions: dict[str, Session] = {}

    def enter(self, token: str) -> str | None:
        """The new session's id for a token; None for a token that opens nothing."""
        given = hashed(token)
        person = next((name for name, known in self._tokens.items() if hmac.compare_digest(known, given)), None)
        if person is None:
            return None
        while len(self._sessions) >= MAX_SESSIONS:
            self._sessions.pop(next(iter(self._sessions)))
        opened = new_token()
        self._sessions[hashed(opened)] = Session(person, new_token())
        return opened

    def session(self, cookie: str) -> Session | None:
        """Who holds this cookie; looked up by its hash, so that time tells nothing."""
        return self._sessions.get(hashed(cookie))


def is_csrf(session: Session, given: str) -> bool:
    """Whether a request carries the session's token."""
    return hmac.compare_digest(session.csrf.encode(), given.encode("utf-8", "replace"))
