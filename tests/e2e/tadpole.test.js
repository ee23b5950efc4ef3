// Tadpoles in the pond, each in a browser of its own.
import assert from 'node:assert/strict';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { freeAddress } from './support/ports.js';
import { startPond } from './support/server.js';

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
/** Units of the pond that a tadpole has to move to count as seen moving. */
const FAR = 80;

async function enter(page, url, name) {
  await page.goto(url);
  await page.locator('#name').fill(name);
  await page.locator('#enter').click();
  await page.locator('#talk').waitFor();
}

/** Waits until a page shows exactly these tadpoles. */
async function shows(page, names) {
  await page.waitForFunction((expected) => {
    const shown = [...globalThis.pond.tadpoles.values()].map(({ name }) => name).sort();
    return JSON.stringify(shown) === JSON.stringify(expected);
  }, [...names].sort());
  const count = names.length === 1 ? '1 tadpole' : `${names.length} tadpoles`;
  assert.equal(await page.locator('#count').textContent(), count);
}

/** Where a page draws the tadpole of this name. */
function position(page, name) {
  return page.evaluate((wanted) => {
    const { x, y } = [...globalThis.pond.tadpoles.values()].find((tadpole) => tadpole.name === wanted);
    return { x, y };
  }, name);
}

/** Waits until a page shows a tadpole further in the direction `dx`, `dy` than `from`, and not aside. */
async function seesMove(page, name, from, [dx, dy]) {
  await page.waitForFunction(
    ([wanted, start, [toX, toY], far]) => {
      const tadpole = [...globalThis.pond.tadpoles.values()].find((one) => one.name === wanted);
      const [x, y] = [tadpole.x - start.x, tadpole.y - start.y];
      return x * toX + y * toY > far;
    },
    [name, from, [dx, dy], FAR],
  );
  const { x, y } = await position(page, name);
  const [forward, aside] = [(x - from.x) * dx + (y - from.y) * dy, (x - from.x) * dy - (y - from.y) * dx];
  assert.ok(forward > Math.abs(aside), `${name} went ${forward} forward and ${aside} aside`);
}

/** Waits until words show above a tadpole, and stand in the log. */
async function hears(page, name, words) {
  await page.waitForFunction(
    ([wanted, text]) => [...globalThis.pond.tadpoles.values()].some((one) => one.name === wanted && one.text === text),
    [name, words],
  );
  await page.locator('#log p').filter({ hasText: `${name}: ${words}` }).first().waitFor();
}

async function say(page, words) {
  await page.keyboard.press('Enter');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

const state = (page, name) => page.locator(`#status[data-state="${name}"]`).waitFor();

test('two tadpoles see each other swim, talk and leave', async (t) => {
  const server = await startPond(t);
  const browser = await launchBrowser(t);
  const { page: ann, problems: annProblems } = await openPage(browser, DESKTOP);
  const { page: bob, problems: bobProblems } = await openPage(browser, DESKTOP);
  await enter(ann, server.page, 'Ann');
  await shows(ann, ['Ann']);
  await enter(bob, server.page, 'Bob');
  await shows(ann, ['Ann', 'Bob']);
  await shows(bob, ['Ann', 'Bob']);
  await state(ann, 'open');

  // Ann holds her pointer on the right; Bob rests.
  const [annStart, bobStart] = [await position(bob, 'Ann'), await position(ann, 'Bob')];
  await ann.mouse.move(1200, 400);
  await ann.mouse.down();
  await seesMove(bob, 'Ann', annStart, [1, 0]);
  await seesMove(ann, 'Ann', annStart, [1, 0]);
  await ann.mouse.up();
  assert.deepEqual(await position(ann, 'Bob'), bobStart);
  assert.deepEqual(await position(bob, 'Bob'), bobStart);

  // Bob swims with the keys: up, and then to the left.
  await bob.keyboard.down('ArrowUp');
  await seesMove(ann, 'Bob', bobStart, [0, -1]);
  await bob.keyboard.up('ArrowUp');
  const turn = await position(ann, 'Bob');
  await bob.keyboard.down('a');
  await seesMove(ann, 'Bob', turn, [-1, 0]);
  await bob.keyboard.up('a');

  await say(ann, 'Hello Bob 😀 wasd');
  await hears(bob, 'Ann', 'Hello Bob 😀 wasd');
  await hears(ann, 'Ann', 'Hello Bob 😀 wasd');
  await say(bob, '<b>html</b> & <img src=x onerror=alert(1)>');
  await hears(ann, 'Bob', '<b>html</b> & <img src=x onerror=alert(1)>');
  assert.equal(await ann.locator('#log :is(b, img)').count(), 0);
  await ann.screenshot({ path: await picturePath('pond-talk.png') });

  await bob.close();
  await shows(ann, ['Ann']);
  assert.deepEqual([...annProblems, ...bobProblems], []);
});

test('a finger on a phone leads a tadpole', async (t) => {
  const server = await startPond(t);
  const browser = await launchBrowser(t);
  const { page: ann } = await openPage(browser, PHONE);
  const { page: bob } = await openPage(browser, { ...DESKTOP, reducedMotion: 'reduce' });
  await enter(ann, server.page, 'Ann');
  await enter(bob, server.page, 'Bob');
  await shows(bob, ['Ann', 'Bob']);
  const start = await position(bob, 'Ann');
  const fingers = await ann.context().newCDPSession(ann);
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: 195, y: 700 }] });
  await seesMove(bob, 'Ann', start, [0, 1]);
  await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
});

