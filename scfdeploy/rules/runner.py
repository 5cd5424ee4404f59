"""Finds the rules, imports those that a project needs, and runs them.

A rule that fails with an internal error is reported as a finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from importlib import import_module

from scfdeploy.diagnostics import Diagnostic, Diagnostics, Finding, Severity, Span
from scfdeploy.model import Address, Project
from scfdeploy.rules.code_reader import CodeReader
from scfdeploy.rules.index import MODULES
from scfdeploy.rules.rule import AnyRule, Context, ProjectRule, Rule

OFF_BY_DEFAULT = frozenset({"environment-value-form"})
"""Rules that run only when they are selected."""
ADVICE = frozenset({"attempts-per-event", "dead-letter-missing"})
"""Rules that describe a usual configuration. `plan` and `apply` would repeat their notes on every run."""
ONCE_PER_FILE = frozenset({"runtime-old", "runtime-retiring"})
"""Rules whose finding about one value is the same for all functions of a file that have it."""
DELIVERY_WARNINGS = frozenset({"retries-beyond-age", "dead-letter-cycle", "dead-letter-size"})
"""Warnings about what advice is about, too: they do not hide it."""

CRASHED = Finding(
    "rule-crashed",
    Severity.WARNING,
    "A rule failed",
    detail='The rule "{rule}" failed with an internal error ({error}), so its check did not run. '
    "This is a defect in scfdeploy, not in your file.",
    hint="Report it with the output of --debug. Until it is fixed, use --ignore {rule}.",
    title="A rule failed with an internal error.",
    what="A rule failed on this project, so its check did not run. The other rules ran.",
    why="This is a defect in scfdeploy, not in the file. Report it with the output of `--debug`.",
    wrong="A project that triggers a defect in a rule.",
    right="`scfdeploy validate --ignore RULE`, until the rule is fixed.",
)


def all_rules() -> tuple[Rule | ProjectRule, ...]:
    """Every rule, in the order of modules."""
    import pkgutil

    package = import_module("scfdeploy.rules")
    subjects = [folder.name for folder in pkgutil.iter_modules(package.__path__) if folder.ispkg]
    return _load(
        f"{subject}.{module.name}"
        for subject in subjects
        for module in pkgutil.iter_modules([f"{path}/{subject}" for path in package.__path__])
    )


def rule_ids() -> frozenset[str]:
    """The ids of all rules. A rule's module is named after its id."""
    return frozenset(module.rpartition(".")[2].replace("_", "-") for modules in MODULES.values() for module in modules)


def rules_for(project: Project) -> tuple[Rule | ProjectRule, ...]:
    """The rules that apply to something in this project, in the order of modules."""
    functions = project.functions
    names: set[object] = set()
    types: set[str] = set()
    for function in functions:
        names.update([path[0] for path in function.key_spans])
        names.update(function.settings)
        types.update([trigger.type for trigger in function.triggers])
    subjects = {"project", *(f"settings.{name}" for name in names), *(f"triggers.{kind}" for kind in types)}
    subjects |= {name for name, found in (("functions", functions), ("triggers", types)) if found}
    if project.layers:
        subjects.add("layers")
    return _load({module for subject in subjects for module in MODULES.get(subject, ())})


def _load(modules: Iterable[str]) -> tuple[Rule | ProjectRule, ...]:
    return tuple(
        getattr(import_module(f"scfdeploy.rules.{module}"), module.rpartition(".")[2]) for module in sorted(modules)
    )


def check(
    project: Project,
    *,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    off: Collection[str] = OFF_BY_DEFAULT | ADVICE,
) -> Diagnostics:
    """Run the rules on a project.

    `select` and `ignore` are rule ids; an empty `select` means all but those in `off`. Unknown ids are ignored, because
    they can belong to findings of the reader.
    """
    skipped = {*ignore, *(() if select else off)}
    chosen = [rule for rule in rules_for(project) if rule.id not in skipped and (not select or rule.id in select)]
    return run(project, chosen)


def run(project: Project, rules: Collection[Rule | ProjectRule]) -> Diagnostics:
    """Run these rules: the project rules first, then the others for each function."""
    diagnostics = Diagnostics()
    code = CodeReader()
    function_rules = [rule for rule in rules if isinstance(rule, Rule)]
    for project_rule in (rule for rule in rules if isinstance(rule, ProjectRule)):
        _collect(diagnostics, project_rule, _start_of(project), None, project)
    for instance in project.instances:
        context = Context(instance, code)
        instance_diagnostics = Diagnostics()
        for function in instance.functions:
            for rule in function_rules:
                _collect(instance_diagnostics, rule, function.span, function.address, function, context)
        diagnostics.extend(_unique(instance_diagnostics) if len(instance.functions) > 1 else instance_diagnostics)
    return diagnostics


def _unique(diagnostics: Diagnostics) -> Iterator[Diagnostic]:
    """Drop duplicates: a mistake in a shared setting is reported only for the first function."""
    reported: set[tuple[str, Span | None, str]] = set()
    for diagnostic in diagnostics:
        key = (diagnostic.rule, diagnostic.subject, diagnostic.detail)
        if key not in reported:
            yield diagnostic
        reported.add(key)


def _collect(
    diagnostics: Diagnostics, rule: AnyRule, span: Span | None, address: Address | None, *checked: object
) -> None:
    """Add the diagnostics of a rule about what is checked. A defect in one rule must not hide those of the others."""
    try:
        diagnostics.extend(rule.check(*checked))
    except Exception as error:
        import logging

        logging.getLogger("scfdeploy.rules").debug("rule %s failed", rule.id, exc_info=True)
        place = None if address is None else str(address)
        diagnostics.report(CRASHED, span, address=place, rule=rule.id, error=type(error).__name__)


def _start_of(project: Project) -> Span | None:
    return project.instances[0].span if project.instances else None
