import assert from 'node:assert/strict';
import test from 'node:test';

import { Client, connect, NanoError, VERSION } from '../nano.js';
import { fakeWebSocket, handshake, hex, open, packet, push, response, toHex } from './fake.js';

test('the handshake announces the client and is acknowledged', async (t) => {
  const { client, socket } = await open(t, { user: { token: 't' } }, handshake({ heartbeat: 30 }, { user: { uid: 7 } }));
  assert.equal(socket.url, 'ws://test/nano');
  assert.equal(socket.binaryType, 'arraybuffer');
  assert.deepEqual(socket.bodies(1).map(JSON.parse), [
    { sys: { type: 'nano-js', version: VERSION, features: ['errors', 'zlib', 'resume'] }, user: { token: 't' } },
  ]);
  assert.equal(socket.sent.at(-1), '02000000');
  assert.equal(client.state, 'open');
  assert.deepEqual(client.user, { uid: 7 });
});

test('connect resolves with an open client', async () => {
  const WebSocket = fakeWebSocket();
  const ready = connect('ws://test/nano', { WebSocket });
  WebSocket.last.accept();
  const client = await ready;
  assert.equal(client.state, 'open');
  assert.equal(await client.connect(), client);
  client.close();
});

test('a refused handshake rejects and does not retry', async () => {
  const check = async (reply, code, message) => {
    const WebSocket = fakeWebSocket();
    const client = new Client('ws://test/nano', { WebSocket });
    const ready = client.connect();
    WebSocket.last.accept(reply);
    await assert.rejects(ready, { name: 'NanoError', code, message });
    assert.equal(client.state, 'closed');
    assert.ok(WebSocket.last.closed);
  };
  await check(handshake({}, { code: 501 }), 'handshake_refused', /501: the client is too old/);
  await check(handshake({}, { code: 500 }), 'handshake_refused', /500/);
  await check(handshake({ serializer: 'protobuf' }), 'serializer_mismatch', /protobuf.*json/);
  await check(packet(1, '{"code":'), 'protocol_error', /not JSON/);
  await check(packet(1), 'handshake_refused', /undefined/);
  await check(packet(4, 'early'), 'protocol_error', /packet type 4 while connecting/);
  await check(hex('04 ffffff'), 'protocol_error', /16777215 bytes exceeds the limit of 65536/);
});

test('what a server in Go has nothing for is null, and as good as not there', async (t) => {
  const dictionary = { version: '1', codes: { 'room.join': 7 } };
  for (const reply of [
    { code: 200, sys: null, user: null },
    { code: 200, sys: { dict: null, dictVersion: null, serializer: null, heartbeat: null } },
    { code: 200, sys: { dict: null, dictVersion: '2' } },
  ]) {
    const { client, socket } = await open(t, { dictionary }, packet(1, JSON.stringify(reply)));
    assert.equal(client.state, 'open', JSON.stringify(reply));
    client.notify('room.join');
    // By name: the server has not said that it knows the code.
    assert.equal(socket.sent.at(-1), '0400000b02' + '09' + toHex(Buffer.from('room.join')));
  }
});

test('a first connection that fails rejects', async () => {
  const WebSocket = fakeWebSocket();
  const ready = connect('ws://test/nano', { WebSocket });
  WebSocket.last.drop(1006);
  await assert.rejects(ready, { code: 'connect_failed', message: /^could not connect to .*close code 1006/ });
  await assert.rejects(connect('gopher://test', { WebSocket }), { code: 'connect_failed', message: /unsupported scheme/ });
  await assert.rejects(connect('ws://test', { WebSocket: null }), { code: 'no_websocket' });
});

test('a request resolves with its own reply, whatever the order', async (t) => {
  const { client, socket } = await open(t);
  const first = client.request('room.join', { name: 'Ann' });
  const second = client.request('a');
  assert.deepEqual(socket.bodies(4), ['\0\x01\troom.join{"name":"Ann"}', '\0\x02\x01a']);
  socket.receive(response(2, '"two"'), response(1, '"one"'));
  assert.deepEqual(await Promise.all([first, second]), ['one', 'two']);
});

test('an empty reply is undefined, and any JSON value is a reply', async (t) => {
  const { client, socket } = await open(t);
  const replies = ['a', 'b', 'c', 'd'].map((route) => client.request(route));
  socket.receive(response(1, ''), response(2, 'null'), response(3, '0'), response(4, '{"code":500}'));
  assert.deepEqual(await Promise.all(replies), [undefined, null, 0, { code: 500 }]);
});

test('errors reject, flagged or in the plain form', async (t) => {
  const { client, socket } = await open(t);
  const check = async (id, flag, body, expected) => {
    const reply = client.request('room.join');
    socket.receive(response(id, body, flag));
    await assert.rejects(reply, (error) => {
      assert.ok(error instanceof NanoError);
      assert.deepEqual({ code: error.code, message: error.message, metadata: error.metadata }, expected);
      return true;
    });
  };
  const full = '{"code":"bad_name","msg":"name is empty","metadata":{"limit":"24"}}';
  await check(1, 0x24, full, { code: 'bad_name', message: 'name is empty', metadata: { limit: '24' } });
  await check(2, 0x24, '{"code":"gone"}', { code: 'gone', message: 'gone', metadata: {} });
  await check(3, 0x24, '', { code: 'unknown', message: 'unknown', metadata: {} });
  const plain = '{"code":500,"error":{"code":"bad_name","msg":"name is empty"}}';
  await check(4, 0x04, plain, { code: 'bad_name', message: 'name is empty', metadata: {} });
  await check(5, 0x04, '{broken', { code: 'bad_payload', message: 'cannot decode the reply to room.join', metadata: {} });
});

