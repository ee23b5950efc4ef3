// Encrypted bodies: keys agreed on in the handshake, between the server and the client of `nano/examples`.
import assert from 'node:assert/strict';
import test from 'node:test';

import { WebSocket } from 'ws';

import { connect } from '../../clients/js/nano.js';
import { connectSealed } from '../../nano/examples/encryption.js';
import { startEncryption } from './support/server.js';

const TIMEOUT = { timeout: 30_000 };

/** A WebSocket class that notes all bytes, both ways. */
function tapped() {
  const seen = [];
  class TappedWebSocket extends WebSocket {
    constructor(url) {
      super(url);
      this.on('message', (data) => seen.push(Buffer.from(data)));
    }

    send(data) {
      seen.push(Buffer.from(data));
      super.send(data);
    }
  }
  return { WebSocket: TappedWebSocket, read: () => Buffer.concat(seen).toString('latin1') };
}

test('requests, replies, errors and pushes are sealed under the keys of each connection', TIMEOUT, async (t) => {
  const server = await startEncryption(t);
  const tap = tapped();
  const [ann, bob] = await Promise.all([
    connectSealed(server.url, { WebSocket: tap.WebSocket }),
    connectSealed(server.url, { WebSocket: tap.WebSocket }),
  ]);
  t.after(() => [ann, bob].forEach((client) => client.close()));
  const heard = [];
  const all = new Promise((resolve) => {
    bob.on('onSay', (text) => heard.push(text) === 20 && resolve());
  });
  assert.equal(await bob.request('room.join'), 1);
  assert.equal(await ann.request('room.join'), 2);
  const texts = Array.from({ length: 20 }, (_, n) => `secret ${n} \u{1f600}`);
  await Promise.all(texts.map((text) => ann.request('room.say', text)));
  await all;
  assert.deepEqual(heard, texts, 'in order');
  await assert.rejects(ann.request('room.say', ''), { code: 'empty', message: 'say something' });
  const bytes = tap.read();
  assert.ok(bytes.includes('room.say') && bytes.includes('onSay'), 'routes are in the clear');
  assert.ok(!bytes.includes('secret') && !bytes.includes('say something'));
});

test('a connection that is lost agrees on new keys', TIMEOUT, async (t) => {
  const server = await startEncryption(t);
  const sockets = [];
  class CuttableWebSocket extends WebSocket {
    constructor(url) {
      super(url);
      sockets.push(this);
    }
  }
  const client = await connectSealed(server.url, { WebSocket: CuttableWebSocket, backoff: { base: 1 } });
  t.after(() => client.close());
  const opened = new Promise((resolve) => {
    client.onState((state) => state === 'open' && resolve());
  });
  sockets[0].terminate();
  await opened;
  assert.equal(await client.request('room.join'), 1);
});

test('a client without the keys is refused', TIMEOUT, async (t) => {
  const server = await startEncryption(t);
  await assert.rejects(connect(server.url, { WebSocket }), { code: 'bad_request' });
  await assert.rejects(connect(server.url, { WebSocket, user: { key: Array(32).fill(0) } }), { code: 'bad_key' });
  const forger = await connect(server.url, {
    WebSocket,
    user: { key: [9, ...Array(31).fill(0)] },
    // It cannot read the answer either, but is told its kind.
    pipeline: () => ({ inbound: (body, route, kind) => new TextEncoder().encode(`{"code":"${kind}"}`) }),
  });
  t.after(() => forger.close());
  await assert.rejects(forger.request('room.say', 'in the clear'), { code: 'error' });
});
