// Requests and notifies: when they wait, how they are given up, who writes their payloads.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';

import { Client, NanoError } from '../nano.js';
import { fakeWebSocket, handshake, hex, open, packet, push, response } from './fake.js';

/** A client whose first connection is still opening. */
function connecting(t, options = {}) {
  const WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano', { WebSocket, ...options });
  const ready = client.connect();
  ready.catch(() => {});
  t.after(() => client.close());
  return { client, WebSocket, socket: WebSocket.last, ready };
}

test('calls wait for the first connection and go out in order, before a listener can add to them', async (t) => {
  const { client, socket } = connecting(t);
  client.onState((state) => state === 'open' && client.notify('listener'));
  const first = client.request('a', { n: 1 });
  const second = client.notify('b', 2);
  const third = client.request('c');
  socket.open();
  assert.deepEqual(socket.bodies(4), []);
  socket.receive(handshake({ dict: { b: 7 }, dictVersion: 'v' }));
  assert.deepEqual(socket.bodies(4), ['\0\x01\x01a{"n":1}', '\x03\0\x072', '\0\x02\x01c', '\x02\x08listener']);
  assert.equal(await second, undefined);
  socket.receive(response(2, '"third"'), response(1, '"first"'));
  assert.deepEqual(await Promise.all([first, third]), ['first', 'third']);
});

test('a payload is what it was when the call was made', async (t) => {
  const { client, socket } = connecting(t);
  const payload = { text: 'now' };
  client.notify('a', payload);
  payload.text = 'later';
  socket.accept();
  assert.deepEqual(socket.bodies(4), ['\x02\x01a{"text":"now"}']);
});

test('waiting calls share the fate of the connection', async (t) => {
  const check = async (end, expected) => {
    const { client, socket, ready } = connecting(t);
    const calls = [client.request('a'), client.notify('b'), client.request('c')];
    end(client, socket);
    const errors = await Promise.all([ready, ...calls].map((call) => call.then(assert.fail, (error) => error)));
    for (const error of errors) {
      assert.equal(error, errors[0]);
      assert.equal(error.code, expected);
    }
    assert.deepEqual(socket.bodies(4), []);
  };
  await check((client, socket) => socket.drop(), 'connect_failed');
  await check((client) => client.close(), 'disconnected');
  await check((client, socket) => socket.accept(handshake({}, { code: 500 })), 'handshake_refused');
  await check((client, socket) => socket.accept(packet(5, '{"reason":"full"}')), 'kicked');
  await check((client, socket) => socket.accept(packet(1, '{')), 'protocol_error');
});

test('a waiting call that cannot be sent rejects alone', async (t) => {
  const { client, socket } = connecting(t);
  const long = client.request('x'.repeat(256));
  const large = client.notify('a', 'x'.repeat(65_536));
  const fine = client.request('a');
  socket.accept();
  await assert.rejects(long, { code: 'bad_route' });
  await assert.rejects(large, { code: 'too_large' });
  socket.receive(response(1, '1'));
  assert.equal(await fine, 1);
});

test('a bounded number of calls waits', async (t) => {
  const { client, socket } = connecting(t);
  for (let count = 0; count < 1000; count += 1) client.notify('a');
  await assert.rejects(client.notify('b'), { code: 'too_many', message: /^1000 messages wait/ });
  await assert.rejects(client.request('b'), { code: 'too_many' });
  socket.accept();
  assert.equal(socket.bodies(4).length, 1000);
});

test('a waiting request times out and is not sent', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { client, socket } = connecting(t);
  const slow = client.request('slow', undefined, { timeout: 100 });
  t.mock.timers.tick(0);
  t.mock.timers.tick(100);
  await assert.rejects(slow, { code: 'timeout' });
  socket.accept();
  assert.deepEqual(socket.bodies(4), []);
});

