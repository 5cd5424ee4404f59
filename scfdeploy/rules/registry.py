"""Finds the rules: all of them, or those that a project needs, without importing the others."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from scfdeploy.model import Project
from scfdeploy.rules.index import MODULES
from scfdeploy.rules.rule import ProjectRule, Rule


def all_rules() -> tuple[Rule | ProjectRule, ...]:
    """Every rule of the package, in the order of their modules."""
    import pkgutil

    package = import_module("scfdeploy.rules")
    subjects = [folder.name for folder in pkgutil.iter_modules(package.__path__) if folder.ispkg]
    return _load(
        f"{subject}.{module.name}"
        for subject in subjects
        for module in pkgutil.iter_modules([f"{path}/{subject}" for path in package.__path__])
    )


def rule_ids() -> frozenset[str]:
    """The ids of all rules. A rule's module has the name of its id."""
    return frozenset(module.rpartition(".")[2].replace("_", "-") for modules in MODULES.values() for module in modules)


def rules_for(project: Project) -> tuple[Rule | ProjectRule, ...]:
    """The rules that can find something in this project, in the order of their modules."""
    functions = project.functions
    subjects = {"project"}
    for function in functions:
        subjects.add("functions")
        subjects.update(f"settings.{path[0]}" for path in function.key_spans)
        subjects.update(f"settings.{name}" for name in function.settings)
        for trigger in function.triggers:
            subjects.update(("triggers", f"triggers.{trigger.type}"))
    if project.layers:
        subjects.add("layers")
    return _load({module for subject in subjects for module in MODULES.get(subject, ())})


def _load(modules: Iterable[str]) -> tuple[Rule | ProjectRule, ...]:
    return tuple(
        getattr(import_module(f"scfdeploy.rules.{module}"), module.rpartition(".")[2]) for module in sorted(modules)
    )
