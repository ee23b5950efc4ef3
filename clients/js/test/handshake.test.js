// The handshake's part for the application: what it sends, and a refusal.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Client, VERSION } from '../nano.js';
import { fakeWebSocket, handshake, open, openInFakeTime, packet } from './fake.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));
const refusal = (reply) => packet(1, JSON.stringify(reply));

test('a refusal rejects with the code and the text of the server, and is final', async (t) => {
  const { WebSocket, client, states, tick } = await openInFakeTime(t);
  WebSocket.last.drop();
  const again = client.connect();
  tick(250);
  WebSocket.last.accept(refusal({ code: 500, msg: 'until tomorrow', error: 'banned' }));
  const error = await again.then(assert.fail, (error) => error);
  assert.deepEqual([error.name, error.code, error.message, error.metadata], ['NanoError', 'banned', 'until tomorrow', { code: 500 }]);
  tick(60_000);
  assert.deepEqual(states, ['reconnecting 1 250 disconnected', 'closed banned']);
  assert.equal(WebSocket.sockets.length, 2);
});

test('a fault of the server is no refusal: a client that was connected tries again', async (t) => {
  const { WebSocket, states, tick } = await openInFakeTime(t);
  WebSocket.last.drop();
  tick(250);
  WebSocket.last.accept(refusal({ code: 500, msg: 'internal error', error: 'internal' }));
  tick(500);
  WebSocket.last.accept(refusal({ code: 500, msg: 'the request took too long', error: 'timeout' }));
  tick(1000);
  WebSocket.last.accept();
  assert.deepEqual(states, ['reconnecting 1 250 disconnected', 'reconnecting 2 500 internal', 'reconnecting 3 1000 timeout', 'open 3']);
});

test('the version of the application is announced in place of the client\'s', async (t) => {
  const version = async (options) => JSON.parse((await open(t, options)).socket.bodies(1)[0]).sys.version;
  assert.equal(await version({}), VERSION);
  assert.equal(await version({ version: '1.4.0' }), '1.4.0');
});

test('the trace of the connection is announced if it has one', async (t) => {
  const sys = async (options) => JSON.parse((await open(t, options)).socket.bodies(1)[0]).sys;
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  assert.equal((await sys({ traceparent })).traceparent, traceparent);
  assert.equal('traceparent' in (await sys({})), false);
});

test('user may be made for each connection, and take time', async (t) => {
  let made = 0;
  const WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano', { WebSocket, backoff: { base: 0 }, user: async () => ({ made: ++made }) });
  t.after(() => client.close());
  const ready = client.connect();
  for (const expected of [1, 2]) {
    WebSocket.last.open();
    assert.deepEqual(WebSocket.last.sent, [], 'it is not there yet');
    await settled();
    assert.deepEqual(JSON.parse(WebSocket.last.bodies(1)[0]).user, { made: expected });
    WebSocket.last.receive(handshake({}, { user: { hello: expected } }));
    await ready;
    assert.deepEqual(client.user, { hello: expected });
    WebSocket.last.drop();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

test('a user that cannot be made fails the connection', async () => {
  const check = async (user, message) => {
    const WebSocket = fakeWebSocket();
    const client = new Client('ws://test/nano', { WebSocket, user });
    const ready = client.connect();
    WebSocket.last.open();
    await assert.rejects(ready, { code: 'connect_failed', message });
    assert.ok(WebSocket.last.closed);
  };
  const fail = () => {
    throw new Error('no token');
  };
  await check(fail, /no token/);
  await check(async () => fail(), /no token/);
  await check({ n: NaN }, /NaN/);
});

test('a client that is closed while user is made sends nothing', async () => {
  const WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano', { WebSocket, user: async () => 1 });
  const ready = client.connect();
  WebSocket.last.open();
  client.close();
  await assert.rejects(ready, { code: 'disconnected' });
  await settled();
  assert.deepEqual(WebSocket.last.sent, []);
});
