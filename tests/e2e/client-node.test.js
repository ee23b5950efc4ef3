// The project's own client under Node.js, against the example's server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';

import { WebSocket } from 'ws';

import { Client, connect, NanoError } from '../../clients/js/nano.js';
import { handshake, messages } from './support/frames.js';
import { freeAddress } from './support/ports.js';
import { startProxy } from './support/proxy.js';
import { startServer, startTyped } from './support/server.js';

const TIMEOUT = { timeout: 30_000 };

/** A WebSocket class that records its frames. */
function recording() {
  const frames = { sent: [], received: [], sockets: 0 };
  class RecordingWebSocket extends WebSocket {
    constructor(url) {
      super(url);
      frames.sockets += 1;
      this.on('message', (data) => frames.received.push(new Uint8Array(data)));
    }

    send(data) {
      frames.sent.push(data);
      super.send(data);
    }
  }
  return { frames, WebSocket: RecordingWebSocket };
}

async function open(t, url, options = {}) {
  const errors = [];
  const client = await connect(url, { WebSocket, onError: (error) => errors.push(error), ...options });
  t.after(() => {
    client.close();
    assert.deepEqual(errors, []);
  });
  return client;
}

/** Resolves with the next push on `route`. */
function next(client, route) {
  return new Promise((resolve) => {
    const off = client.on(route, (value) => {
      off();
      resolve(value);
    });
  });
}

/** Resolves with the detail once the client is in `state`. */
function reached(client, state) {
  return new Promise((resolve) => {
    const off = client.onState((now, detail) => {
      if (now !== state) return;
      off();
      resolve(detail);
    });
  });
}

test('requests, notifies and pushes, compressed both ways', TIMEOUT, async (t) => {
  const server = await startServer(t);
  const { frames, WebSocket: Recording } = recording();
  const ann = await open(t, server.url, { WebSocket: Recording });
  const bob = await open(t, new URL(server.url));

  const joined = await ann.request('room.join', { name: 'Ann' });
  assert.deepEqual(joined, { uid: joined.uid, members: [{ uid: joined.uid, name: 'Ann' }], history: [] });
  const newcomer = next(ann, 'onNewUser');
  const second = await bob.request('room.join', { name: 'Bob' });
  assert.deepEqual(await newcomer, { uid: second.uid, name: 'Bob' });

  const heard = Promise.all([next(ann, 'onMessage'), next(bob, 'onMessage')]);
  ann.notify('room.message', { text: 'Grüße 😀' });
  for (const { uid, name, text } of await heard) {
    assert.deepEqual({ uid, name, text }, { uid: joined.uid, name: 'Ann', text: 'Grüße 😀' });
  }

  const left = next(ann, 'onLeave');
  bob.close();
  assert.deepEqual(await left, { uid: second.uid, name: 'Bob' });

  const { sys } = handshake(frames.received);
  assert.equal(sys.serializer, 'json');
  assert.deepEqual(messages(frames.sent).map(({ kind, code }) => [kind, code]), [
    ['request', sys.dict['room.join']],
    ['notify', sys.dict['room.message']],
  ]);
  const pushes = messages(frames.received).filter(({ kind }) => kind === 'push');
  assert.deepEqual(pushes.map(({ code }) => code), ['onNewUser', 'onMessage', 'onLeave'].map((route) => sys.dict[route]));
});

test('errors keep their code and leave the connection alone', TIMEOUT, async (t) => {
  const server = await startServer(t);
  const { frames, WebSocket: Recording } = recording();
  const client = await open(t, server.url, { WebSocket: Recording });
  const check = (route, body, code) => assert.rejects(client.request(route, body), (error) => {
    assert.ok(error instanceof NanoError);
    assert.ok(error.message.length > 0);
    if (code) assert.equal(error.code, code);
    else assert.ok(!['timeout', 'disconnected'].includes(error.code), error.code);
    return true;
  });
  await check('room.join', { name: '' }, 'bad_name');
  await check('room.join', { name: 'x'.repeat(25) }, 'bad_name');
  await check('room.join', { nom: 'Ann' });
  await check('room.dance', {});
  await client.request('room.join', { name: '名'.repeat(24) });
  await check('room.join', { name: 'Ann' }, 'already_joined');
  assert.equal(client.state, 'open');
  const [refusal] = messages(frames.received);
  assert.equal(refusal.flag & 0x20, 0x20, 'the error flag was asked for and is set');
});

