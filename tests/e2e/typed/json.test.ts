// The generated TypeScript client of `tests/typed/json`: calls, values and pushes.
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';

import { NanoError } from 'nano-client';
import { createClient, dictionary, type Bag, type Game, type Shapes, type Visitor } from '../../typed/json/client/gen/routes.js';
import { closing, IS_BEHIND_GATE, next, options, startServer, TIMEOUT, Wire, type Server } from './support.js';

const ZLIB = 0x10;
const ERROR = 0x20;
const TRANSPORTS = ['url', 'tcp'] as const;

function open(t: TestContext, server: Server, transport: (typeof TRANSPORTS)[number] = 'url', wire?: Wire): Game {
  return closing(t, createClient(server[transport], options(t, wire)));
}

for (const transport of TRANSPORTS) {
  test(`calls, replies and pushes over ${transport}`, TIMEOUT, async (t) => {
    const server = await startServer(t, 'TYPED_JSON_BIN');
    const ann = open(t, server, transport);
    const first = await ann.hall.enter({ name: 'Ann' });
    const you: Visitor = { id: 9007199254740994n, name: 'Ann', volume: 3 };
    assert.deepEqual(first, { you, others: [] });

    const bob = open(t, server, transport);
    const newcomer = next(ann.on.entered);
    const second = await bob.hall.enter({ name: 'Bob', hat: 'top-hat', volume: 9 });
    assert.deepEqual(second.others, [you]);
    assert.deepEqual(await newcomer, second.you);
    assert.deepEqual(second.you, { id: 9007199254740995n, name: 'Bob', hat: 'top-hat', volume: 9 });

    const all = Promise.all([next(ann.on.said), next(bob.on.said)]);
    const nothing: void = await ann.hall.say('Grüße 😀');
    assert.ok(nothing === undefined || nothing === null);
    const said = { name: 'Ann', text: 'Grüße 😀' };
    assert.deepEqual(await all, [said, said]);

    const waved = Promise.all([next(ann.on.waved), next(bob.on.waved)]);
    await bob.hall.wave();
    await waved;

    let elsewhere = 0;
    ann.on.said(() => (elsewhere += 1));
    const whispered = next(bob.on.said);
    await bob.hall.whisper('psst');
    assert.deepEqual(await whispered, { name: 'echo', text: 'psst' });
    await bob.hall.leave();
    await ann.hall.leave();
    assert.equal(elsewhere, 0, 'a push to one session is for nobody else');
  });

  test(`errors over ${transport}`, TIMEOUT, async (t) => {
    const server = await startServer(t, 'TYPED_JSON_BIN');
    const game = open(t, server, transport);
    const check = (call: Promise<unknown>, code: string, message?: RegExp) => assert.rejects(call, (error) => {
      assert.ok(error instanceof NanoError);
      assert.equal(error.code, code);
      assert.match(error.message, message ?? /./);
      assert.deepEqual(error.metadata, {});
      return true;
    });
    await check(game.hall.enter({ name: '' }), 'bad_name', /^a name has at least one letter$/);
    await check(game.hall.say('hello'), 'not_entered');
    await check(game.hall.leave(), 'not_entered');
    await check(game.hall.panic(), 'internal');
    await check(game.hall.forget(), 'no_reply');
    await check(game.client.request('hall.enter', { nom: 'Ann' }), 'bad_request');
    await check(game.client.request('hall.nowhere'), 'not_found');
    assert.equal(game.client.state, 'open');
    assert.equal((await game.hall.enter({ name: 'Ann' })).others.length, 0);
  });
}

test('f0_routes_of_many_parts_stand_in_groups', TIMEOUT, async (t) => {
  const wire = new Wire();
  const game = open(t, await startServer(t, 'TYPED_JSON_BIN'), 'url', wire);
  const entered = next(game.on.entry);
  const welcome: { code: number; msg: string } = await game.connector.entryHandler.entry({ name: 'Ann' });
  assert.deepEqual(welcome, { code: 200, msg: 'welcome Ann' });
  assert.deepEqual(await entered, { name: 'Ann' });
  // A gate has the codes of its own routes.
  const codes: Record<string, number> = IS_BEHIND_GATE ? wire.handshakes.server.dict ?? {} : dictionary.codes;
  assert.equal(wire.calls[0]?.code, codes['connector.entryHandler.entry']);
  assert.equal(await game.connector.count(), 7);
  // Members that every object has, and words of the language.
  const words = game.constructor.prototype.class;
  for (const [word, call] of Object.entries(words)) {
    assert.equal(await call(), word);
  }
  assert.deepEqual(Object.keys(words).sort(), ['constructor', 'default', 'get', 'new', 'proto', 'toString']);
});

