// The first game of the guide: two players in browsers.
import assert from 'node:assert/strict';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { startTug } from './support/server.js';

test('the one who pulls ten times wins, and a new round begins', { timeout: 60_000 }, async (t) => {
  const server = await startTug(t);
  const browser = await launchBrowser(t);
  const [ann, ben] = [await openPage(browser), await openPage(browser)];
  for (const [{ page }, side] of [[ann, 'left'], [ben, 'right']]) {
    await page.goto(`http://${server.host}/`);
    await page.getByText(`you pull to the ${side}`).waitFor();
  }
  for (let pulls = 0; pulls < 10; pulls += 1) await ben.page.click('#pull');
  for (const { page } of [ann, ben]) {
    await page.getByText('right wins').waitFor();
    assert.equal(await page.locator('#rope').evaluate((rope) => rope.value), 10);
  }
  await ann.page.screenshot({ path: await picturePath('tug.png') });
  for (const { page } of [ann, ben]) {
    await page.waitForFunction(() => document.getElementById('rope').value === 0);
  }
  assert.deepEqual([...ann.problems, ...ben.problems], []);
});
