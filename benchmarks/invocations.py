"""Calls per second of the local server, side by side with another source tree in one run.

    python benchmarks/invocations.py [--against FOLDER] [--threads 8] [--calls 2000] [--new-connections]

The server and the client have a process each. The client sends prepared bytes over plain sockets, so that it takes
little of the machine; its share is printed. Each row has the calls per second, and the CPU time of one call in the
server, in the processes of functions and in the client. Trees run in turn, so that all meet the same load of the
machine. Then events wait and end by a fault rule: the memory that they take and the CPU time to drain them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROUNDS = 3
_SERVER = r'''
import json, resource, shutil, sys
sys.path.insert(0, ".")
from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud, tc3_headers, zip_text
def cpu_s(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime
node = {"index.js": "exports.main = async (event) => event;"}
web_start = "#!/bin/sh\nexec /var/lang/python310/bin/python3.10 app.py\n"
web = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("0.0.0.0", 9000), Handler).serve_forever()
"""
custom = """#!/usr/bin/env python3
import http.client, os
api = http.client.HTTPConnection(os.environ["SCF_RUNTIME_API"], int(os.environ["SCF_RUNTIME_API_PORT"]))
def ask(method, path, body=None):
    api.request(method, "/runtime/" + path, body)
    return api.getresponse().read()
ask("POST", "init/ready", b"")
while True:
    ask("POST", "invocation/response", ask("GET", "invocation/next"))
"""
with Server(settings=Settings(activation_s=0)) as server:
    cloud = Cloud(server.url)
    cloud.create("python")
    has_node = shutil.which("node") is not None
    if has_node:
        cloud.create("node", node, Runtime="Nodejs20.19")
    web_files = {"scf_bootstrap": web_start, "app.py": web}
    web_code = {"ZipFile": zip_text(web_files, modes={"scf_bootstrap": 0o100755})}
    cloud.create("web", Type="HTTP", Handler=None, Code=web_code)
    program = {"ZipFile": zip_text({"bootstrap": custom}, modes={"bootstrap": 0o100755})}
    cloud.create("custom", Runtime="CustomRuntime", Handler="bootstrap", Code=program)
    for number in range(16):
        cloud.create(f"other-{number}")
    def request(action, **parameters):
        body = json.dumps(parameters).encode()
        lines = [f"{name}: {value}" for name, value in tc3_headers(cloud.address, action, body).items()]
        head = "\r\n".join(["POST / HTTP/1.1", *lines, f"Content-Length: {len(body)}", "", ""])
        return (head.encode() + body).hex()
    rows = {"Invoke of a Python function": request("Invoke", FunctionName="python", ClientContext="{}")}
    if has_node:
        rows["Invoke of a Node.js function"] = request("Invoke", FunctionName="node", ClientContext="{}")
    rows["Invoke of a CustomRuntime function"] = request("Invoke", FunctionName="custom", ClientContext="{}")
    rows["request to a web function"] = f"GET /web/ HTTP/1.1\r\nHost: {cloud.address}\r\n\r\n".encode().hex()
    rows |= {
        "GetFunction": request("GetFunction", FunctionName="python"),
        "ListTriggers": request("ListTriggers", FunctionName="python"),
        "ListFunctions of 20": request("ListFunctions", Limit=100),
    }
    print(json.dumps({"port": int(cloud.address.partition(":")[2]), "rows": rows}), flush=True)
    for line in sys.stdin:
        print(cpu_s(resource.RUSAGE_SELF), flush=True)
