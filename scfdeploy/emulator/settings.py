"""Settings of the emulator: delays, and the emulated account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from scfdeploy.emulator.errors import ControlError
from scfdeploy.emulator.numbers import seconds_of


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server behaves. All of it can be changed while it runs, by `POST /_emulator/settings`.

    `activation_s` is how long Creating, Updating, Publishing and Deleting last; 0 makes each write final at once.
    `latency_s` is added to every API call. `region` is taken where a call names none. `app_id` and `uin` are the
    account's numbers as functions and URLs show them. With a `seed` the versions that an alias leads to come in the
    same order on every server; without, by chance. `queue_limit` is how many events of a function may be unfinished.
    With `burst_as` "overrun", status 429 of an asynchronous event is repeated like 432.
    `queues` "auto" creates the queue that a function names in place of the cloud's; with "declared" it must be created.
    `envelope` "plain" writes dead letters with the status, "Event" and the seconds left.
    """

    activation_s: float = 0.2
    latency_s: float = 0.0
    region: str = "ap-guangzhou"
    app_id: str = "1300000001"
    uin: str = "100000000001"
    disk_max_mb: int = 512
    seed: str = ""
    queue_limit: int = 100_000
    burst_as: str = "execution"
    queues: str = "auto"
    envelope: str = "sample"

    def changed(self, wanted: Mapping[str, Any]) -> Settings:
        """These settings with some values replaced. Raises ControlError for an unknown name or a wrong type."""
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ControlError(f'no setting is called "{name}"; there are {", ".join(sorted(known))}')
            if known[name] is float and seconds_of(value) is None:
                raise ControlError(f'setting "{name}" must be a number of seconds, not {value!r}')
            if known[name] is str and not isinstance(value, str):
                raise ControlError(f'setting "{name}" must be text, not {value!r}')
            if known[name] is int and (isinstance(value, bool) or not isinstance(value, int)):
                raise ControlError(f'setting "{name}" must be a whole number, not {value!r}')
        values: dict[str, Any] = {n: float(v) if known[n] is float else v for n, v in wanted.items()}
        return replace(self, **values)
