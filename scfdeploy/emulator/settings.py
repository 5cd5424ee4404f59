"""Settings of the emulator: delays, and the emulated account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from scfdeploy.emulator.messages import ControlError, parse_seconds
from scfdeploy.facts import delivery_value

ISOLATIONS = ("auto", "namespace", "copy")


@dataclass(frozen=True, slots=True)
class Debugging:
    """Which functions a debugger can attach to, and with what."""

    port_of: Callable[[str], int | None] = lambda _function: None
    """The port of localhost for a function, named as `namespace/name`; None if it is not debugged."""

    debugpy: str = ""
    """The folder of the package debugpy; empty if there is none, and Python functions are not debugged."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that `POST /_emulator/settings` can change at any time."""

    activation_s: float = 0.2
    """The duration of Creating, Updating, Publishing and Deleting; 0 completes each write at once."""
    latency_s: float = 0.0
    """The latency of every API call."""
    region: str = "ap-guangzhou"
    """The region of calls that name none."""
    app_id: str = "1300000001"
    """The AppId of the account, with which the names of buckets end."""
    uin: str = "100000000001"
    """The number of the account."""
    disk_max_mb: int = 512
    """The largest DiskSize that the account may set."""
    region_quota_mb: int = delivery_value("scf", "region_quota_mb")
    """The memory that all running functions of a region without a reservation may use together."""
    burst_limit: int = delivery_value("scf", "burst.instances_per_min")
    """The number of instances that may start per minute in a region; a call that needs one more ends with 429."""
    seed: str = ""
    """Makes the sequence of versions that an alias selects by weight reproducible."""
    queue_limit: int = 100_000
    """The number of asynchronous events of a function that may be unfinished."""
    burst_as: str = "execution"
    """With "overrun", status 429 of an asynchronous event is repeated like 432."""
    queues: str = "auto"
    """With "auto", naming a dead letter queue creates it; with "declared", it must be created before."""
    layers: str = "auto"
    """With "auto", a region in which no layer is published accepts any layer; with "declared", none that is unknown."""
    roles: str = ""
    """Comma-separated names of the roles that exist beside SCF_QcsRole; if empty, every role exists."""
    envelope: str = "sample"
    """With "plain", dead letters contain the status, "Event" and the seconds left."""
    trace_off: str = ""
    """Comma-separated functions whose status trace is switched off: the API cannot change it."""
    vpcs: str = ""
    """Comma-separated ids of the VPCs that exist; a function in another one ends with 404. Empty: any VPC exists."""
    host_id: str = "local-host"
    """The variable HOSTNAME of functions."""
    isolation: str = "auto"
    """How functions get read-only code and a private /tmp: namespace, copy, or auto for the first that works."""
    interpreters: str = ""
    """Comma-separated programs, such as `python3.7=/usr/bin/python3.7`, also by runtime: `Nodejs16.13=/opt/node`."""
    async_qps: int = 0
    """The number of asynchronous events accepted per second; 0 means any number."""
    triggers: bool | None = None
    """Whether triggers fire; by default only where time is virtual, and while it is advanced on request."""

    def changed(self, values: Mapping[str, Any]) -> Settings:
        """These settings with some values replaced. Raises ControlError for an unknown name or a wrong type."""
        types = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        values = {name: _as_pairs(value) if name == "interpreters" else value for name, value in values.items()}
        for name, value in values.items():
            if name not in types:
                raise ControlError(f'no setting is called "{name}"; the settings are {", ".join(sorted(types))}')
            if types[name] is float and parse_seconds(value) is None:
                raise ControlError(f'setting "{name}" must be a number of seconds, not {value!r}')
            if name == "triggers" and not isinstance(value, bool):
                raise ControlError(f'setting "{name}" must be true or false, not {value!r}')
            if types[name] is str and not isinstance(value, str):
                raise ControlError(f'setting "{name}" must be text, not {value!r}')
            if name == "isolation" and value not in ISOLATIONS:
                raise ControlError(f'setting "isolation" must be one of {", ".join(ISOLATIONS)}, not {value!r}')
            if types[name] is int and (isinstance(value, bool) or not isinstance(value, int)):
                raise ControlError(f'setting "{name}" must be a whole number, not {value!r}')
        converted: dict[str, Any] = {n: float(v) if types[n] is float else v for n, v in values.items()}
        return replace(self, **converted)


def _as_pairs(value: Any) -> Any:
    """A mapping as comma-separated pairs; any other value as it is."""
    return ",".join(f"{name}={path}" for name, path in value.items()) if isinstance(value, dict) else value
