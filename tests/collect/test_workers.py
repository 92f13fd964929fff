"""Work in several processes: the same results in the same order, errors where they are asked for, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import count
from operator import mul, truediv
from pathlib import Path

import pytest

from evalharness.collect.workers import AHEAD, in_order, processes
from evalharness.errors import EvalHarnessError

ROOT = Path(__file__).resolve().parents[2]


def test_results_come_in_the_order_of_the_tasks():
    """Twenty tasks over two processes; one megabyte each way fills every pipe and stops nothing."""
    assert list(in_order(range(20), partial(mul, 3), 2)) == [3 * task for task in range(20)]
    large = list(in_order([b"a" * 1_000_000] * 12, partial(mul, 1), 2))
    assert [len(one) for one in large] == [1_000_000] * 12
    assert list(in_order([], partial(mul, 3), 2)) == []


def test_no_more_is_under_way_than_a_few_tasks():
    """Of endless tasks only those are taken that are ahead of the results: memory does not grow with their number."""
    taken = []

    def tasks():
        for task in count():
            taken.append(task)
            yield task

    results = in_order(tasks(), partial(mul, 1), 2)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    results.close()
    assert len(taken) <= 5 + 2 * AHEAD + 1


def test_what_the_work_raises_is_raised():
    """After the results before it; 1/0 stands third."""
    found = in_order([1, 2, 0, 4], partial(truediv, 1), 2)
    assert [next(found), next(found)] == [1.0, 0.5]
    with pytest.raises(ZeroDivisionError):
        next(found)


def test_a_result_that_cannot_travel_is_said():
    """A lock can be made by a worker and not handed back: an error in words, and no waiting for ever."""
    with pytest.raises(EvalHarnessError, match="could not be handed back"):
        list(in_order([("_thread", "allocate_lock")], made_there, 1))


def made_there(place):
    """What a function of a module gives, called in the worker."""
    module, name = place
    return getattr(sys.modules[module], name)()


def test_what_the_work_prints_is_no_result():
    """A library that says something on standard output spoils nothing."""
    assert list(in_order(["a", "b"], print, 1)) == [None, None]


def test_a_process_that_is_ended_from_outside_is_said():
    """As the kernel does where memory runs out."""
    with pytest.raises(EvalHarnessError, match="was ended from outside"):
        list(in_order([9], _die, 1))


def _die(_task):
    os.kill(os.getpid(), signal.SIGKILL)


def endless() -> subprocess.Popen[str]:
    """A process that has two others work for it until it is interrupted, and then ends with 130."""
    script = "import sys\nfrom functools import partial\nfrom operator import mul\nfrom itertools import count\n"
    script += "from evalharness.collect.workers import in_order\n"
    script += "try:\n    for _ in in_order(count(), partial(mul, 1), 2):\n        print('.', flush=True)\n"
    script += "except KeyboardInterrupt:\n    sys.exit(130)\n"
    line = [sys.executable, "-c", script]
    parent = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert parent.stdout is not None
    parent.stdout.readline()
    return parent


def test_an_interrupt_ends_all_without_a_word():
    """Ctrl-C goes to every process of the terminal: one ends with 130, those that work for it say nothing."""
    parent = endless()
    os.killpg(parent.pid, signal.SIGINT)
    assert (parent.communicate(timeout=60)[1], parent.returncode) == ("", 130)


def test_processes_end_with_their_parent():
    """Killed without a word: those that work for it end too."""
    parent = endless()
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    if not children.is_file():
        parent.kill()
        pytest.skip("this system does not list the children of a process")
    ids = children.read_text().split()
    assert len(ids) == 2
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 20
    while any(_runs(one) for one in ids) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(_runs(one) for one in ids)


def _runs(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_at_least_one_and_at_most_eight_processes():
    """However many cores there are."""
    assert 1 <= processes() <= 8
