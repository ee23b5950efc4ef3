// Sessions that outlive their sockets.
import assert from 'node:assert/strict';
import test from 'node:test';

import { handshake, openInFakeTime as open, packet, push, response } from './fake.js';

const TOKEN = 'a'.repeat(32);
const offer = (more = {}) => handshake({ resume: { token: TOKEN, window: 60, ...more } });

const announced = ({ last }) => JSON.parse(last.bodies(1)[0]).sys;
/** The bytes of one packet type that were sent, in hexadecimal. */
const packets = (socket, type) => socket.sent.filter((text) => text.startsWith(`0${type}`));

/** Loses the socket, and lets the client dial again. */
function lose({ WebSocket, tick }) {
  WebSocket.last.drop();
  tick(5000);
  WebSocket.last.open();
}

test('a client comes back to its session, with what was sent and what was not received', async (t) => {
  const opened = await open(t, { user: { name: 'ann' } }, offer());
  const { client, WebSocket, states } = opened;
  const heard = [];
  client.on('news', (value) => heard.push(value));
  assert.deepEqual([announced(WebSocket).features.includes('resume'), announced(WebSocket).resume], [true, undefined]);
  const first = client.request('a');
  const second = client.request('b');
  client.notify('c', 1);
  WebSocket.last.receive(response(1, '"one"'), push('news', '"n1"'));
  assert.equal(await first, 'one');
  const sent = packets(WebSocket.last, 4);
  assert.equal(sent.length, 3);

  lose(opened);
  assert.deepEqual(announced(WebSocket).resume, { token: TOKEN, received: 2 });
  // Of the three, the server has one.
  WebSocket.last.receive(offer({ token: 'b'.repeat(32), received: 1 }));
  assert.deepEqual(packets(WebSocket.last, 4), sent.slice(1));
  assert.deepEqual(WebSocket.last.sent.map((text) => text.slice(0, 2)), ['01', '02', '04', '04']);
  WebSocket.last.receive(push('news', '"n2"'), response(2, '"two"'));
  assert.deepEqual([await second, heard], ['two', ['n1', 'n2']]);
  assert.deepEqual(states, ['reconnecting 1 250 disconnected', 'open 1']);

  // The next return counts on, with the next token.
  client.notify('d', 2);
  lose(opened);
  assert.deepEqual(announced(WebSocket).resume, { token: 'b'.repeat(32), received: 4 });
  WebSocket.last.receive(offer({ received: 4 }));
  assert.deepEqual(packets(WebSocket.last, 4), []);
});

test('the application learns from the state if its session is the same', async (t) => {
  const opened = await open(t, {}, handshake({ resume: { token: TOKEN, window: 60 } }, { user: { seat: 1 } }));
  const { client, WebSocket } = opened;
  const details = [];
  client.onState((state, { user, resumed }) => state === 'open' && details.push([user, resumed]));
  lose(opened);
  WebSocket.last.receive(handshake({ resume: { token: TOKEN, window: 60, received: 0 } }, { user: {} }));
  lose(opened);
  WebSocket.last.receive(handshake({ resume: { token: TOKEN, window: 60, lost: 'unknown' } }, { user: { seat: 2 } }));
  // Another server has no word of it.
  lose(opened);
  WebSocket.last.receive(handshake());
  lose(opened);
  assert.equal(announced(WebSocket).resume, undefined);
  assert.deepEqual(details, [[{ seat: 1 }, true], [{ seat: 2 }, false], [undefined, false]]);
  assert.equal(client.state, 'reconnecting');
});

test('requests of a session that is gone are rejected before the new one opens', async (t) => {
  const opened = await open(t, {}, offer());
  const { client, WebSocket, states } = opened;
  const pending = client.request('a');
  let code;
  pending.catch((error) => (code = error.code));
  lose(opened);
  await null;
  assert.equal(code, undefined, 'it waits');
  WebSocket.last.receive(offer({ lost: 'overrun' }));
  await assert.rejects(pending, { code: 'disconnected', message: 'the session is gone: the server has begun a new one' });
  assert.deepEqual(states, ['reconnecting 1 250 disconnected', 'open 1']);
  assert.deepEqual(packets(WebSocket.last, 4), []);
  // The new one counts from the start.
  WebSocket.last.receive(push('news', '1'));
  lose(opened);
  assert.deepEqual(announced(WebSocket).resume, { token: TOKEN, received: 1 });
});

