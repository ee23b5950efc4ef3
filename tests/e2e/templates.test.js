// The pages of projects that `cargo nano new` makes, each in two tabs.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { start } from './support/server.js';

const folderOf = (template) => join(process.env.TEMPLATES_FOLDER ?? assert.fail('run `cargo xtask e2e templates`'), template);

/** Starts the program of a template in its folder, and opens its page as two people. */
async function open(t, template) {
  const folder = folderOf(template);
  process.env.TEMPLATE_BIN = join(folder, 'program');
  const printed = { host: /^page\s+http:\/\/([^/\s]+)\// };
  const server = await start(t, 'TEMPLATE_BIN', ['127.0.0.1:0'], printed, {}, folder);
  const browser = await launchBrowser(t);
  const people = await Promise.all([openPage(browser), openPage(browser)]);
  await Promise.all(people.map(({ page }) => page.goto(server.page)));
  t.after(() => assert.deepEqual(people.flatMap(({ problems }) => problems), []));
  return people.map(({ page }) => page);
}

const status = (page, text) => page.locator('#status', { hasText: text }).waitFor();

async function enter(page, form, name) {
  await page.locator('#name').fill(name);
  await page.locator(`#${form} button`).click();
}

test('people talk in a project from the template chat', async (t) => {
  const [ann, bob] = await open(t, 'chat');
  await enter(ann, 'join', 'Ann');
  await ann.locator('#log', { hasText: 'Here now: Ann' }).waitFor();
  await enter(bob, 'join', 'Bob');
  await ann.locator('#log', { hasText: 'Bob came in' }).waitFor();
  await bob.locator('#text').fill('<b>hello</b>');
  await bob.locator('#say button').click();
  await ann.locator('#log', { hasText: 'Bob: <b>hello</b>' }).waitFor();
  await ann.screenshot({ path: await picturePath('template-chat.png') });
  await bob.close();
  await ann.locator('#log', { hasText: 'Bob left' }).waitFor();
});

test('two play a game in a project from the template rooms', async (t) => {
  const [ann, bob] = await open(t, 'rooms');
  await enter(ann, 'play', 'Ann');
  await status(ann, 'waiting for another player');
  await enter(bob, 'play', 'Bob');
  for (const [player, cell] of [[ann, 0], [bob, 3], [ann, 1], [bob, 4], [ann, 2]]) {
    await status(player, 'your turn');
    await player.locator('#board button').nth(cell).click();
  }
  await status(ann, 'you win');
  await status(bob, 'Ann wins');
  await ann.screenshot({ path: await picturePath('template-rooms.png') });
  await enter(ann, 'play', 'Ann');
  await status(bob, 'Ann left');
  await status(ann, 'waiting for another player');
});

test('dots move in a project from the template protobuf', async (t) => {
  const [ann, bob] = await open(t, 'protobuf');
  await status(ann, '2 dots');
  const box = await bob.locator('#field').boundingBox();
  await bob.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
  await ann.waitForFunction(() => [...document.querySelectorAll('#field div:not(.own)')].some((dot) => Math.abs(parseFloat(dot.style.left) - 25) < 1));
  assert.equal(await ann.locator('#field .own').count(), 1);
  await ann.screenshot({ path: await picturePath('template-protobuf.png') });
  await bob.close();
  await status(ann, 'only you');
});

test('people talk in one process in a project from the template cluster', async (t) => {
  const [ann, bob] = await open(t, 'cluster');
  await enter(ann, 'enter', 'Ann');
  await enter(bob, 'enter', 'Bob');
  for (const page of [ann, bob]) await page.locator('#view', { hasText: 'tea on here: Ann, Bob' }).waitFor();
  await bob.locator('#text').fill('<b>hello</b>');
  await bob.locator('#say button').click();
  await ann.locator('#log', { hasText: 'Bob: <b>hello</b>' }).waitFor();
});

test('pages at two gates go on without a backend in a project from the template cluster', async (t) => {
  const folder = folderOf('cluster');
  process.env.TEMPLATE_BIN = join(folder, 'program');
  const printed = { host: /^page\s+http:\/\/([^/\s]+)\//, nodes: /^nodes\s+(\S+)/ };
  const node = (name, role, options, found) => start(t, 'TEMPLATE_BIN', ['--role', role, '--name', name, ...options], found, {}, folder);
  const first = await node('gate-1', 'gate', ['127.0.0.1:0'], printed);
  const master = ['--join', first.addresses.nodes];
  const second = await node('gate-2', 'gate', ['127.0.0.1:0', ...master], printed);
  const lost = await node('backend-1', 'backend', master, { nodes: printed.nodes });

  const browser = await launchBrowser(t);
  const people = await Promise.all([openPage(browser), openPage(browser)]);
  const [ann, bob] = people.map(({ page }) => page);
  await ann.goto(first.page);
  await bob.goto(second.page);
  await enter(ann, 'enter', 'Ann');
  await enter(bob, 'enter', 'Bob');
  const both = (text) => Promise.all([ann, bob].map((page) => page.locator('#view', { hasText: text }).waitFor()));
  await both('tea on backend-1: Ann, Bob');

  await lost.stop('SIGKILL');
  for (const page of [ann, bob]) await page.locator('#log', { hasText: 'backend-1 is gone, and the room with it.' }).waitFor();
  await node('backend-2', 'backend', master, { nodes: printed.nodes });
  await both(/^tea on backend-2: (Ann, Bob|Bob, Ann)$/);
  await bob.locator('#text').fill('still here');
  await bob.locator('#say button').click();
  await ann.locator('#log', { hasText: 'Bob: still here' }).waitFor();
  await ann.screenshot({ path: await picturePath('template-cluster.png') });
  assert.deepEqual(people.flatMap(({ problems }) => problems), []);
});

test('the exported client of a project is a package', async () => {
  const folder = join(folderOf('chat'), 'client');
  const { name, main } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  assert.equal(name, 'chat-client');
  const { dictionary } = await import(join(folder, main));
  assert.deepEqual(Object.keys(dictionary.codes), ['onJoined', 'onLeft', 'onSaid', 'room.join', 'room.say']);
});
