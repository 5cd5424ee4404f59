"""Any bytes as the workflow that `ci init --from` moves over: lines told of, and a pipeline that is one; or words."""

from __future__ import annotations

from scfdeploy.config.yaml import MappingNode, parse
from scfdeploy.diagnostics import Diagnostics, ScfDeployError
from scfdeploy.report.terminal import safe
from scfdeploy.scaffold.ci.existing_workflow import merge_workflow, read_workflow
from scfdeploy.scaffold.ci.pipeline_file import render
from scfdeploy.scaffold.ci.resolve_settings import PipelineOptions, resolve_settings
from tests.fuzz.promises import require, require_harmless, require_told, scratch
from tests.support.project import write_project

WORDS = tuple(
    word.encode()
    for word in (
        *(
            "on:\n",
            "  push:\n",
            "    branches: [main]\n",
            "jobs:\n",
            "  deploy:\n",
            "    steps:\n",
            "      - run: ",
            "uses: ",
        ),
        *(
            "sls deploy",
            "scf deploy",
            "serverless deploy",
            " --stage ",
            " --debug",
            " -t a.yml",
            "${{ secrets.A }}",
            "env:\n",
        ),
        *(
            "working-directory: ",
            "|\n",
            "cd ",
            " && ",
            "STAGE=",
            "TENCENT_SECRET_ID: ",
            "with:\n",
            "'",
            '"',
            "$(",
            "`",
            "}}",
        ),
        *(
            "../",
            "\\u001b",
            "<<: ",
            "&a ",
            "*a",
            "- ",
            ": ",
            "serverless/github-action@v3",
            "stage: ",
            "\t",
            "release/*",
        ),
    )
)


def target(data: bytes) -> None:
    """Read it, and write the new one for a small project."""
    root = scratch("older_pipeline")
    if not (root / "serverless.yml").exists():
        write_project(root)
    file = root / "deploy.yml"
    file.write_bytes(data)
    try:
        found = read_workflow(file)
        for line in found.lines:
            require(1 <= line.number <= data.count(b"\n") + data.count(b"\r") + 1, f"line {line.number}")
            require_harmless(safe(line.text.strip()) + safe(line.becomes))
        settings = resolve_settings(root, "github", merge_workflow(found, PipelineOptions(), root=root))
        text = render("github", settings)
    except ScfDeployError as error:
        require_told(error)
        return
    wrong = Diagnostics()
    tree = parse(text, "deploy.yml", wrong)
    require(isinstance(tree, MappingNode) and not wrong.has_errors, f"what is written is no workflow: {text[:2000]}")
    plain = {entry.key.text for entry in tree} if isinstance(tree, MappingNode) else set()
    require(
        plain <= {"name", "on", "permissions", "concurrency", "defaults", "env", "jobs"}, f"it has other keys: {plain}"
    )
    require_harmless(text)
