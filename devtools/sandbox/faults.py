"""Things that go wrong on request: errors, 429s, cut connections, slowness."""

import re
from dataclasses import dataclass
from typing import Any

VIA = {"Via": "1.1 google"}  # without it a client takes a 429 for a ban by Cloudflare


@dataclass
class Fault:
    """What the next requests that match get instead of an answer; status 0 cuts the connection.

    `applied`: the request does its work first, as when only the answer is lost.
    """

    status: int
    times: int
    match: re.Pattern[str]
    retry_after: float
    global_: bool
    applied: bool

    @property
    def headers(self) -> dict[str, str]:
        if self.status != 429:
            return {}
        scope = {"X-RateLimit-Global": "true"} if self.global_ else {}
        return VIA | scope | {"Retry-After": str(self.retry_after)}

    @property
    def body(self) -> dict[str, Any]:
        if self.status != 429:
            return {"message": f"{self.status}: on request", "code": 0}
        return limited(self.retry_after, self.global_)


@dataclass
class Delay:
    seconds: float
    times: int
    match: re.Pattern[str]


class Faults:
    """Those that wait for their request; they are searched in e.g. `POST /channels/1/messages`."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._delays: list[Delay] = []

    def fail(self, fault: Fault) -> None:
        self._faults.append(fault)

    def slow(self, delay: Delay) -> None:
        self._delays.append(delay)

    def clear(self) -> None:
        self._faults.clear()
        self._delays.clear()

    def take(self, what: str) -> Fault | None:
        for fault in self._faults:
            if fault.match.search(what):
                fault.times -= 1
                if not fault.times:
                    self._faults.remove(fault)
                return fault
        return None

    def delay(self, what: str) -> float:
        for delay in self._delays:
            if delay.match.search(what):
                delay.times -= 1
                if not delay.times:
                    self._delays.remove(delay)
                return delay.seconds
        return 0.0


def limited(retry_after: float, global_: bool) -> dict[str, Any]:
    """Write the body of a 429 (topics/rate-limits)."""
    message = "You are being rate limited."
    return {"message": message, "retry_after": retry_after, "global": global_, "code": 0}
