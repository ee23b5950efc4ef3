// Compressed bodies, inflated at once by node:zlib and later by a browser's DecompressionStream.
import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';

import { Client } from '../nano.js';
import { fakeWebSocket, handshake, hex, open, packet, push, random, response } from './fake.js';

const getBuiltinModule = process.getBuiltinModule;

/** Runs a test both ways; `settled` waits for what inflates. */
function bothWays(name, run) {
  test(`${name}, at once`, (t) => run(t, async () => {}));
  test(`${name}, by a stream`, (t) => {
    withoutZlib(t);
    return run(t, until);
  });
}

function withoutZlib(t) {
  t.mock.method(process, 'getBuiltinModule', (id) => (id === 'node:zlib' ? undefined : getBuiltinModule(id)));
}

/** Lets the streams work until `done` says so. */
async function until(done) {
  while (!done()) await new Promise(setImmediate);
}

/** A push with a compressed body. */
function squeezed(route, body) {
  const head = Buffer.from([0x16, route.length]);
  return packet(4, Buffer.concat([head, Buffer.from(route), deflateSync(body)]));
}

test('zlib is announced where it can be inflated', async (t) => {
  const features = async () => JSON.parse((await open(t)).socket.bodies(1)[0]).sys.features;
  assert.deepEqual(await features(), ['errors', 'zlib', 'resume']);
  withoutZlib(t);
  assert.deepEqual(await features(), ['errors', 'zlib', 'resume']);
  const { DecompressionStream } = globalThis;
  t.after(() => (globalThis.DecompressionStream = DecompressionStream));
  delete globalThis.DecompressionStream;
  assert.deepEqual(await features(), ['errors', 'resume']);
  const { client, socket } = await open(t);
  let closing;
  client.onState((state, { error }) => (closing ??= error));
  socket.receive(squeezed('n', '1'));
  assert.equal(client.state, 'closed');
  assert.equal(closing.code, 'no_inflate');
  assert.match(closing.message, /^the server sent a compressed body, .* pass the option `inflate`$/);
});

bothWays('replies, errors and pushes inflate', async (t, settled) => {
  const { client, socket } = await open(t, {}, handshake({ dict: { p: 256 } }));
  const seen = [];
  client.on('p', (value) => seen.push(value));
  const good = client.request('a');
  const bad = client.request('b');
  const empty = client.request('c');
  socket.receive(
    response(1, deflateSync(JSON.stringify('x'.repeat(5000))), 0x14),
    response(2, deflateSync('{"code":"bad_name"}'), 0x34),
    response(3, deflateSync(''), 0x14),
    packet(4, Buffer.concat([hex('17 0100'), deflateSync('7')])),
  );
  assert.equal(await good, 'x'.repeat(5000));
  await assert.rejects(bad, { code: 'bad_name' });
  assert.equal(await empty, undefined);
  await settled(() => seen.length > 0);
  assert.deepEqual(seen, [7]);
});

bothWays('the order is the order of arrival', async (t, settled) => {
  const { client, socket, errors } = await open(t, { maxPacketSize: 1_000_000 });
  const { below } = random(1);
  const seen = [];
  client.on('n', (list) => seen.push(list[0]));
  const expected = [];
  for (let round = 0; round < 300; round += 1) {
    const body = JSON.stringify([round, 'y'.repeat(below(4) * 1000), below(1e9)]);
    socket.receive(below(2) ? push('n', body) : squeezed('n', body));
    expected.push(round);
    if (below(20) === 0) await new Promise(setImmediate);
  }
  await settled(() => seen.length === expected.length || client.state !== 'open');
  assert.deepEqual(seen, expected);
  assert.deepEqual(errors, []);
  // Nothing waits any more: the next one is heard at once.
  await new Promise(setImmediate);
  socket.receive(push('n', '[-1]'));
  assert.equal(seen.at(-1), -1);
});

bothWays('a kick and a close come after the messages before them', async (t, settled) => {
  const check = async (end, expected) => {
    const { client, socket } = await open(t, { reconnect: false });
    const seen = [];
    client.on('n', (value) => seen.push(value));
    client.onState((state, { error }) => seen.push(`${state} ${error.code}`));
    socket.receive(squeezed('n', '1'), push('n', '2'));
    end(socket);
    await settled(() => client.state === 'closed');
    assert.deepEqual(seen, [1, 2, expected]);
  };
  await check((socket) => socket.receive(packet(5, '{"reason":"banned"}')), 'closed kicked');
  await check((socket) => socket.drop(), 'closed disconnected');
  await check((socket) => {
    socket.receive(packet(5, '{"reason":"banned"}'));
    socket.drop();
  }, 'closed kicked');
  await check((socket) => socket.receive(hex('04000001 ff')), 'closed protocol_error');
});