test('a timeout longer than timers can be is none', async (t) => {
  const { client } = await open(t);
  const timers = t.mock.method(globalThis, 'setTimeout');
  const request = (timeout) => client.request('a', undefined, { timeout }).catch(() => {});
  [2 ** 31, Infinity, 0].forEach(request);
  assert.equal(timers.mock.callCount(), 0);
  request(2 ** 31 - 1);
  assert.equal(timers.mock.callCount(), 1);
});

test('an open client sends within the call', async (t) => {
  const { client, socket } = await open(t);
  client.notify('a');
  client.request('b').catch(() => {});
  client.close();
  assert.deepEqual(socket.bodies(4), ['\x02\x01a', '\0\x01\x01b']);
  assert.ok(socket.closed);
});

test('what is sent nowhere rejects, with the closing error as its cause', async (t) => {
  const idle = new Client('ws://test/nano', { WebSocket: fakeWebSocket() });
  await assert.rejects(idle.request('a'), (error) => error.code === 'disconnected' && !('cause' in error));
  const { client, socket } = await open(t);
  let closing;
  client.onState((state, { error }) => (closing = error));
  socket.receive(packet(5, '{"reason":"banned"}'));
  for (const call of [client.request('a'), client.notify('a')]) {
    await assert.rejects(call, (error) => {
      assert.equal(error.message, 'cannot send a while closed');
      assert.equal(error.code, 'disconnected');
      assert.equal(error.cause, closing);
      assert.equal(error.cause.code, 'kicked');
      return true;
    });
  }
});

