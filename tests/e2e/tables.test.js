// Crazy Eights, played by pages to the end.
import assert from 'node:assert/strict';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { startProxy } from './support/proxy.js';
import { startTables } from './support/server.js';

const DESKTOP = { viewport: { width: 1100, height: 760 }, colorScheme: 'light', reducedMotion: 'reduce' };
const PHONE = { viewport: { width: 360, height: 740 }, colorScheme: 'dark', isMobile: true, hasTouch: true, deviceScaleFactor: 2, reducedMotion: 'reduce' };
const LONGEST_GAME = 400;

async function enter(page, url, name) {
  await page.goto(url);
  await page.locator('#name').fill(name);
  await page.locator('#enter').click();
  await page.locator('#greeting').filter({ hasText: `Hello, ${name}` }).waitFor();
}

const news = (page, words) => page.locator('#news').filter({ hasText: words }).waitFor();
const moves = (page) => page.evaluate(() => Number(document.getElementById('table').dataset.moves));
const hasTurn = async (page) => (await page.locator('#own.turn').count()) > 0;
const isOver = async (page) => (await page.locator('#news').textContent()).includes('won!');
const cards = (page) => page.$$eval('#hand .face', (faces) => faces.map((face) => face.dataset.card));

/** Waits until the page shows this move, or a later one. */
function reaches(page, move) {
  return page.waitForFunction((least) => Number(document.getElementById('table').dataset.moves) >= least, move);
}

/** Makes one move by hand: a card that fits, or a new one, or none. */
async function move(page) {
  const before = await moves(page);
  const fitting = page.locator('#hand .face:enabled');
  if (await fitting.count()) {
    const card = await fitting.first().getAttribute('data-card');
    await fitting.first().click();
    if (card.startsWith('8')) await page.locator('#suits button').first().click();
  } else if (await page.locator('#pile').isEnabled()) {
    await page.locator('#pile').click();
  } else {
    await page.locator('#pass').click();
  }
  await reaches(page, before + 1);
}

/** Plays on, whoever's turn it is, until `isEnough`. */
async function play(pages, isEnough) {
  for (let made = 0; made < LONGEST_GAME; made++) {
    const shown = Math.max(...(await Promise.all(pages.map(moves))));
    await Promise.all(pages.map((page) => reaches(page, shown)));
    if (await isEnough()) return;
    for (const page of pages) {
      if (await hasTurn(page)) {
        await move(page);
        break;
      }
    }
  }
  assert.fail(`no end after ${LONGEST_GAME} moves`);
}

test('two pages play a game to its end, and one of them comes back to its seat in between', async (t) => {
  const server = await startTables(t);
  const proxy = await startProxy(t, server.host);
  const browser = await launchBrowser(t);
  const { page: ann, problems: annProblems } = await openPage(browser, DESKTOP);
  const { page: ben, problems: benProblems } = await openPage(browser, PHONE);
  const { page: cid, problems: cidProblems } = await openPage(browser, PHONE);
  await enter(ann, `http://${proxy.host}/`, 'Ann');
  await enter(ben, server.page, 'Ben');
  await enter(cid, server.page, 'Cid');

  // The lobby of the others is live.
  await ann.locator('#title').fill('Sunday round');
  await ann.locator('#open-form button').click();
  await news(ann, 'Waiting for another player');
  const row = ben.locator('#tables li').filter({ hasText: 'Sunday round' });
  await row.filter({ hasText: 'Waiting: Ann' }).waitFor();
  await row.getByText('Sit down').tap();
  await news(ann, 'The game begins soon');
  await cid.locator('#tables li').filter({ hasText: 'Ann, Ben' }).getByText('Watch').tap();
  await ann.locator('#start').click();
  await news(ben, 'The cards are dealt');
  await news(cid, 'The cards are dealt');
  assert.equal((await cards(ann)).length, 7);
  assert.deepEqual(await cards(cid), [], 'spectators see no hand');

  // Ann's connection is lost while Ben thinks.
  await play([ann, ben], async () => (await moves(ben)) >= 4 && (await hasTurn(ben)));
  await ann.screenshot({ path: await picturePath('tables-game.png') });
  const held = await cards(ann);
  proxy.block();
  await ann.locator('#status[data-state="reconnecting"]').waitFor();
  await ben.locator('#seats li.away').filter({ hasText: 'Ann' }).waitFor();
  assert.equal((await cards(ann)).length, held.length);
  await ben.screenshot({ path: await picturePath('tables-away-phone.png') });
  await move(ben);
  const missed = await moves(ben);
  proxy.restore();
  await ann.locator('#status[data-state="online"]').waitFor();
  await reaches(ann, missed);
  await ben.waitForFunction(() => !document.querySelector('#seats li.away'));
  const back = await cards(ann);
  assert.ok(held.filter((card) => back.includes(card)).length >= held.length - 1, `${held} became ${back}`);

  await play([ann, ben], () => isOver(ben));
  const [byAnn, byBen, byCid] = await Promise.all(
    [ann, ben, cid].map(async (page) => {
      await news(page, 'won!');
      return page.locator('#news').textContent();
    }),
  );
  const winner = byCid.replace(' won!', '');
  assert.ok(['Ann', 'Ben'].includes(winner));
  assert.deepEqual([byAnn, byBen], ['Ann', 'Ben'].map((name) => (name === winner ? 'You won!' : byCid)));
  await ben.screenshot({ path: await picturePath('tables-over-phone.png') });
  await cid.screenshot({ path: await picturePath('tables-watching-phone.png') });

  await cid.locator('#leave').tap();
  await cid.locator('#lobby').waitFor();
  await cid.screenshot({ path: await picturePath('tables-lobby-phone.png') });
  // Browsers report the connection that was cut.
  const others = annProblems.filter((problem) => !problem.includes('WebSocket connection'));
  assert.deepEqual([others, benProblems, cidProblems], [[], [], []]);
});