bothWays('a body that does not inflate is a protocol error', async (t, settled) => {
  const body = deflateSync('x'.repeat(2000));
  const changed = Buffer.from(body);
  changed[changed.length - 1] ^= 1;
  const check = async (bytes, options, message) => {
    const { client, socket } = await open(t, { reconnect: false, ...options });
    let closing;
    client.onState((state, { error }) => (closing = error));
    client.on('n', assert.fail);
    socket.receive(packet(4, Buffer.concat([hex('16 01 6e'), bytes])), push('n', '1'));
    await settled(() => closing);
    assert.equal(closing.code, 'protocol_error');
    assert.match(closing.message, message);
    assert.ok(socket.closed);
  };
  const corrupt = /^compressed body does not inflate: ./;
  await check(Buffer.from('no zlib'), {}, corrupt);
  await check(Buffer.alloc(0), {}, corrupt);
  await check(body.subarray(0, -5), {}, corrupt);
  await check(changed, {}, corrupt);
  await check(body, { maxBodySize: 1999 }, /^inflated body exceeds the limit of 1999 bytes/);
  await check(deflateSync('x'), { maxBodySize: 0 }, /limit of 0 bytes/);
  await check(deflateSync(Buffer.alloc(2 ** 20 + 1)), {}, /limit of 1048576 bytes/);
});

bothWays('a body as large as the limit is taken', async (t) => {
  const body = JSON.stringify('x'.repeat(2 ** 20 - 2));
  assert.equal(body.length, 2 ** 20);
  for (const options of [{}, { maxBodySize: Infinity }]) {
    const { client, socket } = await open(t, options);
    const reply = client.request('a');
    socket.receive(response(1, deflateSync(body), 0x14));
    assert.equal((await reply).length, 2 ** 20 - 2);
  }
});

test('a bomb is given up at the limit, not after it', async (t) => {
  withoutZlib(t);
  let inflated = 0;
  const { DecompressionStream } = globalThis;
  t.after(() => (globalThis.DecompressionStream = DecompressionStream));
  globalThis.DecompressionStream = class extends DecompressionStream {
    get readable() {
      return super.readable.pipeThrough(new TransformStream({
        transform(chunk, controller) {
          inflated += chunk.length;
          controller.enqueue(chunk);
        },
      }));
    }
  };
  const { client, socket } = await open(t, { reconnect: false });
  socket.receive(response(1, deflateSync(Buffer.alloc(50_000_000)), 0x14));
  await until(() => client.state === 'closed');
  assert.ok(inflated > 1_048_576 && inflated < 4_000_000, `${inflated} bytes`);
});

test('what still inflates when a connection ends is nothing to the next one', async (t) => {
  withoutZlib(t);
  const { client, WebSocket, socket } = await open(t);
  const seen = [];
  client.on('n', (value) => seen.push(value));
  socket.receive(squeezed('n', '"old"'), push('n', '"old"'), packet(5, '{"reason":"old"}'));
  const lost = client.request('a');
  client.close();
  await assert.rejects(lost, { code: 'disconnected' });
  const ready = client.connect();
  WebSocket.last.accept();
  await ready;
  const reply = client.request('a');
  // Its id is the other's neighbour; only the new connection's answer counts.
  WebSocket.last.receive(response(2, deflateSync('"new"'), 0x14), squeezed('n', '"new"'));
  assert.equal(await reply, 'new');
  await until(() => seen.length > 0);
  assert.deepEqual(seen, ['new']);
  assert.equal(client.kicked, null);
  client.close();
});

test('a client may be closed by what it hears while more waits', async (t) => {
  withoutZlib(t);
  const { client, socket } = await open(t);
  const seen = [];
  client.on('n', (value) => {
    seen.push(value);
    client.close();
  });
  socket.receive(squeezed('n', '1'), push('n', '2'), squeezed('n', '3'));
  await until(() => seen.length > 0);
  await new Promise(setImmediate);
  assert.deepEqual(seen, [1]);
});

test('what waits is bounded', async (t) => {
  withoutZlib(t);
  const WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano', { WebSocket, reconnect: false });
  const ready = client.connect();
  WebSocket.last.accept();
  await ready;
  let closing;
  client.onState((state, { error }) => (closing = error));
  const { last: socket } = WebSocket;
  socket.receive(squeezed('n', '1'));
  const body = `"${'z'.repeat(65_000)}"`;
  for (let count = 0; count < 250; count += 1) socket.receive(push('n', body));
  assert.equal(closing, undefined);
  for (let count = 0; count < 10 && !closing; count += 1) socket.receive(push('n', body));
  assert.equal(closing.code, 'protocol_error');
  assert.match(closing.message, /^more than 16777216 bytes wait/);
});

/** A handshake reply as pitaya sends it, with a dictionary. */
const squeezedReply = (value) => packet(1, deflateSync(typeof value === 'string' ? value : JSON.stringify(value)));
const DICT = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`connector.room.handler${index}`, index + 1]));

/** A client that has sent its handshake. */
function knocking(t, options = {}) {
  const WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano', { WebSocket, reconnect: false, ...options });
  const ready = client.connect();
  WebSocket.last.open();
  t.after(() => client.close());
  return { client, ready, socket: WebSocket.last };
}

