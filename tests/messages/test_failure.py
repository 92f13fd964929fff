"""Which failures are tried again, which may have been billed, which end the run."""

from __future__ import annotations

import pytest

from evalharness.messages.failure import LOST, NOT_REACHED, TIMED_OUT, of_status


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_the_servers_own_troubles_are_tried_again(status: int) -> None:
    """None of them was billed, none ends the run."""
    found = of_status(status, None, "")
    assert (found.again, found.lost, found.stops) == (True, False, "")


@pytest.mark.parametrize("status", [307, 400, 404, 413, 422])
def test_what_we_sent_wrong_is_not_sent_again(status: int) -> None:
    """The same bytes would be refused again; other calls may still pass."""
    found = of_status(status, None, "")
    assert (found.again, found.stops) == (False, "")


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_key_that_is_not_taken_ends_the_run(status: int) -> None:
    """Every further request would fail alike."""
    found = of_status(status, None, "")
    assert not found.again
    assert found.stops


def test_only_a_lost_connection_is_in_doubt() -> None:
    """Refused before a byte left: certainly unbilled. Lost or timed out after: nobody knows."""
    assert [failure.lost for failure in (NOT_REACHED, LOST, TIMED_OUT)] == [False, True, True]
    assert all(failure.again for failure in (NOT_REACHED, LOST, TIMED_OUT))


def test_what_is_kept_and_said_of_it() -> None:
    """The row holds no text of the server; the words name kind and status."""
    found = of_status(529, 3.0, "req_1")
    assert found.as_row() == {"kind": "overloaded", "status": 529, "lost": False, "request_id": "req_1"}
    assert (str(found), str(LOST)) == ("overloaded (529)", "connection lost")
