// The generated clients of `tests/typed/protobuf`, in TypeScript and in JavaScript.
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';

import { create, equals, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';

import { EverythingSchema, Team, type Everything } from '../../typed/protobuf/client/gen/arena_pb.js';
import * as typescript from '../../typed/protobuf/client/gen/routes.js';
import * as javascript from '../../typed/protobuf/client/js/routes.js';
import { closing, IS_BEHIND_GATE, next, options, startServer, TIMEOUT, Wire, type Server } from './support.js';

const ZLIB = 0x10;
const CLIENTS = [
  { language: 'TypeScript', createClient: typescript.createClient, transport: 'url' },
  { language: 'TypeScript', createClient: typescript.createClient, transport: 'tcp' },
  { language: 'JavaScript', createClient: javascript.createClient, transport: 'url' },
] as const;

function open(t: TestContext, server: Server, wire?: Wire): typescript.Game {
  return closing(t, typescript.createClient(server.url, options(t, wire)));
}

for (const { language, createClient, transport } of CLIENTS) {
  test(`calls, pushes and errors: ${language} over ${transport}`, TIMEOUT, async (t) => {
    const server = await startServer(t, 'TYPED_PROTOBUF_BIN');
    const ann = closing(t, createClient(server[transport], options(t)));
    const first = await ann.arena.enter({ name: 'Ann' });
    assert.deepEqual([first.you?.id, first.you?.name, first.you?.team], [9007199254740994n, 'Ann', Team.UNSPECIFIED]);

    const bob = closing(t, createClient(server[transport], options(t)));
    const newcomer = next(ann.on.entered);
    const second = await bob.arena.enter({ name: 'Bob 😀', team: Team.BLUE });
    assert.deepEqual(second.others.map(({ name }) => name), ['Ann']);
    const { id, name, team } = await newcomer;
    assert.deepEqual([id, name, team], [9007199254740995n, 'Bob 😀', Team.BLUE]);

    const all = Promise.all([next(ann.on.shouted), next(bob.on.shouted)]);
    const nothing: void = await ann.arena.shout({ text: 'Grüße 😀' });
    assert.equal(nothing, undefined);
    assert.deepEqual((await all).map(({ text }) => text), ['Grüße 😀', 'Grüße 😀']);

    const bowed = next(ann.on.bowed);
    await bob.arena.bow();
    await bowed;
    const moved = next(ann.on.moved);
    await bob.arena.moveTo({ x: 0.1, y: -Infinity });
    const { x, y } = await moved;
    assert.deepEqual([x, y], [0.1, -Infinity]);

    await assert.rejects(ann.arena.enter({ name: '' }), { name: 'NanoError', code: 'bad_name', message: 'a name has at least one letter', metadata: {} });
    await assert.rejects(ann.arena.enter({}), { code: 'bad_name' });
    await assert.rejects(ann.arena.panic(), { code: 'internal' });
    await assert.rejects(ann.client.request('arena.nowhere'), { code: 'not_found' });
    const stranger = closing(t, createClient(server[transport], options(t)));
    await assert.rejects(stranger.arena.shout({ text: 'hi' }), { code: 'not_entered' });
    assert.equal(ann.client.state, 'open');
  });
}

test('all fields come back as they were', TIMEOUT, async (t) => {
  const { arena } = open(t, await startServer(t, 'TYPED_PROTOBUF_BIN'));
  const everything: MessageInitShape<typeof EverythingSchema> = {
    signed: -(2n ** 63n),
    unsigned: 2n ** 64n - 1n,
    zigzag: -(2n ** 53n) - 1n,
    fixed: 2n ** 53n + 1n,
    small: -1,
    single: 0.5,
    double: Number.MIN_VALUE,
    flag: true,
    text: '😀 𝒳',
    data: Uint8Array.of(0, 0xff),
    maybe: 0,
    team: Team.RED,
    numbers: [0n, -1n, 2n ** 62n],
    inners: [{}, { text: 'a', inner: { text: 'b', inner: {} } }],
    byName: { '': 1n, 'ключ': -(2n ** 62n) },
    byNumber: { [-1]: { text: 'minus' }, 0: {} },
    at: timestampFromMs(Date.UTC(1969, 0, 1) + 1),
    position: { x: 1, y: 2 },
    choice: { case: 'count', value: 2n ** 63n },
  };
  const expected: Everything = create(EverythingSchema, everything);
  const reply = await arena.echo(everything);
  assert.ok(equals(EverythingSchema, reply, expected), 'as it was sent');
  assert.deepEqual([reply.signed, reply.unsigned, reply.maybe], [-(2n ** 63n), 2n ** 64n - 1n, 0]);
  assert.equal(reply.choice.case === 'count' && reply.choice.value, 2n ** 63n);

  for (const choice of [{ case: 'word', value: '' }, { case: 'nested', value: {} }] as const) {
    const { choice: chosen } = await arena.echo({ choice });
    assert.equal(chosen.case, choice.case);
  }
  const empty = await arena.echo({});
  assert.ok(equals(EverythingSchema, empty, create(EverythingSchema)));
  assert.deepEqual([empty.maybe, empty.choice.case, empty.at], [undefined, undefined, undefined]);
});

test('bytes and well-known messages can be whole payloads', TIMEOUT, async (t) => {
  const { arena } = open(t, await startServer(t, 'TYPED_PROTOBUF_BIN'));
  for (const bytes of [[], [0], [1, 0xff, 3]]) {
    const reply: Uint8Array = await arena.rawBytes(Uint8Array.from(bytes));
    assert.deepEqual([...reply], [...bytes].reverse());
  }
  const { seconds, nanos } = await arena.later({ seconds: 2n ** 40n, nanos: 5 });
  assert.deepEqual([seconds, nanos], [2n ** 40n + 1n, 5]);
});

test('long replies and pushes are compressed on the way', TIMEOUT, async (t) => {
  const wire = new Wire();
  const { arena, on } = open(t, await startServer(t, 'TYPED_PROTOBUF_BIN'), wire);
  const { others } = await arena.longList({ count: 1000 });
  assert.equal(others.length, 1000);
  assert.deepEqual([others[999]?.id, others[999]?.name], [9007199254740993n + 999n, 'fighter 999']);

  const [frame, everything] = [next(on.frame), next(on.everything)];
  await arena.pushAll();
  assert.deepEqual([...(await frame)], [0, 0xff, 0x7b]);
  const { text, signed } = await everything;
  assert.deepEqual([text, signed], ['long '.repeat(2000), -(2n ** 63n)]);
  assert.deepEqual(
    wire.answers.map(({ kind, flag }) => [kind, flag & ZLIB]),
    [['response', ZLIB], ['push', 0], ['push', ZLIB]],
  );
  await assert.rejects(arena.longList({ count: 2001 }), { code: 'too_many' });
});

test('requests time out, and are answered in any order', TIMEOUT, async (t) => {
  const { arena } = open(t, await startServer(t, 'TYPED_PROTOBUF_BIN'));
  await assert.rejects(arena.wait({ timeout: 20 }), { code: 'timeout' });
  const waiting = arena.wait();
  const { small } = await arena.echo({ small: 5 });
  assert.equal(small, 5);
  await arena.release();
  assert.equal((await waiting).text, 'released');
});

const ITS_OWN = { ...TIMEOUT, skip: IS_BEHIND_GATE && 'a gate has the codes of its own routes' };
test('equal dictionaries stay at home, and routes go as codes from the first message on', ITS_OWN, async (t) => {
  const wire = new Wire();
  const { arena } = open(t, await startServer(t, 'TYPED_PROTOBUF_BIN'), wire);
  await arena.enter({ name: 'Ann' });
  const { version, codes } = typescript.dictionary;
  const { client, server } = wire.handshakes;
  assert.deepEqual([client.dictVersion, server.dictVersion, server.dict], [version, version, undefined]);
  assert.equal(server.serializer, 'protobuf');
  assert.deepEqual(wire.calls.map(({ code }) => code), [codes['arena.enter']]);
  assert.deepEqual(javascript.dictionary, typescript.dictionary);
});