test('a server that cannot be reached within the window has given up', async (t) => {
  const { client, WebSocket, tick } = await open(t, { requestTimeout: 0 }, offer());
  const pending = client.request('a');
  let rejected = false;
  pending.catch(() => (rejected = true));
  for (let left = 60_000; left > 0; left -= 5000) {
    WebSocket.last.drop();
    await null;
    await null;
    assert.equal(rejected, false, `${left} ms are left`);
    tick(5000);
  }
  WebSocket.last.drop();
  await assert.rejects(pending, { code: 'disconnected' });
  tick(10_000);
  WebSocket.last.open();
  assert.equal(announced(WebSocket).resume, undefined);
});

test('an end that is final for the session forgets it', async (t) => {
  const check = async (name, end) => {
    await t.test(name, async (inner) => {
      const opened = await open(inner, {}, offer());
      const { client, WebSocket, tick } = opened;
      const pending = assert.rejects(client.request('a'), { code: 'disconnected' });
      end(client, WebSocket.last);
      await pending;
      tick(10_000);
      if (client.state === 'closed') client.connect().catch(() => {});
      WebSocket.last.open();
      assert.equal(announced(WebSocket).resume, undefined);
    });
  };
  await check('close', (client) => client.close());
  await check('kick', (client, socket) => socket.receive(packet(5, '{"reason":"banned"}')));
  await check('kick that is not final', (client, socket) => socket.receive(packet(5, '{"reason":"shutdown","reconnectIn":0}')));
  await check('protocol error', (client, socket) => socket.receive(packet(4, '')));
});

test('a server that would wait is told goodbye, others are not', async (t) => {
  const check = async (name, reply, end, expected) => {
    await t.test(name, async (inner) => {
      const { client, WebSocket, tick } = await open(inner, {}, reply);
      end(client, tick);
      const socket = WebSocket.sockets[0];
      assert.deepEqual([packets(socket, 5), socket.closeCode], expected);
    });
  };
  await check('close', offer(), (client) => client.close(), [['05000000'], 1000]);
  await check('close of a session without resume', handshake(), (client) => client.close(), [[], 1000]);
  // The code of a normal end would be a goodbye.
  const silent = handshake({ heartbeat: 1, resume: { token: TOKEN, window: 60 } });
  await check('silence', silent, (client, tick) => tick(4000), [[], 4000]);
  await check('silence without resume', handshake({ heartbeat: 1 }), (client, tick) => tick(4000), [[], 1000]);
});

test('a client that is closed while it is away comes back once to say goodbye', async (t) => {
  const check = async (name, reply, expected, leave = (client) => client.close()) => {
    await t.test(name, async (inner) => {
      const opened = await open(inner, { user: { name: 'ann' } }, offer());
      const { client, WebSocket, tick } = opened;
      client.notify('a', 1);
      leave(client, opened);
      assert.equal(client.state, 'closed');
      const last = WebSocket.last;
      const count = WebSocket.sockets.length;
      last.open();
      assert.deepEqual(announced({ last }).resume, { token: TOKEN, received: 0 });
      assert.equal(JSON.parse(last.bodies(1)[0]).user, undefined, 'nobody is logged in');
      if (reply) last.receive(reply);
      else last.drop();
      assert.deepEqual([last.sent.map((text) => text.slice(0, 2)), last.closeCode], expected);
      tick(120_000);
      assert.equal(WebSocket.sockets.length, count, 'it comes once');
      assert.equal(client.state, 'closed');
    });
  };
  const away = (client, { WebSocket }) => {
    WebSocket.last.drop();
    client.close();
  };
  // What the server has not received goes out before the goodbye.
  await check('between two attempts', offer({ received: 0 }), [['01', '02', '04', '05'], 1000], away);
  await check('nothing is missing', offer({ received: 1 }), [['01', '02', '05'], 1000], away);
  await check('the session is gone', offer({ lost: 'unknown' }), [['01', '02', '05'], 1000], away);
  await check('nobody is there', null, [['01'], 4000], away);
  await check('during an attempt', offer({ received: 1 }), [['01', '02', '05'], 1000], (client, opened) => {
    lose(opened);
    client.close();
    assert.equal(opened.WebSocket.sockets.at(-2).closed, true);
  });
  // The socket is ending, and the client has not been told yet.
  await check('unnoticed', offer({ received: 1 }), [['01', '02', '05'], 1000], (client, { WebSocket }) => {
    WebSocket.last.readyState = 2;
    client.close();
  });
});

