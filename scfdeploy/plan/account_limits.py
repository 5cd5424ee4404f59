"""Refuses what the account's limits would refuse half way: before anything is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.model import Address
from scfdeploy.model.account_limits import AccountLimits, NamespaceLimits
from scfdeploy.model.resource_kind import FUNCTION, NAMESPACE, TRIGGER, ResourceKind
from scfdeploy.plan.change import Action, Change, Plan, Refusal

ACCOUNT_LIMIT = Finding(
    "account-limit",
    Severity.ERROR,
    "Account limit exceeded",
    detail="{problem} ({code_name})",
    hint="Remove what is too many, or have the limit raised in the console, under the quotas of SCF.",
    title="More than the account allows.",
    what="With this plan, a namespace would have more functions, a function more triggers, or the account more "
    "namespaces than its limits in this region allow, or a timeout would be longer.",
    why="The cloud would reject it during apply, after other resources are created.",
    wrong="23 timers on one function, in an account that allows 10.",
    right="Fewer of them, or a raised limit: `plan` reads the account's own limits each time.",
)
ACCOUNT_LIMITS_UNKNOWN = Finding(
    "account-limits-unknown",
    Severity.INFO,
    "Account limits are not known",
    detail="The plan is not checked against the limits of the account: {error}.",
    hint="Allow these keys scf:GetAccount, so that a plan that cannot be completed is refused at once.",
    title="The limits of the account are not known.",
    what="GetAccount, which returns the limits of the account, is not allowed for these keys or has failed.",
    why="The plan continues without that check; the cloud may reject what is too many during apply.",
    wrong="Keys whose policy does not allow `scf:GetAccount`.",
    right="A policy that allows `scf:GetAccount`.",
)

_MAKING = (Action.CREATE, Action.REPLACE)
_TIMES = (
    ("timeout", "timeout_s", "LimitExceeded.Timeout"),
    ("initTimeout", "init_timeout_s", "LimitExceeded.InitTimeout"),
)
_NOTHING = NamespaceLimits()


def needs_limits(plan: Plan) -> bool:
    """Whether the plan makes something of which an account has so many, or raises a time that it limits."""
    return any(
        any(_is_made(change, kind) for kind in (FUNCTION, NAMESPACE, TRIGGER))
        or (change.action in (*_MAKING, Action.UPDATE) and any(_changes(change, name) for name, _, _ in _TIMES))
        for change in plan.changes
    )


def within_limits(plan: Plan, limits: AccountLimits) -> Plan:
    """The plan, refused where it goes beyond the limits."""
    found = [*_namespaces(plan, limits), *_functions(plan, limits), *_triggers(plan, limits), *_times(plan, limits)]
    return replace(plan, rejected=(*plan.rejected, *found)) if found else plan


def _namespaces(plan: Plan, limits: AccountLimits) -> Iterator[Refusal]:
    made = [change.address for change in plan.changes if _is_made(change, NAMESPACE)]
    total = limits.namespaces_used + len(made)
    if made and limits.namespaces is not None and total > limits.namespaces:
        words = f"the account may have {limits.namespaces} namespaces here, and there would be {total}"
        yield _refusal(made[-1], words, "LimitExceeded.Namespace")


def _functions(plan: Plan, limits: AccountLimits) -> Iterator[Refusal]:
    of_functions = [change for change in plan.changes if change.address.kind is FUNCTION]
    for namespace in dict.fromkeys(change.address.namespace for change in of_functions):
        own = [change for change in of_functions if change.address.namespace == namespace]
        made = [change.address for change in own if change.action is Action.CREATE]
        gone = sum(change.action is Action.DELETE for change in own)
        known = _of(namespace, limits)
        used = limits.of[namespace].functions_used if namespace in limits.of else 0
        total = used + len(made) - gone
        if made and known.functions is not None and total > known.functions:
            words = f"namespace {namespace} may have {known.functions} functions, and there would be {total}"
            yield _refusal(made[-1], words, "LimitExceeded.Function")


def _triggers(plan: Plan, limits: AccountLimits) -> Iterator[Refusal]:
    kept = [change.address for change in plan.changes if change.action is not Action.DELETE]
    kept += [address for address, _ in plan.unmanaged]
    counts: dict[Address, Counter[str]] = {}
    for address in dict.fromkeys(kept):
        if address.kind is TRIGGER:
            counts.setdefault(address.of, Counter())[_type_of(address)] += 1
    made: dict[Address, list[Address]] = {}
    for change in plan.changes:
        if _is_made(change, TRIGGER):
            made.setdefault(change.address.of, []).append(change.address)
    for function, addresses in made.items():
        known = _of(function.namespace, limits)
        for kind in dict.fromkeys(map(_type_of, addresses)):
            most, total = known.triggers.get(kind), counts[function][kind]
            if most is not None and total > most:
                words = f"{function} may have {most} triggers of type {kind}, and would have {total}"
                last = [address for address in addresses if _type_of(address) == kind][-1]
                yield _refusal(last, words, "LimitExceeded.Trigger")
        total = sum(counts[function].values())
        if known.all_triggers is not None and total > known.all_triggers:
            words = f"{function} may have {known.all_triggers} triggers, and would have {total}"
            yield _refusal(addresses[-1], words, "LimitExceeded.Trigger")


def _times(plan: Plan, limits: AccountLimits) -> Iterator[Refusal]:
    for change in plan.changes:
        # An asynchronous run has limits of its own, which the cloud does not say here.
        if change.action not in (*_MAKING, Action.UPDATE) or change.settings.get("asyncRunEnable") is True:
            continue
        for name, limited, code in _TIMES:
            value, most = change.settings.get(name), getattr(_of(change.address.namespace, limits), limited)
            if _changes(change, name) and isinstance(value, int) and most is not None and value > most:
                yield _refusal(change.address, f"{name} may be {most} s in this account, and is {value} s", code)


def _changes(change: Change, name: str) -> bool:
    return change.address.kind is FUNCTION and any(field.path == name for field in change.fields)


def _of(namespace: str, limits: AccountLimits) -> NamespaceLimits:
    """The limits of a namespace; a new one gets those of the namespace that every account has."""
    return limits.of.get(namespace) or limits.of.get("default") or _NOTHING


def _is_made(change: Change, kind: ResourceKind) -> bool:
    """Whether one more of a limited kind is made; a URL has no limit but one for each version."""
    is_made = change.address.kind is kind and change.action is Action.CREATE
    return is_made and not (kind is TRIGGER and _type_of(change.address) == "http")


def _type_of(address: Address) -> str:
    return address.name.partition("/")[0]


def _refusal(address: Address, words: str, code: str) -> Refusal:
    return Refusal.of(ACCOUNT_LIMIT, address, problem=words, code_name=code)
