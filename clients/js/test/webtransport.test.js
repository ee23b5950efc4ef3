// Sessions of WebTransport by a scripted class of the platform.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Client } from '../nano.js';
import { fakeWebSocket, handshake, hex, packet, push, toHex } from './fake.js';

/** A class of the platform whose sessions are scripted; `last` is the newest. */
function fakeWebTransport() {
  return class FakeWebTransport {
    static all = [];
    static get last() {
      return this.all.at(-1);
    }
    sent = '';
    closed = new Promise((resolve) => (this.end = resolve));
    closing = null;

    constructor(url, options) {
      Object.assign(this, { url, options });
      this.ready = new Promise((resolve, reject) => Object.assign(this, { accept: resolve, refuse: reject }));
      this.ready.catch(() => {});
      const controlled = (name) => new ReadableStream({ start: (controller) => (this[name] = controller) });
      this.stream = {
        readable: controlled('inbound'),
        writable: new WritableStream({ write: (bytes) => void (this.sent += toHex(bytes)), close: () => void (this.sent += '|') }),
      };
      this.datagrams = { readable: controlled('beside') };
      this.constructor.all.push(this);
    }

    async createBidirectionalStream() {
      return this.stream;
    }

    close(info) {
      this.closing ??= info;
    }
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function numbered(sequence, key, route, body) {
  const number = Buffer.alloc(8);
  number.writeUInt32BE(sequence);
  number.writeUInt32BE(key, 4);
  return packet(4, Buffer.concat([Buffer.from([0x46]), number, Buffer.from([route.length]), Buffer.from(route + body)]));
}

async function open(t, options = {}, reply = handshake()) {
  const [WebTransport, WebSocket] = [fakeWebTransport(), fakeWebSocket()];
  const errors = [];
  const all = { WebTransport, WebSocket, transport: 'webtransport', onError: (error) => errors.push(error), ...options };
  const client = new Client('wss://game.example:3251/nano?x=1', all);
  const ready = client.connect();
  const session = WebTransport.last;
  session.accept();
  await settled();
  session.inbound.enqueue(reply);
  await ready;
  t.after(() => client.close());
  return { client, session, WebTransport, WebSocket, errors };
}

/** The announcement in what was sent. */
const hello = ({ sent }) => JSON.parse(Buffer.from(sent.slice(8, 8 + 2 * Number.parseInt(sent.slice(2, 8), 16)), 'hex'));

test('the client opens a session beside the WebSocket, and packets travel on its stream', async (t) => {
  const { client, session, WebSocket } = await open(t, { serverCertificateHashes: ['ab'.repeat(32)] });
  assert.equal(session.url, 'https://game.example:3251/nano?x=1');
  const [hash] = session.options.serverCertificateHashes;
  assert.deepEqual([hash.algorithm, toHex(hash.value)], ['sha-256', 'ab'.repeat(32)]);
  assert.equal(client.transport, 'webtransport');
  assert.deepEqual(hello(session).sys.features.includes('datagrams'), true);
  const reply = client.request('room.join', 1);
  session.inbound.enqueue(hex('0400'));
  session.inbound.enqueue(hex('00030401 37'));
  assert.equal(await reply, 7);
  assert.equal(WebSocket.last, undefined);
});

test('addresses of sessions follow those of WebSockets', () => {
  for (const [url, expected] of [
    ['ws://localhost:3251/', 'https://localhost:3251/'],
    ['wss://game.example/nano', 'https://game.example/nano'],
    ['ws://game.example/nano', 'https://game.example:80/nano'],
    ['ws://game.example:443/nano', 'https://game.example/nano'],
    ['http://game.example:443/nano', 'https://game.example/nano'],
    ['https://game.example/nano', 'https://game.example/nano'],
  ]) {
    const WebTransport = fakeWebTransport();
    const client = new Client(url, { WebTransport, WebSocket: fakeWebSocket(), transport: 'webtransport' });
    client.connect().catch(() => {});
    assert.equal(WebTransport.last.url, expected);
    client.close();
  }
});

test('pushes in datagrams are heard, unless a newer one of their key was', async (t) => {
  const { client, session, errors } = await open(t);
  const heard = [];
  client.on('onMove', (value) => heard.push(value));
  client.on('onSparkle', (value) => heard.push(`sparkle ${value}`));
  const beside = async (...packets) => {
    for (const bytes of packets) session.beside.enqueue(bytes);
    await settled();
  };
  await beside(numbered(2, 7, 'onMove', '2'), numbered(1, 7, 'onMove', '1'), numbered(3, 8, 'onMove', '3'));
  // One that did not fit comes on the stream, behind a newer one.
  session.inbound.enqueue(numbered(1, 8, 'onMove', '1'));
  session.inbound.enqueue(push('onMove', '4'));
  await settled();
  // Those without a key replace none.
  await beside(numbered(6, 0, 'onSparkle', '6'), numbered(5, 0, 'onSparkle', '5'));
  // Numbers begin anew.
  await beside(numbered(0x80000000, 7, 'onMove', '5'), numbered(0xfffffffe, 7, 'onMove', '6'), numbered(3, 7, 'onMove', '7'), numbered(0xffffffff, 7, 'onMove', '8'));
  assert.deepEqual(heard, [2, 3, 4, 'sparkle 6', 'sparkle 5', 5, 6, 7]);
  assert.deepEqual(errors, []);
});

test('the newest pushes are known after a return, and not in a new session', async (t) => {
  const offer = { resume: { token: 'ab', window: 60 } };
  const { client, session, WebTransport } = await open(t, { backoff: { base: 0 } }, handshake(offer));
  const heard = [];
  client.on('onMove', (value) => heard.push(value));
  let last = session;
  const comeBack = async (resume) => {
    const opened = new Promise((resolve) => client.onState((state, { resumed }) => state === 'open' && resolve(resumed)));
    last.inbound.close();
    while (WebTransport.last === last) await settled();
    last = WebTransport.last;
    last.accept();
    await settled();
    last.inbound.enqueue(handshake({ resume }));
    return opened;
  };
  session.beside.enqueue(numbered(5, 7, 'onMove', '5'));
  await settled();
  assert.equal(await comeBack({ token: 'cd', window: 60, received: 0 }), true);
  last.inbound.enqueue(numbered(4, 7, 'onMove', '4'));
  last.beside.enqueue(numbered(6, 7, 'onMove', '6'));
  await settled();
  assert.equal(await comeBack({ token: 'ef', window: 60 }), false);
  last.beside.enqueue(numbered(1, 7, 'onMove', '1'));
  await settled();
  assert.deepEqual(heard, [5, 6, 1]);
});

test('datagrams do not count as received, and what is out of date on the stream does', async (t) => {
  const offer = { resume: { token: 'ab', window: 60 }, heartbeat: 1 };
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { session } = await open(t, {}, handshake(offer));
  session.beside.enqueue(numbered(2, 7, 'onMove', '2'));
  await settled();
  session.inbound.enqueue(numbered(1, 7, 'onMove', '1'));
  session.inbound.enqueue(push('onMove', '4'));
  await settled();
  const before = session.sent.length;
  t.mock.timers.tick(1000);
  await settled();
  assert.equal(session.sent.slice(before), '03000008' + '0000000000000002');
});

test('clients that read no datagrams do not ask for them', async (t) => {
  for (const options of [{ datagrams: false }, { pipeline: () => ({}) }]) {
    const { session } = await open(t, options);
    assert.deepEqual(hello(session).sys.features.includes('datagrams'), false);
  }
});

test('the WebSocket takes the place of a session that does not open, and stays', async (t) => {
  const [WebTransport, WebSocket] = [fakeWebTransport(), fakeWebSocket()];
  const options = { WebTransport, WebSocket, transport: 'webtransport', backoff: { base: 0 } };
  const client = new Client('ws://localhost:1/', options);
  t.after(() => client.close());
  const ready = client.connect();
  WebTransport.last.refuse(new Error('no UDP here'));
  await settled();
  assert.equal(WebTransport.last.closing.closeCode, 0);
  WebSocket.last.accept(handshake());
  await ready;
  assert.equal(client.transport, 'websocket');
  const back = new Promise((resolve) => client.onState((state) => state === 'reconnecting' && setTimeout(resolve, 20)));
  const first = WebSocket.last;
  first.onclose({ code: 1006 });
  await back;
  assert.notEqual(WebSocket.last, first);
  assert.equal(WebTransport.all.length, 1);
});

test('a session that neither opens nor fails is given up after three seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const [WebTransport, WebSocket] = [fakeWebTransport(), fakeWebSocket()];
  const client = new Client('ws://localhost:1/', { WebTransport, WebSocket, transport: 'webtransport' });
  const ready = client.connect();
  t.mock.timers.tick(2999);
  assert.equal(WebSocket.last, undefined);
  t.mock.timers.tick(1);
  // It opens too late, and is not used.
  WebTransport.last.accept();
  await settled();
  WebSocket.last.accept(handshake());
  await ready;
  assert.equal(WebTransport.last.sent, '');
  client.close();
});

test('half of a short time to connect is left to the WebSocket', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const [WebTransport, WebSocket] = [fakeWebTransport(), fakeWebSocket()];
  const options = { WebTransport, WebSocket, transport: 'webtransport', connectTimeout: 2000 };
  const client = new Client('ws://localhost:1/', options);
  const ready = client.connect();
  t.mock.timers.tick(999);
  assert.equal(WebSocket.last, undefined);
  t.mock.timers.tick(1);
  WebSocket.last.accept(handshake());
  await ready;
  assert.equal(client.transport, 'websocket');
  client.close();
});

