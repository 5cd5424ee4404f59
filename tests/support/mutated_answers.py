"""A server whose answers are damaged in one place: a value of another type, a field that is missing, odd text."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

from scfdeploy.emulator import Server, Settings
from scfdeploy.emulator.messages import Request, Response

_ODD: tuple[Any, ...] = (
    None,
    "",
    "\x1b[31mred\x07",
    "ünï\u202e\u0000code",
    -1,
    1 << 70,
    1.5,
    True,
    [],
    [None],
    ["text"],
    {},
    {"Unknown": 1},
    [[]],
    "x" * 5000,
)


class MutatingServer(Server):
    """Damages one place of the `at`th answer that succeeds, chosen by `seed`. `damage` says what was done."""

    def __init__(self) -> None:
        super().__init__(settings=Settings(activation_s=0))
        self._random = random.Random(0)
        self._left = 0
        self.damage = ""

    def aim(self, seed: int, at: int) -> None:
        self._random.seed(seed)
        self._left = at
        self.damage = ""

    def _handle(self, request: Request) -> Response:
        answer = super()._handle(request)
        if request.path.startswith("/_") or not self._left:
            return answer
        self._left -= 1
        return answer if self._left else self._damaged(request, answer)

    def _damaged(self, request: Request, answer: Response) -> Response:
        try:
            whole = json.loads(answer.body)
        except ValueError:
            return answer
        places = [place for place in _places(whole) if place[1] != "RequestId"]
        holder, key = self._random.choice(places)
        was = holder[key]
        if isinstance(holder, dict) and self._random.random() < 0.3:
            del holder[key]
            now: Any = "(missing)"
        else:
            now = holder[key] = self._random.choice(_ODD)
        action = request.headers.get("x-tc-action", "")
        self.damage = f"{action}: {key} was {str(was)[:60]!r}, now {str(now)[:60]!r}"
        return replace(answer, body=json.dumps(whole).encode())


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document, as the container and the key in it."""
    match value:
        case dict():
            items = list(value.items())
        case list():
            items = list(enumerate(value))
        case _:
            return []
    return [found for key, item in items for found in ((value, key), *_places(item))]