test('a client that is closed when nobody waits for it stays away', async (t) => {
  const check = async (name, reply, ms) => {
    await t.test(name, async (inner) => {
      const { client, WebSocket, tick } = await open(inner, {}, reply);
      for (let left = ms; left >= 0; left -= 5000) {
        WebSocket.last.drop();
        tick(5000);
      }
      WebSocket.last.drop();
      const count = WebSocket.sockets.length;
      client.close();
      tick(120_000);
      assert.equal(WebSocket.sockets.length, count);
    });
  };
  await check('without resume', handshake(), 0);
  await check('after the window', offer(), 60_000);
});

test('a heartbeat says what was received', async (t) => {
  const { WebSocket, tick } = await open(t, {}, handshake({ heartbeat: 2, resume: { token: TOKEN, window: 60 } }));
  WebSocket.last.receive(push('a', '1'), push('b', '2'), packet(3));
  tick(2000);
  assert.deepEqual(packets(WebSocket.last, 3), ['030000080000000000000002']);
});

test('a server that misses what is not kept gets a new session', async (t) => {
  const check = async (name, send, received) => {
    await t.test(name, async (inner) => {
      const opened = await open(inner, {}, offer());
      const { client, WebSocket, tick } = opened;
      send(client);
      const pending = assert.rejects(client.request('last'), { code: 'disconnected' });
      lose(opened);
      WebSocket.last.receive(offer({ received }));
      await pending;
      const socket = WebSocket.last;
      assert.deepEqual([packets(socket, 4), packets(socket, 5), socket.closed], [[], ['05000000'], true]);
      tick(2000);
      WebSocket.last.open();
      assert.equal(announced(WebSocket).resume, undefined);
      WebSocket.last.receive(offer());
      assert.equal(client.state, 'open');
    });
  };
  const many = (client) => {
    for (let n = 0; n < 256; n += 1) client.notify('a', n);
  };
  const large = (client) => {
    for (let n = 0; n < 2; n += 1) client.notify('a', 'x'.repeat(40_000));
  };
  await check('packets', many, 0);
  await check('bytes', large, 0);
  await check('a count of more than was sent', () => {}, 2);
});

test('resume is announced by clients that reconnect', async (t) => {
  const check = async (options, expected) => {
    const { client, WebSocket } = await open(t, options, offer());
    assert.equal(announced(WebSocket).features.includes('resume'), expected);
    WebSocket.last.drop();
    client.close();
    t.mock.timers.reset();
    t.mock.restoreAll();
  };
  await check({}, true);
  await check({ resume: false }, false);
  await check({ reconnect: false }, false);
});

test('offers in another form are none', async (t) => {
  for (const resume of ['word', 5, {}, { token: 5, window: 60 }, { token: TOKEN }, null]) {
    const opened = await open(t, {}, handshake({ resume }));
    lose(opened);
    assert.equal(announced(opened.WebSocket).resume, undefined, JSON.stringify(resume));
    opened.client.close();
    t.mock.timers.reset();
    t.mock.restoreAll();
  }
});
