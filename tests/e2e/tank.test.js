// Tanks in an arena, each in a browser of its own.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { startProxy } from './support/proxy.js';
import { startTank } from './support/server.js';

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

/** Milliseconds for what takes a moment. */
const PATIENCE = 15_000;

/** A hall that pages see as a whole, with a place for tanks at either end. */
const HALL = `
################
#..............#
#..............#
#..s........s..#
#..............#
#..............#
################
`;

/** Starts a server whose arenas have the map of the hall. */
async function startHall(t, options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'nano-e2e-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const map = join(folder, 'hall.txt');
  await writeFile(map, HALL.trimStart());
  return startTank(t, { map, ...options });
}

/** Enters by the card, and waits for the own tank. */
async function play(page, url, name) {
  await page.goto(url);
  await page.locator('#name').fill(name);
  await page.locator('#play').click();
  await page.waitForFunction((wanted) => globalThis.tank.tanks.some((tank) => tank.name === wanted), name);
}

/** Waits until a page shows tanks of exactly these pilots. */
async function shows(page, names) {
  await page.waitForFunction((expected) => {
    const shown = globalThis.tank.tanks.map(({ name }) => name).sort();
    return JSON.stringify(shown) === JSON.stringify(expected);
  }, [...names].sort());
}

/** The tank of a pilot as a page draws it. */
const tank = (page, name) => page.evaluate((wanted) => globalThis.tank.tanks.find((one) => one.name === wanted), name);
const corrections = (page) => page.evaluate(() => globalThis.tank.corrections);

/** Waits until a page draws a tank at least so far from a place. */
function moves(page, name, from, units) {
  return page.waitForFunction(
    ([wanted, { x, y }, far]) => globalThis.tank.tanks.some((one) => one.name === wanted && Math.hypot(one.x - x, one.y - y) > far),
    [name, from, units],
  );
}

