"""Pages about `${…}`."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described, yaml

VARIABLES = (
    described(
        "variable-unset",
        Severity.ERROR,
        "A variable that is not set.",
        what="Neither the process environment nor a .env file sets the variable, and `--var` does not give it.",
        why="The text `${env:NAME}` itself would be deployed.",
        wrong=yaml("environment:\n  variables:\n    API_URL: ${env:API_URL}   # and nothing sets it"),
        right="The same file, with `API_URL=https://example.com` in .env, or `--var API_URL=https://example.com`.",
    ),
    described(
        "variable-unknown",
        Severity.ERROR,
        "An unknown variable.",
        what="The word between the braces stands for nothing: known are `${name}`, `${app}`, `${stage}`, `${org}` and "
        "`${env:NAME}`.",
        why="It would be deployed as it is written.",
        wrong=yaml("name: hello-${stge}"),
        right=yaml("name: hello-${stage}"),
    ),
    described(
        "variable-cycle",
        Severity.ERROR,
        "Variables in a circle.",
        what="The value of a variable needs that very variable.",
        why="It has no value.",
        wrong=yaml("name: ${app}\napp: ${name}"),
        right=yaml("name: hello\napp: ${name}"),
    ),
    described(
        "variable-too-long",
        Severity.ERROR,
        "The value of a variable is too long.",
        what="With the variables that it names, the value becomes longer than anything SCF accepts.",
        why="Variables that name each other several times grow without measure.",
        wrong="Ten variables in .env, each of which names the one before it ten times.",
        right="Variables that hold values.",
    ),
    described(
        "variable-unclosed",
        Severity.WARNING,
        "A variable without a closing brace.",
        what="A dollar sign and a brace begin a variable, and no brace ends it.",
        why="It stays as it is written.",
        wrong=yaml("name: hello-${stage"),
        right=yaml("name: hello-${stage}"),
    ),
    described(
        "variable-dot-form",
        Severity.WARNING,
        "The old spelling of an environment variable.",
        what="`${env.NAME}` is written with a point.",
        why="It is understood here, while other tools leave it as it is.",
        wrong=yaml("name: ${env.NAME}"),
        right=yaml("name: ${env:NAME}"),
    ),
    described(
        "variable-not-supported",
        Severity.ERROR,
        "A form of variable that cannot be looked up.",
        what="The value would come from the output of another instance, or a place that component files never had.",
        why="It cannot be known without asking others.",
        wrong=yaml("vpcId: ${file(./vpc.yml):id}"),
        right=yaml("vpcId: ${env:VPC_ID}"),
    ),
)
