// Loaded before Node.js web functions on systems without kernel notifications of `bind`: makes servers listen on loopback.
'use strict';

const net = require('net');

const LOOPBACK = '127.0.0.1';
const listen = net.Server.prototype.listen;

function isLoopback(host) {
  return typeof host === 'string' && (host === 'localhost' || host === '::1' || host.startsWith('127.'));
}

net.Server.prototype.listen = function listenOnLoopback(...args) {
  const [first, second] = args;
  if (first !== null && typeof first === 'object' && first.port !== undefined) {
    if (!isLoopback(first.host)) args[0] = { ...first, host: LOOPBACK };
  } else if (typeof first === 'number' || (typeof first === 'string' && /^[0-9]+$/.test(first))) {
    if (typeof second === 'string' || second === undefined || second === null) {
      if (!isLoopback(second)) args[1] = LOOPBACK;
    } else args.splice(1, 0, LOOPBACK);
  }
  return listen.apply(this, args);
};