test('what the server refuses is explained, and nothing that was written is lost', async (t) => {
  const server = await startPond(t);
  const browser = await launchBrowser(t);
  const { page } = await openPage(browser, DESKTOP);
  await page.goto(server.page);
  await state(page, 'open');
  await page.locator('#name').fill('   ');
  await page.locator('#enter').click();
  await page.locator('#problem').filter({ hasText: 'A name has 1 to 20 characters' }).waitFor();
  assert.ok(await page.locator('#talk').isHidden());
  await page.locator('#name').fill('Ann');
  await page.locator('#enter').click();
  await shows(page, ['Ann']);

  // Three lines at once are heard, and now and then one more: sooner or later one comes too early.
  const refused = page.locator('#hint.problem');
  let line = 0;
  do {
    line += 1;
    await say(page, `line ${line}`);
    await page.locator('#log p').filter({ hasText: `Ann: line ${line}` }).or(refused).last().waitFor({ state: 'attached' });
  } while (line < 50 && !(await refused.count()));
  assert.ok(line > 3 && line < 50, `line ${line} was refused`);
  assert.match(await refused.textContent(), /^Wait a moment/);
  assert.equal(await page.locator('#text').inputValue(), `line ${line}`);
});

test('a restarted server is found again by everybody', async (t) => {
  const server = await startPond(t, { listen: await freeAddress() });
  const browser = await launchBrowser(t);
  const { page: ann } = await openPage(browser, DESKTOP);
  const { page: bob } = await openPage(browser, PHONE);
  await enter(ann, server.page, 'Ann');
  await enter(bob, server.page, 'Bob');
  await shows(ann, ['Ann', 'Bob']);
  const { code, signal } = await server.stop();
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  await state(ann, 'reconnecting');
  await state(bob, 'reconnecting');
  assert.match(await bob.locator('#status').textContent(), /^Reconnecting, attempt \d+/);
  assert.equal(await ann.evaluate(() => globalThis.pond.tadpoles.size), 0);
  await bob.screenshot({ path: await picturePath('pond-reconnecting-phone.png') });

  await startPond(t, { listen: server.host });
  await state(ann, 'open');
  await state(bob, 'open');
  await shows(ann, ['Ann', 'Bob']);
  await shows(bob, ['Ann', 'Bob']);
  const start = await position(bob, 'Ann');
  await ann.keyboard.down('ArrowLeft');
  await seesMove(bob, 'Ann', start, [-1, 0]);
});

test('bots swim about, and answer to their names', async (t) => {
  const server = await startPond(t, { bots: 8 });
  const browser = await launchBrowser(t);
  const { page: ann, problems } = await openPage(browser, DESKTOP);
  const { page: bob } = await openPage(browser, PHONE);
  // Bots rest, too, and software that draws two pages is slow.
  ann.setDefaultTimeout(60_000);
  await enter(ann, server.page, 'Ann');
  await enter(bob, server.page, 'Bob');
  await shows(ann, ['Ann', 'Bob', 'Pip', 'Momo', 'Wiggle', 'Otto', 'Luna', 'Bubbles', 'Finn', 'Dot']);
  const start = await ann.evaluate(() => [...globalThis.pond.tadpoles].map(([id, { x, y }]) => [id, x, y]));
  await ann.waitForFunction(
    ([places, far]) => {
      const tadpoles = globalThis.pond.tadpoles;
      const moved = places.filter(([id, x, y]) => Math.hypot(tadpoles.get(id).x - x, tadpoles.get(id).y - y) > far);
      return moved.length >= 5;
    },
    [start, FAR],
  );
  await say(ann, 'hello Momo, lovely evening');
  await ann.locator('#log p').filter({ hasText: /^Momo: / }).first().waitFor();
  await ann.screenshot({ path: await picturePath('pond-desktop.png') });
  await bob.screenshot({ path: await picturePath('pond-phone.png') });
  assert.deepEqual(problems, []);
});
