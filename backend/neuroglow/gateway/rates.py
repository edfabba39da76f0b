"""Token buckets: how many messages or requests may come per second. Pure; the caller tells the time."""

from __future__ import annotations


class TokenBucket:
    """Holds at most `burst` tokens, refilled at `per_second`; each allowed event takes one."""

    def __init__(self, *, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._tokens = float(burst)
        self._then = now

    def allow(self, now: float) -> bool:
        """Whether an event at `now` (seconds, any monotonic clock) is within the rate."""
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._then) * self._per_second)
        self._then = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
