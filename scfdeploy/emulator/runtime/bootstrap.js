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
const { inspect } = require('util');

const commands = new net.Socket({ fd: Number(process.argv[2]), readable: true, writable: false });
const reportFd = Number(process.argv[3]);
process.argv.length = 2;
let setup;
let handler;
// The call without an answer.
let currentCall;

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

function answerCall(call, content) {
  // After an error that nothing caught has answered a call, its handler may still return: during a later call.
  if (!call || call !== currentCall) return;
  currentCall = undefined;
  commands.ref();
  answer({ ...content, duration_ms: Number(process.hrtime.bigint() - call.start) / 1e6 });
}

function reportError(status, error) {
  const isError = error instanceof Error;
  const stack = printable(traceOf(error));
  process.stderr.write(`${stack}\n`);
  return {
    status,
    error: {
      errorType: isError ? printable(error.name) : typeof error,
      errorMessage: printable(isError ? error.message : describe(error)),
      stackTrace: stack,
    },
  };
}

// Text with a replacement in place of halves of surrogate pairs, as it is printed.
function printable(value) {
  return Buffer.from(String(value), 'utf8').toString('utf8');
}

// The stack of an error and of those that led to it, which its own stack does not name: `fetch failed` says nothing.
function traceOf(thrown) {
  const seen = new Set();
  const texts = [];
  // Not recursive: a chain may be longer than the stack, as after thousands of retries.
  const left = [thrown];
  while (left.length) {
    const error = left.pop();
    if (!(error instanceof Error)) texts.push(describe(error));
    else if (!seen.has(error)) {
      seen.add(error);
      texts.push(error.stack ? withoutOwnFrames(String(error.stack)) : String(error));
      const isAggregate = error.name === 'AggregateError' && Array.isArray(error.errors);
      const reasons = [error.cause, ...(isAggregate ? error.errors : [])];
      for (const reason of reasons.reverse()) if (reason !== undefined) left.push(reason);
    }
  }
  return texts.join('\nCaused by: ');
}

function describe(value) {
  return typeof value === 'object' ? inspect(value, { breakLength: Infinity }) : String(value);
}

// The stack as the platform shows it: without this file and what called it.
function withoutOwnFrames(stack) {
  const lines = stack.split('\n');
  // The message of a missing module names this file too.
  const own = lines.findIndex((line) => /^ +at /.test(line) && line.includes(__filename));
  return own > 0 ? lines.slice(0, own).join('\n') : stack;
}

async function load(file) {
  const base = path.join(setup.root, file);
  if (fs.existsSync(`${base}.mjs`)) return import(pathToFileURL(`${base}.mjs`));
  const isCommonJs = !fs.existsSync(`${base}.js`) && fs.existsSync(`${base}.cjs`);
  const target = isCommonJs ? `${base}.cjs` : base;
  try {
    return require(target);
  } catch (error) {
    // Of a module; newer versions load one if it does not await at its top level.
    if (!error || !['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE'].includes(error.code)) throw error;
    return import(pathToFileURL(require.resolve(target)));
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
      if (!currentCall) process.exit(1);
      answerCall(currentCall, report);
    });
  }
  writeAll('ready\n');
}

async function run(line) {
  const { event, context, variables } = JSON.parse(line);
  for (const [name, value] of Object.entries(variables)) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
  resetPeakMemory();
  const call = { start: process.hrtime.bigint() };
  currentCall = call;
  // A handler that leaves nothing to wait for and never answers ends the process.
  commands.unref();
  try {
    const text = JSON.stringify(await callHandler(event, createContext(context)));
    // There is no text for undefined and for functions.
    answerCall(call, { status: 200, returned: text === undefined ? 'null' : text });
  } catch (error) {
    answerCall(call, reportError(430, error));
  }
}

// Otherwise what the pipe cannot hold at once is written during a later call, or is lost when the process exits.
for (const stream of [process.stdout, process.stderr]) stream._handle.setBlocking(true);
let received = [];
commands.on('data', (chunk) => {
  received.push(chunk);
  if (chunk[chunk.length - 1] !== 10) return;
  const line = Buffer.concat(received).toString('utf8');
  received = [];
  if (setup) run(line);
  else startUp(line);
});
commands.on('end', () => process.exit(0));
