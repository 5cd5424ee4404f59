"""PHP and Java functions, where this machine has their programs."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

import scfdeploy.emulator.runtime
from tests.support.emulator import Cloud, zip_text

PHP = """<?php
$calls = 0;
function main_handler($event, $context) {
    global $calls;
    $calls++;
    print("call $calls\\n");
    if (isset($event->fail)) throw new RuntimeException("no such colour");
    if (isset($event->leave)) exit(3);
    return ["calls" => $calls, "event" => $event, "id" => $context->request_id, "name" => getenv("SCF_FUNCTIONNAME"),
            "source" => getenv("TRIGGER_SRC")];
}
"""
JAVA = """
package example;
import java.util.Map;
public class Hello {
    static int calls;
    public interface Context { String getRequestId(); int getMemoryLimitInMb(); }
    public static class Order {
        private int number;
        public int getNumber() { return number; }
        public void setNumber(int number) { this.number = number; }
    }
    public Order mainHandler(Order order) {
        calls++;
        System.out.println("call " + calls);
        if (order.getNumber() == 0) throw new IllegalStateException("no number");
        if (order.getNumber() == 1) System.exit(3);
        order.setNumber(order.getNumber() + calls);
        return order;
    }
    public String text(String event, Context context) {
        return event + context.getRequestId() + context.getMemoryLimitInMb();
    }
    public Map<String, Object> same(Map<String, Object> event) { return event; }
}
"""
needs_php = pytest.mark.skipif(shutil.which("php") is None, reason="this machine has no php")
needs_java = pytest.mark.skipif(
    shutil.which("java") is None or shutil.which("javac") is None, reason="this machine has no Java compiler"
)


def invoke(cloud: Cloud, event: object) -> dict[str, Any]:
    event_text = json.dumps(event, ensure_ascii=False)
    answer = cloud.call("Invoke", FunctionName="hello", ClientContext=event_text, LogType="Tail")
    return dict(answer["Result"])


def returned(cloud: Cloud, event: object) -> Any:
    result = invoke(cloud, event)
    assert result["ErrMsg"] == ""
    return json.loads(result["RetMsg"])


def error(cloud: Cloud, event: object) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(invoke(cloud, event)["ErrMsg"])
    return content


@needs_php
def test_php_function_gets_event_and_context_and_keeps_its_state(cloud: Cloud) -> None:
    cloud.create(files={"index.php": PHP}, Runtime="Php7.4", Handler="index.main_handler")
    result = invoke(cloud, {"a": ["ü", 1.5]})
    first = json.loads(result["RetMsg"])
    assert first["id"] == result["FunctionRequestId"]
    assert (first["calls"], first["event"], first["name"]) == (1, {"a": ["ü", 1.5]}, "hello")
    assert first["source"] is False
    assert "call 1\n" in result["Log"]
    assert returned(cloud, {})["calls"] == 2
    failure = error(cloud, {"fail": True})
    assert (failure["statusCode"], failure["errorType"], failure["errorMessage"]) == (
        *(430, "RuntimeException"),
        "no such colour",
    )
    assert "index.php" in failure["stackTrace"]
    assert "bootstrap" not in failure["stackTrace"]
    assert error(cloud, {"leave": True})["statusCode"] == 439
    assert returned(cloud, {})["calls"] == 1


@needs_php
@pytest.mark.parametrize(
    ("files", "status"),
    [({"other.php": PHP}, 437), ({"index.php": "<?php function f() {}"}, 437), ({"index.php": "<?php function"}, 443)],
)
def test_php_code_that_does_not_load_returns_documented_status(
    cloud: Cloud, files: dict[str, str], status: int
) -> None:
    cloud.create(files=files, Runtime="Php8.0", Handler="index.main_handler")
    assert error(cloud, {})["statusCode"] == status


def java_zip(folder: Path, source: str) -> str:
    (folder / "Hello.java").write_text(source, "utf-8")
    command = ["javac", "-Xlint:-options", "--release", "8", "-d", str(folder), str(folder / "Hello.java")]
    subprocess.run(command, check=True, capture_output=True)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted((folder / "example").iterdir()):
            archive.write(path, f"example/{path.name}")
    return base64.b64encode(buffer.getvalue()).decode()


@needs_java
def test_java_function_gets_event_and_context_and_keeps_its_state(cloud: Cloud, tmp_path: Path) -> None:
    code = {"ZipFile": java_zip(tmp_path, JAVA)}
    settings = {"Runtime": "Java11", "MemorySize": 256, "Code": code}
    cloud.create(Handler="example.Hello::mainHandler", **settings)
    assert [returned(cloud, {"number": 7}) for _ in range(2)] == [{"number": 8}, {"number": 9}]
    failure = error(cloud, {"number": 0})
    assert (failure["statusCode"], failure["errorType"]) == (430, "java.lang.IllegalStateException")
    assert (
        failure["stackTrace"]
        == "java.lang.IllegalStateException: no number\n\tat example.Hello.mainHandler(Hello.java:15)\n"
    )
    assert error(cloud, {"number": 1})["statusCode"] == 439
    assert returned(cloud, {"number": 7}) == {"number": 8}
    cloud.call("UpdateFunctionCode", FunctionName="hello", Handler="example.Hello::text", Code=code)
    result = invoke(cloud, {"ü": [1, 2.5, None]})
    assert json.loads(result["RetMsg"]) == f'{{"ü":[1,2.5,null]}}{result["FunctionRequestId"]}256'
    cloud.call("UpdateFunctionCode", FunctionName="hello", Handler="example.Hello::same", Code=code)
    event = {"text": 'a"\\\n\u00e9\U0001f600', "list": [{}, [], True, -1, 1e-3]}
    assert returned(cloud, event) == event
    cloud.call("UpdateFunctionCode", FunctionName="hello", Handler="example.Hello::none", Code=code)
    assert error(cloud, {})["statusCode"] == 437
    cloud.call("UpdateFunctionCode", FunctionName="hello", Handler="example.Other::none", Code=code)
    assert error(cloud, {})["statusCode"] == 437


def test_java_bootstrap_is_compiled_from_its_source() -> None:
    folder = Path(scfdeploy.emulator.runtime.__file__).parent
    digest = hashlib.sha256((folder / "Bootstrap.java").read_bytes()).hexdigest()[:40]
    with zipfile.ZipFile(folder / "bootstrap.jar") as jar:
        assert digest in jar.read("META-INF/MANIFEST.MF").decode(), "run scripts/build_java_bootstrap.py"


@pytest.mark.skipif(shutil.which("php") is None, reason="this machine has no php")
def test_event_with_large_text_reaches_php(cloud: Cloud) -> None:
    source = "<?php function main_handler($event) { return strlen($event->text); }"
    code = {"ZipFile": zip_text({"index.php": source})}
    cloud.create(Code=code, Runtime="Php8.0", Handler="index.main_handler")
    assert returned(cloud, {"text": "a" * (1 << 20)}) == 1 << 20
