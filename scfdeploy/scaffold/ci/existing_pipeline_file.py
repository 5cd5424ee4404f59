"""Read the pipeline file of `ci init --from`: a GitHub Actions workflow or a Jenkinsfile."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.config.files import read_text
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, message
from scfdeploy.scaffold.ci.existing_jenkinsfile import is_jenkinsfile, read_jenkinsfile_text
from scfdeploy.scaffold.ci.existing_pipeline import ExistingPipeline
from scfdeploy.scaffold.ci.existing_workflow import read_workflow_text


def read_pipeline(file: Path) -> ExistingPipeline:
    """Read a pipeline file. ScfDeployError when it is not one, or no step deploys with a known tool."""
    diagnostics = Diagnostics()
    text = read_text(str(file), str(file), diagnostics)
    if text is None:
        why = next((diagnostic.detail for diagnostic in diagnostics), "").rstrip(".")
        raise ScfDeployError(
            message("the pipeline file cannot be read: {why}", why=why),
            hint=message("Pass --from with the workflow or the Jenkinsfile to migrate."),
        )
    existing = read_jenkinsfile_text(text) if is_jenkinsfile(text) else read_workflow_text(text, str(file))
    if not existing.deploys:
        raise ScfDeployError(
            message(
                "no step of {file} deploys with `scf deploy`, `sls deploy`, `serverless deploy` or their action",
                file=file,
            ),
            hint=message("Run `scfdeploy ci init` without --from."),
        )
    return existing
