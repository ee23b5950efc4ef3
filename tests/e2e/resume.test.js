// Clients whose connections are cut while a game goes on: over a WebSocket and TCP in Node.js, and in a page.
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
import { startProxy } from './support/proxy.js';
import { startTyped } from './support/server.js';

const CUTS = 6;
/** Lines between two cuts. */
const LINES = 20;

const CLIENT = fileURLToPath(new URL('../../clients/js', import.meta.url));
const PAGE = `<!doctype html><title>tunnels</title><script type="module">
  import { connect } from './nano.js';
  const heard = [];
  const opened = [];
  const client = await connect(location.hash.slice(1), { backoff: { base: 20, cap: 100 }, requestTimeout: 60000 });
  client.on('onSaid', ({ text }) => heard.push(Number(text)));
  client.onState((state, { resumed }) => state === 'open' && opened.push(resumed));
  await client.request('hall.enter', { name: 'Ann' });
  Object.assign(window, { client, heard, opened, pending: client.request('hall.wait') });
</script>`;

/**
 * Lets Bob speak while the network cuts Ann off again and again; returns how many lines he said. `isBack` waits until
 * she has come back so many times: she is open as well as long as she has not noticed a cut.
 */
async function speak(network, bob, isBack) {
  let line = 0;
  for (let cut = 0; cut < CUTS; cut += 1) {
    for (let n = 0; n < LINES; n += 1) {
      line += 1;
      await bob.request('hall.say', String(line));
      if (n === LINES / 2) network.cut();
    }
    // In the middle of a handshake, now and then.
    await sleep(cut * 7);
    network.cut();
    await isBack(cut + 1);
  }
  return line;
}

const numbers = (count) => Array.from({ length: count }, (_, index) => index + 1);

async function enter(t, url, name) {
  const client = await connect(url, { WebSocket, backoff: { base: 20, cap: 100 }, requestTimeout: 60_000 });
  t.after(() => client.close());
  await client.request('hall.enter', { name });
  return client;
}

/** The names of those that are in the hall. */
async function others(url) {
  const client = await connect(url, { WebSocket });
  const entered = await client.request('hall.enter', { name: 'Carol' });
  client.close();
  return entered.others.map(({ name }) => name);
}

/** Waits until somebody is in the hall no more, for less time than the server would wait for a client that is lost. */
async function hasLeft(server, name) {
  const from = Date.now();
  while ((await others(server.url)).includes(name)) {
    assert.ok(Date.now() - from < 10_000, `${name} is still there`);
    await sleep(20);
  }
}

for (const transport of ['ws', 'tcp']) {
  test(`a session survives its connections over ${transport}`, { timeout: 60_000 }, async (t) => {
    const server = await startTyped(t, ['--resume', '30']);
    const network = await startProxy(t, transport === 'ws' ? server.host : server.tcp);
    const ann = await enter(t, `${transport}://${network.host}/nano`, 'Ann');
    const bob = await enter(t, server.url, 'Bob');
    const heard = [];
    const opened = [];
    ann.on('onSaid', ({ text }) => heard.push(Number(text)));
    ann.onState((state, { resumed }) => state === 'open' && opened.push(resumed));
    const pending = ann.request('hall.wait');
    const isBack = async (times) => {
      while (ann.state !== 'open' || opened.length < times) await sleep(5);
    };
    const said = await speak(network, bob, isBack);
    // Ann is still in the hall, and her request was never lost.
    while (ann.state !== 'open' || heard.length < said) await sleep(5);
    assert.equal(await bob.request('hall.release'), 1);
    assert.equal(await pending, 'released');
    await ann.request('hall.say', String(said + 1));
    assert.deepEqual(heard, numbers(said + 1));
    assert.ok(opened.length >= CUTS && opened.every(Boolean), `${opened}`);
    // Her goodbye is no loss: the server does not wait for her.
    ann.close();
    await hasLeft(server, 'Ann');
  });

  test(`nobody waits for a client that is closed while it is away, over ${transport}`, { timeout: 60_000 }, async (t) => {
    const server = await startTyped(t, ['--resume', '300']);
    const network = await startProxy(t, transport === 'ws' ? server.host : server.tcp);
    const ann = await enter(t, `${transport}://${network.host}/nano`, 'Ann');
    ann.onState((state) => state === 'reconnecting' && ann.close());
    network.cut();
    await hasLeft(server, 'Ann');
    assert.equal(ann.state, 'closed');
  });
}

/** Opens a page with a client over `network`, which has entered the hall as Ann. */
async function openAnn(t, network) {
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
  const { page } = await openPage(await launchBrowser(t));
  await page.goto(`http://127.0.0.1:${site.address().port}/#ws://${network.host}/nano`);
  await page.waitForFunction(() => window.pending !== undefined);
  return page;
}

test('a session of a page survives its connections', { timeout: 60_000 }, async (t) => {
  const server = await startTyped(t, ['--resume', '30']);
  const network = await startProxy(t, server.host);
  const page = await openAnn(t, network);
  const bob = await enter(t, server.url, 'Bob');
  const isBack = (times) =>
    page.waitForFunction((count) => window.client.state === 'open' && window.opened.length >= count, times);
  const said = await speak(network, bob, isBack);
  await page.waitForFunction((count) => window.client.state === 'open' && window.heard.length >= count, said);
  assert.equal(await bob.request('hall.release'), 1);
  assert.equal(await page.evaluate(() => window.pending), 'released');
  assert.deepEqual(await page.evaluate(() => window.heard), numbers(said));
  const opened = await page.evaluate(() => window.opened);
  assert.ok(opened.length >= CUTS && opened.every(Boolean), `${opened}`);
});

test('nobody waits for a client of a page that is closed while it is away', { timeout: 60_000 }, async (t) => {
  const server = await startTyped(t, ['--resume', '300']);
  const network = await startProxy(t, server.host);
  const page = await openAnn(t, network);
  await page.evaluate(() => {
    const { client } = window;
    client.onState((state) => state === 'reconnecting' && client.close());
    // It waits for its reply.
    window.pending.catch(() => {});
  });
  network.cut();
  await hasLeft(server, 'Ann');
  assert.equal(await page.evaluate(() => window.client.state), 'closed');
});
