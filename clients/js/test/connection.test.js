// One client over its connections: heartbeats, losses, and what outlives them.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Client } from '../nano.js';
import { fakeWebSocket, handshake, hex, openInFakeTime as open, packet, push } from './fake.js';

const HEARTBEAT = '03000000';
const beats = (socket) => socket.sent.filter((text) => text === HEARTBEAT).length;

test('one heartbeat goes out per interval', async (t) => {
  const { WebSocket, tick } = await open(t, {}, handshake({ heartbeat: 3 }));
  const socket = WebSocket.last;
  tick(2999);
  assert.equal(beats(socket), 0);
  tick(1);
  assert.equal(beats(socket), 1);
  for (let round = 2; round <= 10; round += 1) {
    socket.receive(packet(3));
    tick(3000);
    assert.equal(beats(socket), round);
  }
});

test('heartbeats of the server take over from timers that stop, as those of a hidden page', async (t) => {
  const { WebSocket, tick } = await open(t, {}, handshake({ heartbeat: 3 }));
  const socket = WebSocket.last;
  tick(3000);
  assert.equal(beats(socket), 1);
  socket.receive(packet(3));
  assert.equal(beats(socket), 1, 'the timer has done it');
  for (const round of [2, 3, 4]) {
    // Time that passes without timers.
    t.mock.timers.setTime(Date.now() + 3000);
    socket.receive(packet(3));
    assert.equal(beats(socket), round);
  }
});

test('a server that echoes heartbeats, as those of pomelo and pinus do, is not answered for ever', async (t) => {
  const { WebSocket, states, tick } = await open(t, {}, handshake({ heartbeat: 3 }));
  const socket = WebSocket.last;
  let answered = 0;
  const echo = () => {
    for (; answered < beats(socket) && answered < 100; answered += 1) socket.receive(packet(3));
  };
  // It sends one of its own after the acknowledgement of its handshake.
  socket.receive(packet(3));
  echo();
  assert.equal(beats(socket), 0);
  for (const round of [1, 2, 3, 4, 5]) {
    tick(3000);
    echo();
    assert.equal(beats(socket), round);
  }
  assert.deepEqual(states, []);
});

test('no heartbeat is sent to a server that asks for none', async (t) => {
  const { client, WebSocket, tick } = await open(t);
  tick(3_600_000);
  assert.equal(beats(WebSocket.last), 0);
  assert.equal(client.state, 'open');
});

test('a heartbeat in a year is no heartbeat at once', async (t) => {
  const timers = t.mock.method(globalThis, 'setTimeout');
  const WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano', { WebSocket });
  const ready = client.connect();
  WebSocket.last.accept(handshake({ heartbeat: 31_536_000 }));
  await ready;
  client.close();
  const delays = timers.mock.calls.map((call) => call.arguments[1]);
  assert.deepEqual(delays, [9000, 2 ** 31 - 1, 2 ** 31 - 1]);
});

test('silence of three intervals is a loss, any packet is life', async (t) => {
  const { client, WebSocket, states, tick } = await open(t, {}, handshake({ heartbeat: 3 }));
  const [socket] = WebSocket.sockets;
  tick(8999);
  socket.receive(push('n', '1'));
  tick(8999);
  assert.equal(client.state, 'open');
  tick(1);
  assert.deepEqual(states, ['reconnecting 1 250 disconnected']);
  assert.ok(socket.closed);
});