test('notify sends, and rejects what cannot be sent', async (t) => {
  const { client, socket } = await open(t);
  const sent = client.notify('room.message', { text: '😀' });
  assert.deepEqual(socket.bodies(4), ['\x02\x0croom.message{"text":"😀"}']);
  assert.equal(await sent, undefined);
  const check = (route, body, expected) => Promise.all([
    assert.rejects(client.notify(route, body), { name: 'NanoError', ...expected }),
    assert.rejects(client.request(route, body), { name: 'NanoError', ...expected }),
  ]);
  const loop = {};
  loop.loop = loop;
  await check('x'.repeat(256), 1, { code: 'bad_route' });
  await check('a', 'x'.repeat(65_536), { code: 'too_large' });
  await check('a', loop, { code: 'bad_payload', message: /^cannot encode the payload of a: / });
  socket.readyState = 2;
  await check('a', 1, { code: 'disconnected' });
});

test('a request that cannot be sent rejects and uses up no id', async (t) => {
  const { client, socket } = await open(t);
  await assert.rejects(client.request('x'.repeat(256)), { code: 'bad_route' });
  const reply = client.request('a');
  socket.receive(response(1, '1'));
  assert.equal(await reply, 1);
});

test('pushes reach every listener of their route until it unsubscribes', async (t) => {
  const { client, socket } = await open(t);
  const seen = [];
  const off = client.on('onMessage', ({ text }) => seen.push(`a ${text}`));
  client.on('onMessage', ({ text }) => seen.push(`b ${text}`));
  client.on('other', () => seen.push('other'));
  socket.receive(push('onMessage', '{"text":"1"}'));
  off();
  off();
  socket.receive(push('onMessage', '{"text":"2"}'), push('unheard', '1'));
  assert.deepEqual(seen, ['a 1', 'b 1', 'b 2']);
});

test('several packets in one frame and one packet over several frames arrive in order', async (t) => {
  const { client, socket } = await open(t);
  const seen = [];
  client.on('n', (value) => seen.push(value));
  const bytes = Buffer.concat([push('n', '1'), packet(3), push('n', '2'), push('n', '3')]);
  socket.receive(new Uint8Array(bytes));
  for (const byte of bytes) socket.receive(Uint8Array.of(byte));
  assert.deepEqual(seen, [1, 2, 3, 1, 2, 3]);
});

test('a listener that throws or rejects is reported and breaks nothing', async (t) => {
  const { client, socket, errors } = await open(t);
  const seen = [];
  client.on('n', () => {
    throw new Error('sync');
  });
  client.on('n', async () => {
    throw new Error('async');
  });
  client.on('n', (value) => seen.push(value));
  socket.receive(push('n', '1'), push('n', '{'), push('n', '2'));
  await null;
  assert.deepEqual(seen, [1, 2]);
  assert.deepEqual(errors.map(({ message }) => message).sort(), ['async', 'async', 'cannot decode the push n', 'sync', 'sync']);
  assert.equal(client.state, 'open');
});

test('an onError that throws is reported to the console', async (t) => {
  const log = t.mock.method(console, 'error', () => {});
  const { client, socket } = await open(t, {
    onError: () => {
      throw new Error('second');
    },
  });
  socket.receive(push('n', '{'));
  assert.equal(log.mock.callCount(), 1);
  assert.equal(client.state, 'open');
});

test('the dictionary is used both ways, code zero only inwards', async (t) => {
  const dict = { 'room.join': 1, onMessage: 256, zero: 0, huge: 70_000 };
  const { client, socket } = await open(t, {}, handshake({ dict, dictVersion: 'v1' }));
  const seen = [];
  client.on('onMessage', (value) => seen.push(value));
  client.on('zero', (value) => seen.push(value));
  const reply = client.request('room.join', 5);
  client.notify('zero');
  client.notify('huge');
  client.notify('absent');
  assert.deepEqual(socket.bodies(4), ['\x01\x01\0\x015', '\x02\x04zero', '\x02\x04huge', '\x02\x06absent']);
  socket.receive(hex('04000004 07010031'), hex('04000004 07000032'), response(1, '{}', 0x05));
  assert.deepEqual(seen, [1, 2]);
  assert.deepEqual(await reply, {});
});

test('another serializer sees every body', async (t) => {
  const serializer = { encode: (value) => Buffer.from(`<${value}>`), decode: (bytes) => `[${Buffer.from(bytes)}]` };
  const { client, socket } = await open(t, { serializer }, handshake({ serializer: 'text' }));
  const reply = client.request('a', 'x');
  assert.deepEqual(socket.bodies(4), ['\0\x01\x01a<x>']);
  socket.receive(response(1, ''));
  assert.equal(await reply, '[]');
});

test('late and unknown replies are ignored', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { client, socket, errors } = await open(t, { requestTimeout: 100 });
  const slow = client.request('slow');
  const patient = client.request('patient', undefined, { timeout: 0 });
  t.mock.timers.tick(0);
  t.mock.timers.tick(100);
  await assert.rejects(slow, { code: 'timeout', message: 'no reply to slow within 100 ms' });
  socket.receive(response(1, '1'), response(99, '1'), response(2, '2'));
  assert.equal(await patient, 2);
  assert.deepEqual(errors, []);
});
