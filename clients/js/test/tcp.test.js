// The client over TCP, against a scripted server on a port of the system's choice.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import test from 'node:test';

import { Client, connect } from '../nano.js';
import { fakeWebSocket, handshake, packet, push, response } from './fake.js';

/** Starts a server that hands every connection to `serve(socket, packets)`; `packets` yields what comes. */
async function startServer(t, serve, host = '127.0.0.1') {
  const sockets = new Set();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket, packets(socket)).catch((error) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address();
  return { server, port, url: `tcp://${host.includes(':') ? `[${host}]` : host}:${port}` };
}

async function* packets(socket) {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUIntBE(1, 3)) {
      const end = 4 + rest.readUIntBE(1, 3);
      yield { type: rest[0], body: rest.subarray(4, end) };
      rest = rest.subarray(end);
    }
  }
}

/** Takes the client's handshake and answers it . */
async function welcome(socket, incoming) {
  const { value } = await incoming.next();
  assert.equal(value.type, 1);
  socket.write(handshake());
  assert.equal((await incoming.next()).value.type, 2);
  return JSON.parse(value.body);
}

test('requests, pushes and pieces of packets travel over TCP', async (t) => {
  const { url } = await startServer(t, async (socket, incoming) => {
    assert.equal((await welcome(socket, incoming)).sys.type, 'nano-js');
    for await (const { type, body } of incoming) {
      if (type !== 4) continue;
      const bytes = Buffer.concat([push('n', '1'), push('n', '2'), response(1, JSON.stringify(body.toString('latin1')))]);
      for (const byte of bytes) {
        socket.write(Uint8Array.of(byte));
        await new Promise(setImmediate);
      }
    }
  });
  const client = await connect(url, { WebSocket: undefined });
  t.after(() => client.close());
  const seen = [];
  client.on('n', (value) => seen.push(value));
  assert.equal(await client.request('a', 5), '\0\x01\x01a5');
  assert.deepEqual(seen, [1, 2]);
});

test('an IPv6 address is taken out of its brackets', async (t) => {
  const running = await startServer(t, welcome, '::1').catch((error) => error);
  if (running instanceof Error) return t.skip(`no IPv6 here: ${running.code}`);
  const client = await connect(running.url);
  assert.match(running.url, /^tcp:\/\/\[::1\]:\d+$/);
  client.close();
});

test('what was sent before close arrives, though the server was talking', async (t) => {
  let heard;
  const all = new Promise((resolve) => (heard = resolve));
  const { url } = await startServer(t, async (socket, incoming) => {
    await welcome(socket, incoming);
    // More than the client will ever read.
    const noise = push('n', JSON.stringify('x'.repeat(10_000)));
    for (let count = 0; count < 50; count += 1) socket.write(noise);
    const bodies = [];
    for await (const { type, body } of incoming) if (type === 4) bodies.push(body.length);
    heard(bodies);
    socket.end();
  });
  const client = await connect(url);
  const payload = 'x'.repeat(60_000);
  for (let count = 0; count < 50; count += 1) client.notify('a', payload);
  client.close();
  assert.equal(client.state, 'closed');
  await assert.rejects(client.notify('a'), { code: 'disconnected' });
  assert.deepEqual(await all, Array(50).fill(60_005));
});

test('a server that hangs up is a loss, and is found again', async (t) => {
  let visits = 0;
  const { url } = await startServer(t, async (socket, incoming) => {
    await welcome(socket, incoming);
    visits += 1;
    if (visits === 1) socket.end();
    else for await (const { type } of incoming) if (type === 4) socket.write(response(1, '"back"'));
  });
  const client = new Client(url, { backoff: { base: 1 } });
  t.after(() => client.close());
  const states = [];
  const back = new Promise((resolve) => {
    client.onState((state, { error }) => {
      states.push([state, error?.code].join(' ').trim());
      if (states.length === 4) resolve(error);
    });
  });
  await client.connect();
  await back;
  assert.deepEqual(states, ['connecting', 'open', 'reconnecting disconnected', 'open']);
  assert.equal(await client.request('a'), 'back');
});

test('nobody there is an error that says so', async (t) => {
  const { server, url } = await startServer(t, async () => {});
  server.close();
  await once(server, 'close');
  await assert.rejects(connect(url), (error) => {
    assert.equal(error.code, 'connect_failed');
    assert.match(error.message, /^could not connect to tcp:\/\/127.0.0.1:\d+ \(.*ECONNREFUSED/);
    assert.equal(error.cause.code, 'ECONNREFUSED');
    return true;
  });
});

test('a handshake that is given up closes a socket that is opening', async (t) => {
  const { url } = await startServer(t, async () => {});
  const client = new Client(url);
  const ready = client.connect();
  client.close();
  await assert.rejects(ready, { code: 'disconnected' });
});

test('timers that are mere numbers, as those of jsdom, close a socket as well', async (t) => {
  const { url } = await startServer(t, welcome);
  const client = await connect(url);
  const { setTimeout: start } = globalThis;
  const ids = [];
  t.after(() => ids.forEach(clearTimeout));
  t.mock.method(globalThis, 'setTimeout', (...options) => {
    ids.push(Number(start(...options)));
    return ids.at(-1);
  });
  client.close();
  assert.equal(ids.length, 1);
});

test('an address without a port is refused', async () => {
  for (const url of ['tcp://localhost', 'tcp:3251', 'tcp://:1']) {
    await assert.rejects(connect(url), { code: 'connect_failed', message: new RegExp(`^cannot open ${url}: `) });
  }
});

test('where there is no TCP, the error says so', async (t) => {
  const check = (url) => assert.throws(() => new Client(url, { WebSocket: fakeWebSocket() }), { code: 'no_tcp', message: /use a WebSocket address/ });
  t.mock.method(process, 'getBuiltinModule', () => undefined);
  check('tcp://localhost:1');
  check(new URL('TCP://localhost:1'));
});

test('packets that are no packets end a connection over TCP too', async (t) => {
  const { url } = await startServer(t, async (socket, incoming) => {
    await incoming.next();
    socket.write(packet(9, 'HTTP'));
  });
  await assert.rejects(connect(url), { code: 'protocol_error', message: 'unknown packet type 9' });
});
