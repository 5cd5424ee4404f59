"""Check a finished plan: limits of the account, public function URLs, versions and dead letter queues of aliases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import Diagnostic, Finding, Severity, message
from scfdeploy.model import Address, Project, Ref, Value
from scfdeploy.model.resource_kind import ALIAS, FUNCTION, NAMESPACE, TRIGGER, ResourceKind
from scfdeploy.plan.change import Action, Change, Plan, Refusal, changes_of
from scfdeploy.plan.resources.version import publishes
from scfdeploy.records import replace

if TYPE_CHECKING:
    from scfdeploy.model.account_limits import AccountLimits, NamespaceLimits

ACCOUNT_LIMIT = Finding(
    "account-limit",
    Severity.ERROR,
    "Account limit exceeded",
    detail="{problem} ({code_name})",
    hint="Remove some, or have the limit raised in the console, under the quotas of SCF.",
    title="The plan exceeds a limit of the account.",
    what="With this plan, a namespace would have more functions, a function more triggers, or the account more "
    "namespaces than its limits in this region allow, or a timeout would be longer.",
    why="The cloud would reject it during apply, after other resources are created.",
    wrong="23 timers on one function, in an account that allows 10.",
    right="Fewer timers, or a raised limit: `plan` reads the limits of the account each time.",
)
ACCOUNT_LIMITS_UNKNOWN = Finding(
    "account-limits-unknown",
    Severity.INFO,
    "Account limits are not known",
    detail="The plan is not checked against the limits of the account: {error}.",
    hint="Allow these keys scf:GetAccount, so that a plan that exceeds a limit is rejected at once.",
    title="The limits of the account are not known.",
    what="GetAccount, which returns the limits of the account, is not allowed for these keys or has failed.",
    why="The plan continues without that check; the cloud can reject changes during apply.",
    wrong="Keys whose policy does not allow `scf:GetAccount`.",
    right="A policy that allows `scf:GetAccount`.",
)

PUBLIC_URL = Finding(
    "public-url",
    Severity.WARNING,
    "Public URL without authentication",
    detail="Anyone on the internet may call {function} by this URL: its authType is NONE.",
    hint="Write `authType: CAM` for signed calls only; if intended, write `# scfdeploy: ignore public-url` here.",
    title="A public URL without authentication.",
    what="The plan creates or changes a function URL so that anyone on the internet may call the function: its "
    "`authType` is `NONE`, set or by default, and `netConfig` does not limit it to private networks.",
    why="Such a URL is found and called by others sooner or later, and you pay for the calls.",
    wrong="`- http:` without parameters, on a function that changes data.",
    right="`authType: CAM`, a check in the function itself, or, if intended, `# scfdeploy: ignore public-url` in the "
    "line of the finding.",
)

ALIAS_DEAD_LETTER = Finding(
    "alias-dead-letter",
    Severity.WARNING,
    "Alias with two dead letter queues",
    detail="Asynchronous calls of {alias} use the dead letter queue of its main version, {main}: {main_queue}. That of "
    "{other} is {other_queue} and gets none of their failures.",
    hint="Give both versions the same dead letter queue, or look for failures of both in that of the main version.",
    title="An alias whose versions have different dead letter queues.",
    what="The alias routes calls to two versions, and the additional version has another dead letter queue than the "
    "main version.",
    why="Asynchronous calls through an alias use the dead letter queue of its main version. That of the additional "
    "version gets none of them, so a failure of the new version is looked for in the wrong queue.",
    wrong="`additionalVersionWeights` to a version that was published with another `deadLetter`.",
    right="One `deadLetter` for all versions that share an alias.",
)

ALIAS_VERSION_UNKNOWN = Finding(
    "alias-version-unknown",
    Severity.ERROR,
    "Alias with a version that does not exist",
    detail="routes calls to version {version}, which {function} does not have",
    hint="Name a version that exists in `lastVersion`, `aliasFunctionVersion` or `additionalVersionWeights`, or remove "
    "that key until there is one.",
    code="ResourceNotFound.FunctionVersion",
    title="An alias with a version that the function does not have.",
    what="`lastVersion`, `aliasFunctionVersion` or `additionalVersionWeights` names a version that was never "
    "published, or that was deleted. A new function has at most version 1, which `publish: true` publishes.",
    why="The cloud would reject the alias during apply, after the function is changed.",
    wrong="`lastVersion: 7` in a file from another stage, on a function that is new in this one.",
    right="`lastVersion: ${env:LAST_VERSION, ''}`, or no `lastVersion`: the newest version, as soon as there is one.",
)

_CREATING = (Action.CREATE, Action.REPLACE)
_TIMES = (
    ("timeout", "timeout_s", "LimitExceeded.Timeout"),
    ("initTimeout", "init_timeout_s", "LimitExceeded.InitTimeout"),
)


def needs_limits(plan: Plan) -> bool:
    """Whether the plan creates a resource whose number is limited, or changes a limited time."""
    return any(
        any(_is_counted(change, kind) for kind in (FUNCTION, NAMESPACE, TRIGGER))
        or (change.action in (*_CREATING, Action.UPDATE) and any(_changes(change, name) for name, _, _ in _TIMES))
        for change in plan.changes
    )


def within_limits(plan: Plan, limits: AccountLimits) -> Plan:
    """The plan, with a refusal for each limit that it exceeds."""
    refusals = [*_namespaces(plan, limits), *_functions(plan, limits), *_triggers(plan, limits), *_times(plan, limits)]
    return replace(plan, rejected=(*plan.rejected, *refusals)) if refusals else plan


def public_url_findings(project: Project, plan: Plan) -> Iterator[Diagnostic]:
    """A warning for each URL without authentication that this plan creates or opens, at its trigger in the file."""
    triggers = {trigger.address: trigger for function in project.functions for trigger in function.triggers}
    for change in plan.changes:
        trigger = triggers.get(change.address)
        if trigger is not None and opens_public_url(change):
            yield PUBLIC_URL.at(
                trigger.spans.get(("authType",), trigger.span), address=str(change.address), function=change.address.of
            )


def opens_public_url(change: Change) -> bool:
    """Whether a change lets anyone on the internet call a function."""
    if change.address.kind is not TRIGGER or change.address.trigger_type != "http" or not _is_public(change.settings):
        return False
    if change.action is Action.UPDATE:
        return any(field.path.partition(".")[0] in ("authType", "netConfig") for field in change.fields)
    return change.action in _CREATING


def shared_aliases(plan: Plan) -> Iterator[Change]:
    """The aliases of this plan that route calls to an additional version."""
    aliases = [change for change in plan.changes if change.address.kind is ALIAS and change.action is not Action.DELETE]
    if aliases:
        from scfdeploy.plan.resources.alias import weights

        yield from (alias for alias in aliases if weights(alias.settings))


def with_existing_versions(
    plan: Plan, versions_of: Callable[[Address], Collection[str]], *, leave_out: bool = False
) -> Plan:
    """The plan, with a refusal for each alias that it would route to a version that its function does not have.

    `versions_of` returns the versions of a function that exists. `leave_out` leaves these aliases out of the plan.
    """
    functions = {change.address: change for change in changes_of(FUNCTION, plan.changes)}
    refusals: list[Refusal] = []
    for change in changes_of(ALIAS, plan.changes):
        if change.action in (*_CREATING, Action.UPDATE):
            refusals += _missing_versions(change, functions.get(change.address.of), versions_of)
    if not refusals:
        return plan
    if not leave_out:
        return replace(plan, rejected=(*plan.rejected, *refusals))
    missing = {refusal.address: refusal.reason for refusal in refusals}
    changes = tuple(change for change in plan.changes if change.address not in missing)
    return replace(plan, changes=changes, unmanaged=(*plan.unmanaged, *missing.items()))


def _missing_versions(
    alias: Change, function: Change | None, versions_of: Callable[[Address], Collection[str]]
) -> Iterator[Refusal]:
    from scfdeploy.plan.resources.alias import LATEST, versions_in

    named = [str(version) for version in versions_in(alias.settings) if not isinstance(version, Ref | None)]
    named = [version for version in named if version != LATEST]
    if not named:
        return
    is_new = function is not None and function.action in _CREATING
    existing = () if is_new else versions_of(alias.address.of)
    newest = max(map(int, existing), default=0)
    published_now = newest + 1 if function is not None and publishes(function) else None
    for version in named:
        if version in existing or version == str(published_now):
            continue
        yield Refusal.of(
            ALIAS_VERSION_UNKNOWN,
            alias.address,
            hint="Name a version that exists, such as the newest, {newest}." if existing else None,
            version=version,
            function=alias.address.of,
            newest=newest,
        )


def alias_findings(
    project: Project, plan: Plan, dead_letter_of: Callable[[Address, Value], str | None]
) -> Iterator[Diagnostic]:
    """A warning for each alias whose additional version has another dead letter queue than its main version.

    `dead_letter_of` returns the name of the queue of a version, empty without one, and None for an unknown version.
    """
    from scfdeploy.plan.resources.alias import versions_in

    functions = {function.address: function for function in project.functions}
    for change in shared_aliases(plan):
        function = functions.get(change.address.of)
        main, other = tuple(versions_in(change.settings))[:2]
        queues = [dead_letter_of(change.address.of, version) for version in (main, other)]
        if function is None or None in queues or queues[0] == queues[1]:
            continue
        key = next((key for key in ("additionalVersionWeights", "traffic") if key in function.settings), "aliasName")
        names = [queue or message("none") for queue in queues]
        yield ALIAS_DEAD_LETTER.at(
            function.span_of(key),
            address=str(change.address),
            alias=change.address.name,
            main=_version_name(main),
            other=_version_name(other),
            main_queue=names[0],
            other_queue=names[1],
        )


def _version_name(version: Value) -> str:
    if isinstance(version, Ref):
        return message("the version that is published now")
    return message("version {version}", version=version)


def _namespaces(plan: Plan, limits: AccountLimits) -> Iterator[Refusal]:
    created = [change.address for change in plan.changes if _is_counted(change, NAMESPACE)]
    total = limits.namespaces_used + len(created)
    if created and limits.namespaces is not None and total > limits.namespaces:
        problem = message(
            "the account allows {limit} namespaces in this region, and there would be {total}",
            limit=limits.namespaces,
            total=total,
        )
        yield _refusal(created[-1], problem, "LimitExceeded.Namespace")


def _functions(plan: Plan, limits: AccountLimits) -> Iterator[Refusal]:
    functions = [change for change in plan.changes if change.address.kind is FUNCTION]
    for namespace in dict.fromkeys(change.address.namespace for change in functions):
        own = [change for change in functions if change.address.namespace == namespace]
        created = [change.address for change in own if change.action is Action.CREATE]
        deleted = sum(change.action is Action.DELETE for change in own)
        most = _limits_of(namespace, limits).functions
        used = limits.of[namespace].functions_used if namespace in limits.of else 0
        total = used + len(created) - deleted
        if created and most is not None and total > most:
            problem = message(
                "namespace {namespace} allows {limit} functions, and there would be {total}",
                namespace=namespace,
                limit=most,
                total=total,
            )
            yield _refusal(created[-1], problem, "LimitExceeded.Function")


def _triggers(plan: Plan, limits: AccountLimits) -> Iterator[Refusal]:
    remaining = [change.address for change in plan.changes if change.action is not Action.DELETE]
    remaining += [address for address, _ in plan.unmanaged]
    counts: dict[Address, Counter[str]] = {}
    for address in dict.fromkeys(remaining):
        if address.kind is TRIGGER:
            counts.setdefault(address.of, Counter())[address.trigger_type] += 1
    created: dict[Address, list[Address]] = {}
    for change in plan.changes:
        if _is_counted(change, TRIGGER):
            created.setdefault(change.address.of, []).append(change.address)
    for function, addresses in created.items():
        own_limits = _limits_of(function.namespace, limits)
        for kind in dict.fromkeys(address.trigger_type for address in addresses):
            most, total = own_limits.triggers.get(kind), counts[function][kind]
            if most is not None and total > most:
                problem = message(
                    "a function allows {limit} triggers of type {kind}, and {function} would have {total}",
                    function=function,
                    limit=most,
                    kind=kind,
                    total=total,
                )
                last = [address for address in addresses if address.trigger_type == kind][-1]
                yield _refusal(last, problem, "LimitExceeded.Trigger")
        total, most = sum(counts[function].values()), own_limits.all_triggers
        if most is not None and total > most:
            problem = message(
                "a function allows {limit} triggers, and {function} would have {total}",
                function=function,
                limit=most,
                total=total,
            )
            yield _refusal(addresses[-1], problem, "LimitExceeded.Trigger")


def _times(plan: Plan, limits: AccountLimits) -> Iterator[Refusal]:
    for change in plan.changes:
        # The API does not return the limits of asynchronous runs.
        if change.action not in (*_CREATING, Action.UPDATE) or change.settings.get("asyncRunEnable") is True:
            continue
        for name, attribute, code in _TIMES:
            value, most = change.settings.get(name), getattr(_limits_of(change.address.namespace, limits), attribute)
            if _changes(change, name) and isinstance(value, int) and most is not None and value > most:
                problem = message(
                    "the account allows {limit} s for {name}, and it is {value} s", name=name, limit=most, value=value
                )
                yield _refusal(change.address, problem, code)


def _changes(change: Change, name: str) -> bool:
    return change.address.kind is FUNCTION and any(field.path == name for field in change.fields)


def _limits_of(namespace: str, limits: AccountLimits) -> NamespaceLimits:
    """The limits of a namespace; a new one gets those of `default`, which every account has."""
    from scfdeploy.model.account_limits import NamespaceLimits

    return limits.of.get(namespace) or limits.of.get("default") or NamespaceLimits()


def _is_counted(change: Change, kind: ResourceKind) -> bool:
    """Whether the change creates a resource that counts towards a limit; URLs are limited to one per version only."""
    is_created = change.address.kind is kind and change.action is Action.CREATE
    return is_created and not (kind is TRIGGER and change.address.trigger_type == "http")


def _refusal(address: Address, problem: str, code: str) -> Refusal:
    return Refusal.of(ACCOUNT_LIMIT, address, problem=problem, code_name=code)


def _is_public(settings: Mapping[str, Value]) -> bool:
    net = settings.get("netConfig")
    is_private = isinstance(net, Mapping) and bool(net) and net.get("enableExtranet") is not True
    return settings.get("authType", "NONE") != "CAM" and not is_private
