// How tadpoles move on the page of the pond, without a browser.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { fakeWebSocket } from '../../clients/js/test/fake.js';

const REST = { x: 0, y: 0, angle: 0, momentum: 0 };

async function load(name) {
  const entry = fileURLToPath(new URL(`../../examples/tadpole/web/src/${name}.ts`, import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const { Track } = await load('track');
const { Swimmer } = await load('swimmer');
const { Reporter } = await load('reporter');
const { Pond } = await load('pond');
const { Visit } = await load('visit');

function near(actual, expected, what) {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${what}: ${actual} instead of ${expected}`);
}

test('others are shown between what came before and after, a moment late', () => {
  const track = new Track(REST, 0);
  track.add({ x: 10, y: 0, angle: 0, momentum: 200 }, 50);
  track.add({ x: 20, y: 10, angle: 1, momentum: 100 }, 100);
  for (const [now, x, y, angle] of [[90, 0, 0, 0], [125, 5, 0, 0], [150, 10, 0, 0], [175, 15, 5, 0.5], [200, 20, 10, 1]]) {
    const pose = track.at(now);
    near(pose.x, x, `x at ${now}`);
    near(pose.y, y, `y at ${now}`);
    near(pose.angle, angle, `angle at ${now}`);
  }
});

test('late news are bridged for a moment and not longer', () => {
  const track = new Track(REST, 0);
  track.add({ x: 100, y: 0, angle: 0, momentum: 200 }, 50);
  near(track.at(200).x, 110, 'after 50 ms without news');
  near(track.at(250).x, 120, 'after 100 ms');
  near(track.at(9000).x, 120, 'after a long time');
});

test('after a rest the motion begins when it began', () => {
  const track = new Track(REST, 0);
  track.add({ x: 10, y: 0, angle: 0, momentum: 0 }, 10_000);
  near(track.at(10_040).x, 0, 'it still rests');
  near(track.at(10_075).x, 5, 'half way');
  near(track.at(10_100).x, 10, 'there');
});

test('angles go the short way round', () => {
  const track = new Track({ ...REST, angle: 6.2 }, 0);
  track.add({ ...REST, angle: 0.1 }, 50);
  const turned = track.at(125).angle;
  assert.ok(turned > 6.2 && turned < 6.4, `${turned}`);
});

test('a swimmer gathers way up to the limit, turns, glides to a stop and stays in the water', () => {
  const swimmer = new Swimmer(REST, 300, 260);
  let before = { ...swimmer.pose };
  const swim = (wish, seconds) => {
    for (let frame = 0; frame < seconds * 60; frame += 1) {
      swimmer.swim(wish, 1 / 60);
      const way = Math.hypot(swimmer.pose.x - before.x, swimmer.pose.y - before.y);
      assert.ok(way <= 260 / 60 + 1e-9, `${way} in a frame`);
      assert.ok(Math.hypot(swimmer.pose.x, swimmer.pose.y) <= 300);
      before = { ...swimmer.pose };
    }
  };
  swim({ angle: Math.PI / 2, effort: 1 }, 0.8);
  assert.ok(swimmer.pose.y > 60 && swimmer.pose.momentum > 200, JSON.stringify(swimmer.pose));
  swim(undefined, 10);
  assert.equal(swimmer.pose.momentum, 0);
  swim({ angle: -Math.PI / 2, effort: 1 }, 10);
  assert.ok(swimmer.pose.y < -250 && swimmer.pose.momentum < 30, JSON.stringify(swimmer.pose));
});

test('the server is told 20 times a second while something changes, and of the end of it', () => {
  const sent = [];
  const reporter = new Reporter(REST, (pose) => sent.push(pose));
  const pose = { ...REST };
  let now = 1000;
  const frames = (seconds, change) => {
    const before = sent.length;
    for (let frame = 0; frame < seconds * 60; frame += 1) {
      now += 1000 / 60;
      change();
      reporter.report(pose, now);
    }
    return sent.length - before;
  };
  assert.equal(frames(5, () => {}), 0);
  const moving = frames(10, () => Object.assign(pose, { x: pose.x + 4, momentum: 240 }));
  assert.ok(moving >= 195 && moving <= 201, `${moving} in 10 seconds`);
  const turning = frames(10, () => (pose.angle += 0.05));
  assert.ok(turning >= 195 && turning <= 201, `${turning} in 10 seconds`);
  assert.ok(frames(1, () => (pose.momentum = 0)) >= 1);
  assert.deepEqual(sent.at(-1), pose);
  assert.equal(frames(5, () => {}), 0);
  pose.x += 1;
  reporter.rest(pose);
  assert.deepEqual(sent.at(-1), pose);
});

test('few of those who left fade at a time, and the last of them', () => {
  const pond = new Pond();
  for (let id = 1; id <= 1000; id += 1) {
    pond.add({ id, name: `${id}`, hue: 0, position: undefined }, 0);
    pond.remove(id);
  }
  assert.equal(pond.tadpoles.size, 0);
  const ids = [...pond.leaving].map(({ id }) => id);
  assert.deepEqual([ids[0], ids.at(-1), ids.length], [901, 1000, 100]);
});

test('an entry without an answer begins anew on another connection', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const WebSocket = fakeWebSocket();
  const { WebSocket: real } = globalThis;
  globalThis.WebSocket = WebSocket;
  t.after(() => (globalThis.WebSocket = real));
  const states = [];
  const refused = [];
  const visit = new Visit('ws://test/nano', new Pond(), {
    onState: (state) => states.push(state),
    onRefused: (words) => refused.push(words),
    onCount() {},
    onEntered() {},
    onSaid() {},
  });
  const [first] = WebSocket.sockets;
  first.accept();
  const entering = visit.enter('Ann', 0);
  // The request's last second is a timer of its own.
  t.mock.timers.tick(9000);
  t.mock.timers.tick(1000);
  await entering;
  assert.deepEqual(refused, ['No reply to pond.enter within 10000 ms']);
  assert.ok(first.closed, 'the server may think that Ann swims');

  await visit.enter('Ann', 0);
  const [, second] = WebSocket.sockets;
  second.accept();
  assert.equal(second.bodies(4).length, 1, 'Ann asks again');
  assert.deepEqual(states, ['open', 'closed', 'connecting', 'open']);
});
