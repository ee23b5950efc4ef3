// How generated clients connect, wait, lose their server and find it again.
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';

import * as json from '../../typed/json/client/gen/routes.js';
import * as protobuf from '../../typed/protobuf/client/gen/routes.js';
import { closing, lasting, next, options, reached, startServer, TIMEOUT, Wire, type Server } from './support.js';

const jsonClient = (t: TestContext, server: Server, url = server.url) => closing(t, json.createClient(url, options(t)));
const protobufClient = (t: TestContext, server: Server, url = server.url) => closing(t, protobuf.createClient(url, options(t)));

test('calls wait for the first connection, and go out in their order', TIMEOUT, async (t) => {
  const server = await startServer(t, 'TYPED_JSON_BIN');
  const wire = new Wire();
  const game = closing(t, json.createClient(server.url, options(t, wire)));
  assert.equal(game.client.state, 'connecting');
  const heard: string[] = [];
  game.on.said(({ text }) => heard.push(text));
  const [, text, , { you }] = await Promise.all([
    game.hall.whisper('one'),
    game.echo.text('two'),
    game.hall.whisper('three'),
    game.hall.enter({ name: 'Ann' }),
  ]);
  assert.equal(game.client.state, 'open');
  assert.deepEqual([...heard, text, you.name], ['one', 'three', 'two', 'Ann']);
  const { codes } = json.dictionary;
  assert.deepEqual(
    wire.calls.map(({ kind, code }) => [kind, code]),
    [['notify', codes['hall.whisper']], ['request', codes['Echo.Text']], ['notify', codes['hall.whisper']], ['request', codes['hall.enter']]],
  );
  assert.deepEqual(wire.answers.map(({ kind }) => kind), ['push', 'response', 'push', 'response']);
});

test('calls fail with the first connection', TIMEOUT, async (t) => {
  const server = await startServer(t, 'TYPED_JSON_BIN');
  await server.stop();
  const game = jsonClient(t, server);
  const notified = game.hall.wave();
  await assert.rejects(game.hall.enter({ name: 'Ann' }), { code: 'connect_failed' });
  await assert.rejects(notified, { code: 'connect_failed' });
  assert.equal(game.client.state, 'closed');
});

for (const transport of ['url', 'tcp'] as const) {
  test(`a killed server is found again, in JSON over ${transport}`, TIMEOUT, async (t) => {
    const server = await startServer(t, 'TYPED_JSON_BIN', await lasting());
    const game = jsonClient(t, server, server[transport]);
    const heard: string[] = [];
    game.on.said(({ text }) => heard.push(text));
    await game.hall.enter({ name: 'Ann' });
    await game.hall.say('before');
    const owed = game.hall.wait();

    const lost = reached(game.client, 'reconnecting');
    await Promise.all([server.kill(), assert.rejects(owed, { code: 'disconnected' })]);
    assert.equal((await lost).error?.code, 'disconnected');
    await assert.rejects(game.hall.say('into the void'), { code: 'disconnected' });

    const back = reached(game.client, 'open');
    await server.restart();
    await back;
    await assert.rejects(game.hall.say('unknown here'), { code: 'not_entered' });
    assert.equal((await game.hall.enter({ name: 'Ann' })).you.id, 9007199254740994n);
    await game.hall.say('after');
    assert.deepEqual(heard, ['before', 'after']);
  });
}

test('a killed server is found again, in protobuf', TIMEOUT, async (t) => {
  const server = await startServer(t, 'TYPED_PROTOBUF_BIN', await lasting());
  const game = protobufClient(t, server);
  const heard: string[] = [];
  game.on.shouted(({ text }) => heard.push(text));
  await game.arena.enter({ name: 'Ann' });
  await game.arena.shout({ text: 'before' });

  const lost = reached(game.client, 'reconnecting');
  await server.kill();
  await lost;
  await assert.rejects(game.arena.shout({ text: 'into the void' }), { code: 'disconnected' });
  const back = reached(game.client, 'open');
  await server.restart();
  await back;
  await assert.rejects(game.arena.shout({ text: 'unknown here' }), { code: 'not_entered' });
  await game.arena.enter({ name: 'Ann' });
  await game.arena.shout({ text: 'after' });
  assert.deepEqual(heard, ['before', 'after']);
});

test('requests can be given up, and their late replies reach nobody', TIMEOUT, async (t) => {
  const game = jsonClient(t, await startServer(t, 'TYPED_JSON_BIN'));
  await game.client.connect();
  await assert.rejects(game.hall.wait({ timeout: 20 }), { code: 'timeout' });
  const giveUp = new AbortController();
  const given = game.hall.wait({ signal: giveUp.signal });
  giveUp.abort();
  await assert.rejects(given, { code: 'aborted' });
  const kept = game.hall.wait({ timeout: 0 });
  assert.equal(await game.hall.release(), 3, 'the server cannot know that two of them were given up');
  assert.equal(await kept, 'released');
  assert.equal(await game.echo.text('still here'), 'still here');
});

test('what was sent before closing arrives', TIMEOUT, async (t) => {
  const server = await startServer(t, 'TYPED_JSON_BIN');
  const [ann, bob] = [jsonClient(t, server), jsonClient(t, server)];
  await ann.hall.enter({ name: 'Ann' });
  await bob.hall.enter({ name: 'Bob' });
  const waved = next(ann.on.waved);
  const sent = bob.hall.wave();
  bob.client.close();
  await Promise.all([sent, waved]);
  assert.equal(bob.client.state, 'closed');
  await assert.rejects(bob.hall.wave(), { code: 'disconnected' });
  await assert.rejects(bob.hall.leave(), { code: 'disconnected' });
});

test('a kick says why, and ends the connection', TIMEOUT, async (t) => {
  for (const kicked of [
    async () => {
      const game = jsonClient(t, await startServer(t, 'TYPED_JSON_BIN'));
      return { client: game.client, kick: () => game.hall.kick('too loud 😀') };
    },
    async () => {
      const game = protobufClient(t, await startServer(t, 'TYPED_PROTOBUF_BIN'));
      return { client: game.client, kick: () => game.arena.kick({ text: 'too loud 😀' }) };
    },
  ]) {
    const { client, kick } = await kicked();
    const closed = reached(client, 'closed');
    await kick();
    assert.equal((await closed).error?.code, 'kicked');
    assert.deepEqual(client.kicked, { reason: 'too loud 😀' });
  }
});
