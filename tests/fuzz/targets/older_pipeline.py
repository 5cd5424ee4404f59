"""Any bytes as the pipeline file that `ci init --from` reads: lines reported, and a valid workflow; or an error."""

from __future__ import annotations

from scfdeploy.cli.ci_report import migrated_pipeline
from scfdeploy.config.yaml import MappingNode, parse
from scfdeploy.diagnostics import Diagnostics, ScfDeployError
from scfdeploy.report.terminal import safe
from scfdeploy.scaffold.ci.migrate_pipeline import compare_lines, merge_pipeline, read_pipeline
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
            "pipeline {\n",
            "stage('a') { steps {\n",
            "sh '",
            'sh """\n',
            "withCredentials([string(credentialsId: 'a', variable: 'B')]) {",
            "container('maven') {",
            "}\n",
            "// ",
            "/*",
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
        found = read_pipeline(file)
        settings = resolve_settings(root, "github", merge_pipeline(found, PipelineOptions(), root=root))
        lines = data.count(b"\n") + data.count(b"\r") + 1
        for line in migrated_pipeline(file, compare_lines(found, settings, "github"), found.repairs).lines:
            require(1 <= line.number <= lines, f"line {line.number}")
            require_harmless(safe(line.text) + safe(line.becomes))
        for repair in found.repairs:
            require(1 <= repair.number <= lines, f"line {repair.number}")
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
