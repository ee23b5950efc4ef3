// People chat through the example, each in a browser of their own.
import assert from 'node:assert/strict';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { freeAddress } from './support/ports.js';
import { startProxy } from './support/proxy.js';
import { startServer } from './support/server.js';

const DESKTOP = { viewport: { width: 1100, height: 720 }, colorScheme: 'light', reducedMotion: 'reduce' };
const PHONE = {
  viewport: { width: 390, height: 844 },
  colorScheme: 'dark',
  reducedMotion: 'reduce',
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};

async function join(page, url, name) {
  await page.goto(url);
  await page.locator('#name').fill(name);
  await page.locator('#join').click();
  await page.locator('#room').waitFor();
}

async function say(page, words) {
  await page.locator('#text').fill(words);
  await page.locator('#send').click();
}

/** Waits until a message is shown and returns how many with these words there are. */
async function heard(page, from, words) {
  const texts = page.locator(`#log .message[data-from="${from}"] .text`).filter({ hasText: words });
  await texts.first().waitFor();
  assert.equal(await texts.first().textContent(), words);
  return texts.count();
}

const system = (page, words) => page.locator('#log .system').filter({ hasText: words }).first().waitFor();
const state = (page, name) => page.locator(`#status[data-state="${name}"]`).waitFor();

async function members(page, expected) {
  await page.waitForFunction(
    (names) => {
      const shown = [...document.querySelectorAll('#members li')].map((item) => item.dataset.name);
      return JSON.stringify(shown) === JSON.stringify(names) && document.querySelector('#count').textContent === String(names.length);
    },
    expected,
  );
}

test('two people see each other come, talk and go', async (t) => {
  const server = await startServer(t);
  const browser = await launchBrowser(t);
  const { page: ann, problems: annProblems } = await openPage(browser, DESKTOP);
  const { page: bob, problems: bobProblems } = await openPage(browser, PHONE);

  await join(ann, server.page, 'Ann');
  await state(ann, 'online');
  await members(ann, ['Ann']);
  await join(bob, server.page, 'Bob');
  await members(ann, ['Ann', 'Bob']);
  await members(bob, ['Ann', 'Bob']);
  await system(ann, 'Bob joined');

  await say(ann, 'Hello Bob 😀 the tea is ready');
  assert.equal(await heard(bob, 'Ann', 'Hello Bob 😀 the tea is ready'), 1);
  assert.equal(await heard(ann, 'Ann', 'Hello Bob 😀 the tea is ready'), 1);
  await say(bob, '<b>html</b> & <img src=x onerror=alert(1)>');
  await heard(ann, 'Bob', '<b>html</b> & <img src=x onerror=alert(1)>');
  await bob.locator('#text').fill('Zażółć gęślą jaźń, 你好, שלום');
  await bob.locator('#text').press('Enter');
  await heard(ann, 'Bob', 'Zażółć gęślą jaźń, 你好, שלום');
  assert.equal(await ann.locator('#log :is(b, img)').count(), 0);
  assert.equal(await ann.locator('#log .message.own').count(), 1);
  assert.equal(await bob.locator('#log .message.own').count(), 2);
  assert.match(await ann.locator('#log .message time').first().textContent(), /\d\d:\d\d/);

  const { page: cleo } = await openPage(browser, DESKTOP);
  await join(cleo, server.page, 'Cleo');
  await heard(cleo, 'Ann', 'Hello Bob 😀 the tea is ready');
  await members(cleo, ['Ann', 'Bob', 'Cleo']);
  await say(ann, 'Welcome, Cleo! We were just talking about the weather, and how it never does what the forecast says it would.');
  await say(cleo, '☕');
  await heard(bob, 'Cleo', '☕');
  await heard(ann, 'Cleo', '☕');
  await ann.screenshot({ path: await picturePath('chat-desktop-light.png') });
  await bob.screenshot({ path: await picturePath('chat-phone-dark.png') });

  await cleo.close();
  await members(ann, ['Ann', 'Bob']);
  await system(ann, 'Cleo left');
  await bob.close();
  await members(ann, ['Ann']);
  await system(ann, 'Bob left');
  assert.deepEqual([...annProblems, ...bobProblems], []);
});

test('a name that the server refuses is explained', async (t) => {
  const server = await startServer(t);
  const browser = await launchBrowser(t);
  const { page } = await openPage(browser, DESKTOP);
  await page.goto(server.page);
  await state(page, 'online');
  await page.locator('#name').fill('   ');
  await page.locator('#join').click();
  await page.waitForFunction(() => document.querySelector('#join-error').textContent.length > 5);
  await page.screenshot({ path: await picturePath('welcome-desktop-light.png') });
  assert.ok(await page.locator('#room').isHidden());
  await page.locator('#name').fill('Ann');
  await page.locator('#join').click();
  await members(page, ['Ann']);
});

