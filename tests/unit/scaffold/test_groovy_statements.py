"""Statements of a Jenkinsfile are shown as they are written."""

from __future__ import annotations

from scfdeploy.scaffold.ci.groovy_statements import read_statements


def test_number_stays_one_number_in_the_text_of_a_statement() -> None:
    statements, repairs = read_statements("timeout(time: 30, unit: 'MINUTES')\n")

    assert ([statement.text() for statement in statements], repairs) == (["timeout(time: 30, unit: 'MINUTES')"], [])
