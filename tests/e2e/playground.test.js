// The playground of the admin page, with an app in JSON and one in Protobuf.
import assert from 'node:assert/strict';
import test from 'node:test';

import { launchBrowser, openPage, picturePath } from './support/browser.js';
import { startPlayground, startTables } from './support/server.js';

const TOKEN = 'a-token-of-the-playground';
const LIGHT = { viewport: { width: 1280, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' };
const DARK = { ...LIGHT, colorScheme: 'dark' };
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

const faults = (problems) => problems.filter((problem) => !problem.includes('401'));
const shows = (page, selector, pattern) => page.locator(selector).filter({ hasText: pattern }).first().waitFor();
const field = (page, path) => page.locator(`#fields [aria-label="${path}"]`);
const choose = (page, route) => page.locator(`#routes [data-route="${route}"]`).first().click();
const send = (page) => page.locator('#send').click();

/** Waits for the entry of the log that has a text, and returns the text of all of it. */
async function entry(page, { kind, player = 'A', mood }, pattern) {
  const found = page.locator(`#log [data-kind="${kind}"][data-player="${player}"]${mood ? `[data-mood="${mood}"]` : ''}`).filter({ hasText: pattern });
  await found.first().waitFor();
  return found.first().innerText();
}

/** Writes a message as JSON, and lets the form make it anew. Returns the JSON that the form has made. */
async function throughForm(page, value) {
  const mode = (name) => page.locator(`#modes [data-mode="${name}"]`);
  await mode('json').click();
  await page.locator('#text').fill(typeof value === 'string' ? value : JSON.stringify(value));
  await mode('form').click();
  await page.locator('#fields').waitFor();
  await mode('json').click();
  return page.locator('#text').inputValue();
}

test('routes of a JSON app are listed, called, and their history is kept', async (t) => {
  const server = await startPlayground(t, 'json', TOKEN);
  const browser = await launchBrowser(t);
  const { page, problems } = await openPage(browser, LIGHT);
  // From the admin page, which has the token already.
  await page.goto(server.admin);
  await page.locator('#token').fill(TOKEN);
  await page.locator('#unlock button').click();
  await page.locator('#playground').click();
  await page.waitForURL(`${server.admin}playground/`);
  await shows(page, '#where', 'typed-json, json');
  assert.equal(await page.locator('#url').inputValue(), server.url);
  assert.ok(await page.locator('#notice').isHidden(), 'the manifest is that of the server');

  await page.locator('#search').fill('who is there');
  assert.equal(await page.locator('#routes li:visible').count(), 1);
  await page.locator('#search').fill('');
  await choose(page, 'hall.enter');
  await shows(page, '#docs', 'Enters the hall, and answers with who is there.');
  await shows(page, '#code', 'code 12');
  await shows(page, '#types dd', '{name: string, hat?: "top-hat" | "cap" | null, volume?: integer}');
  await shows(page, '#fields .docs', 'How loud; 3 if nothing is said.');

  // It connects by itself. Integers beyond those of JavaScript are exact.
  await field(page, 'name').fill('Ann');
  await field(page, 'hat is there').check();
  await field(page, 'hat').selectOption('cap');
  await send(page);
  const reply = await entry(page, { kind: 'call', mood: 'good' }, 'others');
  assert.match(reply, /"id": ?9007199254740994\b/);
  assert.match(reply, /"hat": ?"cap"/);
  await page.locator('#handshake summary').click();
  await shows(page, '#greeting', '"type": "nano-js"');
  await shows(page, '#answer', '"heartbeat"');
  await shows(page, '#answer', /"dictVersion": "\w+"/);
  await shows(page, '#codes', '"hall.enter": 12');

  // Another session, side by side: the first one hears of it.
  await page.locator('#add').click();
  await field(page, 'name').fill('Bob');
  await send(page);
  await entry(page, { kind: 'call', player: 'B', mood: 'good' }, '"Bob"');
  await entry(page, { kind: 'push', player: 'A' }, /onEntered[\s\S]*Bob/);
  await shows(page, '#routes [data-route="onEntered"] .count', '1');

  // An error of the handler, and mistakes that are not sent.
  await field(page, 'name').fill('');
  await send(page);
  await entry(page, { kind: 'call', player: 'B', mood: 'bad' }, 'bad_name: a name has at least one letter');
  await field(page, 'volume is there').check();
  await field(page, 'volume').fill('loud');
  await send(page);
  await shows(page, '#message-problem', 'volume: a whole number is expected');
  await field(page, 'volume').fill('3');
  await page.locator('#modes [data-mode="json"]').click();
  for (const [text, problem] of [
    ['{"name": 5}', 'name: a text is expected, not 5'], ['{', 'JSON'], ['{}', 'name is missing'],
    ['{"name": "Ann", "hat": "bowler"}', 'hat: one of top-hat, cap is expected, not "bowler"'],
  ]) {
    await page.locator('#text').fill(text);
    await send(page);
    await shows(page, '#message-problem', problem);
  }

  // A handler that takes nothing, a notify, and bytes.
  await choose(page, 'connector.count');
  await shows(page, '#fields', 'It takes no message.');
  await send(page);
  await entry(page, { kind: 'call', player: 'B', mood: 'good' }, /connector\.count/);
  await choose(page, 'Echo.RawBytes');
  await field(page, 'the message').fill('abc');
  await send(page);
  await entry(page, { kind: 'call', player: 'B', mood: 'good' }, /61 62 63[\s\S]*cba/);
  await choose(page, 'hall.kick');
  await field(page, 'the message').fill('too loud');
  await send(page);
  await entry(page, { kind: 'kick', player: 'B' }, 'too loud');
  await shows(page, '.chip[data-player="B"]', 'not connected');

  // The history outlives the page; the token and what was typed for the handshake are not in it.
  await page.locator('#user').fill('{"password": "secret"}');
  await page.locator('.chip[data-player="A"]').click();
  await page.reload();
  await shows(page, '#history li[data-mood="bad"]', 'bad_name');
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.ok(kept.includes('Bob') && !kept.includes(TOKEN) && !kept.includes('secret'), kept);
  const bob = page.locator('#history li[data-route="hall.enter"]').filter({ hasText: 'Bob' });
  await bob.locator('.past').click();
  assert.equal(await field(page, 'name').inputValue(), 'Bob');
  await bob.locator('.small').click();
  await entry(page, { kind: 'call', mood: 'good' }, '"Bob"');
  await page.locator('#forget-history').click();
  assert.ok(!(await page.evaluate(() => JSON.stringify({ ...localStorage }))).includes('Bob'));
  assert.ok(!server.log().includes(TOKEN));
  assert.deepEqual(faults(problems), []);
});

test('forms hold every type of a JSON app', async (t) => {
  const server = await startPlayground(t, 'json');
  const browser = await launchBrowser(t);
  const { page, problems } = await openPage(browser, DARK);
  await page.goto(`${server.admin}playground/#Echo.Shapes`);
  const shapes = {
    shapes: ['Point', { Circle: 0.5 }, { Line: [1, 2] }, { Rect: { w: 3, h: 4 } }],
    events: [{ kind: 'quiet' }, { kind: 'moved', toX: 1, toY: -2 }, { kind: 'came', itemId: 7, displayName: 'a "b"' }],
    steps: [{ t: 'Stop' }, { t: 'Go', c: 'on' }, { t: 'Turn', c: { by: -1 } }],
    values: [1.5, 'a', [2, ['b']], { itemId: 3, displayName: 'c' }], by_name: { 'a b': 'Point' }, by_number: { 7: true },
    pair: [4, 'p'], unit: null, maybe: 5,
  };
  await shows(page, '#route', 'Echo.Shapes');
  assert.deepEqual(JSON.parse(await throughForm(page, shapes)), shapes);
  await page.locator('#modes [data-mode="form"]').click();
  await send(page);
  await entry(page, { kind: 'call', mood: 'good' }, /"displayName"[\s\S]*"displayName"/);

  await choose(page, 'Echo.Bag');
  const bag = '{"weight":1.5,"itemId":9007199254740993,"displayName":"x","red":true}';
  assert.equal((await throughForm(page, bag)).replace(/\s/g, ''), bag);
  await send(page);
  await entry(page, { kind: 'call', mood: 'good' }, /9007199254740993[\s\S]*9007199254740993/);
  await choose(page, 'Echo.all-pages');
  const pages = { items: [{ itemId: 1, displayName: 'a' }], next: { items: [], next: null } };
  await throughForm(page, pages);
  await send(page);
  await entry(page, { kind: 'call', mood: 'good' }, '"items"');
  // Many pushes, of which one kind is muted.
  await choose(page, 'Echo.PushAll');
  await field(page, 'the message').fill('3');
  await send(page);
  await entry(page, { kind: 'push' }, /onCount/);
  await page.locator('#log [data-kind="push"]').filter({ hasText: 'onPage' }).first().locator('.small').click();
  await page.locator('#log [data-kind="push"]').filter({ hasText: 'onPage' }).waitFor({ state: 'detached' });
  await shows(page, '#muted', 'onPage');
  // Handlers with names that all objects of JavaScript have.
  await choose(page, 'constructor.prototype.class.__proto__');
  await send(page);
  await entry(page, { kind: 'call', mood: 'good' }, '__proto__');
  assert.deepEqual(faults(problems), []);
});

test('messages of a Protobuf app are forms, too', async (t) => {
  const server = await startPlayground(t, 'protobuf');
  const browser = await launchBrowser(t);
  const { page, problems } = await openPage(browser, LIGHT);
  await page.goto(`${server.admin}playground/#arena.enter`);
  await shows(page, '#docs', 'Enters the arena, and answers with who is there.');
  // The documentation of fields is that of the .proto files.
  await shows(page, '#fields .docs', 'As shown to others.');
  await field(page, 'name').fill('Ann');
  await field(page, 'team is there').check();
  await field(page, 'team').selectOption('TEAM_BLUE');
  await send(page);
  const reply = await entry(page, { kind: 'call', mood: 'good' }, 'others');
  assert.match(reply, /"id": ?9007199254740994\b[\s\S]*"TEAM_BLUE"/);
  await field(page, 'name').fill('');
  await send(page);
  await entry(page, { kind: 'call', mood: 'bad' }, 'bad_name: a name has at least one letter');
  await choose(page, 'arena.mutter');
  await field(page, 'text').fill('hm');
  await send(page);
  await entry(page, { kind: 'push' }, /onShouted[\s\S]*"hm"/);

  // One of every kind of field, as the server has read and written it.
  await choose(page, 'arena.echo');
  const everything = {
    signed: -9007199254740993n, unsigned: 18446744073709551615n, zigzag: -5, fixed: 9007199254740993n, small: -1, single: 0.5,
    double: 'NaN', flag: true, text: 'é😀', data: 'AQI=', maybe: 0, team: 'TEAM_RED', numbers: [1, -2, 9007199254740993n],
    inners: [{ text: 'a', inner: { text: 'b' } }], by_name: { 'a b': -3, __proto__x: 4 }, by_number: { '-7': { text: 'c' } },
    at: '2026-01-02T03:04:05.120Z', position: {}, nested: { text: 'd' },
  };
  const text = JSON.stringify(everything, (_, value) => (typeof value === 'bigint' ? `#${value}#` : value)).replace(/"#(-?\d+)#"/g, '$1');
  await throughForm(page, text);
  await page.locator('#modes [data-mode="form"]').click();
  await send(page);
  const echoed = page.locator('#log [data-kind="call"][data-mood="good"]').filter({ hasText: 'arena.echo' }).first();
  await echoed.waitFor();
  const returned = (await echoed.locator('pre').last().innerText()).replace(/(?<=[\s[:,])-?\d{16,}(?=[,\]\s}])/g, '"#$&#"');
  const read = JSON.parse(returned, (_, value) => (typeof value === 'string' && value.startsWith('#') ? BigInt(value.slice(1, -1)) : value));
  for (const [name, value] of Object.entries(everything)) {
    if (name === 'position') continue;
    assert.deepEqual(read[name], value, name);
  }
  // One of several: the other goes when one comes.
  await field(page, 'word is there').check();
  assert.ok(!(await field(page, 'nested is there').isChecked()));
  for (const [message, problem] of [
    ['{"small": 2147483648}', 'small: a number from -2147483648 to 2147483647 is expected'], ['{"txet": ""}', 'txet: there is no such field'],
    ['{"word": "a", "count": 1}', 'only one of word and count can be there'], ['{"at": "today"}', 'at: a time such as'],
  ]) {
    await page.locator('#modes [data-mode="json"]').click();
    await page.locator('#text').fill(message);
    await send(page);
    await shows(page, '#message-problem', problem);
  }
  await choose(page, 'arena.panic');
  await send(page);
  await entry(page, { kind: 'call', mood: 'bad' }, 'internal');
  await choose(page, 'arena.push_all');
  await send(page);
  await entry(page, { kind: 'push' }, /onFrame[\s\S]*00 ff 7b/);
  assert.deepEqual(faults(problems), []);
});

test('an app without a manifest is called by JSON', async (t) => {
  const server = await startTables(t, { token: TOKEN });
  const browser = await launchBrowser(t);
  const { page, problems } = await openPage(browser, LIGHT);
  // An address that was cut off in a chat, perhaps.
  await page.goto(`${server.admin}playground/#room.j%`);
  await page.locator('#token').fill('not this one');
  await page.locator('#unlock button').click();
  await shows(page, '#wrong', 'This token is wrong.');
  await page.locator('#token').fill(TOKEN);
  await page.locator('#unlock button').click();
  await shows(page, '#notice', 'no manifest');
  await choose(page, 'lobby.hello');
  await shows(page, '#policy', 'also without a user · at most 5/s');
  await page.locator('#text').fill('"not an object"');
  await page.locator('#url').fill(server.url.replace('/nano', '/elsewhere'));
  await send(page);
  await shows(page, '#connection-problem', 'Is the address right');
  await page.locator('#url').fill(server.url);
  await send(page);
  await entry(page, { kind: 'call', mood: 'bad' }, 'bad_request');
  assert.deepEqual(faults(problems).filter((problem) => !problem.includes('elsewhere')), []);
});

test('the playground fits screens of each size', async (t) => {
  const server = await startPlayground(t, 'json');
  const browser = await launchBrowser(t);
  for (const [name, view] of Object.entries({ light: LIGHT, dark: DARK, phone: PHONE })) {
    const { page, problems } = await openPage(browser, view);
    await page.goto(`${server.admin}playground/#hall.enter`);
    await field(page, 'name').fill('Ann');
    await field(page, 'hat is there').check();
    await send(page);
    await entry(page, { kind: 'call', mood: 'good' }, 'others');
    await page.locator('#add').click();
    await field(page, 'name').fill('Bob');
    await send(page);
    await entry(page, { kind: 'push' }, 'Bob');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    await page.screenshot({ path: await picturePath(`playground-${name}.png`), fullPage: true });
    assert.ok(!wide, `${name} scrolls to the side`);
    assert.deepEqual(problems, []);
  }
});
