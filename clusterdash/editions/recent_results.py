"""Results that were read last, kept in memory: reading them again would give the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class RecentResults:
    """The results that were read last, by cluster: they never change within an edition. At most `most` are kept.

    It knows nothing of visitors: who asks has to be checked before.
    """

    def __init__(self, most: int = 256) -> None:
        """Keep nothing yet."""
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what is kept under a key, or else what `read` returns, which is then kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
        made = read()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
