"""Declarations of findings: the diagnostics made from them, and their pages."""

from __future__ import annotations

from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.finding import declared_findings

NAME_TAKEN = Finding(
    "name-taken",
    Severity.ERROR,
    "Name is taken",
    detail='"{name}" is the name of {other}.',
    hint="{suggestion}",
    code="ResourceInUse",
    further_codes=("ResourceInUse.Function",),
    title="A name that is taken.",
    what="Two functions have one name.",
    why="The name identifies a function.",
    wrong="Two.",
    right="One.",
)
HERE = Span.at("serverless.yml", 3, 5)


def test_at_fills_the_declared_templates() -> None:
    found = NAME_TAKEN.at(HERE, address="fn/a", name="a", other="fn/b", suggestion="Rename it.")

    assert (found.rule, found.severity, found.summary) == ("name-taken", Severity.ERROR, "Name is taken")
    assert (found.detail, found.hint) == ('"a" is the name of fn/b.', "Rename it.")
    assert (found.subject, found.address, found.code) == (HERE, "fn/a", "ResourceInUse")


def test_at_without_suggestion_has_no_hint() -> None:
    assert NAME_TAKEN.at(None, name="a", other="b", suggestion=None).hint is None


def test_at_arguments_replace_declared_templates() -> None:
    found = NAME_TAKEN.at(
        None, severity=Severity.WARNING, code="Other", summary="Soon taken", detail="{name}!", hint="", name="a"
    )

    assert (found.severity, found.code, found.summary) == (Severity.WARNING, "Other", "Soon taken")
    assert (found.detail, found.hint) == ("a!", None)


def test_values_with_braces_are_not_expanded() -> None:
    assert NAME_TAKEN.at(None, name="{other}", other="b", suggestion="").detail == '"{other}" is the name of b.'


def test_report_adds_the_diagnostic() -> None:
    diagnostics = Diagnostics()
    diagnostics.report(NAME_TAKEN, HERE, name="a", other="b", suggestion="Rename it.")

    assert list(diagnostics) == [NAME_TAKEN.at(HERE, name="a", other="b", suggestion="Rename it.")]


def test_page_has_all_parts_and_codes() -> None:
    page = NAME_TAKEN.page()

    assert page.title == "A name that is taken."
    assert page.parts == {
        "What is wrong": "Two functions have one name.",
        "Why": "The name identifies a function.",
        "Wrong": "Two.",
        "Right": "One.",
    }
    assert page.codes == ("ResourceInUse", "ResourceInUse.Function")


def test_declared_findings_of_a_package_without_any_is_empty() -> None:
    assert list(declared_findings(["scfdeploy.diagnostics"])) == []
