// The admin page, watched while tadpoles swim.
import assert from 'node:assert/strict';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { startPond, startTables } from './support/server.js';

const TOKEN = 'a token without spaces'.replaceAll(' ', '-');
const LIGHT = { viewport: { width: 1280, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' };
const DARK = { ...LIGHT, colorScheme: 'dark' };
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

async function unlock(page, token) {
  await page.locator('#token').fill(token);
  await page.locator('#unlock button').click();
}

const shows = (page, selector, pattern) => page.locator(selector).filter({ hasText: pattern }).first().waitFor();

/** Leaves out what browsers say about an answer of 401: the page asks for the token then. */
const faults = (problems) => problems.filter((problem) => !problem.includes('401'));

test('the page asks for the token, shows what happens, and kicks a session', async (t) => {
  const server = await startPond(t, { bots: 6, token: TOKEN });
  const browser = await launchBrowser(t);
  const { page, problems } = await openPage(browser, LIGHT);
  await page.goto(server.admin);
  await page.locator('#ask').waitFor();
  await unlock(page, 'the wrong token');
  await shows(page, '#wrong', 'This token is wrong.');
  assert.ok(await page.locator('#main').isHidden());
  await unlock(page, TOKEN);

  await shows(page, '#status[data-state="ready"]', 'Ready');
  await shows(page, '#tile-connections .value', /^6$/);
  await shows(page, '#tile-connections .detail', '6 websocket');
  // Bots swim all the time: the rate is known from the second round on.
  await shows(page, '#tile-messages .value', /^[1-9]/);
  await shows(page, '#routes td.name', 'pond.swim');
  await shows(page, '#routes td:last-child', /^[\d.]+ (µs|ms)$/);
  await shows(page, '#faults td', 'admin refused');
  assert.equal(await page.locator('#sessions tbody tr').count(), 6);

  const address = await page.locator('#sessions tbody tr').first().locator('td').nth(2).textContent();
  await page.locator('#sessions .kick').first().click();
  await shows(page, '#kick-whom', address);
  await page.locator('#reason').fill('makes waves');
  await page.locator('#kick .danger').click();
  await page.locator('#kick').waitFor({ state: 'hidden' });
  await shows(page, '#faults td', 'session ended: kicked');
  assert.match(server.log(), /a session is kicked on the admin page .*reason="makes waves"/);
  assert.ok(!server.log().includes(TOKEN) && !page.url().includes(TOKEN));

  // The token is kept as long as the tab is open, and may be forgotten.
  await page.reload();
  await shows(page, '#status', 'Ready');
  await page.locator('#forget').click();
  await page.locator('#ask').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
  assert.deepEqual(faults(problems), []);
});

test('the page shows rooms, and closes them', async (t) => {
  const server = await startTables(t, { bots: 12, token: TOKEN });
  const browser = await launchBrowser(t);
  const pages = [];
  for (const [name, view] of Object.entries({ light: LIGHT, phone: PHONE })) {
    const { page, problems } = await openPage(browser, view);
    await page.goto(server.admin);
    await unlock(page, TOKEN);
    await shows(page, '#rooms td', 'table');
    await page.locator('#rooms .kick').nth(1).waitFor();
    await shows(page, '#sessions .kick', 'Kick');
    // Every route is there, with its policy, and its name is whole.
    await shows(page, '#guests', 'those not marked guest need a user');
    await page.locator('#more-routes').waitFor();
    await page.locator('#more-routes').click();
    const hello = page.locator('#routes tr').filter({ hasText: 'lobby.hello' });
    assert.equal(await hello.locator('small').textContent(), 'guest · at most 5/s');
    assert.equal(await page.locator('#routes tbody tr').count(), 12);
    const isCut = await page.$$eval('#routes td.name', (names) => names.some((name) => name.scrollWidth > name.clientWidth));
    assert.ok(!isCut, `${name} cuts the name of a route`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    await page.screenshot({ path: await picturePath(`admin-rooms-${name}.png`), fullPage: true });
    assert.ok(!wide, `${name} scrolls to the side`);
    pages.push({ page, problems });
  }
  for (const { page, problems } of pages) {
    const button = page.locator('#rooms .kick').first();
    const id = await button.getAttribute('data-room');
    await button.click();
    await shows(page, '#end-what', 'Its members are told.');
    await page.locator('#end-not').click();
    assert.equal(await page.locator(`#rooms [data-room="${id}"]`).count(), 1, 'nothing was closed');
    await page.locator(`#rooms [data-room="${id}"]`).click();
    await page.locator('#end .danger').click();
    await page.locator('#end').waitFor({ state: 'hidden' });
    // The other page learns of it with its next round.
    for (const { page } of pages) await page.locator(`#rooms [data-room="${id}"]`).waitFor({ state: 'detached' });
    assert.deepEqual(faults(problems), []);
  }
  assert.match(server.log(), /a room is closed on the admin page/);
});

test('a page without a token shows, and cannot kick', async (t) => {
  const server = await startPond(t, { bots: 30, token: '' });
  const browser = await launchBrowser(t);
  const views = [];
  for (const [name, view] of Object.entries({ light: LIGHT, dark: DARK, phone: PHONE })) {
    const { page, problems } = await openPage(browser, view);
    await page.goto(server.admin);
    await shows(page, '#readonly', 'only shows');
    views.push({ name, page, problems });
  }
  for (const { name, page, problems } of views) {
    await shows(page, '#routes td:last-child', /^[\d.]+ (µs|ms)$/);
    assert.equal(await page.locator('.kick').count(), 0);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.ok(!wide, `${name} scrolls to the side`);
    await page.screenshot({ path: await picturePath(`admin-${name}.png`), fullPage: true });
    assert.deepEqual(problems, []);
  }
  const { page } = views[0];
  await page.locator('#search').fill('nobody');
  await shows(page, '#no-sessions', 'No user like that is here.');
  const id = (await (await fetch(`${server.admin}sessions?limit=1`)).json()).sessions[0].id;
  const kick = await fetch(`${server.admin}sessions/${id}/kick`, { method: 'POST' });
  assert.equal(kick.status, 403);

  // It says so when the server is gone, and goes on when it is back.
  await server.stop();
  await shows(page, '#status[data-state="lost"]', 'No answer');
});
