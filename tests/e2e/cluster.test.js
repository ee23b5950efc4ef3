// A chat on several nodes: pages at two gates, rooms on two backends, and the loss of one of these.
import assert from 'node:assert/strict';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { startCluster } from './support/server.js';

const DESKTOP = { viewport: { width: 1000, height: 640 }, colorScheme: 'light', reducedMotion: 'reduce' };
const PHONE = { viewport: { width: 390, height: 780 }, colorScheme: 'dark', isMobile: true, hasTouch: true, reducedMotion: 'reduce' };

async function enter(page, url, name) {
  await page.goto(url);
  await page.locator('#status[data-state="online"]').waitFor();
  await page.locator('#name').fill(name);
  await page.locator('#entrance button').click();
  await page.locator('#chat').waitFor();
}

async function say(page, words) {
  await page.locator('#text').fill(words);
  await page.locator('#composer button').click();
}

const heard = (page, words) => page.locator('#log .line').filter({ hasText: words }).first().waitFor();
const news = (page, words) => page.locator('#log .news').filter({ hasText: words }).first().waitFor();

/** Waits until these people are in the room, each with the gate. */
function people(page, expected) {
  return page.waitForFunction(
    (wanted) => JSON.stringify([...document.querySelectorAll('#members li')].map((row) => [...row.children].map((part) => part.textContent)).sort()) === wanted,
    JSON.stringify([...expected].sort()),
  );
}

test('pages at two gates meet in a room, and go on when its backend is killed', async (t) => {
  const cluster = await startCluster(t);
  const browser = await launchBrowser(t);
  const { page: ann, problems: annProblems } = await openPage(browser, DESKTOP);
  const { page: bob, problems: bobProblems } = await openPage(browser, PHONE);

  await enter(ann, `http://${cluster.addresses.first}/`, 'Ann');
  await enter(bob, `http://${cluster.addresses.second}/`, 'Bob');
  const members = [['Ann', 'gate-1'], ['Bob', 'gate-2']];
  for (const page of [ann, bob]) await people(page, members);
  assert.equal(await ann.locator('#gate').textContent(), 'gate-1');
  assert.equal(await bob.locator('#gate').textContent(), 'gate-2');
  const lost = await ann.locator('#backend').textContent();
  assert.match(lost, /^backend-[12]$/);
  assert.equal(await bob.locator('#backend').textContent(), lost);

  await say(ann, 'Hello from the first gate');
  await heard(bob, 'Hello from the first gate');
  await say(bob, 'And from the second');
  await heard(ann, 'And from the second');
  await ann.screenshot({ path: await picturePath('cluster-desktop.png') });
  await bob.screenshot({ path: await picturePath('cluster-phone.png') });

  process.kill(Number(cluster.addresses[lost]), 'SIGKILL');
  const left = lost === 'backend-1' ? 'backend-2' : 'backend-1';
  for (const page of [ann, bob]) {
    await news(page, `${lost} is gone, and the room with it.`);
    await news(page, `The room is on ${left} now.`);
  }
  for (const page of [ann, bob]) await people(page, members);
  await say(ann, 'Are you still there?');
  await heard(bob, 'Are you still there?');
  await say(bob, 'I am');
  await heard(ann, 'I am');
  await ann.screenshot({ path: await picturePath('cluster-after-loss.png') });
  assert.deepEqual(annProblems, []);
  assert.deepEqual(bobProblems, []);
});
