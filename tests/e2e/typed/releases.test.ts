// Clients and servers of two releases: routes came and went between them, and the codes stayed.
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';

import * as now from '../../typed/json/client/gen/routes.js';
import * as old from '../../typed/json/client/old/routes.js';
import { closing, lasting, next, options, startServer, TIMEOUT, Wire, type Binary } from './support.js';

const SERVERS = { now: 'TYPED_JSON_BIN', old: 'TYPED_JSON_OLD_BIN' } as const satisfies Record<string, Binary>;

function nowClient(t: TestContext, url: string) {
  const wire = new Wire();
  return { wire, game: closing(t, now.createClient(url, options(t, wire))) };
}

function oldClient(t: TestContext, url: string) {
  const wire = new Wire();
  return { wire, game: closing(t, old.createClient(url, options(t, wire))) };
}

/** How the routes of the calls were written. */
const routes = (wire: Wire) => wire.calls.map(({ code, route }) => code ?? route);

test('routes keep their codes, and codes of routes that went are not used again', () => {
  const { version, codes } = now.dictionary;
  assert.notEqual(version, old.dictionary.version);
  const gone = Object.entries(old.dictionary.codes).filter(([route]) => !(route in codes));
  assert.deepEqual(gone.map(([route]) => route).sort(), ['onBartered', 'shop.barter']);
  for (const [route, code] of Object.entries(old.dictionary.codes)) {
    if (route in codes) assert.equal(codes[route], code, route);
  }
  const taken = new Set(Object.values(codes));
  for (const [route, code] of gone) assert.ok(!taken.has(code), route);
  const came = Object.entries(codes).filter(([route]) => !(route in old.dictionary.codes));
  assert.deepEqual(came.map(([route]) => route).sort(), [
    'connector.count',
    'connector.entryHandler.entry',
    'connector.entryHandler.onEntry',
    ...['__proto__', 'constructor', 'default', 'get', 'new', 'toString'].map((word) => `constructor.prototype.class.${word}`),
    'onAuctioned',
    'shop.auction',
  ]);
  const highest = Math.max(...Object.values(old.dictionary.codes));
  for (const [route, code] of came) assert.ok(code > highest, route);
});

for (const [release, open, { dictionary }] of [['now', nowClient, now], ['old', oldClient, old]] as const) {
  test(`the dictionary is left out between a client and a server of one release: ${release}`, TIMEOUT, async (t) => {
    const { url } = await startServer(t, SERVERS[release]);
    const { game, wire } = open(t, url);
    // Called before the connection is open.
    assert.equal(await game.shop.buy('bread'), 'bought bread');
    const { client, server } = wire.handshakes;
    assert.equal(client.dictVersion, dictionary.version);
    assert.equal(server.dictVersion, dictionary.version);
    assert.equal(server.dict, undefined);
    assert.deepEqual(routes(wire), [dictionary.codes['shop.buy']]);
  });
}

test('an old client works with the server of now', TIMEOUT, async (t) => {
  const { url } = await startServer(t, SERVERS.now);
  const { game, wire } = oldClient(t, url);
  const { codes } = old.dictionary;
  assert.equal(await game.shop.buy('bread'), 'bought bread');
  const { client, server } = wire.handshakes;
  assert.equal(client.dictVersion, old.dictionary.version);
  assert.equal(server.dictVersion, now.dictionary.version);
  assert.deepEqual(server.dict, now.dictionary.codes);

  await game.shop.visit();
  const sold = next(game.on.sold);
  await game.shop.buy('milk');
  assert.equal(await sold, 'milk');
  await assert.rejects(game.shop.buy(''), { code: 'sold_out' });
  await assert.rejects(game.shop.barter('an egg'), { code: 'not_found' });
  assert.deepEqual(routes(wire), [codes['shop.buy'], codes['shop.visit'], codes['shop.buy'], codes['shop.buy'], 'shop.barter']);

  // A push that this client has never heard of, and then one that it has.
  const newcomer = nowClient(t, url);
  const bought = next(game.on.sold);
  assert.equal(await newcomer.game.shop.auction('a vase'), 'auctioned a vase');
  await newcomer.game.shop.buy('tea');
  assert.equal(await bought, 'tea');
  const pushes = wire.answers.filter(({ kind }) => kind === 'push').map(({ code }) => code);
  assert.deepEqual(pushes, [codes.onSold, now.dictionary.codes.onAuctioned, codes.onSold]);
  assert.equal(game.client.state, 'open');
  assert.equal(wire.handshakes.server.dictVersion, now.dictionary.version);
});

test('the client of now works with an old server', TIMEOUT, async (t) => {
  const { url } = await startServer(t, SERVERS.old);
  const { game, wire } = nowClient(t, url);
  const { codes } = now.dictionary;
  // The very first call is one that the server does not have.
  await assert.rejects(game.shop.auction('a vase'), { code: 'not_found' });
  const { client, server } = wire.handshakes;
  assert.equal(client.dictVersion, now.dictionary.version);
  assert.equal(server.dictVersion, old.dictionary.version);
  assert.deepEqual(server.dict, old.dictionary.codes);

  await game.shop.visit();
  const sold = next(game.on.sold);
  assert.equal(await game.shop.buy('milk'), 'bought milk');
  assert.equal(await sold, 'milk');
  await assert.rejects(game.shop.buy(''), { code: 'sold_out' });
  assert.deepEqual(routes(wire), ['shop.auction', codes['shop.visit'], codes['shop.buy'], codes['shop.buy']]);

  // A push of a route that is gone since, and then one that is not.
  const veteran = oldClient(t, url);
  const bought = next(game.on.sold);
  assert.equal(await veteran.game.shop.barter('an egg'), 'bartered an egg');
  await veteran.game.shop.buy('tea');
  assert.equal(await bought, 'tea');
  const pushes = wire.answers.filter(({ kind }) => kind === 'push').map(({ code }) => code);
  assert.deepEqual(pushes, [codes.onSold, old.dictionary.codes.onBartered, codes.onSold]);
  assert.equal(game.client.state, 'open');
});

test('a client outlives an update of its server, and goes by the new codes', TIMEOUT, async (t) => {
  const before = await startServer(t, SERVERS.old, await lasting());
  const { game, wire } = oldClient(t, before.url);
  assert.equal(await game.shop.barter('an egg'), 'bartered an egg');
  assert.equal(wire.handshakes.server.dict, undefined);
  const back = new Promise<void>((resolve) => {
    game.client.onState((state, _detail) => state === 'open' && resolve());
  });
  await before.kill();
  await startServer(t, SERVERS.now, ['--listen', new URL(before.url).host]);
  await back;
  wire.sent.length = 0;
  await assert.rejects(game.shop.barter('an egg'), { code: 'not_found' });
  await game.shop.visit();
  const sold = next(game.on.sold);
  await game.shop.buy('bread');
  assert.equal(await sold, 'bread');
  const { codes } = old.dictionary;
  assert.deepEqual(routes(wire), ['shop.barter', codes['shop.visit'], codes['shop.buy']]);
});
