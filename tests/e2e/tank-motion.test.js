// What the page of the tank arena computes, without a browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const EXAMPLE = new URL('../../examples/tank/', import.meta.url);
const TICK = 33;

async function load(name) {
  const entry = fileURLToPath(new URL(`web/src/${name}.ts`, EXAMPLE));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const { GameMap } = await load('game/map');
const { follow } = await load('game/body');
const { Flight } = await load('game/flight');
const { Prediction } = await load('prediction');
const { History } = await load('history');
const { Clock } = await load('clock');
const { Shells } = await load('shells');

const lines = (file) => readFileSync(new URL(`src/game/${file}`, EXAMPLE), 'utf8').trimEnd().split('\n');
const map = new GameMap(lines('arena.txt'));
const START = { x: 1600, y: 1600, heading: 0, speed: 0, reload: 0, boost: 0 };
const EAST = { heading: 0, throttle: 16, aim: 0, fire: false };

/** The state of the own tank on the server. */
const state = (body, seq) => ({ id: 1, aim: 0, health: 100, shield: 0, away: false, ...body, seq });

test('the page computes what the server computes', () => {
  let body = { ...START, boost: 200 };
  const row = lines('arena.txt').findIndex((letters) => letters.includes('s'));
  [body.x, body.y] = [lines('arena.txt')[row].indexOf('s'), row].map((tile) => (tile + 0.5) * 640);
  let compared = 0;
  for (const line of lines('trace.txt')) {
    const [given, expected] = line.split(': ');
    const [kind, ...words] = given.split(' ');
    const numbers = words.map(Number);
    if (kind === 'drive') {
      const [heading, throttle, fire] = numbers;
      const [next, fires] = follow(body, { seq: 1, heading, throttle, aim: 0, fire: fire === 1 }, map);
      body = next;
      assert.equal([body.x, body.y, body.heading, body.speed, body.reload, body.boost, Number(fires)].join(' '), expected, given);
    } else {
      const flight = new Flight(...numbers, map);
      const [x, y] = flight.at(flight.length);
      assert.equal([flight.length * 2, x * 16, y * 16].join(' '), expected, given);
    }
    compared += 1;
  }
  assert.ok(compared > 1000);
});

test('states that follow from older commands change nothing', () => {
  const prediction = new Prediction(map);
  assert.equal(prediction.step(EAST, 0), undefined, 'no tank, no command');
  prediction.reconcile(state(START, 0), 0);
  const server = [START];
  for (let seq = 1; seq <= 30; seq++) {
    const [command] = prediction.step({ ...EAST, heading: seq * 20, fire: true }, seq * TICK);
    server.push(follow(server.at(-1), command, map)[0]);
    // The server is six commands behind.
    if (seq > 6) assert.equal(prediction.reconcile(state(server[seq - 6], seq - 6), seq * TICK), 6 * TICK);
  }
  assert.deepEqual([prediction.body, prediction.corrections, prediction.pending], [server.at(-1), 0, 6]);
});

test('a push by another tank is taken over, and shown bit by bit', () => {
  const prediction = new Prediction(map);
  prediction.reconcile(state(START, 0), 0);
  for (let seq = 1; seq <= 4; seq++) prediction.step(EAST, seq);
  const before = prediction.pose(1);
  const pushed = { ...START, y: START.y + 320 };
  prediction.reconcile(state(pushed, 1), 5);
  assert.equal(prediction.corrections, 1);
  assert.equal(prediction.body.y, pushed.y);
  assert.equal(prediction.pose(1).y, before.y, 'nothing leaps');
  prediction.fade(0.1);
  const y = prediction.pose(1).y - before.y;
  assert.ok(y > 5 && y < 20, `${y}`);
  prediction.fade(10);
  assert.ok(Math.abs(prediction.pose(1).y - before.y - 20) < 0.01);
  // A new life is elsewhere.
  prediction.stop();
  assert.equal(prediction.pose(1), undefined);
  prediction.reconcile(state({ ...START, x: 9600 }, 4), 9);
  assert.deepEqual([prediction.pose(0).x, prediction.seq], [600, 4]);
});

test('others are shown between two states, and an older state is left out', () => {
  const history = new History();
  const at = (tick, x, heading) => ({ tick, tanks: [{ ...state(START, 0), id: 2, x, heading, speed: 16 }] });
  assert.ok(history.add(at(10, 1600, 1000)) && history.add(at(14, 1920, 24)));
  assert.ok(!history.add(at(12, 0, 0)) && !history.add(at(14, 0, 0)));
  const [pose] = history.at(11);
  assert.deepEqual([pose.x, pose.heading], [105, 1012], 'a quarter of the way, and the shorter one around');
  assert.equal(history.at(9)[0].x, 100);
  // Late news are bridged for a moment.
  const [soon, later, much] = [15, 17, 90].map((tick) => history.at(tick)[0].x);
  assert.ok(soon > 120 && later > soon && later < 123 && much === later, `${soon} ${later} ${much}`);
  assert.equal(history.newest(2).x, 1920);
  assert.equal(history.newest(3), undefined);
});

test('the shown time runs evenly, later on a network that is uneven', () => {
  const steady = new Clock();
  const uneven = new Clock();
  for (let tick = 0; tick < 300; tick++) {
    steady.arrived(tick, tick * TICK + 40);
    uneven.arrived(tick, tick * TICK + 40 + (tick % 3) * 30);
  }
  const now = 300 * TICK;
  assert.ok(steady.delay < 2.3 && uneven.delay > 3, `${steady.delay} ${uneven.delay}`);
  assert.ok(Math.abs(steady.shown(now) - (300 - 40 / TICK - steady.delay)) < 0.2);
  assert.ok(Math.abs(steady.shown(now + 330) - steady.shown(now) - 10) < 1e-9);
});

test('an own shell flies at once, and is that of the server later', () => {
  const shells = new Shells(map);
  shells.fire(1, 7, 1600, 1600, 0, 1000);
  shells.move(90, 1000 + 2 * TICK);
  assert.deepEqual(shells.all.map(({ age }) => age), [2]);
  const shot = { tick: 98, shell: 5, owner: 1, seq: 7, x: 1600, y: 1600, aim: 0 };
  shells.add(shot, true, 1000 + 4 * TICK);
  shells.add({ ...shot, shell: 6, owner: 2 }, false, 1000 + 4 * TICK);
  shells.move(95, 1000 + 5 * TICK);
  assert.deepEqual(shells.all.map(({ id }) => id), [5, 6]);
  const [own, other] = shells.all.map(({ age }) => age);
  assert.ok(other < 0 && own > 2 && own < 5, `${own} ${other}`);
  // By the end both are where the others are shown.
  shells.move(125, 1000 + 30 * TICK);
  assert.deepEqual(shells.all.map(({ age }) => age), [28, 28]);
  assert.equal(shells.end(5).seq, 7);
  assert.equal(shells.end(5), undefined);
  // One that the server does not know of ends by itself.
  shells.fire(1, 9, 1600, 1600, 0, 5000);
  const spent = shells.move(500, 5000 + 41 * TICK);
  assert.deepEqual([spent.length, shells.all.length], [2, 0]);
});
