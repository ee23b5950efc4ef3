// pomelo-nodejsclient-websocket, unchanged from npm, plays in the room.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

import { handshake, messages } from './support/frames.js';
import { startServer, startTyped } from './support/server.js';

const require = createRequire(import.meta.url);
const Pomelo = require('pomelo-nodejsclient-websocket');
// The client's own, older `ws`: its frames are recorded by wrapping the class in place.
const fromClient = createRequire(require.resolve('pomelo-nodejsclient-websocket'));
const WebSocket = fromClient('ws');

const quiet = { debug() {}, info() {}, warn() {}, error: console.error, trace() {} };

/** Records what goes over every socket of the client while the test runs. */
function record(t) {
  const frames = { sent: [], received: [] };
  const { send } = WebSocket.prototype;
  t.mock.method(WebSocket.prototype, 'send', function (data, ...rest) {
    frames.sent.push(Buffer.from(data));
    return send.call(this, data, ...rest);
  });
  const { emit } = WebSocket.prototype;
  t.mock.method(WebSocket.prototype, 'emit', function (event, ...values) {
    if (event === 'message') frames.received.push(Buffer.from(values[0]));
    return emit.call(this, event, ...values);
  });
  return frames;
}

async function connected(t, server) {
  const client = new Pomelo({ logger: quiet });
  t.after(() => client.disconnect());
  await new Promise((resolve, reject) => {
    client.on('io-error', reject);
    client.on('error', reject);
    client.init({ host: server.host + '/nano', user: {} }, (error) => (error ? reject(error) : resolve()));
  });
  return client;
}

const request = (client, route, body) =>
  new Promise((resolve, reject) => client.request(route, body, (error, reply) => (error ? reject(error) : resolve(reply))));
const pushed = (client, route) => new Promise((resolve) => client.once(route, resolve));

test('handshake, request, notify and push, with the dictionary', { timeout: 20_000 }, async (t) => {
  const server = await startServer(t);
  const frames = record(t);
  const client = await connected(t, server);

  const { code, sys } = handshake(frames.received);
  assert.equal(code, 200);
  assert.ok(Number.isInteger(sys.heartbeat) && sys.heartbeat >= 1);
  assert.deepEqual(Object.keys(sys.dict).sort(), ['onLeave', 'onMessage', 'onNewUser', 'room.join', 'room.message']);
  assert.ok(Object.values(sys.dict).every((value) => value >= 1));

  const joined = await request(client, 'room.join', { name: 'Ann' });
  assert.deepEqual(joined.members.map(({ name }) => name), ['Ann']);
  assert.deepEqual(joined.history, []);

  const push = pushed(client, 'onMessage');
  client.notify('room.message', { text: 'łódź 😀' });
  const { uid, name, text, at } = await push;
  assert.deepEqual({ uid, name, text }, { uid: joined.uid, name: 'Ann', text: 'łódź 😀' });
  assert.ok(Math.abs(Date.now() - at) < 60_000);

  const [message] = messages(frames.received).filter(({ kind }) => kind === 'push');
  assert.deepEqual([message.code, message.route], [undefined, 'onMessage'], 'f1: the push came by its name');
});

test('f6: a handler without a value answers an object', { timeout: 20_000 }, async (t) => {
  const server = await startServer(t);
  const client = await connected(t, server);
  await request(client, 'room.join', { name: 'Ann' });
  assert.deepEqual(await request(client, 'room.message', { text: 'hello' }), {});
});

test('f0_a_route_of_three_parts_is_called', { timeout: 20_000 }, async (t) => {
  const server = await startTyped(t);
  const frames = record(t);
  const client = await connected(t, server);
  const push = pushed(client, 'connector.entryHandler.onEntry');
  const welcome = await request(client, 'connector.entryHandler.entry', { name: 'Ann' });
  assert.deepEqual(welcome, { code: 200, msg: 'welcome Ann' });
  assert.deepEqual(await push, { name: 'Ann' });
  const unknown = await request(client, 'connector.entryHandler.exit', {});
  assert.equal(unknown.error.code, 'not_found');

  // This client sends names, though it was given the codes.
  const routes = messages(frames.sent).map(({ route }) => route);
  assert.deepEqual(routes, ['connector.entryHandler.entry', 'connector.entryHandler.exit']);
});

test('case_s02_full_a_stock_client_is_told_so_and_comes_in_later', { timeout: 20_000 }, async (t) => {
  const server = await startTyped(t, ['--max-sessions', '1']);
  const frames = record(t);
  const first = await connected(t, server);
  await assert.rejects(connected(t, server), (told) => told === 'handshake fail');
  assert.deepEqual(handshake(frames.received.slice(1)), { code: 500, msg: 'the server is full' });

  first.disconnect();
  const welcome = async () => {
    try {
      return await connected(t, server);
    } catch (told) {
      // The server may not have noticed that the first is gone.
      assert.equal(told, 'handshake fail');
      return welcome();
    }
  };
  const entered = await request(await welcome(), 'connector.entryHandler.entry', { name: 'Ann' });
  assert.equal(entered.code, 200);
});

test('an error arrives as a reply that says so', { timeout: 20_000 }, async (t) => {
  const server = await startServer(t);
  const client = await connected(t, server);
  const refused = await request(client, 'room.join', { name: '' });
  assert.equal(refused.code, 500);
  assert.equal(refused.error.code, 'bad_name');
  const unknown = await request(client, 'room.dance', {});
  assert.equal(unknown.code, 500);
  assert.equal(typeof unknown.error.code, 'string');
});

test('every push of a burst arrives, in order', { timeout: 20_000 }, async (t) => {
  const server = await startServer(t);
  const client = await connected(t, server);
  await request(client, 'room.join', { name: 'Ann' });
  const texts = Array.from({ length: 50 }, (_, index) => `line ${index}`);
  const heard = [];
  const all = new Promise((resolve) => {
    client.on('onMessage', ({ text }) => {
      heard.push(text);
      if (heard.length === texts.length) resolve();
    });
  });
  for (const text of texts) client.notify('room.message', { text });
  await all;
  assert.deepEqual(heard, texts);
});
