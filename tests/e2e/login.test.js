// Players sign in, in browsers of their own.
import assert from 'node:assert/strict';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { startProxy } from './support/proxy.js';
import { startLogin } from './support/server.js';

const DESKTOP = { viewport: { width: 1100, height: 720 }, colorScheme: 'light', reducedMotion: 'reduce' };
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const PASSWORD = 'correct horse battery';

async function fill(page, name, password = PASSWORD) {
  await page.locator('#name').fill(name);
  await page.locator('#password').fill(password);
  await page.locator('#enter').click();
}

async function register(page, url, name) {
  await page.goto(url);
  await page.locator('#other').click();
  await fill(page, name);
  await greeted(page, name);
}

const greeted = (page, name) => page.locator('#greeting').filter({ hasText: `Hello, ${name}` }).waitFor();
const problem = (page, words) => page.locator('#problem').filter({ hasText: words }).waitFor();

function people(page, names) {
  return page.waitForFunction(
    (expected) => JSON.stringify([...document.querySelectorAll('#people li')].map((item) => item.textContent)) === JSON.stringify(expected),
    names,
  );
}

test('players register, sign in, come back, and have one session each', async (t) => {
  const server = await startLogin(t);
  const browser = await launchBrowser(t);
  const { page: ann, problems: annProblems } = await openPage(browser, DESKTOP);
  const { page: bob, problems: bobProblems } = await openPage(browser, PHONE);

  await ann.goto(server.page);
  await fill(ann, 'ann');
  await problem(ann, 'The name or the password is wrong');
  await ann.locator('#other').click();
  await ann.screenshot({ path: await picturePath('login-register.png') });
  await register(ann, server.page, 'ann');
  await ann.locator('#seen').filter({ hasText: 'This is your first visit.' }).waitFor();
  await register(bob, server.page, 'bob');
  await people(ann, ['ann', 'bob']);
  await people(bob, ['ann', 'bob']);
  await ann.screenshot({ path: await picturePath('login-lounge.png') });

  // The token of the tab signs in.
  await ann.reload();
  await greeted(ann, 'ann');
  await ann.locator('#seen').filter({ hasText: 'You were last seen' }).waitFor();
  await people(ann, ['ann', 'bob']);

  // The slow query answers, and others did meanwhile.
  await bob.locator('#ask').click();
  await bob.locator('#pulse').filter({ hasText: /It took .* with \d+ other answers meanwhile/ }).waitFor();
  assert.doesNotMatch(await bob.locator('#pulse').textContent(), /with 0 other/);
  assert.match(await bob.locator('#report li').first().textContent(), /^ann2$/);
  await bob.screenshot({ path: await picturePath('login-report-phone.png') });

  // Another page of the same player ends the first one's session.
  const { page: other } = await openPage(browser, DESKTOP);
  await other.goto(server.page);
  await fill(other, 'Ann');
  await greeted(other, 'ann');
  await ann.locator('#notice').filter({ hasText: 'You signed in somewhere else' }).waitFor();
  await people(other, ['ann', 'bob']);
  await ann.screenshot({ path: await picturePath('login-elsewhere.png') });

  // Its token is of no use any more after signing out.
  await other.locator('#leave').click();
  await other.locator('#notice').filter({ hasText: 'You are signed out' }).waitFor();
  await people(bob, ['bob']);
  await other.reload();
  await other.locator('#door').waitFor();
  assert.equal(await other.locator('#lounge').isVisible(), false);
  assert.deepEqual([annProblems, bobProblems], [[], []]);
});

test('a lost connection signs in again by itself', async (t) => {
  const server = await startLogin(t);
  const proxy = await startProxy(t, server.host);
  const browser = await launchBrowser(t);
  const { page } = await openPage(browser, DESKTOP);
  await register(page, `http://${proxy.host}/`, 'ann');
  proxy.block();
  await page.locator('#status[data-state="reconnecting"]').waitFor();
  proxy.restore();
  await page.locator('#status[data-state="online"]').waitFor();
  await greeted(page, 'ann');
  await people(page, ['ann']);
});