test('many requests at once get their own replies', TIMEOUT, async (t) => {
  const server = await startServer(t);
  const client = await open(t, server.url);
  const names = Array.from({ length: 200 }, (_, index) => (index % 2 ? '' : 'x'.repeat(25)));
  const codes = await Promise.all(names.map((name) => client.request('room.join', { name }).catch(({ code }) => code)));
  assert.deepEqual(new Set(codes), new Set(['bad_name']));
  assert.equal((await client.request('room.join', { name: 'Ann' })).members.length, 1);
});

test('every push of a burst arrives, in order', TIMEOUT, async (t) => {
  const server = await startServer(t);
  const client = await open(t, server.url);
  await client.request('room.join', { name: 'Ann' });
  const texts = Array.from({ length: 500 }, (_, index) => `line ${index}`);
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

test('a cut connection comes back without asking for the dictionary again', TIMEOUT, async (t) => {
  const server = await startServer(t);
  const network = await startProxy(t, server.host);
  const { frames, WebSocket: Recording } = recording();
  const client = await open(t, `ws://${network.host}/nano`, { WebSocket: Recording, backoff: { base: 20, cap: 100 } });
  const first = await client.request('room.join', { name: 'Ann' });
  const { dictVersion } = handshake(frames.received).sys;
  assert.ok(dictVersion);
  frames.received.length = 0;
  frames.sent.length = 0;

  const lost = reached(client, 'reconnecting');
  const back = reached(client, 'open');
  network.cut();
  assert.equal((await lost).error.code, 'disconnected');
  assert.ok((await back).attempt >= 1);
  const again = await client.request('room.join', { name: 'Ann' });
  assert.notEqual(again.uid, first.uid);

  assert.equal(handshake(frames.sent).sys.dictVersion, dictVersion);
  assert.equal(handshake(frames.received).sys.dict, undefined);
  assert.equal(messages(frames.sent)[0].route, undefined, 'the request went out as a code');
});

test('a shutdown is announced, and the next server is found', TIMEOUT, async (t) => {
  const server = await startServer(t, await freeAddress());
  const client = await open(t, server.url, { backoff: { base: 20, cap: 100 } });
  const kick = new Promise((resolve) => client.onKick(resolve));
  const lost = reached(client, 'reconnecting');
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  assert.deepEqual(await kick, { reason: 'shutdown' });
  assert.equal((await lost).error.code, 'kicked');
  const back = reached(client, 'open');
  await startServer(t, server.host);
  await back;
  assert.equal(client.kicked, null);
  assert.equal((await client.request('room.join', { name: 'Ann' })).members.length, 1);
});

test('case_c04_a_client_that_closes_sees_1000', TIMEOUT, async (t) => {
  const server = await startServer(t);
  let socket;
  class Watched extends WebSocket {
    constructor(url) {
      super(url);
      socket = this;
    }
  }
  const check = async (calls) => {
    const client = await open(t, server.url, { WebSocket: Watched });
    const closed = once(socket, 'close');
    calls(client);
    client.close();
    assert.equal((await closed)[0], 1000);
  };
  await check(() => {});
  await check((client) => client.request('room.join', { name: 'Ann' }).catch(() => {}));
  await check((client) => client.notify('room.message', { text: 'nobody hears it' }));
});

test('f3_a_full_server_sends_clients_away_for_a_while', TIMEOUT, async (t) => {
  const server = await startTyped(t, ['--max-sessions', '1']);
  const network = await startProxy(t, server.host);
  const ann = await open(t, `ws://${network.host}/nano`, { backoff: { base: 1, cap: 20 } });
  network.block();
  await reached(ann, 'reconnecting');
  // Bob takes the place as soon as the server knows that it is free.
  let bob;
  while (!bob) bob = await connect(server.url, { WebSocket }).catch(({ code }) => assert.equal(code, 'kicked'));
  t.after(() => bob.close());
  // A first connection is told at once that there is no room.
  for (const url of [server.url, `tcp://${server.tcp}`]) {
    await assert.rejects(connect(url, { WebSocket }), { code: 'kicked', message: 'kicked by the server: full' });
  }
  // One that was lost is told when to come back.
  network.restore();
  const delay = await new Promise((resolve) => {
    ann.onState((state, detail) => detail.error?.code === 'kicked' && resolve(detail.delay));
  });
  assert.ok(delay >= 5000 && delay < 6000, `${delay} ms`);
  assert.equal(ann.state, 'reconnecting');
  assert.deepEqual(ann.kicked, { reason: 'full' });
});

test('a server that is not there is an error at once', TIMEOUT, async (t) => {
  const server = await startServer(t);
  await server.stop();
  await assert.rejects(connect(server.url, { WebSocket }), { code: 'connect_failed' });
  const second = await startServer(t);
  await assert.rejects(connect(second.url.replace('/nano', '/elsewhere'), { WebSocket }), { code: 'connect_failed' });
});

test('the same over TCP: replies, errors, pushes, order', TIMEOUT, async (t) => {
  const server = await startServer(t);
  const ann = await open(t, `tcp://${server.tcp}`, { WebSocket: undefined });
  const bob = await open(t, server.url);

  // Two calls in one tick: the second is refused because the first was handled before it.
  const [joined, again] = await Promise.all([
    ann.request('room.join', { name: 'Ann' }),
    ann.request('room.join', { name: 'Ann' }).catch(({ code }) => code),
  ]);
  assert.deepEqual(joined.members, [{ uid: joined.uid, name: 'Ann' }]);
  assert.equal(again, 'already_joined');
  const newcomer = next(ann, 'onNewUser');
  const second = await bob.request('room.join', { name: 'Bob' });
  assert.deepEqual(await newcomer, { uid: second.uid, name: 'Bob' });

  const texts = Array.from({ length: 500 }, (_, index) => `${'é'.repeat(index % 200)} line ${index}`.trim());
  const listen = (client) => new Promise((resolve) => {
    const heard = [];
    client.on('onMessage', ({ text }) => heard.push(text) === texts.length && resolve(heard));
  });
  const all = Promise.all([listen(ann), listen(bob)]);
  for (const text of texts) ann.notify('room.message', { text });
  assert.deepEqual(await all, [texts, texts]);

  // What is sent right before the end arrives.
  const last = next(bob, 'onMessage');
  const left = next(bob, 'onLeave');
  ann.notify('room.message', { text: 'bye' });
  ann.close();
  assert.equal((await last).text, 'bye');
  assert.deepEqual(await left, { uid: joined.uid, name: 'Ann' });
});

test('a server that restarts is found again over TCP', TIMEOUT, async (t) => {
  const server = await startServer(t, await freeAddress(), await freeAddress());
  const client = await open(t, `tcp://${server.tcp}`, { backoff: { base: 20, cap: 100 } });
  await client.request('room.join', { name: 'Ann' });
  const lost = reached(client, 'reconnecting');
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  const { error } = await lost;
  assert.deepEqual([error.code, error.metadata.reason], ['kicked', 'shutdown']);
  const back = reached(client, 'open');
  await startServer(t, server.host, server.tcp);
  assert.equal((await back).resumed, false);
  assert.equal((await client.request('room.join', { name: 'Ann' })).members.length, 1);
});

test('a client made at once waits for its server, and its dictionary for the truth', TIMEOUT, async (t) => {
  const server = await startServer(t);
  const { frames, WebSocket: Recording } = recording();
  // The codes of a build that this server is not from.
  const stale = { version: 'stale', codes: { 'room.join': 200, 'room.message': 201, onMessage: 202 } };
  const client = new Client(server.url, { WebSocket: Recording, dictionary: stale });
  t.after(() => client.close());
  client.connect().catch(() => {});
  const joined = client.request('room.join', { name: 'Ann' });
  const heard = next(client, 'onMessage');
  await client.notify('room.message', { text: 'hi' });
  assert.equal((await joined).members.length, 1);
  assert.equal((await heard).text, 'hi');
  const { sys } = handshake(frames.received);
  assert.equal(handshake(frames.sent).sys.dictVersion, 'stale');
  assert.deepEqual(messages(frames.sent).map(({ code }) => code), [sys.dict['room.join'], sys.dict['room.message']]);

  // And those of its own build, which it need not send again.
  const second = recording();
  const dictionary = { version: sys.dictVersion, codes: sys.dict };
  const other = await open(t, server.url, { WebSocket: second.WebSocket, dictionary });
  await other.request('room.join', { name: 'Bob' });
  assert.equal(handshake(second.frames.received).sys.dict, undefined);
  assert.equal(messages(second.frames.sent)[0].code, sys.dict['room.join']);
});
