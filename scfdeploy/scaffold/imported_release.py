"""What a file says of the aliases and the concurrency that a function has: one alias besides `traffic`, one version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.model import Address, Resource, Value
from scfdeploy.plan.aliases import DEFAULT, LATEST, weights
from scfdeploy.plan.normalise import is_blank

_ONE_ALIAS = "a file sets one alias besides the default one"
_ONE_VERSION = "a file keeps instances of one version ready"
_DIGITS = 6  # 1 - 0.9 is to be 0.1


def release_settings(parts: Sequence[Resource], left_out: list[tuple[Address, str]]) -> dict[str, Value]:
    """The settings that ask for these aliases and this concurrency; what a file cannot say goes to `left_out`."""
    aliases = [part for part in parts if part.address.kind == "alias" and not _is_untouched(part)]
    by_traffic = [alias for alias in aliases if _is_traffic(alias)]
    written = _traffic(by_traffic[0].settings) if by_traffic else {}
    others = [alias for alias in aliases if alias not in by_traffic]
    if others:
        written |= _alias(others[0])
    left_out += [(alias.address, _ONE_ALIAS) for alias in others[1:]]
    return written | _concurrency(parts, left_out)


def _is_untouched(alias: Resource) -> bool:
    """Whether it is the default alias as every function has it."""
    settings = alias.settings
    return alias.address.name == DEFAULT and (settings.get("aliasFunctionVersion"), weights(settings)) == (LATEST, ())


def _is_traffic(alias: Resource) -> bool:
    """Whether `traffic` says the same in a word."""
    settings = alias.settings
    is_plain = is_blank(settings.get("aliasDescription")) and len(weights(settings)) == 1
    return alias.address.name == DEFAULT and settings.get("aliasFunctionVersion") == LATEST and is_plain


def _traffic(settings: Mapping[str, Value]) -> dict[str, Value]:
    [entry] = weights(settings)
    weight = entry.get("weight")
    kept = round(1 - weight, _DIGITS) if isinstance(weight, int | float) else None
    return {"traffic": kept, "lastVersion": entry.get("version")}


def _alias(alias: Resource) -> dict[str, Value]:
    settings = {name: value for name, value in alias.settings.items() if not is_blank(value)}
    return {"aliasName": alias.address.name, **settings}


def _concurrency(parts: Sequence[Resource], left_out: list[tuple[Address, str]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for part in parts:
        if part.address.kind != "concurrency":
            continue
        if not part.address.name:
            reserved = part.settings.get("reservedConcurrencyMem")
            found |= {} if reserved in (None, -1) else {"reservedConcurrencyMem": reserved}
        elif "provisionedNum" in found:
            left_out.append((part.address, _ONE_VERSION))
        else:
            found |= {"provisionedNum": part.settings.get("provisionedNum"), "qualifier": part.address.name}
    return found
