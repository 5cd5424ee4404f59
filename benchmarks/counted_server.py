"""A local server in a process of its own that counts calls without a limit."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploying import server

_TABLES = Path(__file__).resolve().parents[1] / "scfdeploy" / "emulator" / "tables"
_NEVER = 1_000_000_000


@dataclass(frozen=True)
class CountedServer:
    """The list of calls that a server keeps ends with the last 10,000; the counters of fault rules do not."""

    url: str

    def forget_calls(self) -> None:
        """Count from zero again."""
        rules = [{"action": action, "skip": _NEVER} for action in ("*", *_actions())]
        self._ask("faults", rules)

    def calls(self) -> dict[str, int]:
        """The number of calls of each action, without those that were not called."""
        seen = {rule["action"]: rule["seen"] for rule in self._ask("faults")["rules"]}
        total = seen.pop("*")
        assert total == sum(seen.values()), "an action is missing in the tables of the emulator"
        return {action: number for action, number in sorted(seen.items()) if number}

    def _ask(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/_emulator/{path}", data)) as answer:
            return json.load(answer)


@contextmanager
def counted_server() -> Iterator[CountedServer]:
    """Start a server with the latency and the activation of the benchmarks."""
    with server() as url:
        yield CountedServer(url)


def _actions() -> set[str]:
    tables = (json.loads(file.read_text(encoding="utf-8")) for file in _TABLES.glob("*.json"))
    return {action for table in tables for action in table["actions"]}
