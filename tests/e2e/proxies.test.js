// Servers behind nginx and HAProxy see the addresses of their clients; and TLS, which ends in the server or in front of it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { WebSocket } from 'ws';

import { connect } from '../../clients/js/nano.js';
import { startGate, startHaproxy, startNginx } from './support/gate.js';
import { startProxy as startRelay } from './support/proxy.js';

const TIMEOUT = { timeout: 60_000 };
/** The address from which clients come; the proxies come from 127.0.0.1. */
const CLIENT = '127.0.0.7';
const LONG = 'x'.repeat(50_000);

/** Returns the client's address as the server sees it. `fields` are added to the request for the WebSocket. */
async function address(t, port, { scheme = 'ws', ca, fields } = {}) {
  const relay = await startRelay(t, `127.0.0.1:${port}`, CLIENT);
  class Socket extends WebSocket {
    constructor(url) {
      super(url, { ca, servername: 'localhost', headers: fields });
    }
  }
  const url = scheme === 'tcp' ? `tcp://${relay.host}` : `${scheme}://${relay.host}/nano`;
  const client = await connect(url, { WebSocket: Socket });
  t.after(() => client.close());
  assert.equal(await client.request('gate.echo', LONG), LONG);
  return client.request('gate.address');
}

const PORT = /^127\.0\.0\.7:[1-9]\d*$/;
const FORGED = { 'X-Forwarded-For': '6.6.6.6' };

for (const [name, startProxy] of [['nginx', startNginx], ['HAProxy', startHaproxy]]) {
  test(`${name}: the address of a client is its own`, TIMEOUT, async (t) => {
    const gate = await startGate(t);
    const ports = await startProxy(t, gate);
    const ca = await readFile(gate.root);
    assert.equal(await address(t, ports.forwarded), `${CLIENT}:0`);
    assert.equal(await address(t, ports.forwarded, { fields: FORGED }), `${CLIENT}:0`);
    assert.match(await address(t, ports.websocket, { fields: FORGED }), PORT);
    assert.match(await address(t, ports.tcp, { scheme: 'tcp' }), PORT);
    assert.match(await address(t, ports.tls, { scheme: 'wss', ca }), PORT);
    if (ports['tcp-v1']) assert.match(await address(t, ports['tcp-v1'], { scheme: 'tcp' }), PORT);
    if (ports.https) assert.equal(await address(t, ports.https, { scheme: 'wss', ca }), `${CLIENT}:0`);
    assert.equal((await fetch(`http://127.0.0.1:${ports.forwarded}/healthz`)).status, 200);
    // Health checks without a client are no fault.
    assert.doesNotMatch(gate.log(), /WARN|ERROR/);
  });
}

test('NODE_EXTRA_CA_CERTS makes wss:// work with an authority of one\'s own', TIMEOUT, async (t) => {
  const gate = await startGate(t);
  const port = gate.addresses.tls.split(':')[1];
  const program = fileURLToPath(new URL('support/secure.js', import.meta.url));
  const run = (env) =>
    promisify(execFile)(process.execPath, [program, `wss://localhost:${port}/nano`], {
      env: { ...process.env, ...env },
      timeout: 20_000,
    });
  const { stdout } = await run({ NODE_EXTRA_CA_CERTS: gate.root });
  assert.equal(stdout, 'over TLS\n');
  await assert.rejects(run({ NODE_EXTRA_CA_CERTS: '' }), /certificate/);
});
