"""Regular expressions that are compiled on first use: a run needs few of those that its modules define."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def lazy_pattern(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The pattern of `expression`, like `re.compile`, but compiled when one of its attributes is first read."""
    return cast("re.Pattern[AnyStr]", _LazyPattern(expression, flags))


class _LazyPattern:
    def __init__(self, expression: str | bytes, flags: int) -> None:
        self._expression = expression
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Kept on the instance, so that each method is looked up here only once. `re` keeps the compiled pattern.
        value = getattr(re.compile(self._expression, self._flags), name)
        setattr(self, name, value)
        return value