test('a private table opens to its link, bots fill the seats, and nothing is wider than a phone', async (t) => {
  const server = await startTables(t);
  const browser = await launchBrowser(t);
  const { page: ann } = await openPage(browser, PHONE);
  const { page: ben } = await openPage(browser, { ...DESKTOP, colorScheme: 'dark' });
  await enter(ann, server.page, 'Ann');
  await ann.screenshot({ path: await picturePath('tables-empty-lobby-phone.png') });
  await ann.locator('#private').check();
  await ann.locator('#open-form button').tap();
  await news(ann, 'Waiting for another player');
  const share = await ann.locator('#share').textContent();
  const code = share.split(' · ')[1];
  for (let bots = 1; bots <= 3; bots++) {
    await ann.locator('#add-bot').tap();
    await ann.locator('#seats li').nth(bots - 1).waitFor();
  }
  // The link leads past the lobby, and one bot makes room.
  await ben.goto(`${server.page}#${code}`);
  await ben.locator('#name').fill('Ben');
  await ben.locator('#enter').click();
  await ann.locator('#seats li').filter({ hasText: 'Ben' }).waitFor();
  assert.equal(await ben.locator('#seats li').count(), 3);
  await ben.locator('#start').click();
  await news(ann, 'The cards are dealt');
  await ann.screenshot({ path: await picturePath('tables-four-phone.png') });
  await ben.screenshot({ path: await picturePath('tables-four-dark.png') });
  const width = await ann.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, PHONE.viewport.width);

  // A page that is loaded again is back at the table, where a bot has stood in.
  await ann.reload();
  await ann.locator('#table').waitFor();
  await ann.locator('#hand .face').first().waitFor();
  await ben.locator('#seats li').filter({ hasText: 'Ann' }).filter({ hasNotText: 'bot' }).waitFor();
  await ann.locator('#leave').tap();
  await ann.locator('#lobby').waitFor();
  await ann.reload();
  await ann.locator('#lobby').waitFor();
});

test('bots come to whoever waits, and a quick game begins by itself', async (t) => {
  const server = await startTables(t, { bots: 6 });
  const browser = await launchBrowser(t);
  const { page, problems } = await openPage(browser, DESKTOP);
  page.setDefaultTimeout(60_000);
  await enter(page, server.page, 'Ann');
  await page.locator('#tables li').first().waitFor();
  await page.screenshot({ path: await picturePath('tables-lobby.png') });
  await page.locator('#quick').click();
  await news(page, 'The cards are dealt');
  assert.ok((await cards(page)).length >= 5);
  assert.deepEqual(problems, []);
});
