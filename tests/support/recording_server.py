"""An emulator that records the outcome of every call by its request, to compare two runs."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import TypeAlias

from scfdeploy.emulator.messages import Request, Response
from tests.support.crash_point_server import CrashPointServer
from tests.support.local_server import READS

CallLog: TypeAlias = dict[tuple[str, str], list[str]]
"""By action and body digest: `dropped`, an error code or `ok`, for each call."""


class RecordingServer(CrashPointServer):
    """Records API calls only, not calls of the control API."""

    def __init__(self) -> None:
        super().__init__()
        self._log: CallLog = defaultdict(list)

    def writes(self) -> CallLog:
        return {call: outcomes for call, outcomes in self._log.items() if not call[0].startswith(READS)}

    def reads(self) -> CallLog:
        return {call: outcomes for call, outcomes in self._log.items() if call[0].startswith(READS)}

    def _handle(self, request: Request) -> Response:
        answer = super()._handle(request)
        if not request.path.startswith("/_"):
            call = request.headers["x-tc-action"], hashlib.sha256(request.body).hexdigest()
            with self._lock:
                self._log[call].append(_outcome(answer))
        return answer


def _outcome(answer: Response) -> str:
    if answer.dropped:
        return "dropped"
    error = json.loads(answer.body)["Response"].get("Error")
    return error["Code"] if error else "ok"