/** Waits until two pages draw a tank, which rests, in the same place. */
async function agree(one, other, name) {
  for (const deadline = Date.now() + PATIENCE; ; ) {
    const [here, there] = await Promise.all([tank(one, name), tank(other, name)]);
    if (here && there && Math.hypot(here.x - there.x, here.y - there.y) < 0.1) return;
    assert.ok(Date.now() < deadline, `the pages disagree: ${JSON.stringify([here, there])}`);
    await other.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

test('two tanks see each other, and one destroys the other', async (t) => {
  const server = await startHall(t);
  const browser = await launchBrowser(t);
  const { page: ann, problems: annProblems } = await openPage(browser, DESKTOP);
  const { page: bob, problems: bobProblems } = await openPage(browser, DESKTOP);
  await play(ann, server.page, 'Ann');
  // A link leads to the arena of a friend.
  await ann.waitForURL(/#\d+$/);
  await play(bob, ann.url(), 'Bob');
  await shows(ann, ['Ann', 'Bob']);
  await shows(bob, ['Ann', 'Bob']);
  await ann.locator('#board li').filter({ hasText: 'Bob' }).waitFor();

  const start = await tank(bob, 'Ann');
  await ann.keyboard.down('s');
  await moves(ann, 'Ann', start, 40);
  await moves(bob, 'Ann', start, 40);
  await ann.keyboard.up('s');
  await agree(ann, bob, 'Ann');
  assert.equal(await corrections(ann), 0, 'page and server compute the same');

  // Ann aims at Bob, and does not let go until he is gone.
  const [x, y] = (await tank(ann, 'Bob')).screen;
  await ann.mouse.move(x, y);
  await ann.mouse.down();
  await ann.waitForFunction(() => globalThis.tank.shells > 0);
  await bob.waitForFunction(() => globalThis.tank.shells > 0);
  await ann.screenshot({ path: await picturePath('tank-shot.png') });
  await bob.locator('#down').filter({ hasText: 'by Ann' }).waitFor();
  await ann.mouse.up();
  await bob.screenshot({ path: await picturePath('tank-destroyed.png') });
  for (const page of [ann, bob]) {
    await page.locator('#news li').filter({ hasText: 'Ann ⟶ Bob' }).first().waitFor();
    await page.locator('#board li').first().filter({ hasText: /Ann[1-9]/ }).waitFor();
  }
  await bob.waitForFunction(() => !globalThis.tank.isDown);
  const back = await tank(bob, 'Bob');
  assert.ok(back.health === 1 && back.deaths > 0, JSON.stringify(back));

  await bob.locator('#leave').click();
  await bob.locator('#start').waitFor();
  await bob.locator('#arenas li').filter({ hasText: 'Ann' }).waitFor();
  await shows(ann, ['Ann']);
  assert.deepEqual([annProblems, bobProblems], [[], []]);
});

test('two thumbs drive a tank and fire its gun', async (t) => {
  const server = await startHall(t);
  const browser = await launchBrowser(t);
  const { page: ann, problems } = await openPage(browser, PHONE);
  const { page: bob } = await openPage(browser, DESKTOP);
  await play(ann, server.page, 'Ann');
  await play(bob, server.page, 'Bob');
  await shows(bob, ['Ann', 'Bob']);
  const start = await tank(bob, 'Ann');
  const fingers = await ann.context().newCDPSession(ann);
  const touch = (type, ...points) => fingers.send('Input.dispatchTouchEvent', { type, touchPoints: points });
  const [left, right] = [{ x: 90, y: 720, id: 1 }, { x: 300, y: 720, id: 2 }];
  await touch('touchStart', left);
  await touch('touchMove', { ...left, y: 670 });
  await moves(bob, 'Ann', start, 40);
  const moved = await tank(bob, 'Ann');
  assert.ok(start.y - moved.y > 30 && Math.abs(moved.x - start.x) < 60, `up, from ${JSON.stringify(start)} to ${JSON.stringify(moved)}`);

  await touch('touchStart', { ...left, y: 670 }, right);
  await touch('touchMove', { ...left, y: 670 }, { ...right, y: 670 });
  await bob.waitForFunction(() => globalThis.tank.shells > 0);
  await ann.screenshot({ path: await picturePath('tank-phone.png') });
  await touch('touchEnd');
  await ann.waitForFunction(() => globalThis.tank.shells === 0);
  const width = await ann.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, PHONE.viewport.width);
  assert.deepEqual(problems, []);
});

test('on a slow network the own tank obeys at once, and nothing has to be corrected', async (t) => {
  const server = await startHall(t);
  const browser = await launchBrowser(t);
  const { page: ann } = await openPage(browser, DESKTOP);
  const { page: bob } = await openPage(browser, DESKTOP);
  await play(ann, `${server.page}?lag=1000`, 'Ann');
  await play(bob, server.page, 'Bob');
  await shows(ann, ['Ann', 'Bob']);
  const start = await tank(ann, 'Ann');
  // In the page, so that the time of the test's own messages does not count.
  const waited = await ann.evaluate(async ({ x, y }) => {
    const begun = performance.now();
    document.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyS', bubbles: true }));
    const own = () => globalThis.tank.tanks.find(({ name }) => name === 'Ann');
    while (Math.hypot(own().x - x, own().y - y) < 5) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - begun;
  }, start);
  const pending = await ann.evaluate(() => globalThis.tank.pending);
  assert.ok(waited < 950, `it moved after ${waited} ms`);
  assert.ok(pending > 8, `${pending} commands are on their way`);
  await moves(bob, 'Ann', start, 60);
  await ann.evaluate(() => document.dispatchEvent(new KeyboardEvent('keyup', { code: 'KeyS', bubbles: true })));
  await ann.waitForFunction(() => globalThis.tank.lag > 950);
  await ann.locator('#lag').filter({ hasText: /^\d{3,4} ms$/ }).waitFor();
  assert.equal(await corrections(ann), 0);
});

test('a tank waits for a page that lost its connection', async (t) => {
  const server = await startHall(t);
  const proxy = await startProxy(t, server.host);
  const browser = await launchBrowser(t);
  const { page: ann } = await openPage(browser, DESKTOP);
  const { page: bob } = await openPage(browser, DESKTOP);
  await play(ann, `http://${proxy.host}/`, 'Ann');
  await play(bob, server.page, 'Bob');
  await shows(ann, ['Ann', 'Bob']);
  const start = await tank(bob, 'Ann');
  proxy.block();
  await ann.locator('#status[data-state="reconnecting"]').waitFor();
  proxy.restore();
  await ann.locator('#status[data-state="open"]').waitFor();
  await ann.keyboard.down('s');
  await moves(bob, 'Ann', start, 40);
  await ann.keyboard.up('s');
  await shows(bob, ['Ann', 'Bob']);
  assert.equal(await bob.locator('#board li').count(), 2, 'nobody came anew');
});

test('a page plays over WebTransport, and over the WebSocket where a server does not have it', async (t) => {
  const server = await startHall(t, { webtransport: true });
  const browser = await launchBrowser(t, { quic: true });
  const { page: ann, problems } = await openPage(browser, DESKTOP);
  const { page: bob } = await openPage(browser, DESKTOP);
  await play(ann, `${server.page}?transport=webtransport`, 'Ann');
  await play(bob, server.page, 'Bob');
  await shows(ann, ['Ann', 'Bob']);
  assert.deepEqual(await Promise.all([ann, bob].map((page) => page.locator('#status').textContent())), ['WebTransport', 'WebSocket']);
  const start = await tank(bob, 'Ann');
  await ann.keyboard.down('s');
  await moves(bob, 'Ann', start, 40);
  await ann.keyboard.up('s');
  await agree(ann, bob, 'Ann');
  assert.equal(await corrections(ann), 0);
  assert.deepEqual(problems, []);

  const plain = await startHall(t);
  const { page: cid } = await openPage(browser, DESKTOP);
  await play(cid, `${plain.page}?transport=webtransport`, 'Cid');
  assert.equal(await cid.locator('#status').textContent(), 'WebSocket');
});

test('bots that come over KCP fill the arena', async (t) => {
  const server = await startTank(t, { bots: 7, native: 'kcp://127.0.0.1:0' });
  const browser = await launchBrowser(t);
  const { page, problems } = await openPage(browser, DESKTOP);
  await page.goto(server.page);
  await page.locator('#arenas li').filter({ hasText: '7 of 16' }).waitFor();
  await page.screenshot({ path: await picturePath('tank-start.png') });
  await page.locator('#name').fill('Ann');
  await page.locator('#arenas button').click();
  await page.waitForFunction(() => globalThis.tank.tanks.length > 5);
  assert.equal(await page.locator('#board li').count(), 8);
  await page.locator('#news li').first().waitFor({ timeout: 60_000 });
  await page.screenshot({ path: await picturePath('tank-bots.png') });
  assert.deepEqual(problems, []);
});