test('a lost connection comes back by itself and nothing is missed', async (t) => {
  const server = await startServer(t);
  const network = await startProxy(t, server.host);
  const browser = await launchBrowser(t);
  const { page: ann } = await openPage(browser, PHONE);
  const { page: bob } = await openPage(browser, DESKTOP);
  await join(ann, `http://${network.host}/`, 'Ann');
  await join(bob, server.page, 'Bob');
  await say(ann, 'before');
  await heard(bob, 'Ann', 'before');
  await heard(ann, 'Ann', 'before');
  await ann.locator('#text').fill('half a thought');

  network.block();
  await state(ann, 'reconnecting');
  assert.match(await ann.locator('#status').textContent(), /^Reconnecting, attempt \d+/);
  assert.ok(await ann.locator('#send').isDisabled());
  await ann.screenshot({ path: await picturePath('reconnecting-phone-dark.png') });
  await members(bob, ['Bob']);
  await system(bob, 'Ann left');
  await say(bob, 'meanwhile');
  await heard(bob, 'Bob', 'meanwhile');

  network.restore();
  await state(ann, 'online');
  await system(ann, 'You are back.');
  await members(ann, ['Ann', 'Bob']);
  await members(bob, ['Ann', 'Bob']);
  assert.equal(await heard(ann, 'Bob', 'meanwhile'), 1);
  assert.equal(await heard(ann, 'Ann', 'before'), 1);
  assert.equal(await ann.locator('#text').inputValue(), 'half a thought');
  await ann.locator('#send').click();
  await heard(bob, 'Ann', 'half a thought');
  await heard(ann, 'Ann', 'half a thought');
  assert.equal(await ann.locator('#log .message.own').count(), 2);
});

test('a restarted server is found again, and its new users are not taken for old ones', async (t) => {
  const server = await startServer(t, await freeAddress());
  const network = await startProxy(t, server.host);
  const browser = await launchBrowser(t);
  const { page: ann } = await openPage(browser, DESKTOP);
  await join(ann, `http://${network.host}/`, 'Ann');
  await say(ann, 'before');
  await heard(ann, 'Ann', 'before');
  const { code, signal } = await server.stop();
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  network.block();
  await state(ann, 'reconnecting');

  // The new server counts from one again: Bob gets the number that was Ann's.
  await startServer(t, server.host);
  const { page: bob } = await openPage(browser, DESKTOP);
  await join(bob, server.page, 'Bob');
  await say(bob, 'first');
  await heard(bob, 'Bob', 'first');
  network.restore();
  await state(ann, 'online');
  await system(ann, 'You are back.');
  await members(ann, ['Ann', 'Bob']);
  await heard(ann, 'Bob', 'first');
  assert.equal(await ann.locator('#log .message.own').count(), 1);
  assert.deepEqual(await ann.locator('#members li:has(.self)').evaluateAll((items) => items.map((item) => item.dataset.name)), ['Ann']);
});

test('a kick is shown and final until the reader asks for more', async (t) => {
  const server = await startServer(t);
  const browser = await launchBrowser(t);
  const { page } = await openPage(browser, PHONE);
  // No route of the example kicks, so this one comes from between the page and the server.
  const reason = Buffer.from('{"reason":"outbound queue of 1048576 bytes is full"}');
  const sockets = [];
  await page.routeWebSocket(/nano$/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await join(page, server.page, 'Ann');
  sockets[0].send(Buffer.concat([Buffer.from([5, 0, 0, reason.length]), reason]));
  await state(page, 'kicked');
  assert.equal(await page.locator('#status').textContent(), 'Disconnected by the server: outbound queue of 1048576 bytes is full');
  assert.ok(await page.locator('#send').isDisabled());
  await page.screenshot({ path: await picturePath('kicked-phone-dark.png') });
  assert.equal(sockets.length, 1);
  await page.locator('#again').click();
  await state(page, 'online');
  await system(page, 'You are back.');
  assert.equal(sockets.length, 2);
});

test('a reader who scrolled up stays there', async (t) => {
  const server = await startServer(t);
  const browser = await launchBrowser(t);
  const { page: ann } = await openPage(browser, DESKTOP);
  const { page: bob } = await openPage(browser, PHONE);
  await join(ann, server.page, 'Ann');
  await join(bob, server.page, 'Bob');
  for (let line = 1; line <= 40; line += 1) await say(bob, `line ${line}`);
  await heard(ann, 'Bob', 'line 40');
  const gap = () => ann.evaluate(() => {
    const log = document.querySelector('#log');
    return log.scrollHeight - log.scrollTop - log.clientHeight;
  });
  assert.ok((await gap()) < 2, 'the end is in view');
  assert.ok(await ann.locator('#jump').isHidden());

  await ann.locator('#log').evaluate((log) => log.scrollTo(0, 0));
  await ann.locator('#jump').waitFor();
  await say(bob, 'are you there?');
  await heard(ann, 'Bob', 'are you there?');
  await ann.locator('#jump').filter({ hasText: '1 new message' }).waitFor();
  assert.equal(await ann.locator('#log').evaluate((log) => log.scrollTop), 0);
  await ann.screenshot({ path: await picturePath('scrolled-up-desktop-light.png') });
  await ann.locator('#jump').click();
  await ann.locator('#jump').waitFor({ state: 'hidden' });
  assert.ok((await gap()) < 2, 'the end is in view again');
});
