// The changes to bodies: in order, at once or later, and their failures.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Client } from '../nano.js';
import { fakeWebSocket, handshake, open, packet, push, response } from './fake.js';

const flip = (bytes) => bytes.map((byte) => byte ^ 0xff);
const flipped = (text) => flip(Buffer.from(text));
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Lets every step take a while that its test decides. */
function gate() {
  const waiting = [];
  const pass = (value) => new Promise((resolve) => waiting.push(() => resolve(value)));
  return { pass, open: () => waiting.splice(0).forEach((resolve) => resolve()) };
}

test('bodies are changed on their way out and in, with the handshake\'s user at hand', async (t) => {
  const seen = [];
  const pipeline = ({ key }) => ({
    outbound: (body, route) => (seen.push(`out ${route}`), body.map((byte) => byte ^ key)),
    inbound: (body, route, kind) => (seen.push(`${kind} ${route}`), body.map((byte) => byte ^ key)),
  });
  const { client, socket } = await open(t, { pipeline }, handshake({}, { user: { key: 0xff } }));
  client.on('onSay', (text) => seen.push(text));
  const reply = client.request('a.b', 'x');
  const refused = client.request('a.c', 'y');
  assert.deepEqual(socket.sent.slice(-2).map((hex) => flip(Buffer.from(hex, 'hex').subarray(10)).toString()), ['"x"', '"y"']);
  socket.receive(response(1, flipped('7')), response(2, flipped('{"code":"full","msg":"8"}'), 0x24), response(9, flipped('1')));
  socket.receive(packet(4, Buffer.concat([Buffer.from('\x06\x05onSay'), flipped('"hi"')])));
  assert.equal(await reply, 7);
  await assert.rejects(refused, { code: 'full' });
  assert.deepEqual(seen, ['out a.b', 'out a.c', 'reply a.b', 'error a.c', 'reply undefined', 'push onSay', 'hi']);
});

test('the order is kept when changes take time', async (t) => {
  const { pass, open: release } = gate();
  const heard = [];
  const pipeline = async () => ({ outbound: (body) => pass(flip(body)), inbound: (body) => pass(flip(body)) });
  const WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano', { WebSocket, pipeline });
  t.after(() => client.close());
  const ready = client.connect();
  WebSocket.last.accept();
  const { last: socket } = WebSocket;
  // The server may push right behind its answer, while the pipeline is being opened.
  socket.receive(packet(4, Buffer.concat([Buffer.from('\x06\x01p'), flipped('1')])), packet(4, Buffer.concat([Buffer.from('\x06\x01p'), flipped('2')])));
  client.on('p', (value) => heard.push(value));
  await ready;
  const first = client.notify('r', 1);
  const second = client.notify('r', 2);
  const states = [];
  first.then(() => states.push('first'));
  second.then(() => states.push('second'));
  for (let round = 0; round < 4; round += 1) {
    await settled();
    release();
  }
  await settled();
  assert.deepEqual(heard, [1, 2]);
  assert.deepEqual(states, ['first', 'second']);
  assert.deepEqual(
    socket.sent.filter((hex) => hex.startsWith('04')).map((hex) => flip(Buffer.from(hex, 'hex').subarray(7)).toString()),
    ['1', '2'],
  );
});

test('a failure costs its message only', async (t) => {
  const fail = (body, ...rest) => {
    if (Buffer.from(body).includes('bad')) throw new Error(`broken ${rest.join(' ')}`);
    return body;
  };
  for (const later of [false, true]) {
    const stage = later ? async (...call) => fail(...call) : fail;
    const { client, socket, errors } = await open(t, { pipeline: () => ({ outbound: stage, inbound: stage }) });
    await assert.rejects(client.request('a.b', 'bad'), { code: 'pipeline_failed', message: 'the pipeline failed on the payload of a.b: broken a.b' });
    await assert.rejects(client.notify('a.b', 'bad'), { code: 'pipeline_failed' });
    const [reply, good] = [client.request('a.b', 'x'), client.request('a.b', 'y')];
    await settled();
    const id = later ? 2 : 1;
    socket.receive(response(id, '"bad"'), push('onSay', '"bad"'), response(id + 1, '"good"'));
    await assert.rejects(reply, { code: 'pipeline_failed', message: 'the pipeline failed on the reply of a.b: broken a.b reply' });
    assert.equal(await good, 'good');
    assert.deepEqual(errors.map(({ code }) => code), ['pipeline_failed']);
    assert.equal(client.state, 'open');
  }
});

test('a stage has to give bytes', async (t) => {
  const { client } = await open(t, { pipeline: () => ({ outbound: () => 'text' }) });
  await assert.rejects(client.request('a.b'), { code: 'pipeline_failed', message: /\[object String\]/ });
});

test('a pipeline that cannot be opened is final', async () => {
  const fail = () => {
    throw new Error('no key');
  };
  for (const pipeline of [fail, async () => fail()]) {
    const WebSocket = fakeWebSocket();
    const client = new Client('ws://test/nano', { WebSocket, pipeline });
    const ready = client.connect();
    WebSocket.last.accept();
    await assert.rejects(ready, { code: 'pipeline_failed', message: /no key/ });
    assert.equal(client.state, 'closed');
    assert.deepEqual(WebSocket.last.bodies(2), [], 'no ack');
  }
});

test('what is changed when the connection ends is not sent', async (t) => {
  const { pass, open: release } = gate();
  const { client, socket } = await open(t, { reconnect: false, pipeline: () => ({ outbound: pass }) });
  const notify = client.notify('r', 1);
  const request = client.request('r', 1);
  socket.drop();
  await assert.rejects(request, { code: 'disconnected' });
  release();
  await assert.rejects(notify, { code: 'disconnected' });
  assert.deepEqual(socket.bodies(4), []);
});

test('each connection has a pipeline of its own, and a session that is resumed keeps its own', async (t) => {
  const users = [];
  const pipeline = (user) => (users.push(user), {});
  const { WebSocket } = await open(t, { pipeline, backoff: { base: 0 } }, handshake({ resume: { token: 'a', window: 60 } }, { user: 1 }));
  for (const [sys, user] of [[{ resume: { token: 'b', window: 60, received: 0 } }, 2], [{}, 3]]) {
    WebSocket.last.drop();
    await new Promise((resolve) => setTimeout(resolve, 1));
    WebSocket.last.accept(handshake(sys, { user }));
  }
  assert.deepEqual(users, [1, 3]);
});
