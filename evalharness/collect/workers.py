"""Work done in several processes at once, with the results in the order of the tasks: the same as one after the other.

No more than a few tasks a process are under way, so memory does not grow with their number. The processes end with the block,
also by Ctrl-C, and with their parent, however that ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, Any, TypeVar

from evalharness.errors import EvalHarnessError

T = TypeVar("T")
R = TypeVar("R")
AHEAD = 6
"""So many tasks a process are under way: one is worked on, the result of one is on its way, and the others wait, so that there is
work while the parent puts results on disk."""
MOST = 8
_END = object()
_OBJECTS_BETWEEN = 50_000
_SWITCH_S = 0.0005
"""So long the work keeps a thread waiting that has a piece of a task to receive; with Python's 5 ms the parent waited longest."""
_CHILD = """import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.path[:] = {path!r}
from evalharness.collect.workers import serve
serve()"""


def processes() -> int:
    """How many processes are worth while: the cores this one may use, at most 8."""
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return min(len(usable), MOST)


def in_order(tasks: Iterable[T], work: Callable[[T], R], count: int) -> Iterator[R]:
    """The result of each task, in order. `work` and its module go to `count` processes by pickle.

    Raises what `work` raises, and EvalHarnessError where a process is ended from outside.
    """
    lanes: list[_Lane] = []
    under_way: deque[_Lane] = deque()
    done = False
    try:
        for at, task in enumerate(tasks):
            while len(lanes) < count:
                lanes.append(_Lane(work))  # all at once: each takes a third of a second before it reads its first task
            if len(under_way) >= count * AHEAD:
                yield under_way.popleft().result()
            lanes[at % count].give(task)
            under_way.append(lanes[at % count])
        while under_way:
            yield under_way.popleft().result()
        done = True
    finally:
        for lane in lanes:
            lane.end(done=done)


class _Lane:
    """One process and the pipes to it: a fresh interpreter, which neither forks the threads of this one nor runs its script."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        line = [sys.executable, "-c", _CHILD.format(path=sys.path)]
        self._process = Popen(line, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)  # noqa: S603 - our own interpreter
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        self.give(work)

    def give(self, task: Any) -> None:
        try:
            _send(self._to, task)
        except OSError:
            raise _ended() from None

    def result(self) -> Any:
        try:
            found = _received(self._from)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise _ended() from None
        if isinstance(found, Exception):
            raise found
        return found

    def end(self, *, done: bool) -> None:
        """`done`: it has nothing left to do and ends by itself."""
        if not done:
            self._process.kill()
        with suppress(OSError):
            self._to.close()  # what is left of a task goes nowhere
        self._from.close()
        self._process.wait()


def _ended() -> EvalHarnessError:
    return EvalHarnessError(
        "a process that read calls was ended from outside",
        why="nothing of the file was taken in; the machine may have run out of memory",
        fix="run the command again, alone",
    )


def serve() -> None:
    """A process: tasks are received and results sent beside the work, so that nobody waits for a full pipe."""
    tasks: SimpleQueue[Any] = SimpleQueue()
    results: SimpleQueue[Any] = SimpleQueue()
    receiving, sending = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    work: Callable[[Any], Any] = _received(receiving)
    threading.Thread(target=_receive_all, args=(receiving, tasks), daemon=True).start()
    threading.Thread(target=_send_all, args=(sending, results), daemon=True).start()
    os.dup2(2, 1)  # whatever a library prints is no result
    gc.set_threshold(_OBJECTS_BETWEEN)
    sys.setswitchinterval(_SWITCH_S)
    while (task := tasks.get()) is not _END:
        try:
            found: Any = work(task)
        except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
            found = error
        results.put(_packed(found))


def _receive_all(pipe: IO[bytes], tasks: SimpleQueue[Any]) -> None:
    try:
        while True:
            tasks.put(_received(pipe))
    except (EOFError, OSError, pickle.UnpicklingError):
        tasks.put(_END)


def _send_all(pipe: IO[bytes], results: SimpleQueue[Any]) -> None:
    while True:
        try:
            _write(pipe, results.get())
        except OSError:
            os._exit(1)  # nobody takes results any more: what waits need not be done


def _packed(found: Any) -> bytes:
    """A result as it travels: packed at once by whoever made it, while it is at hand, which takes half as long as later."""
    try:
        return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - it cannot travel, and the parent waits
        told = f"a result could not be handed back ({type(found).__name__}: {type(error).__name__})"
        return pickle.dumps(EvalHarnessError(told), pickle.HIGHEST_PROTOCOL)


def _received(pipe: IO[bytes]) -> Any:
    return pickle.load(pipe)  # noqa: S301 - written by this very program


def _send(pipe: IO[bytes], what: Any) -> None:
    _write(pipe, pickle.dumps(what, pickle.HIGHEST_PROTOCOL))


def _write(pipe: IO[bytes], packed: bytes) -> None:
    pipe.write(packed)
    pipe.flush()
