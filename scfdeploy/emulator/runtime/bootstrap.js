// Runs in the process of an instance: loads a Node.js handler, and calls it once for each line of its command pipe.
//
// Started as `node bootstrap.js COMMAND_FD REPORT_FD`. The first line has the settings; the answer is the line `ready`
// once the code is loaded, or an error as a JSON object. Each further line is a call, and its answer a JSON object. If
// the process ends without an answer, the code ended it.
'use strict';

const fs = require('fs');
const net = require('net');
const path = require('path');
const { pathToFileURL } = require('url');

const commands = new net.Socket({ fd: Number(process.argv[2]), readable: true, writable: false });
const reportFd = Number(process.argv[3]);
process.argv.length = 2;
let setup;
let handler;
let start;
let isCalling = false;

function writeAll(text) {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(reportFd, bytes, done);
}

function peakMemory() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.memoryUsage().rss;
  }
}

function resetPeakMemory() {
  try {
    fs.writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Only Linux has it.
  }
}

function answer(content) {
  writeAll(`${JSON.stringify({ ...content, memory_bytes: peakMemory() })}\n`);
}

function answerCall(content) {
  if (!isCalling) return;
  isCalling = false;
  commands.ref();
  answer({ ...content, duration_ms: Number(process.hrtime.bigint() - start) / 1e6 });
}

function reportError(status, error) {
  const isError = error instanceof Error;
  const stack = isError ? withoutOwnFrames(String(error.stack)) : String(error);
  process.stderr.write(`${stack}\n`);
  return {
    status,
    error: {
      errorType: isError ? error.name : typeof error,
      errorMessage: isError ? error.message : String(error),
      stackTrace: stack,
    },
  };
}

// The stack as the platform shows it: without this file and what called it.
function withoutOwnFrames(stack) {
  const lines = stack.split("\n");
  const own = lines.findIndex((line) => line.includes(__filename));
  return own > 0 ? lines.slice(0, own).join("\n") : stack;
}

async function load(file) {
  const base = path.join(setup.root, file);
  if (fs.existsSync(`${base}.mjs`)) return import(pathToFileURL(`${base}.mjs`));
  try {
    return require(base);
  } catch (error) {
    if (error.code !== 'ERR_REQUIRE_ESM') throw error;
    return import(pathToFileURL(require.resolve(base)));
  }
}

function fileExists(file) {
  return ['.js', '.cjs', '.mjs', '/index.js'].some((end) => fs.existsSync(path.join(setup.root, file + end)));
}

function callHandler(event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, value) => (error ? reject(error) : resolve(value));
    const value = handler(event, context, callback);
    if (value && typeof value.then === 'function') value.then(resolve, reject);
    else if (value !== undefined || handler.length < 3) resolve(value);
  });
}

function createContext(context) {
  const deadline = Date.now() + context.time_limit_in_ms;
  return {
    ...context,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

// The process needs these variables, but the code does not see them.
function hideVariables(hidden) {
  process.env = new Proxy(process.env, {
    get: (target, name) => (hidden.has(name) ? undefined : target[name]),
    set: (target, name, value) => {
      hidden.delete(name);
      target[name] = value;
      return true;
    },
    has: (target, name) => !hidden.has(name) && name in target,
    ownKeys: (target) => Reflect.ownKeys(target).filter((name) => !hidden.has(name)),
    getOwnPropertyDescriptor: (target, name) =>
      hidden.has(name) ? undefined : Reflect.getOwnPropertyDescriptor(target, name),
  });
}

// The answer if the handler cannot be loaded.
async function loadHandler() {
  const dot = setup.handler.lastIndexOf('.');
  const [file, name] = [setup.handler.slice(0, dot), setup.handler.slice(dot + 1)];
  if (!fileExists(file)) return { status: 437, error: { errorMessage: `the bundle has no file ${file}.js` } };
  try {
    const loaded = await load(file);
    handler = loaded[name] || (loaded.default && loaded.default[name]);
  } catch (error) {
    return reportError(443, error);
  }
  if (typeof handler === 'function') return undefined;
  return { status: 437, error: { errorMessage: `${file}.js has no function ${name}` } };
}

async function startUp(line) {
  setup = JSON.parse(line);
  if (setup.hidden.length) hideVariables(new Set(setup.hidden));
  const failure = await loadHandler();
  if (failure) {
    answer(failure);
    process.exit(0);
  }
  for (const kind of ['uncaughtException', 'unhandledRejection']) {
    process.on(kind, (error) => {
      const report = reportError(430, error);
      // No call can report what an answered one left behind: as without this file, the error ends the process.
      if (!isCalling) process.exit(1);
      answerCall(report);
    });
  }
  writeAll('ready\n');
}

async function call(line) {
  const { event, context, variables } = JSON.parse(line);
  for (const [name, value] of Object.entries(variables)) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
  resetPeakMemory();
  isCalling = true;
  start = process.hrtime.bigint();
  // A handler that leaves nothing to wait for and never answers ends the process.
  commands.unref();
  try {
    const value = await callHandler(event, createContext(context));
    answerCall({ status: 200, returned: JSON.stringify(value === undefined ? null : value) });
  } catch (error) {
    answerCall(reportError(430, error));
  }
}

let received = [];
commands.on('data', (chunk) => {
  received.push(chunk);
  if (chunk[chunk.length - 1] !== 10) return;
  const line = Buffer.concat(received).toString('utf8');
  received = [];
  if (setup) call(line);
  else startUp(line);
});
commands.on('end', () => process.exit(0));
