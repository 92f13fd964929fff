"""The calls of a week from each platform's server, over real HTTP on this machine."""

from datetime import UTC, datetime, timedelta

import pytest

from evalharness.collect.pull.calls import pages
from evalharness.collect.pull.platforms import PLATFORMS
from evalharness.collect.pull.server import open_server
from evalharness.errors import InputError
from tests.collect.payloads import a_retell_call, a_vapi_call
from tests.servers.platform_api import KEY, PlatformApi

START = datetime(2025, 11, 17, tzinfo=UTC)
WEEK = (START, START + timedelta(days=7))
HOUR = timedelta(hours=1)


def vapi_calls(number, first=START + HOUR, apart=timedelta(minutes=10)):
    """Calls one after the other, each created two seconds before it began."""
    times = [first + at * apart for at in range(number)]
    return [
        a_vapi_call(
            id=f"v{at}",
            createdAt=_iso(time - timedelta(seconds=2)),
            startedAt=_iso(time),
            endedAt=_iso(time + timedelta(minutes=1)),
        )
        for at, time in enumerate(times)
    ]


def retell_calls(number, first=START + HOUR, apart=timedelta(minutes=10)):
    """Calls one after the other."""
    times = [round((first + at * apart).timestamp() * 1000) for at in range(number)]
    return [a_retell_call(call_id=f"r{at}", start_timestamp=time, end_timestamp=time + 60_000) for at, time in enumerate(times)]


def elevenlabs_calls(number, first=START + HOUR, apart=timedelta(minutes=10)):
    """Conversations one after the other; the list shows them in short, each has its transcript only by itself."""
    times = [int((first + at * apart).timestamp()) for at in range(number)]
    return [
        {
            "conversation_id": f"e{at}", "agent_id": "agent_1", "status": "done",
            "transcript": [{"role": "user", "message": "Hi"}],
            "metadata": {"start_time_unix_secs": time, "call_duration_secs": 60},
        }
        for at, time in enumerate(times)
    ]  # fmt: skip


MADE = {"vapi": vapi_calls, "retell": retell_calls, "elevenlabs": elevenlabs_calls}


def pulled(api, *, agents=(), known=(), times=WEEK, waits=None, key=KEY):
    """All pages of what the server gives; `waits` collects the seconds it was asked to wait."""
    platform = PLATFORMS[api.platform]
    with open_server(api.base_url, platform.headers(key), platform.key_env) as server:
        server.sleep = (lambda _seconds: None) if waits is None else waits.append
        return list(pages(platform, server, times, agents, lambda ids: [one for one in ids if one in known]))


def ids(found, platform):
    """The ids of the calls of these pages, in order."""
    return [PLATFORMS[platform].id_of(call) for page in found for call in page.calls]


def total(found, name):
    """The sum of a count over the pages."""
    return sum(getattr(page, name) for page in found)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_calls_of_a_week_whole(platform):
    """7 calls, 3 a page where the server pages by itself: each comes once, with its transcript."""
    calls = MADE[platform](7)
    with PlatformApi(platform, calls, page=3) as api:
        found = pulled(api)
    assert sorted(ids(found, platform)) == sorted(PLATFORMS[platform].id_of(call) for call in calls)
    assert [call for page in found for call in page.calls if call not in calls] == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_edges_of_a_week(platform):
    """Calls of the first and the last second are in, those of the second before and after the week are out."""
    second = timedelta(seconds=1)
    calls = MADE[platform](4, first=WEEK[0], apart=WEEK[1] - second - WEEK[0])[:2]
    calls += MADE[platform](6, first=WEEK[0] - second, apart=(WEEK[1] - WEEK[0] + second) / 5)[::5][:2]
    name = {"vapi": "id", "retell": "call_id", "elevenlabs": "conversation_id"}[platform]
    for call, called in zip(calls, ("first", "last", "before", "after"), strict=True):
        call[name] = called
    with PlatformApi(platform, calls) as api:
        assert sorted(ids(pulled(api), platform)) == ["first", "last"]


def test_a_page_of_calls_of_one_instant_is_not_the_end(monkeypatch):
    """3 a page and 4 calls created at once: which is the fourth cannot be asked for, and that is said."""
    monkeypatch.setattr("evalharness.collect.pull.platforms._VAPI_PAGE", 3)
    calls = vapi_calls(4)
    for call in calls:
        call["createdAt"] = calls[0]["createdAt"]
    with PlatformApi("vapi", calls) as api, pytest.raises(InputError, match="more than 3 calls were created at one time"):
        pulled(api)


@pytest.mark.parametrize("platform", ["retell", "elevenlabs"])
def test_what_the_log_has_is_not_asked_for_again(platform):
    """5 listed, 2 known: 3 single requests."""
    with PlatformApi(platform, MADE[platform](5)) as api:
        letter = platform[0]
        found = pulled(api, known={f"{letter}1", f"{letter}3"})
        assert sorted(api.details) == [f"{letter}0", f"{letter}2", f"{letter}4"]
    assert (len(ids(found, platform)), total(found, "known")) == (3, 2)


