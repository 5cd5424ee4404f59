"""Go functions: a built program that serves calls as the vendor's library does."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulator import Cloud, running

pytestmark = pytest.mark.skipif(shutil.which("go") is None, reason="this machine has no Go compiler")
# What the vendor's library does, with the standard library: its types, its service, its port.
SOURCE = """
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/ioutil"
	"net"
	"net/rpc"
	"os"
	"sort"
	"strings"
	"time"
)

type PingRequest struct{}
type PingResponse struct{}
type InvokeRequest_Timestamp struct{ Seconds, Nanos int64 }
type InvokeRequest struct {
	Payload               []byte
	RequestId             string
	TraceId               string
	Deadline              InvokeRequest_Timestamp
	InvokedFunctionUnique string
	ClientContext         []byte
	Namespace             string
	FunctionName          string
	FunctionVersion       string
	MemoryLimitInMb       int32
	TimeLimitInMs         int32
	Environment           string
	TencentcloudRegion    string
	TencentcloudAppID     string
	TencentcloudUin       string
	FunctionTrace         string
}
type StackFrame struct {
	Path  string
	Line  int32
	Label string
}
type InvokeResponse_Error struct {
	Message    string
	Type       string
	StackTrace []*StackFrame
	ShouldExit bool
}
type InvokeResponse struct {
	Payload []byte
	Error   *InvokeResponse_Error
}
type Function struct{ calls int }

func (fn *Function) Ping(req *PingRequest, response *PingResponse) error { return nil }

func (fn *Function) Invoke(req *InvokeRequest, response *InvokeResponse) error {
	fn.calls++
	fmt.Println("call", fn.calls)
	var event map[string]interface{}
	json.Unmarshal(req.Payload, &event)
	switch {
	case event["fail"] != nil:
		frames := []*StackFrame{{Path: "main.go", Line: 300, Label: "handle"}}
		response.Error = &InvokeResponse_Error{Message: event["fail"].(string), Type: "colourError", StackTrace: frames}
		return nil
	case event["reject"] != nil:
		return errors.New("rejected")
	case event["leave"] != nil:
		os.Exit(int(event["leave"].(float64)))
	case event["wait"] != nil:
		time.Sleep(time.Minute)
	case event["large"] != nil:
		response.Payload = []byte(`"` + strings.Repeat("x", 6500000) + `"`)
		return nil
	case event["write"] != nil:
		response.Payload, _ = json.Marshal(ioutil.WriteFile("main", nil, 0644).Error())
		return nil
	case event["outside"] != nil:
		response.Payload, _ = json.Marshal(listeners())
		return nil
	}
	var own map[string]string
	json.Unmarshal([]byte(req.Environment), &own)
	left := time.Until(time.Unix(req.Deadline.Seconds, req.Deadline.Nanos))
	result := map[string]interface{}{
		"calls": fn.calls, "event": event, "id": req.RequestId, "memory": req.MemoryLimitInMb,
		"time": req.TimeLimitInMs,
		"names": []string{req.Namespace, req.FunctionName, req.FunctionVersion, req.TencentcloudRegion},
		"level": own["LEVEL"], "name": os.Getenv("SCF_FUNCTIONNAME"), "host": os.Getenv("HOST_SECRET"),
		"inTime": left > 0 && left <= time.Duration(req.TimeLimitInMs)*time.Millisecond,
	}
	response.Payload, _ = json.Marshal(result)
	return nil
}

func listeners() []string {
	found := []string{}
	port := os.Getenv("_SCF_SERVER_PORT")
	addresses, _ := net.InterfaceAddrs()
	for _, address := range addresses {
		network, ok := address.(*net.IPNet)
		if !ok || network.IP.IsLoopback() {
			continue
		}
		connection, err := net.DialTimeout("tcp", net.JoinHostPort(network.IP.String(), port), time.Second)
		if err == nil {
			connection.Close()
			found = append(found, network.IP.String())
		}
	}
	sort.Strings(found)
	return found
}

func main() {
	fmt.Println("starting")
	if os.Getenv("LEVEL") == "broken" {
		os.Exit(4)
	}
	listener, err := net.Listen("tcp", "0.0.0.0:"+os.Getenv("_LAMBDA_SERVER_PORT"))
	if err != nil {
		panic(err)
	}
	rpc.Register(new(Function))
	rpc.Accept(listener)
}
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("go")
    (folder / "main.go").write_text(SOURCE, "utf-8")
    # The usual cache has the standard library after the first run.
    variables = {"CGO_ENABLED": "0", "GOFLAGS": "", "GO111MODULE": "off"}
    command = ["go", "build", "-ldflags=-s -w", "-o", "main", "main.go"]
    subprocess.run(command, cwd=folder, env={**os.environ, **variables}, check=True, timeout=300)
    return (folder / "main").read_bytes()


