// What the README shows does what the README says.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { launchBrowser, openPage } from './support/browser.js';
import { block, startProgram } from './support/readme.js';

const CLIENT = fileURLToPath(new URL('../../clients/js', import.meta.url));
const LISTENING = [/address=127\.0\.0\.1:(\d+) protocol=tcp/, /address=127\.0\.0\.1:(\d+) protocol=websocket at \/nano/];

/** The snippet for pages, on the ports that the program got. */
function snippet(tcp, websocket) {
  const source = block('snippet.js');
  const url = 'ws://127.0.0.1:3251/nano';
  assert.ok(source.includes(`'${url}'`), source);
  assert.ok(source.includes("from './nano.js'"), source);
  return {
    page: source.replace(url, `ws://127.0.0.1:${websocket}/nano`),
    node: source
      .replace(url, `tcp://127.0.0.1:${tcp}`)
      .replace('./nano.js', new URL('../../clients/js/nano.js', import.meta.url)),
  };
}

/** Serves a page with a script, and the client's files beside it. */
async function servePage(t, script) {
  const types = { html: 'text/html', js: 'text/javascript' };
  const server = createServer(async ({ url }, response) => {
    const own = { '/': '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>', '/page.js': script };
    const text = own[url] ?? (await readFile(join(CLIENT, url)));
    response.setHeader('content-type', types[url === '/' ? 'html' : url.split('.').pop()]).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

/** A line in a page's console, and all that come after it was waited for. */
const said = (page, text) => page.waitForEvent('console', (message) => message.text() === text);

/** The calls in the block for the console: what to enter, and the value that the comment behind it shows. */
function calls() {
  const lines = block('console.js').trim().split('\n');
  return lines.map((line) => {
    const [, code, value, rest] = line.match(/^(await .*);\s*\/\/ (\{.*?\})(.*)$/) ?? assert.fail(`no call and value: ${line}`);
    return { code, expected: Function(`return (${value})`)(), rest };
  });
}

const enter = (page, code) => page.evaluate(`(async () => ${code})()`);

test('the first program is called by the snippet, in a page and in Node.js', async (t) => {
  const [tcp, websocket] = await startProgram(t, 'README_FIRST', LISTENING);
  const scripts = snippet(tcp, websocket);
  const browser = await launchBrowser(t);
  const { page, problems } = await openPage(browser);
  const hello = said(page, 'hello');
  await page.goto(await servePage(t, scripts.page));
  await hello;
  assert.deepEqual(problems, []);

  const bot = Buffer.from(`${scripts.node}\nexport { client, members };`).toString('base64');
  const log = t.mock.method(console, 'log', () => {});
  const { client, members } = await import(`data:text/javascript;base64,${bot}`);
  t.after(() => client.close());
  assert.ok(members.includes(1), JSON.stringify(members));
  // The reply to this request comes after the push that the notify before it caused.
  await client.request('room.message', { text: 'and bye' });
  assert.deepEqual(
    log.mock.calls.map((call) => call.arguments),
    [['hello'], ['and bye']],
  );
});

test('the typed client answers in the console, and a second tab is told of', async (t) => {
  const start = performance.now();
  const told = (what) => t.diagnostic(`${what} after ${Math.round(performance.now() - start)} ms`);
  const [url] = await startProgram(t, 'README_SECOND', [/(http:\/\/127\.0\.0\.1:\d+\/)/]);
  told('the program listens');
  const browser = await launchBrowser(t);
  const [ann, bob] = [await openPage(browser), await openPage(browser)];
  for (const { page } of [ann, bob]) await page.goto(url);
  await Promise.all([ann, bob].map(({ page }) => page.waitForFunction(() => 'game' in globalThis)));
  told('both pages are open');

  const [first, second, ...others] = calls();
  assert.deepEqual(others, []);
  const [, push] = second.rest.match(/the first tab says: (.*)$/) ?? assert.fail(second.rest);
  assert.deepEqual(await enter(ann.page, first.code), first.expected);
  told('the first call is answered');
  const pushed = said(ann.page, push);
  assert.deepEqual(await enter(bob.page, second.code), second.expected);
  await pushed;
  told('the first tab knows of the second');
  assert.deepEqual([...ann.problems, ...bob.problems], []);
});
