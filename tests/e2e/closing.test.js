// The closing handshake of a WebSocket, with the class that most programs for Node.js use.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';

import { WebSocket } from 'ws';

import { connect } from '../../clients/js/nano.js';
import { startServer } from './support/server.js';

function packet(type, body = '') {
  const bytes = Buffer.from(body);
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUIntBE(bytes.length, 1, 3);
  return Buffer.concat([head, bytes]);
}

function message(flag, route, body) {
  return packet(4, Buffer.concat([Buffer.from([...flag, route.length]), Buffer.from(route + JSON.stringify(body))]));
}

test('case c04: a close is answered while pushes come', { timeout: 20_000 }, async (t) => {
  const server = await startServer(t);
  const socket = new WebSocket(server.url);
  t.after(() => socket.terminate());
  await once(socket, 'open');
  socket.send(packet(1, '{}'));
  await once(socket, 'message');
  socket.send(packet(2));
  socket.send(message([0, 1], 'room.join', { name: 'Ann' }));
  await once(socket, 'message');
  for (let line = 0; line < 200; line += 1) socket.send(message([2], 'room.message', { text: `line ${line}` }));
  socket.close(1000, 'bye');
  const [code] = await once(socket, 'close');
  assert.equal(code, 1000);
});

test('SIGTERM sends clients away one after another, and ends the server', { timeout: 30_000 }, async (t) => {
  const server = await startServer(t);
  const sockets = [];
  for (let number = 0; number < 5; number += 1) {
    const client = await connect(server.url, { WebSocket });
    t.after(() => client.close());
    sockets.push(new Promise((resolve) => client.onKick(resolve)));
  }
  const stock = new WebSocket(server.url);
  await once(stock, 'open');
  stock.send(packet(1, '{}'));
  await once(stock, 'message');
  stock.send(packet(2));
  const closed = once(stock, 'close');

  assert.deepEqual(await server.stop('SIGTERM'), { code: 0, signal: null });
  for (const kick of sockets) assert.deepEqual(await kick, { reason: 'drain' });
  const [code, reason] = await closed;
  assert.deepEqual([code, String(reason)], [1001, 'drain']);
  assert.match(server.log(), /draining/);
});