test('a goodbye reaches the WebSocket where the network lets no session open any more', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const offer = { resume: { token: 'ab', window: 60 } };
  const { client, session, WebTransport, WebSocket } = await open(t, {}, handshake(offer));
  session.inbound.close();
  while (client.state === 'open') await settled();
  client.close();
  assert.equal(WebTransport.all.length, 2);
  t.mock.timers.tick(999);
  assert.equal(WebSocket.last, undefined);
  // Another second is left.
  t.mock.timers.tick(1);
  WebSocket.last.accept(handshake({ resume: { token: 'cd', window: 60, received: 0 } }));
  assert.deepEqual(WebSocket.last.sent.map((text) => text.slice(0, 2)), ['01', '02', '05']);
});

test('a browser without WebTransport, or with one that refuses an option, has the WebSocket', async (t) => {
  class Old {
    constructor() {
      throw new Error('serverCertificateHashes is not supported');
    }
  }
  for (const WebTransport of [undefined, Old]) {
    const WebSocket = fakeWebSocket();
    const client = new Client('ws://localhost:1/', { WebTransport, WebSocket, transport: 'webtransport' });
    t.after(() => client.close());
    const ready = client.connect();
    WebSocket.last.accept(handshake());
    await ready;
    assert.equal(client.transport, 'websocket');
  }
});

