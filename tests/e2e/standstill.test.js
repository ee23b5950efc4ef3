// Pages that stand still for longer than the server waits for them, and then go on.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { launchBrowser, openPage } from './support/browser.js';
import { startTyped } from './support/server.js';

/** Seconds between heartbeats. */
const HEARTBEAT = 1;
/** Milliseconds: longer than three heartbeats, after which the server gives up. */
const STANDSTILL = 5000;

const CLIENT = fileURLToPath(new URL('../../clients/js', import.meta.url));
const PAGE = `<!doctype html><title>standing still</title><script type="module">
  import { Client } from './nano.js';
  const client = new Client(location.hash.slice(1), { backoff: { base: 20, cap: 100 } });
  const states = [];
  client.onState((state, { error }) => states.push([state, error?.code, error?.metadata.reason].filter(Boolean).join(' ')));
  Object.assign(window, { client, states });
  await client.connect();
</script>`;

/** Serves the page and the client's files; returns the address. */
async function startSite(t) {
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

const STANDSTILLS = {
  /** A script that does not return, as of a game that loads a level. */
  async busy(page) {
    await page.evaluate((ms) => {
      const end = Date.now() + ms;
      while (Date.now() < end);
    }, STANDSTILL);
  },
  /** A breakpoint. */
  async paused(page, devtools) {
    await devtools.send('Debugger.enable');
    const paused = once(devtools, 'Debugger.paused');
    await devtools.send('Debugger.pause');
    await paused;
    await sleep(STANDSTILL);
    await devtools.send('Debugger.resume');
    await devtools.send('Debugger.disable');
  },
  /** What phones do with pages in the background. Chromium's own way, `Page.setWebLifecycleState`, spares visible pages. */
  async frozen(page) {
    const browser = await page.context().browser().newBrowserCDPSession();
    const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
    const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    assert.notDeepEqual(pages, []);
    pages.forEach((id) => process.kill(id, 'SIGSTOP'));
    await sleep(STANDSTILL);
    pages.forEach((id) => process.kill(id, 'SIGCONT'));
  },
};

for (const [name, standStill] of Object.entries(STANDSTILLS)) {
  test(`case_c01_a_page_that_was_${name}_comes_back`, { timeout: 60_000 }, async (t) => {
    const { url } = await startTyped(t, ['--heartbeat', String(HEARTBEAT)]);
    const browser = await launchBrowser(t);
    const { page } = await openPage(browser);
    await page.goto(`${await startSite(t)}#${url}`);
    await page.waitForFunction(() => window.client?.state === 'open');
    const devtools = await page.context().newCDPSession(page);
    await standStill(page, devtools);
    await page.waitForFunction(() => window.states.some((state) => state.startsWith('reconnecting')) && window.client.state === 'open');
    const states = await page.evaluate(() => window.states);
    t.diagnostic(states.join(', '));
    assert.deepEqual(states.filter((state) => state.startsWith('closed')), []);
    assert.equal(await page.evaluate(() => window.client.request('Echo.Text', 'here again')), 'here again');
  });
}
