"""What is written and cannot be known is told by the reader alone: no rule takes it for missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.rules import check
from tests.support.rule_cases import under_inputs

IMAGE = "ccr.ccs.tencentyun.com/shop/hello:1.0"
MOUNT = "cfs: [{cfsId: cfs-aaaaaaaa, localMountDir: /mnt/a, remoteMountDir: /}]"


@pytest.mark.parametrize(
    "inputs",
    [
        f"{MOUNT}\nvpcConfig: {{vpcId: '${{env:X}}', subnetId: subnet-1}}",
        f"{MOUNT}\nvpcConfig: ${{env:X}}",
        "intranetConfig: {ipFixed: true}\nvpcConfig: {vpcId: '${env:X}', subnetId: subnet-1}",
        "publicAccess: false\nvpcConfig: ${env:X}",
        "asyncRunEnable: true\ncls: ${env:X}",
        "asyncRunEnable: true\ncls: {logsetId: '${env:X}', topicId: '${env:X}'}",
        "asyncRunEnable: ${env:X}\ntraceEnable: true\ntimeout: 7200",
        "nodeType: GPU\nimage: ${env:X}",
        "deployMode: image\nimage: ${env:X}",
        "image: {imageUrl: '${env:X}'}",
        f"image: {{imageUrl: '{IMAGE}', imageType: enterprise, registryId: '${{env:X}}'}}",
        "type: web\nruntime: CustomRuntime\nprotocolType: ${env:X}\nprotocolParams: {wsParams: {idleTimeOut: 5}}",
        "type: ${env:X}\nprotocolType: WS\ninstanceConcurrencyConfig: {maxConcurrency: 5}",
        "events: [{cmq: {parameters: {name: a, filterType: 1, filterKey: '${env:X}', enable: true}}}]",
        "events: [{http: {parameters: {authType: NONE, netConfig: {enableExtranet: '${env:X}'}}}}]",
        "events: [{ckafka: {parameters: {instanceId: '${env:X}', topic: a, enable: true}}}]",
    ],
)
def test_no_further_diagnostics_are_reported(inputs: str, tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(under_inputs(inputs), encoding="utf-8")
    (tmp_path / "index.py").write_text("def main_handler(event, context): ...\n", encoding="utf-8")
    (tmp_path / "scf_bootstrap").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "scf_bootstrap").chmod(0o755)

    loaded = load_project(".", LoadOptions(cwd=str(tmp_path)))

    assert [found.rule for found in loaded.diagnostics if found.severity == "error"] == ["variable-unset"]
    assert loaded.project is not None
    assert [found.rule for found in check(loaded.project)] == []