test('a notify that fails unseen does not end the process, a request does', async () => {
  const run = (call) => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', `
    import { Client } from ${JSON.stringify(new URL('../nano.js', import.meta.url).href)};
    const client = new Client('ws://test', { WebSocket: class { close() {} } });
    client.${call}('a');
    client.connect().catch(() => {});
    client.${call}('b');
    client.close();
    await new Promise((resolve) => setTimeout(resolve));
    console.log('alive');
  `]);
  assert.equal((await run('notify')).stdout, 'alive\n');
  await assert.rejects(run('request'), { code: 1, stderr: /NanoError: cannot send a while closed/ });
});

test('a signal gives a request up, and its late reply is ignored', async (t) => {
  const { client, socket, errors } = await open(t);
  const controller = new AbortController();
  const { signal } = controller;
  const given = client.request('slow', undefined, { signal });
  const other = client.request('other', undefined, { signal: new AbortController().signal });
  const reason = new Error('the player left the screen');
  controller.abort(reason);
  const check = (call) => assert.rejects(call, (error) => {
    assert.ok(error instanceof NanoError);
    assert.deepEqual([error.code, error.message, error.cause], ['aborted', 'slow was aborted', reason]);
    return true;
  });
  await check(given);
  await check(client.request('slow', undefined, { signal }));
  assert.equal(socket.bodies(4).length, 2);
  socket.receive(response(1, '1'), response(2, '2'));
  assert.equal(await other, 2);
  assert.deepEqual(errors, []);
});

test('a signal gives up a request that waits, and is let go of with the reply', async (t) => {
  const { client, socket } = connecting(t);
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set();
  t.mock.method(signal, 'addEventListener', (name, listener) => listeners.add(listener));
  t.mock.method(signal, 'removeEventListener', (name, listener) => listeners.delete(listener));
  const answered = client.request('a', undefined, { signal });
  const lost = client.request('b', undefined, { signal });
  const given = client.request('c', undefined, { signal });
  assert.equal(listeners.size, 3);
  [...listeners].at(-1)();
  await assert.rejects(given, { code: 'aborted' });
  socket.accept();
  assert.deepEqual(socket.bodies(4), ['\0\x01\x01a', '\0\x02\x01b']);
  socket.receive(response(1, '1'));
  assert.equal(await answered, 1);
  socket.drop();
  await assert.rejects(lost, { code: 'disconnected' });
  assert.equal(listeners.size, 0);
});

test('a serializer knows the route and the kind of every body', async (t) => {
  const seen = [];
  const serializer = {
    encode(value, route) {
      seen.push(['encode', route, value]);
      return Uint8Array.of(value);
    },
    decode(bytes, route, kind) {
      seen.push([kind, route, ...bytes]);
      return bytes[0];
    },
    decodeError: (bytes) => ({ code: `e${bytes[0]}`, msg: 'no', metadata: { limit: '1' } }),
  };
  const { client, socket } = await open(t, { serializer }, handshake({ dict: { p: 9 } }));
  client.on('p', (value) => seen.push(['heard', value]));
  const good = client.request('room.join', 1);
  const bad = client.request('room.leave', 2);
  client.notify('room.move', 3);
  socket.receive(response(2, Uint8Array.of(8), 0x24), hex('04000004 07000907'), response(1, Uint8Array.of(6)), response(99, 'x'));
  assert.equal(await good, 6);
  await assert.rejects(bad, { code: 'e8', message: 'no', metadata: { limit: '1' } });
  assert.deepEqual(seen, [
    ['encode', 'room.join', 1],
    ['encode', 'room.leave', 2],
    ['encode', 'room.move', 3],
    ['push', 'p', 7],
    ['heard', 7],
    ['reply', 'room.join', 6],
  ]);
});

test('an error that cannot be read rejects all the same', async (t) => {
  const check = async (decodeError, expected) => {
    const serializer = { encode: () => new Uint8Array(0), decode: () => undefined, decodeError };
    const { client, socket } = await open(t, { serializer });
    const reply = client.request('a');
    socket.receive(response(1, 'x', 0x24));
    await assert.rejects(reply, { name: 'NanoError', ...expected });
  };
  await check(() => assert.fail('broken'), { code: 'bad_payload', message: 'cannot decode the reply to a' });
  await check(() => undefined, { code: 'unknown' });
  await check(undefined, { code: 'unknown' });
});

test('the dictionary of the build is used from the first message on', async (t) => {
  const dictionary = { version: '9f', codes: { 'room.join': 1, onNewUser: 2, absent: 70_000 } };
  const check = async (sys, out, pushed) => {
    const { client, socket } = await open(t, { dictionary }, handshake(sys));
    assert.equal(JSON.parse(socket.bodies(1)[0]).sys.dictVersion, '9f');
    const seen = [];
    client.on('onNewUser', (value) => seen.push(value));
    client.notify('room.join');
    client.notify('absent');
    assert.deepEqual(socket.bodies(4), [out, '\x02\x06absent']);
    socket.receive(pushed);
    assert.deepEqual(seen, [5]);
  };
  // The same build: the server leaves its dictionary out.
  await check({ dictVersion: '9f' }, '\x03\0\x01', hex('04000004 07000235'));
  // A newer or an older server: only its own codes are true.
  await check({ dict: { onNewUser: 1, 'room.join': 3 }, dictVersion: 'a0' }, '\x03\0\x03', hex('04000004 07000135'));
  await check({ dict: { onNewUser: 2 }, dictVersion: '8e' }, '\x02\troom.join', hex('04000004 07000235'));
  // A server without one.
  await check({}, '\x02\troom.join', push('onNewUser', '5'));
});

test('a code that the server did not list ends the connection and the trust in the dictionary', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(Math, 'random', () => 0);
  const { client, WebSocket, socket } = await open(t, { dictionary: { version: '9f', codes: { a: 1 } } }, handshake({ dictVersion: '9f' }));
  socket.receive(hex('04000003 070002'));
  assert.equal(client.state, 'reconnecting');
  t.mock.timers.tick(0);
  WebSocket.last.accept(handshake({ dict: { a: 4 }, dictVersion: '9f' }));
  assert.equal(JSON.parse(WebSocket.last.bodies(1)[0]).sys.dictVersion, undefined);
  client.notify('a');
  assert.deepEqual(WebSocket.last.bodies(4), ['\x03\0\x04']);
});
