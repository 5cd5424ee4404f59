// Loaded before a Node.js web function where the kernel cannot be asked about addresses: servers listen on loopback.
'use strict';

const net = require('net');

const LOOPBACK = '127.0.0.1';
const listen = net.Server.prototype.listen;

function isLoopback(host) {
  return typeof host === 'string' && (host === 'localhost' || host === '::1' || host.startsWith('127.'));
}

net.Server.prototype.listen = function listenOnLoopback(...given) {
  const [first, second] = given;
  if (first !== null && typeof first === 'object' && first.port !== undefined) {
    if (!isLoopback(first.host)) given[0] = { ...first, host: LOOPBACK };
  } else if (typeof first === 'number' || (typeof first === 'string' && /^[0-9]+$/.test(first))) {
    if (typeof second === 'string' || second === undefined || second === null) {
      if (!isLoopback(second)) given[1] = LOOPBACK;
    } else given.splice(1, 0, LOOPBACK);
  }
  return listen.apply(this, given);
};
