"""Makes workers in hundredths of a second: `python -m tests.faults.nursery LOG` has everything imported, and forks.

It reads orders on its standard input, one JSON object a line, and writes there what becomes of its children. When its
input ends, so do they.
"""

import asyncio
import ctypes
import gc
import json
import os
import select
import signal
import sys
import threading
import traceback
from contextlib import suppress
from typing import Any, Final, NoReturn

PR_SET_PDEATHSIG: Final = 1
TICK: Final = 200
"""Milliseconds between two looks for children that have ended, where no signal told of it."""


class Nursery:
    """The parent. It never has a thread or an event loop, so a fork of it is whole."""

    def __init__(self, log: str) -> None:
        self._log = log
        self._children: dict[int, tuple[int, int]] = {}
        self._unread = b""

    def run(self) -> None:
        """Take orders and tell of deaths until the input ends."""
        told, tell = os.pipe()
        os.set_blocking(tell, False)
        signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        gc.collect()
        gc.freeze()
        open_ = True
        while open_:
            waiting = [0, told, *(pipe for _, pipe in self._children.values())]
            ready, _, _ = select.select(waiting, [], [], TICK / 1000)
            if told in ready:
                os.read(told, 4096)
            for pid, (number, pipe) in list(self._children.items()):
                if pipe in ready:
                    self._listen(pid, number, pipe)
            if 0 in ready:
                open_ = self._obey()
            self._reap()
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _obey(self) -> bool:
        read = os.read(0, 65536)
        *lines, self._unread = (self._unread + read).split(b"\n")
        for line in lines:
            self._fork(json.loads(line))
        return bool(read)

    def _fork(self, orders: dict[str, Any]) -> None:
        listen, say = os.pipe()
        pid = os.fork()
        if pid == 0:
            for _, pipe in self._children.values():
                os.close(pipe)
            os.close(listen)
            _live(orders, say, self._log)
        os.close(say)
        self._children[pid] = (orders["number"], listen)
        _tell(born=orders["number"], pid=pid)

    def _listen(self, pid: int, number: int, pipe: int) -> None:
        """A child says what it is about to do to itself."""
        for line in os.read(pipe, 4096).decode().splitlines():
            what, _, label = line.partition(" ")
            _tell(said=number, pid=pid, what=what, label=label)

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                number, pipe = self._children.pop(pid)
                self._listen(pid, number, pipe)
                os.close(pipe)
                _tell(ended=number, pid=pid, status=os.waitstatus_to_exitcode(status))


def _tell(**what: int | str) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def _live(orders: dict[str, Any], say: int, log: str) -> NoReturn:
    """In the child, which ends with its parent."""
    status = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing, out = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(nothing, 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        asyncio.run(worker.work(worker.Orders(**orders), say))
        status = 0
    except BaseException:  # noqa: BLE001 -- nothing of the parent's may run in the child
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    from tests.faults import worker

    if threading.active_count() > 1:
        raise SystemExit("something that was imported has started a thread: a fork of this would be half a process")
    Nursery(sys.argv[1]).run()