@pytest.fixture(params=["namespace", "copy"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    with running(isolation=request.param) as started:
        yield started


def create(cloud: Cloud, program: bytes, *, mode: int = 0o100755, level: str = "info", **parameters: Any) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("main", (2020, 1, 1, 0, 0, 0))
        entry.external_attr = mode << 16
        archive.writestr(entry, program, zipfile.ZIP_DEFLATED)
    code = {"ZipFile": base64.b64encode(buffer.getvalue()).decode()}
    variables = {"Variables": [{"Key": "LEVEL", "Value": level}]}
    cloud.create(Runtime="Go1", Handler="main", Code=code, Environment=variables, **parameters)


def invoke(cloud: Cloud, event: object) -> dict[str, Any]:
    answer = cloud.call("Invoke", FunctionName="hello", ClientContext=json.dumps(event), LogType="Tail")
    result = dict(answer["Result"])
    if "Namespace isolation does not work" in result["ErrMsg"]:
        pytest.skip("namespaces do not work on this machine")
    return result


def error(cloud: Cloud, event: object) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(invoke(cloud, event)["ErrMsg"])
    return content


def test_program_gets_event_and_context_and_keeps_its_state(
    cloud: Cloud, program: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST_SECRET", "hunter2")
    create(cloud, program, MemorySize=256, Timeout=5)

    first = invoke(cloud, {"colour": "grün"})

    assert json.loads(first["RetMsg"]) == {
        "calls": 1,
        "event": {"colour": "grün"},
        "id": first["FunctionRequestId"],
        "memory": 256,
        "time": 5000,
        "names": ["default", "hello", "$LATEST", "ap-guangzhou"],
        "level": "info",
        "name": "hello",
        "host": "",
        "inTime": True,
    }
    assert "starting\ncall 1\n" in first["Log"]
    assert json.loads(invoke(cloud, {})["RetMsg"])["calls"] == 2
    assert 0 < first["MemUsage"] < 256 << 20


def test_errors_of_the_function_are_430_and_keep_the_instance(cloud: Cloud, program: bytes) -> None:
    create(cloud, program)
    failure = error(cloud, {"fail": "no such colour"})
    assert (failure["statusCode"], failure["errorType"]) == (430, "colourError")
    assert failure["errorMessage"] == "no such colour"
    assert "main.go:300 handle" in failure["stackTrace"]
    assert error(cloud, {"reject": 1})["errorMessage"] == "rejected"
    assert json.loads(invoke(cloud, {})["RetMsg"])["calls"] == 3


def test_end_and_timeout_have_documented_statuses_and_end_the_instance(cloud: Cloud, program: bytes) -> None:
    create(cloud, program, Timeout=1)
    assert error(cloud, {"leave": 3})["statusCode"] == 439
    assert error(cloud, {"wait": 1})["statusCode"] == 433


def test_result_beyond_6_mb_is_407(cloud: Cloud, program: bytes) -> None:
    create(cloud, program, Timeout=60, MemorySize=512)
    result = invoke(cloud, {"large": 1})
    assert json.loads(result["ErrMsg"])["statusCode"] == 407, result


@pytest.mark.parametrize(
    ("content", "mode", "level", "status"),
    [(None, 0o100644, "info", 445), (b"no program", 0o100755, "info", 445), (None, 0o100755, "broken", 405)],
)
def test_program_that_does_not_start_returns_documented_status(
    cloud: Cloud, program: bytes, content: bytes | None, mode: int, level: str, status: int
) -> None:
    create(cloud, content or program, mode=mode, level=level)
    assert error(cloud, {})["statusCode"] == status


def test_code_is_read_only_and_the_network_cannot_reach_the_program(cloud: Cloud, program: bytes) -> None:
    create(cloud, program)
    assert json.loads(invoke(cloud, {"outside": 1})["RetMsg"]) == []
    result = invoke(cloud, {"write": 1})
    assert "read-only" in result["RetMsg"] + result["ErrMsg"] or "text file busy" in result["RetMsg"]


def test_program_that_is_not_in_the_archive_is_445(cloud: Cloud) -> None:
    cloud.create(Runtime="Go1", Handler="main")
    failure = error(cloud, {})
    assert (failure["statusCode"], failure["errorMessage"]) == (445, "the bundle has no main")