bothWays('f7_a_compressed_handshake_reply_is_inflated_and_what_follows_keeps_its_order', async (t, settled) => {
  const { client, ready, socket } = knocking(t);
  const seen = [];
  client.on('connector.room.handler255', (value) => seen.push(value));
  const request = client.request('connector.room.handler0');
  // All at once, as from a server that pushes to whoever comes in; 255 is code 256.
  const pushed = (body) => packet(4, Buffer.concat([hex('07 0100'), Buffer.from(body)]));
  socket.receive(squeezedReply({ code: 200, sys: { heartbeat: 30, dict: DICT }, user: { uid: 7 } }), packet(3), pushed('1'));
  socket.receive(packet(4, Buffer.concat([hex('17 0100'), deflateSync('2')])), pushed('3'), response(1, '"joined"'));
  assert.equal(await ready, client);
  assert.deepEqual(client.user, { uid: 7 });
  assert.equal(await request, 'joined');
  await settled(() => seen.length === 3);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.deepEqual(socket.sent.map((text) => text.slice(0, 2)), ['01', '02', '04']);
  assert.deepEqual(socket.bodies(4), ['\x01\x01\0\x01']);
});

bothWays('f7_a_compressed_reply_that_refuses_kicks_or_is_no_json_says_so', async (t) => {
  const check = async (packets, expected) => {
    const { ready, socket } = knocking(t);
    socket.receive(...packets);
    await assert.rejects(ready, expected);
    assert.ok(socket.closed);
  };
  const padding = 'x'.repeat(500);
  await check([squeezedReply({ code: 501, padding })], { code: 'handshake_refused', message: /code 501/ });
  await check([squeezedReply('{"code":')], { code: 'protocol_error', message: 'handshake reply is not JSON' });
  const body = deflateSync(JSON.stringify({ code: 200, padding }));
  await check([packet(1, body.subarray(0, -5))], { code: 'protocol_error', message: /^compressed handshake reply does not inflate: ./ });
  await check([packet(1, 'xml?')], { code: 'protocol_error', message: /^compressed handshake reply does not inflate: ./ });
  const bomb = deflateSync(Buffer.alloc(50_000_000, ' '));
  assert.ok(bomb.length < 65_536);
  const tooLarge = { code: 'protocol_error', message: 'inflated handshake reply exceeds the limit of 1048576 bytes: raise maxBodySize' };
  await check([packet(1, bomb)], tooLarge);
  // A second reply, and data behind a refusal, are seen in their turn.
  await check([packet(1, bomb), squeezedReply({ code: 200 })], tooLarge);
  await check([squeezedReply({ code: 500 }), push('n', '1')], { code: 'handshake_refused', message: /code 500/ });
  await check([packet(5, '{"reason":"full"}'), squeezedReply({ code: 200 })], { code: 'kicked', message: /full/ });
});

bothWays('f7_a_connection_that_ends_while_its_reply_inflates_stays_ended', async (t) => {
  const { client, ready, socket } = knocking(t);
  ready.catch(() => {});
  client.onState((state) => state === 'open' && client.close());
  socket.receive(squeezedReply({ code: 200 }));
  client.close();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(client.state, 'closed');
  assert.deepEqual(socket.bodies(4), []);
});

test('f7_without_anything_to_inflate_with_a_client_says_what_it_needs', async (t) => {
  withoutZlib(t);
  const { DecompressionStream } = globalThis;
  t.after(() => (globalThis.DecompressionStream = DecompressionStream));
  delete globalThis.DecompressionStream;
  const { ready, socket } = knocking(t, { reconnect: true });
  socket.receive(squeezedReply({ code: 200 }));
  await assert.rejects(ready, {
    code: 'no_inflate',
    message: 'the server sent a compressed handshake reply, and this platform has neither node:zlib nor DecompressionStream: pass the option `inflate`',
  });
});

test('an inflate of the application is used, announced, and held to the limit', async (t) => {
  withoutZlib(t);
  const check = async (inflate, message) => {
    const { ready, socket } = knocking(t, { inflate, maxBodySize: 20 });
    assert.deepEqual(JSON.parse(socket.bodies(1)[0]).sys.features, ['errors', 'zlib']);
    socket.receive(squeezedReply({ code: 200 }));
    if (!message) return ready;
    return assert.rejects(ready, { code: 'protocol_error', message });
  };
  const calls = [];
  await check((bytes, limit) => {
    calls.push([Buffer.from(bytes), limit]);
    return inflateSync(bytes);
  });
  assert.deepEqual(calls, [[deflateSync('{"code":200}'), 20]]);
  await check(async (bytes) => inflateSync(bytes));
  await check(() => new Uint8Array(21), 'inflated handshake reply exceeds the limit of 20 bytes: raise maxBodySize');
  await check(() => '{"code":200}', /does not inflate: the option `inflate` returned no Uint8Array/);
  await check(() => assert.fail('broken'), /does not inflate: broken/);
  await check('pako', /does not inflate: given is not a function/);
});
