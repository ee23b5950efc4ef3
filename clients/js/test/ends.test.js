// The ends of connections: kicks, closes, and pages that stand still.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Client } from '../nano.js';
import { fakeWebSocket, handshake, hex, openInFakeTime as open, packet, push, response } from './fake.js';

test('a kick is reported and ends the connection', async (t) => {
  const { client, WebSocket, states, tick } = await open(t);
  const kicks = [];
  client.onKick((kick) => kicks.push([kick, client.state]));
  const pending = client.request('a');
  WebSocket.last.receive(packet(5, '{"reason":"banned"}'));
  await assert.rejects(pending, { code: 'disconnected', message: 'kicked by the server: banned' });
  WebSocket.last.drop();
  tick(60_000);
  assert.deepEqual(kicks, [[{ reason: 'banned' }, 'closed']]);
  assert.deepEqual(client.kicked, { reason: 'banned' });
  assert.deepEqual(states, ['closed kicked']);
  assert.equal(WebSocket.sockets.length, 1);
  const again = client.connect();
  WebSocket.last.accept();
  await again;
  assert.equal(client.kicked, null);
});

test('f3_a_kick_is_final_or_followed_by_a_reconnection_as_its_reason_says', async (t) => {
  const check = async (body, expected, reason, reconnectAfterKick) => {
    await t.test(`${body} with ${reconnectAfterKick}`, async (inner) => {
      const { client, WebSocket, states } = await open(inner, { reconnectAfterKick });
      WebSocket.last.receive(packet(5, body));
      assert.deepEqual(states, [expected]);
      assert.equal(client.kicked.reason, reason);
    });
  };
  const final = 'closed kicked';
  const back = (delay) => `reconnecting 1 ${delay} kicked`;
  // Servers give a hint to clients of this kind, and the jitter comes on top: a half of 500 ms.
  await check('{"reason":"shutdown","reconnectIn":1000}', back(1250), 'shutdown');
  await check('{"reason":"heartbeat_timeout","reconnectIn":0}', back(250), 'heartbeat_timeout');
  await check('{"reason":"maintenance","reconnectIn":60000}', back(60_250), 'maintenance');
  await check('{"reason":"never","reconnectIn":1e300}', back(2 ** 31 - 1), 'never');
  // Without one, the reason decides.
  for (const reason of ['shutdown', 'heartbeat_timeout', 'handshake_timeout', 'slow_consumer']) {
    await check(JSON.stringify({ reason }), back(250), reason);
    for (const reconnectIn of [-1, null, '1000', true]) await check(JSON.stringify({ reason, reconnectIn }), back(250), reason);
  }
  for (const reason of ['replaced', 'protocol_error: unknown packet type 9', 'kick', '', 'SHUTDOWN']) {
    await check(JSON.stringify({ reason }), final, reason);
    for (const reconnectIn of [-1, null, '1000', true]) await check(JSON.stringify({ reason, reconnectIn }), final, reason);
  }
  // The application may come back from more.
  await check('{"reason":"replaced"}', back(250), 'replaced', true);
  await check('{"reason":"replaced"}', back(250), 'replaced', (reason) => reason === 'replaced');
  await check('{"reason":"banned"}', final, 'banned', (reason) => reason === 'replaced');
  await check('{"reason":"shutdown","reconnectIn":1000}', back(1250), 'shutdown', () => false);
  // Forms of other servers.
  await check('', final, '');
  await check('banned', final, 'banned');
  await check('"banned"', final, 'banned');
  await check('{"code":1}', final, '{"code":1}');
  await check('{"reconnectIn":5}', back(255), '{"reconnectIn":5}');
  await check('{"reason":7}', final, '{"reason":7}');
  await check('null', final, 'null');
  await check('[]', final, '[]');
  await check('7', final, '7');
  await check(hex('ff'), final, '');
});

test('f3_a_close_without_a_kick_is_followed_by_a_reconnection_whatever_its_code', async (t) => {
  for (const code of [undefined, 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1013, 4000]) {
    await t.test(String(code), async (inner) => {
      const { client, WebSocket, states } = await open(inner);
      WebSocket.last.readyState = 3;
      WebSocket.last.onclose({ code });
      assert.deepEqual(states, ['reconnecting 1 250 disconnected']);
      assert.equal(client.kicked, null);
      client.close();
    });
  }
});

test('the hint of a kick is for one attempt, and the kick is forgotten with the next end', async (t) => {
  const { client, WebSocket, states, tick } = await open(t);
  WebSocket.last.receive(packet(5, '{"reason":"shutdown","reconnectIn":3000}'));
  WebSocket.last.drop(1001);
  tick(3249);
  assert.equal(WebSocket.sockets.length, 1);
  tick(1);
  assert.deepEqual(client.kicked, { reason: 'shutdown' });
  WebSocket.last.drop();
  assert.equal(client.kicked, null);
  tick(500);
  WebSocket.last.accept(handshake({}, { code: 501 }));
  assert.deepEqual(states, ['reconnecting 1 3250 kicked', 'reconnecting 2 500 connect_failed', 'closed handshake_refused']);
  assert.equal(client.kicked, null);
});

