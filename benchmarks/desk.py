"""The desk: CPU seconds to its first answer, and milliseconds from a key to "saved": python -m benchmarks.desk [KEYS].

With Playwright and Debian's chromium also in the browser itself, from the key to the word on the page.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import opened
from evalharness.flows.week import run_week
from evalharness.workspace.folder import Workspace, shipped

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CHROMIUM = "/usr/bin/chromium"


@contextmanager
def running(root: Path) -> Iterator[tuple[str, float]]:
    """The desk on a workspace: its start link, and the CPU seconds it had used when it printed it."""
    words = [sys.executable, "-m", "evalharness", "desk", "--workspace", str(root), "--week", WEEK, "--no-browser"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        link = next(found[0] for line in process.stdout if (found := re.search(r"http://\S+token=\S+", line)))
        ticks = Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        try:
            yield link, (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
        finally:
            process.kill()


def imports_seconds() -> float:
    """CPU seconds of the imports alone."""
    code = "import time, evalharness.cli.app, evalharness.flows.desk; print(time.process_time())"
    return min(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(3)
    )


def requests(link: str, keys: int) -> list[float]:
    """Milliseconds of each POST that keeps one answer, over a connection that stays open."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc)

    def get(path: str, cookie: str = "") -> tuple[http.client.HTTPResponse, str]:
        connection.request("GET", path, headers={"Cookie": cookie})
        reply = connection.getresponse()
        return reply, reply.read().decode()

    door, _ = get(f"{parts.path}?{parts.query}")
    cookie = door.headers["Set-Cookie"].split(";")[0]
    _, queue = get("/queue", cookie)
    row = re.findall(r"/call/(C-\w+)", queue)[0]
    _, page = get(f"/call/{row}", cookie)
    csrf = re.findall(r'name="csrf" content="([^"]+)"', page)[0]
    headers = {"Cookie": cookie, "X-CSRF-Token": csrf, "Content-Type": "application/json"}
    taken = []
    for number in range(keys):
        body = json.dumps({"row": row, "do": "answer", "question": "correctness", "value": 1 + number % 5, "seconds": 1})
        begun = time.perf_counter()
        connection.request("POST", "/save", body, headers)
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()
        reply.read()
        taken.append(1000 * (time.perf_counter() - begun))
    return taken


def in_the_browser(link: str, keys: int) -> list[float]:
    """Milliseconds from the keydown to the word "saved" on the page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_context(bypass_csp=True).new_page()
        page.goto(link)
        page.wait_for_selector("#desk[data-ready]")
        page.evaluate(
            """() => { window.taken = []; let begun = 0;
            document.addEventListener('keydown', () => { begun = performance.now(); }, true);
            new MutationObserver(() => { if (begun && document.getElementById('saved').dataset.state === 'saved') {
              window.taken.push(performance.now() - begun); begun = 0; } })
              .observe(document.getElementById('saved'), { childList: true, attributes: true }); }"""
        )
        for number in range(keys):
            page.keyboard.press(str(1 + number % 5))
            page.wait_for_timeout(60)
        found: list[float] = page.evaluate("window.taken")
        return found


def shown(name: str, taken: list[float]) -> None:
    """Median and 95th percentile."""
    ranked = sorted(taken)
    print(f"{name:42} {statistics.median(ranked):6.1f} ms median {ranked[int(len(ranked) * 0.95)]:6.1f} ms p95 (n {len(ranked)})")


def main() -> None:
    """A drawn week of the samples: start, then keys."""
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "front-desk"
        init(root, InitAnswers(agent="Front Desk", owner="Anna Keller", timezone="Europe/Berlin", success_criteria="Books."))
        shutil.copyfile(shipped("samples") / "calls" / f"{WEEK}.jsonl", root / "inbox" / f"{WEEK}.jsonl")
        with opened(Workspace.at(root), write=True) as house:
            run_week(house, NOW)
        with running(root) as (link, cpu):
            imports = imports_seconds()
            print(f"{'start to the printed link':42} {cpu:6.2f} CPU s, of which imports {imports:.2f}")
            shown("key to kept, over one connection", requests(link, keys))
            if Path(CHROMIUM).exists():
                shown("key to the word saved, in the browser", in_the_browser(link, min(keys, 100)))


if __name__ == "__main__":
    main()
