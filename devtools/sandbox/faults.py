"""What a request gets instead of its answer: faults that were asked for, and rate limits."""

import re
import time
from dataclasses import dataclass
from typing import Any

from devtools.sandbox import limits
from devtools.sandbox.errors import Refusal

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
        return limited_headers(self.retry_after, self.global_)

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


def limited_headers(retry_after: float, global_: bool) -> dict[str, str]:
    """Return the headers that only a 429 has."""
    scope = {"X-RateLimit-Global": "true"} if global_ else {}
    return VIA | scope | {"Retry-After": str(retry_after)}


@dataclass
class Bucket:
    """A window that opens with its first request."""

    ends: float = 0.0
    used: int = 0

    def take(self, allowed: int, seconds: float, now: float) -> bool:
        if now >= self.ends:
            self.ends, self.used = now + seconds, 0
        self.used += 1
        return self.used <= allowed


class Rates:
    """Rate limits: so many requests to a bucket in so many seconds, with headers, then 429."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._whole = Bucket()

    def take(self, name: str, rate: tuple[int, float], *, whole: bool) -> dict[str, str]:
        """Count a request; return its headers, or refuse it. `whole`: the global limit too."""
        now = time.monotonic()
        if whole and not self._whole.take(limits.GLOBAL_REQUESTS, 1.0, now):
            raise _refused(self._whole.ends - now, {}, global_=True)
        if len(self._buckets) > limits.REMEMBERED_REQUESTS:
            self._buckets = {key: one for key, one in self._buckets.items() if one.ends > now}
        bucket = self._buckets.setdefault(name, Bucket())
        allowed, seconds = rate
        fits = bucket.take(allowed, seconds, now)
        left = bucket.ends - now
        headers = {
            "X-RateLimit-Limit": str(allowed),
            "X-RateLimit-Remaining": str(max(allowed - bucket.used, 0)),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": f"{hash(name) & 0xFFFFFFFF:08x}",
        }
        if not fits:
            raise _refused(left, headers, global_=False)
        return headers


def _refused(left: float, headers: dict[str, str], *, global_: bool) -> Refusal:
    retry_after = round(max(left, 0.001), 3)
    refusal = Refusal(429, 0, "", headers=headers | limited_headers(retry_after, global_))
    refusal.body = limited(retry_after, global_)
    return refusal
