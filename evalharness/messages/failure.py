"""What became of a request that brought no reply: may it be sent again, may it have been billed, does it stop the run."""

from __future__ import annotations

from dataclasses import dataclass

STOPS = {401: "the key is not accepted", 402: "the account cannot pay", 403: "the key may not do this"}
_AGAIN = (408, 409, 429)
_NAMES = {
    400: "refused as malformed",
    404: "unknown model or address",
    413: "too large",
    429: "rate limit",
    529: "overloaded",
}


@dataclass(frozen=True)
class Failure:
    """A request without a usable reply. Holds no text of the server: it could repeat the call or the key.

    `lost`: nobody knows whether it was billed. `again`: it may be sent again. `stops`: why the whole run ends.
    """

    kind: str
    again: bool
    lost: bool = False
    stops: str = ""
    status: int | None = None
    retry_after_s: float | None = None
    request_id: str = ""

    def as_row(self) -> dict[str, object]:
        """As the ledger keeps it."""
        return {"kind": self.kind, "status": self.status, "lost": self.lost, "request_id": self.request_id}

    def __str__(self) -> str:
        return self.kind if self.status is None else f"{self.kind} ({self.status})"


def of_status(status: int, retry_after_s: float | None, request_id: str) -> Failure:
    """A reply with an error status. 429 and the server's own errors may be tried again; what we sent wrong may not."""
    again = status in _AGAIN or status >= 500
    kind = _NAMES.get(status) or STOPS.get(status) or ("server error" if status >= 500 else "refused")
    return Failure(kind, again, stops=STOPS.get(status, ""), status=status, retry_after_s=retry_after_s, request_id=request_id)


NOT_REACHED = Failure("no connection", again=True)
LOST = Failure("connection lost", again=True, lost=True)
TIMED_OUT = Failure("no reply in time", again=True, lost=True)
