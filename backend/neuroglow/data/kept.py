"""Data sets that were used lately, up to a number of bytes; equal specs share one. Threads may ask at the same time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class Kept(Generic[T]):
    """What is dropped here lives on as long as somebody else uses it, and is found again that long."""

    def __init__(self, max_bytes: int, size_of: Callable[[T], int]) -> None:
        self._max_bytes, self._size_of = max_bytes, size_of
        self._recent: OrderedDict[Hashable, T] = OrderedDict()
        self._alive: WeakValueDictionary[Hashable, T] = WeakValueDictionary()
        self._size_bytes = 0
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def has(self, key: Hashable) -> bool:
        """Whether `get` would answer without making anything."""
        with self._lock:
            return key in self._alive

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of that key, made once however many ask."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                found = self._alive.get(key)
            made = make() if found is None else found
            with self._lock:
                self._keep(key, made)
                self._making.pop(key, None)
            return made

    def _keep(self, key: Hashable, value: T) -> None:
        if key not in self._recent:
            self._size_bytes += self._size_of(value)
        self._recent[key] = self._alive[key] = value
        self._recent.move_to_end(key)
        while self._size_bytes > self._max_bytes:
            _, dropped = self._recent.popitem(last=False)
            self._size_bytes -= self._size_of(dropped)
