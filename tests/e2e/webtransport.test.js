// Pages over WebTransport, and over the WebSocket where there is none.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { WebSocket } from 'ws';

import { connect } from '../../clients/js/nano.js';
import { launchBrowser, openPage } from './support/browser.js';
import { startGate } from './support/gate.js';

const CLIENT = fileURLToPath(new URL('../../clients/js', import.meta.url));
const STEPS = 50;
const PAGE = `<!doctype html><title>sessions</title><script type="module">
  import { connect } from './nano.js';
  // Counts what comes beside the stream.
  let datagrams = 0;
  const Platform = globalThis.WebTransport;
  class Counted extends Platform {
    constructor(url, options) {
      super(url, options);
      const original = this.datagrams.readable.getReader.bind(this.datagrams.readable);
      this.datagrams.readable.getReader = () => {
        const reader = original();
        return { read: async () => { const next = await reader.read(); if (!next.done) datagrams += 1; return next; } };
      };
    }
  }
  const { url, hash, ...options } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  const client = await connect(url, { WebTransport: Counted, serverCertificateHashes: [hash], backoff: { base: 20, cap: 100 }, ...options });
  const moves = [], steps = [], opened = [];
  client.on('onMove', (step) => moves.push(step));
  client.on('onStep', (step) => steps.push(step));
  client.onState((state, { resumed }) => state === 'open' && opened.push(resumed));
  Object.assign(window, { client, moves, steps, opened, counted: () => datagrams });
</script>`;

/** Serves the page and the client's scripts; returns the address. */
async function serve(t) {
  const site = createServer(({ url }, answer) => {
    const script = /^\/nano(\/\w+)?\.js$/.test(url);
    answer.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8');
    answer.end(script ? readFileSync(CLIENT + url) : PAGE);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  t.after(() => {
    site.closeAllConnections();
    site.close();
  });
  return `http://127.0.0.1:${site.address().port}/`;
}

async function openClient(t, gate, options, browserOptions = { quic: true }) {
  const site = await serve(t);
  const { page, problems } = await openPage(await launchBrowser(t, browserOptions));
  const { websocket, hash } = gate.addresses;
  const all = { url: `ws://${websocket}/nano`, hash, transport: 'webtransport', ...options };
  await page.goto(`${site}#${encodeURIComponent(JSON.stringify(all))}`);
  await page.waitForFunction(() => window.client !== undefined);
  return { page, problems };
}

const request = (page, route, body) => page.evaluate(([name, value]) => window.client.request(name, value), [route, body]);
const numbers = (count) => Array.from({ length: count }, (_, index) => index + 1);

/** Waits until the server has so many sessions, that of the one who asks included. */
async function hasSessions(gate, count) {
  const client = await connect(`ws://${gate.addresses.websocket}/nano`, { WebSocket });
  const from = Date.now();
  while ((await client.request('gate.sessions')) !== count) {
    assert.ok(Date.now() - from < 10_000, `${count} sessions`);
    await sleep(20);
  }
  client.close();
}

test('a page plays over WebTransport, with positions in datagrams', { timeout: 60_000 }, async (t) => {
  const gate = await startGate(t);
  const { page, problems } = await openClient(t, gate, {});
  assert.equal(await page.evaluate(() => window.client.transport), 'webtransport');
  const text = 'x'.repeat(50_000);
  assert.equal(await request(page, 'gate.echo', text), text);
  await request(page, 'gate.walk', STEPS);
  await page.waitForFunction((count) => window.steps.length >= count, STEPS);
  const { moves, steps, datagrams } = await page.evaluate(() => ({
    moves: window.moves,
    steps: window.steps,
    datagrams: window.counted(),
  }));
  assert.deepEqual(steps, numbers(STEPS));
  // Loopback loses nothing, but may drop what comes all at once; what came is in order.
  assert.ok(datagrams > STEPS / 2 && datagrams <= STEPS, `${datagrams} datagrams`);
  assert.ok(moves.length > STEPS / 2 && moves.every((move, index) => index === 0 || move > moves[index - 1]), `${moves}`);
  assert.deepEqual(problems, []);

  // A page that is gone does not come back: the server does not wait for it.
  await hasSessions(gate, 2);
  await page.close();
  await hasSessions(gate, 1);
});

test('without the option, all pushes are on the stream', { timeout: 60_000 }, async (t) => {
  const gate = await startGate(t);
  const { page } = await openClient(t, gate, { datagrams: false });
  assert.equal(await page.evaluate(() => window.client.transport), 'webtransport');
  await request(page, 'gate.walk', 10);
  await page.waitForFunction(() => window.steps.length >= 10);
  assert.deepEqual(await page.evaluate(() => [window.moves, window.counted()]), [numbers(10), 0]);
  // What was sent before the goodbye arrives, and nobody waits for the client.
  await page.evaluate(() => {
    window.client.notify('gate.echo', 'bye');
    window.client.close();
  });
  await hasSessions(gate, 1);
});

test('a session that is lost goes on over another one', { timeout: 60_000 }, async (t) => {
  const gate = await startGate(t);
  const { page } = await openClient(t, gate, {});
  // The page's own network is cut off for a moment, which the browser's QUIC survives or not.
  const walk = request(page, 'gate.walk', STEPS);
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  await walk;
  await page.waitForFunction((count) => window.steps.length >= count, STEPS);
  assert.deepEqual(await page.evaluate(() => window.steps), numbers(STEPS));
});

test('the WebSocket takes the place of a session that does not open', { timeout: 60_000 }, async (t) => {
  const gate = await startGate(t);
  // Another certificate, another browser: neither can be the end of a game.
  for (const [options, browser] of [
    [{ serverCertificateHashes: ['00'.repeat(32)] }, { quic: true }],
    [{}, { quic: false }],
  ]) {
    const { page } = await openClient(t, gate, options, browser);
    assert.equal(await page.evaluate(() => window.client.transport), 'websocket');
    await request(page, 'gate.walk', 10);
    await page.waitForFunction(() => window.steps.length >= 10);
    assert.deepEqual(await page.evaluate(() => [window.moves, window.steps]), [numbers(10), numbers(10)]);
    await page.close();
  }
});