@pytest.mark.parametrize(
    ("platform", "field", "word"),
    [("vapi", "status", "in-progress"), ("retell", "call_status", "ongoing"), ("elevenlabs", "status", "processing")],
)  # fmt: skip
def test_calls_that_are_not_over_are_counted_and_left(platform, field, word):
    """One of three goes on."""
    calls = MADE[platform](3)
    calls[1][field] = word
    with PlatformApi(platform, calls) as api:
        found = pulled(api)
    assert (len(ids(found, platform)), total(found, "going")) == (2, 1)


@pytest.mark.parametrize("platform", ["retell", "elevenlabs"])
def test_a_call_that_is_gone_is_counted(platform):
    """Listed, and deleted before it was asked for."""
    with PlatformApi(platform, MADE[platform](3), gone=frozenset({f"{platform[0]}1"})) as api:
        found = pulled(api)
    assert (len(ids(found, platform)), total(found, "gone")) == (2, 1)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_only_the_agents_that_were_named(platform):
    """Two agents, one named."""
    calls = MADE[platform](4)
    for call in calls[:1]:
        call["assistantId" if platform == "vapi" else "agent_id"] = "another"
    with PlatformApi(platform, calls) as api:
        found = ids(pulled(api, agents=["another"]), platform)
    assert found == [PLATFORMS[platform].id_of(calls[0])]


def test_vapi_pages_by_the_creation_of_the_last_call(monkeypatch):
    """2 a page and two calls of one instant on the edge of a page: each of the 5 comes once."""
    monkeypatch.setattr("evalharness.collect.pull.platforms._VAPI_PAGE", 3)
    calls = vapi_calls(5)
    calls[2]["createdAt"] = calls[1]["createdAt"]
    with PlatformApi("vapi", calls) as api:
        found = ids(pulled(api), "vapi")
        assert len(api.asked) > 1
    assert sorted(found) == ["v0", "v1", "v2", "v3", "v4"]


def test_limits_of_the_server_are_waited_for():
    """429 with Retry-After 7, then 503, then half a JSON, then the answer: waits of 7, 2 and 4 s."""
    waits = []
    faults = {1: (429, {"retry-after": "7"}), 2: 503, 3: b'{"items": ['}
    with PlatformApi("retell", retell_calls(1), faults=faults) as api:
        found = pulled(api, waits=waits)
    assert (ids(found, "retell"), waits) == (["r0"], [7.0, 2.0, 4.0])


def test_a_server_that_stays_busy_is_given_up():
    """Six answers of 503, five waits, and an error that says what to do."""
    waits = []
    with PlatformApi("retell", retell_calls(1), faults=dict.fromkeys(range(1, 9), 503)) as api:
        with pytest.raises(InputError, match="it answers 503") as caught:
            pulled(api, waits=waits)
        assert len(api.asked) == 6
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert "goes on where it stopped" in caught.value.fix


def test_a_wait_of_an_hour_is_not_waited():
    """Retry-After 3600: said, and no second request."""
    with PlatformApi("vapi", vapi_calls(1), faults={1: (429, {"retry-after": "3600"})}) as api:
        with pytest.raises(InputError, match="asks to wait 3600 s"):
            pulled(api)
        assert len(api.asked) == 1


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_wrong_key_ends_it_at_once_and_is_not_shown(platform):
    """One request; the message names the variable and nothing of the key, which the server repeats."""
    with PlatformApi(platform, MADE[platform](2)) as api:
        with pytest.raises(InputError, match="refuses the key") as caught:
            pulled(api, key="wrong-key")
        assert len(api.asked) == 1
    text = "\n".join(caught.value.lines())
    assert PLATFORMS[platform].key_env in text
    assert "wrong-key" not in text
    assert KEY not in text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ((302, {"location": "http://127.0.0.1:9/"}), "sends elsewhere"), (400, "it answers 400"),
        (b'{"a": 1}', "holds no list"), (b"[1", "not JSON"),
    ],
)  # fmt: skip
def test_answers_that_are_no_list(fault, words):
    """Each is an error in words; no redirect is followed."""
    with (
        PlatformApi("vapi", vapi_calls(1), faults=dict.fromkeys(range(1, 9), fault)) as api,
        pytest.raises(InputError, match=words),
    ):
        pulled(api)


def test_a_list_that_names_the_same_page_for_ever():
    """It is found on its third page."""
    with PlatformApi("retell", retell_calls(3), page=1, endless=True) as api:
        with pytest.raises(InputError, match="names the same page twice"):
            pulled(api)
        assert len([one for one in api.asked if one.path == "/v3/list-calls"]) == 2


def test_what_came_before_a_failure_was_given_on():
    """The second page fails for good: the calls of the first are out already."""
    platform, got = PLATFORMS["retell"], []
    with (
        PlatformApi("retell", retell_calls(4), page=2, faults=dict.fromkeys(range(4, 20), 500)) as api,
        open_server(api.base_url, platform.headers(KEY), platform.key_env) as server,
    ):
        server.sleep = lambda _seconds: None
        given = (got.extend(page.calls) for page in pages(platform, server, WEEK, (), lambda _ids: ()))
        with pytest.raises(InputError):
            list(given)
    assert [call["call_id"] for call in got] == ["r0", "r1"]


def _iso(at):
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
