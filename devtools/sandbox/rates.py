"""Rate limits: so many requests to a bucket in so many seconds, told in headers, then 429."""

import time
from dataclasses import dataclass

from devtools.sandbox import limits
from devtools.sandbox.errors import Refusal
from devtools.sandbox.faults import VIA, limited


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
    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._whole = Bucket()

    def take(self, name: str, rate: tuple[int, float], *, whole: bool) -> dict[str, str]:
        """Count a request; give its headers, or refuse it. `whole`: the global limit counts too."""
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
    refusal = Refusal(429, 0, "You are being rate limited.")
    refusal.body = limited(round(max(left, 0.001), 3), global_)
    scope = {"X-RateLimit-Global": "true"} if global_ else {}
    refusal.headers = headers | VIA | scope | {"Retry-After": str(refusal.body["retry_after"])}
    return refusal
