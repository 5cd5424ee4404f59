"""Pages about what `migrate` cannot bring into today's form."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described, yaml

MIGRATION = (
    described(
        "not-migrated",
        Severity.ERROR,
        "A file that cannot be brought into today's form.",
        what="`scfdeploy migrate` met a file without a function, with several components of which a file holds one, or "
        "written between brackets or with anchors where it has to be taken apart line by line.",
        why="A guess could deploy something else than before. The file stays as it is, to the last byte.",
        wrong=yaml('hello: {component: "@serverless/tencent-scf", inputs: {name: hello}}'),
        right=yaml('hello:\n  component: "@serverless/tencent-scf"\n  inputs:\n    name: hello'),
    ),
    described(
        "not-carried-over",
        Severity.WARNING,
        "A setting without a counterpart.",
        what="`scfdeploy migrate` met a setting, or a variable, that today's form does not have. A setting stays as a "
        "comment; a variable stays as it is.",
        why="What it did is done otherwise today, or not at all: keys come from the environment, plugins are gone.",
        wrong=yaml("provider:\n  name: tencent\n  credentials: ~/credentials"),
        right="`TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY` in the environment, and no such key.",
    ),
    described(
        "instance-apart",
        Severity.WARNING,
        "A component that has to stand in a file of its own.",
        what="`scfdeploy migrate` met several components in one file. The functions stay; another component, such as a "
        "website or a VPC, becomes a comment.",
        why="A file holds one instance today. What took a value from the other component now names its output, "
        "`${output:STAGE:APP:INSTANCE.KEY}`.",
        wrong=yaml(
            'network:\n  component: "@serverless/tencent-vpc"\nhello:\n  component: "@serverless/tencent-scf"\n'
            "  inputs:\n    vpcConfig:\n      vpcId: ${network.vpcId}"
        ),
        right=yaml(
            "# hello/serverless.yml\ncomponent: scf\nname: hello\ninputs:\n  vpcConfig:\n"
            "    vpcId: ${output:${stage}:${app}:network.vpcId}"
        ),
    ),
)