print(cpu_s(resource.RUSAGE_CHILDREN), flush=True)
'''
_CLIENT = r"""
import json, socket, sys, threading, time
port, threads, calls, keeps = (int(word) for word in sys.argv[1:])
message = bytes.fromhex(sys.stdin.readline())
if not keeps:
    message = message.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
failures = []
def call(connection):
    connection.sendall(message)
    answer = connection.recv(1 << 16)
    while True:
        head, end, body = answer.partition(b"\r\n\r\n")
        if end and len(body) >= int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]):
            break
        more = connection.recv(1 << 16)
        if not more:
            raise ConnectionError("the server closed the connection")
        answer += more
    if b'"Error"' in body or b'"InvokeResult": -1' in body:
        failures.append(body)
def connect():
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
def work(count):
    # Fewer calls in the same time would look faster.
    try:
        call_often(count)
    except OSError as error:
        failures.append(repr(error).encode())
def call_often(count):
    if keeps:
        with connect() as connection:
            for _ in range(count):
                call(connection)
        return
    for _ in range(count):
        with connect() as connection:
            call(connection)
def run(each):
    workers = [threading.Thread(target=work, args=(each,)) for _ in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - began
run(2)
print(flush=True)
sys.stdin.readline()
cpu = time.process_time()
elapsed = run(calls // threads)
if failures:
    raise SystemExit(failures[0].decode())
print(json.dumps([elapsed, time.process_time() - cpu]), flush=True)
"""
_EVENTS = """
import json, resource, sys, tempfile, time
from pathlib import Path
sys.path.insert(0, ".")
from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud
count = int(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    settings = Settings(activation_s=0)
    with Server(Path(folder) / "events.db", settings=settings, virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create("hello", DeadLetterConfig={"Type": "CMQ-QUEUE", "Name": "dead"})
        for number in range(count):
            cloud.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext=str(number))
        waiting = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cloud.control("faults", [{"action": "Invoke", "outcome": 430}])
        began = time.process_time()
        done = server._app.events.advance(None, limit_s=30 * 86400)
        drained = time.process_time() - began
        print(json.dumps({"waitingMb": waiting, "drainCpuS": drained, "ran": done.ran, "ends": done.ends}))
"""

Row = tuple[float, float, float]
"""The calls per second, and the milliseconds of CPU time of one call in the server and in the client."""


class _Process:
    """A program that exchanges lines with this one."""

    def __init__(self, folder: Path, program: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self) -> str:
        """The next line. Raises SystemExit if the program failed."""
        if self._process.stdout is None:
            raise AssertionError("it was started with a pipe")
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a process of the benchmark ended with {self._process.wait()}")
        return line

    def send(self, line: str) -> None:
        """Send a line."""
        if self._process.stdin is None:
            raise AssertionError("it was started with a pipe")
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def end(self) -> str:
        """Close its input, and return the rest of its output."""
        return self._process.communicate()[0]


def measure_calls(folder: Path, *, threads: int, calls: int, keeps: bool) -> dict[str, Row]:
    """The row of each kind of call with the server of a source tree."""
    server = _Process(folder, _SERVER)
    setup = json.loads(server.read())
    rows = {}
    for name, message in setup["rows"].items():
        client = _Process(folder, _CLIENT, setup["port"], threads, calls, int(keeps))
        client.send(message)
        client.read()
        server.send("")
        before = float(server.read())
        client.send("")
        elapsed, client_s = json.loads(client.read())
        client.end()
        server.send("")
        server_s = float(server.read()) - before
        made = calls // threads * threads
        rows[name] = (made / elapsed, server_s / made * 1000, client_s / made * 1000)
    server.end()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", type=Path)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--new-connections", action="store_true", help="open a connection for each call")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--events", type=int, default=20_000)
    given = parser.parse_args()
    trees = {"this tree": Path.cwd()} | ({str(given.against): given.against} if given.against else {})
    found: dict[tuple[str, str], list[Row]] = {}
    for _ in range(given.rounds):
        for tree, folder in trees.items():
            rows = measure_calls(folder, threads=given.threads, calls=given.calls, keeps=not given.new_connections)
            for name, row in rows.items():
                found.setdefault((name, tree), []).append(row)
    print(f"{given.threads} threads; CPU time of one call in ms, of {given.rounds} rounds the least")
    for (name, tree), measured in sorted(found.items()):
        rates, server_ms, client_ms = zip(*measured, strict=True)
        print(
            f"{name:34} {max(rates):6.0f}/s at best, {sorted(rates)[len(rates) // 2]:6.0f}/s in the middle, "
            f"server {min(server_ms):.3f}, client {min(client_ms):.3f}  {tree}"
        )
    if given.events:
        command = [sys.executable, "-c", _EVENTS, str(given.events)]
        print(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


if __name__ == "__main__":
    main()
