"""A local server that writes down what became of each call, by what the call asked: to compare two runs by."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import TypeAlias

from scfdeploy.emulator.messages import Answer, Request
from tests.support.cutting_server import CuttingServer
from tests.support.local_server import READS

Fates: TypeAlias = dict[tuple[str, str], list[str]]
"""By action and a digest of the body: `dropped`, the code of an error, or `ok`, for each time it was asked."""


class FatedServer(CuttingServer):
    """Calls of the API only."""

    def __init__(self) -> None:
        super().__init__()
        self._fates: Fates = defaultdict(list)

    def writes(self) -> Fates:
        return {call: fates for call, fates in self._fates.items() if not call[0].startswith(READS)}

    def looks(self) -> Fates:
        return {call: fates for call, fates in self._fates.items() if call[0].startswith(READS)}

    def _answer(self, request: Request) -> Answer:
        answer = super()._answer(request)
        if not request.path.startswith("/_"):
            call = request.headers["x-tc-action"], hashlib.sha256(request.body).hexdigest()
            with self._lock:
                self._fates[call].append(_fate(answer))
        return answer


def _fate(answer: Answer) -> str:
    if answer.dropped:
        return "dropped"
    error = json.loads(answer.body)["Response"].get("Error")
    return error["Code"] if error else "ok"
