// Runs in the child process: loads one Node.js handler, calls it once and reports on its own pipe.
//
// Started as `node bootstrap.js REQUEST_FILE REPORT_FD`. The report is a line `ready` once the code is loaded, then
// one JSON object. If the process ends without one, the code ended it.
'use strict';

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const request = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const reportFd = Number(process.argv[3]);
process.argv.length = 2;
let reported = false;

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

function report(content) {
  if (reported) return;
  reported = true;
  writeAll(`${JSON.stringify({ ...content, memory_bytes: peakMemory() })}\n`);
  process.exit(0);
}

function reportError(status, error) {
  const isError = error instanceof Error;
  const stack = isError ? String(error.stack) : String(error);
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

async function load(file) {
  const base = path.join(request.root, file);
  if (fs.existsSync(`${base}.mjs`)) return import(pathToFileURL(`${base}.mjs`));
  try {
    return require(base);
  } catch (error) {
    if (error.code !== 'ERR_REQUIRE_ESM') throw error;
    return import(pathToFileURL(require.resolve(base)));
  }
}

function fileExists(file) {
  return ['.js', '.cjs', '.mjs', '/index.js'].some((end) => fs.existsSync(path.join(request.root, file + end)));
}

function callHandler(handler, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, value) => (error ? reject(error) : resolve(value));
    const value = handler(request.event, context, callback);
    if (value && typeof value.then === 'function') value.then(resolve, reject);
    else if (value !== undefined || handler.length < 3) resolve(value);
  });
}

function createContext() {
  const deadline = Date.now() + request.context.time_limit_in_ms;
  return {
    ...request.context,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function main() {
  const dot = request.handler.lastIndexOf('.');
  const [file, name] = [request.handler.slice(0, dot), request.handler.slice(dot + 1)];
  if (!fileExists(file)) {
    return report({ status: 437, error: { errorMessage: `the bundle has no file ${file}.js` } });
  }
  let handler;
  try {
    const loaded = await load(file);
    handler = loaded[name] || (loaded.default && loaded.default[name]);
  } catch (error) {
    return report(reportError(443, error));
  }
  if (typeof handler !== 'function') {
    return report({ status: 437, error: { errorMessage: `${file}.js has no function ${name}` } });
  }
  writeAll('ready\n');
  const start = process.hrtime.bigint();
  const duration = () => ({ duration_ms: Number(process.hrtime.bigint() - start) / 1e6 });
  for (const kind of ['uncaughtException', 'unhandledRejection']) {
    process.on(kind, (error) => report({ ...reportError(430, error), ...duration() }));
  }
  try {
    const value = await callHandler(handler, createContext());
    return report({ status: 200, returned: JSON.stringify(value === undefined ? null : value), ...duration() });
  } catch (error) {
    return report({ ...reportError(430, error), ...duration() });
  }
}

main();