test('a loss rejects what is pending and comes back with full jitter', async (t) => {
  const { client, WebSocket, states, tick } = await open(t);
  const pending = client.request('slow');
  WebSocket.last.drop(1001);
  await assert.rejects(pending, { code: 'disconnected', message: /^connection to .* lost .*close code 1001/ });
  await assert.rejects(client.request('a'), { code: 'disconnected', message: 'cannot send a while reconnecting' });
  await assert.rejects(client.notify('a'), { code: 'disconnected' });

  assert.deepEqual(states, ['reconnecting 1 250 disconnected']);
  tick(249);
  assert.equal(WebSocket.sockets.length, 1);
  tick(1);
  assert.equal(WebSocket.sockets.length, 2);
  for (const delay of [500, 1000, 2000, 4000, 5000, 5000]) {
    WebSocket.last.drop();
    assert.match(states.at(-1), new RegExp(`^reconnecting \\d ${delay} connect_failed$`));
    tick(delay);
  }
  assert.equal(WebSocket.sockets.length, 8);
  const again = client.connect();
  WebSocket.last.accept();
  assert.equal(states.at(-1), 'open 7');
  assert.equal(await again, client);

  // Only a connection that has lasted starts the backoff anew.
  WebSocket.last.drop();
  assert.equal(states.at(-1), 'reconnecting 8 5000 disconnected');
  tick(5000);
  WebSocket.last.accept();
  tick(10_001);
  WebSocket.last.drop();
  assert.equal(states.at(-1), 'reconnecting 1 250 disconnected');
  client.close();
});

test('request ids are not used again after a loss', async (t) => {
  const { client, WebSocket, tick } = await open(t);
  const lost = client.request('a');
  WebSocket.last.drop();
  await assert.rejects(lost, { code: 'disconnected' });
  tick(250);
  WebSocket.last.accept();
  const reply = client.request('a');
  assert.deepEqual(WebSocket.last.bodies(4), ['\0\x02\x01a']);
  client.close();
  await assert.rejects(reply, { code: 'disconnected', message: 'closed by the client' });
});

test('events of a given-up socket do not touch its successor', async (t) => {
  const { client, WebSocket, tick } = await open(t, {}, handshake({ heartbeat: 1 }));
  const seen = [];
  client.on('n', (value) => seen.push(value));
  const [old] = WebSocket.sockets;
  tick(3000);
  tick(250);
  WebSocket.last.accept();
  old.receive(push('n', '"old"'));
  old.drop();
  WebSocket.last.receive(push('n', '"new"'));
  assert.deepEqual(seen, ['new']);
  assert.equal(client.state, 'open');
  client.close();
});

test('a handshake that never comes is a failed connection', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const WebSocket = fakeWebSocket();
  const ready = new Client('ws://test/nano', { WebSocket, connectTimeout: 50 }).connect();
  WebSocket.last.open();
  t.mock.timers.tick(0);
  t.mock.timers.tick(50);
  await assert.rejects(ready, { code: 'connect_failed', message: /no handshake .* within 50 ms/ });
  assert.ok(WebSocket.last.closed);
});

test('the dictionary outlives a loss and is not asked for again', async (t) => {
  const { client, WebSocket, tick } = await open(t, {}, handshake({ dict: { 'room.join': 1 }, dictVersion: 'v1' }));
  const reconnect = (reply) => {
    WebSocket.last.drop();
    tick(10_000);
    WebSocket.last.accept(reply);
    client.notify('room.join');
    const [hello] = WebSocket.last.bodies(1).map(JSON.parse);
    return [hello.sys.dictVersion, WebSocket.last.bodies(4)[0]];
  };
  assert.deepEqual(reconnect(handshake({ dictVersion: 'v1' })), ['v1', '\x03\0\x01']);
  assert.deepEqual(reconnect(handshake({ dict: { 'room.join': 2 }, dictVersion: 'v2' })), ['v1', '\x03\0\x02']);
  assert.deepEqual(reconnect(handshake()), ['v2', '\x02\troom.join']);
  client.close();
});

test('a protocol error is a loss that forgets the dictionary', async (t) => {
  const { client, WebSocket, states, tick } = await open(t, {}, handshake({ dict: { a: 1 }, dictVersion: 'v1' }));
  WebSocket.last.receive(hex('04000003 070002'));
  assert.deepEqual(states, ['reconnecting 1 250 protocol_error']);
  assert.ok(WebSocket.last.closed);
  tick(250);
  WebSocket.last.open();
  assert.equal(JSON.parse(WebSocket.last.bodies(1)[0]).sys.dictVersion, undefined);
  client.close();
});
