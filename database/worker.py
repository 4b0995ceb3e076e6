"""What a thread of the executor does at the moment, as seen from the thread that has the clock."""

import errno
import os
import select
import socket
import threading
import time
from typing import Any

from database.transaction import Job

STUCK_SECONDS = 3.0  # what a thread may need to notice that its connection was shut


class Interrupter:
    """Stops what a connection waits for, from another thread.

    Shutting its socket frees a thread that waits for an answer; closing it would not. It is a
    duplicate: the number of a socket that is closed meanwhile may mean another file.
    """

    def __init__(self, connection: Any) -> None:
        self._sqlite = connection if hasattr(connection, "interrupt") else None
        self._socket = None if self._sqlite else socket.socket(fileno=os.dup(connection.fileno()))

    def fire(self) -> None:
        """Make what runs fail at once."""
        if self._socket is None:
            assert self._sqlite is not None
            self._sqlite.interrupt()
            return
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            if error.errno != errno.ENOTCONN:  # the other side was faster
                raise

    def server_has_closed(self) -> bool:
        """Return whether a server has closed a connection that idles: it says nothing else then."""
        if self._socket is None:
            return False
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        """Close the duplicate."""
        if self._socket is not None:
            self._socket.close()


class Worker:
    """What a thread is doing: until when it may, and how to stop it."""

    def __init__(self, lock: threading.Lock) -> None:
        self.wake = threading.Condition(lock)
        self.opened = 0.0  # when its connection was; 0 without one
        self.used = False  # whether a transaction has succeeded on it
        self.cut = False
        self._guard = threading.Lock()
        self._deadline = 0.0
        self._jobs: list[Job] = []
        self._interrupter: Interrupter | None = None

    @property
    def busy(self) -> bool:
        return bool(self._deadline)

    def begin(self, deadline: float, jobs: list[Job]) -> None:
        """Note what is done and when it must be over."""
        with self._guard:
            self._deadline, self._jobs, self.cut = deadline, jobs, False

    def over(self) -> None:
        """Note that it has ended."""
        with self._guard:
            self._deadline, self._jobs = 0.0, []

    def connected(self, interrupter: Interrupter | None) -> None:
        """Note how to stop what runs on the connection there is now, or that there is none."""
        with self._guard:
            if self._interrupter is not None:
                self._interrupter.close()
            self._interrupter = interrupter
        self.opened, self.used = (time.monotonic() if interrupter else 0.0), False

    def server_has_closed(self) -> bool:
        """Return whether the server has closed the connection while nobody used it."""
        with self._guard:
            idle = None if self._deadline else self._interrupter
            return idle is not None and idle.server_has_closed()

    def stop_if_overdue(self, now: float) -> bool:
        """Shut the connection if its time is up; return whether it was done now."""
        with self._guard:
            if not self._deadline or now < self._deadline or self.cut:
                return False
            self.cut = True
            if self._interrupter is not None:
                self._interrupter.fire()
            return True

    def stuck(self, now: float) -> list[Job]:
        """Return the jobs of a thread that went on though its connection was shut."""
        with self._guard:
            stuck = self.cut and self._deadline and now > self._deadline + STUCK_SECONDS
            jobs, self._jobs = (self._jobs, []) if stuck else ([], self._jobs)
            return jobs