test('whole numbers of 64 bits are exact', TIMEOUT, async (t) => {
  const { echo } = open(t, await startServer(t, 'TYPED_JSON_BIN'));
  for (const [number, expected] of [
    [1, 2],
    [-1n, 0],
    [2 ** 53 - 2, 2 ** 53 - 1],
    [2 ** 53 - 1, 2n ** 53n],
    [2n ** 53n, 2n ** 53n + 1n],
    [-(2n ** 53n) - 2n, -(2n ** 53n) - 1n],
    [2n ** 63n - 2n, 2n ** 63n - 1n],
    [-(2n ** 63n), -(2n ** 63n) + 1n],
  ] as const) {
    assert.equal(await echo.nextNumber(number), expected);
  }
  assert.equal(await echo.largest(), 2n ** 64n - 1n);
});

test('texts, bytes and nothing come back as they were', TIMEOUT, async (t) => {
  const { echo } = open(t, await startServer(t, 'TYPED_JSON_BIN'));
  for (const text of ['', '😀 𝒳', '"\\\n\u0000\u2028', '#n9007199254740993', '9007199254740993']) {
    assert.equal(await echo.text(text), text);
  }
  for (const bytes of [[], [0], [0xff, 0xfe, 0x7b], Array.from({ length: 5000 }, (_, at) => at % 251)]) {
    const reply: Uint8Array = await echo.rawBytes(Uint8Array.from(bytes));
    assert.deepEqual([...reply], [...bytes].reverse());
  }
  assert.equal(await echo.ping(), undefined);
  assert.equal(await echo.maybe(null), null);
  assert.equal(await echo.maybe('a😀'), 2);
});

test('all shapes of serde come back as they were', TIMEOUT, async (t) => {
  const { echo } = open(t, await startServer(t, 'TYPED_JSON_BIN'));
  const item = { itemId: 2n ** 60n, displayName: 'Großes 💎' };
  const shapes: Shapes = {
    shapes: ['Point', { Circle: 1.5 }, { Line: [-1, 2] }, { Rect: { w: 1, h: 4294967295 } }],
    events: [{ kind: 'quiet' }, { kind: 'moved', toX: 1, toY: -2 }, { kind: 'came', ...item }],
    steps: [{ t: 'Stop' }, { t: 'Go', c: 'on' }, { t: 'Turn', c: { by: -90 } }],
    values: [0.5, 'text', [1.5, ['deep']], item],
    by_name: { a: 'Point', 'b c': { Circle: 2.5 } },
    by_number: { 7: true, 4294967295: false },
    pair: [-(2n ** 60n), 'pair'],
    unit: null,
    maybe: 2n ** 63n,
  };
  assert.deepEqual(await echo.shapes(shapes), shapes);
  const { maybe: _, ...without } = shapes;
  assert.deepEqual(await echo.shapes(without), { ...shapes, maybe: null });

  const bag: Bag = { ...item, weight: 0.25, tags: ['a', ''], other: true, 'more?': false };
  assert.deepEqual(await echo.bag(bag), bag);
  assert.deepEqual(await echo.bag(item), { ...item, weight: 0 });

  const page = { items: [item], next: { items: [], next: null } };
  assert.deepEqual(await echo.allPages(page), { items: [page], next: null });
});

test('long replies and pushes are compressed on the way, in their order', TIMEOUT, async (t) => {
  const wire = new Wire();
  const server = await startServer(t, 'TYPED_JSON_BIN');
  const { echo, on } = open(t, server, 'url', wire);
  const { items } = await echo.longPage(500);
  assert.equal(items.length, 500);
  assert.deepEqual(items[499], { itemId: 2n ** 53n + 499n, displayName: 'item number 499' });

  const heard: unknown[] = [];
  on.frame((bytes) => heard.push([...bytes]));
  on.counted((count) => heard.push(count));
  const last = next(on.page);
  await echo.pushAll(500);
  assert.deepEqual((await last).items, items);
  assert.deepEqual(heard, [[0, 0xff, 0x7b], -(2n ** 63n)]);

  assert.deepEqual(wire.handshakes.client.features, ['errors', 'zlib', 'resume']);
  assert.deepEqual(
    wire.answers.map(({ kind, flag, body }) => [kind, flag & ZLIB, body.length < 10_000]),
    [['response', ZLIB, true], ['push', 0, true], ['push', 0, true], ['push', ZLIB, true]],
  );
});

test('errors are flagged, whatever the route answers with otherwise', TIMEOUT, async (t) => {
  const wire = new Wire();
  const game = open(t, await startServer(t, 'TYPED_JSON_BIN'), 'url', wire);
  await assert.rejects(game.hall.enter({ name: '' }), { code: 'bad_name' });
  // A handler of bytes has no payload that cannot be read; a route that is missing answers in JSON.
  await assert.rejects(game.client.request('echo.RawBytes', new Uint8Array([1])), { code: 'not_found' });
  assert.deepEqual(wire.answers.map(({ flag }) => flag & ERROR), [ERROR, ERROR]);
});