test('a kick is final when the one who decides throws', async (t) => {
  const errors = [];
  const broken = new Error('broken');
  const { client, WebSocket } = await open(t, {
    onError: (error) => errors.push(error),
    reconnectAfterKick() {
      throw broken;
    },
  });
  WebSocket.last.receive(packet(5, '{"reason":"replaced"}'));
  assert.equal(client.state, 'closed');
  assert.deepEqual(client.kicked, { reason: 'replaced' });
  assert.deepEqual(errors, [broken]);
});

/** Whatever the timers do first once a page goes on, what came while it stood still is read before it gives up. */
async function standsStill(t, heartbeat, patience, events) {
  const { client, WebSocket, states, tick } = await open(t, {}, handshake({ heartbeat }));
  // All that a page finds after a long pause: timers that ran out, and then the socket's events.
  t.mock.timers.tick(10 * patience);
  const [socket] = WebSocket.sockets;
  for (const event of events) event(socket);
  return { client, WebSocket, socket, states, tick };
}

test('case_c01_a_page_that_stood_still_reads_before_it_gives_up', async (t) => {
  const beats = (socket) => socket.receive(packet(3), packet(3), packet(3));
  const kick = (socket) => socket.receive(packet(5, '{"reason":"heartbeat_timeout"}'));
  const close = (socket) => socket.drop(1000);
  const check = async (name, events, expected) => {
    await t.test(name, async (inner) => {
      const { client, states, tick } = await standsStill(inner, 1, 3000, events);
      assert.deepEqual(states, expected);
      tick(2000);
      assert.deepEqual(states, expected);
      client.close();
    });
  };
  // A server that is more patient still has the session.
  await check('beats', [beats], []);
  await check('beats, close', [beats, close], ['reconnecting 1 250 disconnected']);
  await check('beats, kick, close', [beats, kick, close], ['reconnecting 1 250 kicked']);
  await t.test('nothing', async (inner) => {
    const { client, states, tick } = await standsStill(inner, 1, 3000, []);
    tick(1000);
    assert.deepEqual(states, ['reconnecting 1 250 disconnected']);
    client.close();
  });
});

test('case_c01_a_page_that_stood_still_reads_its_replies_before_it_gives_them_up', async (t) => {
  const { client, WebSocket, tick } = await open(t);
  const answered = client.request('a');
  const forgotten = client.request('b');
  t.mock.timers.tick(60_000);
  WebSocket.last.receive(response(1, '"late"'));
  assert.equal(await answered, 'late');
  tick(1000);
  await assert.rejects(forgotten, { code: 'timeout' });
  client.close();
});

test('case_c01_a_page_that_stood_still_while_it_connected', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano', { WebSocket });
  const states = [];
  client.onState((state) => states.push(state));
  const ready = client.connect();
  WebSocket.last.open();
  t.mock.timers.tick(20_000);
  // The server has given up as well, after its answer.
  WebSocket.last.receive(handshake());
  WebSocket.last.receive(packet(5, '{"reason":"handshake_timeout","reconnectIn":0}'));
  await ready;
  assert.deepEqual(states, ['connecting', 'open', 'reconnecting']);
  client.close();
});

test('case_c04_a_client_closes_with_1000', async (t) => {
  const { client, WebSocket } = await open(t);
  client.request('slow').catch(() => {});
  client.close();
  assert.equal(WebSocket.last.closeCode, 1000);
});

test('without reconnect a loss is the end', async (t) => {
  const { client, WebSocket, states } = await open(t, { reconnect: false });
  WebSocket.last.drop();
  assert.deepEqual(states, ['closed disconnected']);
  assert.equal(client.state, 'closed');
});

test('a refused handshake ends the reconnecting', async (t) => {
  const { client, WebSocket, states, tick } = await open(t);
  WebSocket.last.drop();
  const again = client.connect();
  tick(250);
  WebSocket.last.accept(handshake({}, { code: 501 }));
  await assert.rejects(again, { code: 'handshake_refused' });
  assert.equal(states.at(-1), 'closed handshake_refused');
});

test('close is final, harmless twice, and stops a retry under way', async (t) => {
  const { client, WebSocket, states, tick } = await open(t, {}, handshake({ heartbeat: 1 }));
  client.close();
  client.close();
  assert.ok(WebSocket.last.closed);
  assert.deepEqual(states, ['closed disconnected']);
  const again = client.connect();
  WebSocket.last.accept();
  await again;
  WebSocket.last.drop();
  client.close();
  tick(60_000);
  assert.equal(WebSocket.sockets.length, 2);
});

test('close while connecting rejects, also from a listener', async (t) => {
  const { client, WebSocket } = await open(t);
  client.close();
  const ready = client.connect();
  client.close();
  await assert.rejects(ready, { code: 'disconnected' });
  const sockets = WebSocket.sockets.length;
  client.onState((state) => state === 'connecting' && client.close());
  await assert.rejects(client.connect(), { code: 'disconnected' });
  assert.equal(WebSocket.sockets.length, sockets);
});

test('a listener may close in the middle of a frame', async (t) => {
  const { client, WebSocket } = await open(t);
  const seen = [];
  client.on('n', (value) => {
    seen.push(value);
    client.close();
  });
  WebSocket.last.receive(new Uint8Array(Buffer.concat([push('n', '1'), push('n', '2')])));
  assert.deepEqual(seen, [1]);
});
