"""`build`: install dependencies and package the code, as apply does before it uploads it."""
# ruff: noqa: PTH118
# Paths are plain strings, as in packager/fingerprint.py.

from __future__ import annotations

import os

from scfdeploy.config.files import display_path
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Address, Bundle
from scfdeploy.operations.check import failed, load_and_check
from scfdeploy.operations.cloud import child_environment
from scfdeploy.operations.code import build_all, check_built_code, pack_all, run_hooks
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.packager import PackageCache
from scfdeploy.packager.build.builder import Built as BuiltDependencies
from scfdeploy.packager.build.builder import count_packages
from scfdeploy.results.builds import Built, BuiltBundle, InstalledDependencies
from scfdeploy.workspace.paths import cache_dir


def build(request: Request, cloud: CloudOptions) -> Built:
    """Install the dependencies and package the code of a project. `cloud` names credentials to keep from commands.

    Needs no credentials, and sends nothing to the cloud.
    """
    checked = load_and_check(request)
    if checked.failed or checked.project is None:
        return Built(checked.findings, ok=False)
    project = checked.project
    problems = run_hooks(
        project,
        environment=lambda: child_environment(checked.environment, request, cloud, dotenv=checked.dotenv),
        on_output=request.on_output,
        limit_s=request.hook_limit_s,
    )
    if not problems.has_errors:
        problems.extend(check_built_code(project, select=request.select, ignore=request.ignore))
    installed: dict[Address, BuiltDependencies] = {}
    if request.build and not problems.has_errors:
        result = build_all(
            project,
            environment=lambda: child_environment(request.load.environ, request, cloud, dotenv=checked.dotenv),
            on_output=request.on_build,
            limit_s=request.hook_limit_s,
        )
        project, installed = result.project, dict(result.built)
        problems.extend(result.diagnostics)
    bundles: dict[Address, Bundle] = {}
    if not problems.has_errors:
        bundles, packing = pack_all(project, PackageCache(cache_dir(project.root)))
        problems.extend(packing)
    findings = checked.with_diagnostics(Diagnostics(problems))
    ok = not failed(findings, strict=request.strict)
    built = [
        BuiltBundle(bundle, _installed(installed.get(address), request))
        for address, bundle in bundles.items()
        if bundle.path is not None
    ]
    return Built(findings, ok, built)


def _installed(built: BuiltDependencies | None, request: Request) -> InstalledDependencies | None:
    if built is None or built.dependencies is None:
        return None
    files = (os.path.join(folder, name) for folder, _, names in os.walk(built.folder) for name in names)
    return InstalledDependencies(
        built.dependencies.manager,
        display_path(built.dependencies.inputs[0], request.load.cwd),
        built.folder,
        count_packages(built.folder),
        sum(os.lstat(file).st_size for file in files),
    )