test('what was sent before the end goes out first', async (t) => {
  const { client, session } = await open(t);
  const before = session.sent.length;
  client.notify('a', 1);
  client.close();
  await settled();
  assert.equal(session.sent.slice(before), '04000004' + '02016131' + '|');
  // The session ends when the server has read it all.
  assert.equal(session.closing, null);
  session.inbound.close();
  await settled();
  assert.equal(session.closing.closeCode, 1000);
});

test('the end of the stream, and that of the session, are the loss of the connection', async (t) => {
  for (const [lose, message] of [
    [(session) => session.inbound.close(), /closed by the server/],
    [(session) => session.inbound.error(new Error('the network is gone')), /the network is gone/],
  ]) {
    const { client, session } = await open(t, { reconnect: false });
    const closed = new Promise((resolve) => client.onState((state, { error }) => resolve([state, error.code, error.message])));
    lose(session);
    const [state, code, text] = await closed;
    assert.deepEqual([state, code], ['closed', 'disconnected']);
    assert.match(text, message);
  }
});

test('options that cannot be meant are told at once', () => {
  const check = (options, message) => assert.throws(() => new Client('ws://localhost/', options), message);
  check({ transport: 'quic', WebSocket: fakeWebSocket() }, /'websocket' or 'webtransport', not quic/);
  const hashes = { serverCertificateHashes: ['abc'], WebTransport: fakeWebTransport(), transport: 'webtransport' };
  check(hashes, /64 hexadecimal digits, not abc/);
});
