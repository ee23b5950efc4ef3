// pomelo-jsclient-websocket, unchanged from npm, plays in the room from a Chromium page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import test from 'node:test';

import { launchBrowser, openPage } from './support/browser.js';
import { handshake, messages } from './support/frames.js';
import { startServer } from './support/server.js';

const require = createRequire(import.meta.url);

/** A page with the client in it and with every WebSocket frame recorded. */
async function openClient(t, server) {
  const browser = await launchBrowser(t);
  const { page, problems } = await openPage(browser);
  // A plain file of the server: the client wants storage, which about:blank lacks, and Chromium
  // does not let a made-up page connect to this machine.
  await page.goto(`${server.page}chat.css`);
  await page.evaluate(() => {
    window.frames_ = { sent: [], received: [] };
    const copy = (data) => [...new Uint8Array(data instanceof ArrayBuffer ? data : data.buffer)];
    window.WebSocket = class extends WebSocket {
      constructor(...values) {
        super(...values);
        this.addEventListener('message', ({ data }) => window.frames_.received.push(copy(data)));
      }

      send(data) {
        window.frames_.sent.push(copy(data));
        super.send(data);
      }
    };
  });
  // The files are CommonJS; a page that loads them bundles them. One `module` each is enough.
  const load = async (name, global) => {
    const source = await readFile(require.resolve(name), 'utf8');
    await page.addScriptTag({ content: `window.module = { exports: {} };\n${source}` });
    if (global) await page.evaluate((key) => (window[key] = window.module.exports), global);
  };
  await load('component-emitter', 'EventEmitter');
  await load('pomelo-protocol/lib/protocol.js', 'Protocol');
  await load('pomelo-jsclient-websocket', 'pomelo');
  await page.evaluate(
    (host) => new Promise((resolve, reject) => {
      pomelo.on('error', reject);
      pomelo.on('io-error', () => reject(new Error('io-error')));
      pomelo.init({ host, user: {} }, resolve);
    }).then(() => {}),
    `${server.host}/nano`,
  );
  return {
    page,
    problems,
    frames: () => page.evaluate(() => window.frames_),
    request: (route, body) => page.evaluate((call) => new Promise((resolve) => pomelo.request(call.route, call.body, resolve)), { route, body }),
  };
}

test('handshake, request, notify and push, with the dictionary both ways', { timeout: 30_000 }, async (t) => {
  const server = await startServer(t);
  const { page, problems, frames, request } = await openClient(t, server);

  const joined = await request('room.join', { name: 'Zoë 🎲' });
  assert.deepEqual(joined.members, [{ uid: joined.uid, name: 'Zoë 🎲' }]);

  const { uid, name, text } = await page.evaluate(
    () => new Promise((resolve) => {
      pomelo.on('onMessage', resolve);
      pomelo.notify('room.message', { text: 'łódź 😀 <b>' });
    }),
  );
  assert.deepEqual({ uid, name, text }, { uid: joined.uid, name: 'Zoë 🎲', text: 'łódź 😀 <b>' });

  const { sent, received } = await frames();
  const { dict } = handshake(received).sys;
  const [call, line] = messages(sent);
  assert.deepEqual([call.kind, call.code], ['request', dict['room.join']], 'the request went out as a code');
  assert.deepEqual([line.kind, line.code], ['notify', dict['room.message']], 'the notify went out as a code');
  assert.ok(line.body.includes(Buffer.from('eda0bdedb880', 'hex')), 'the client writes surrogates');
  const [reply, push] = messages(received);
  assert.deepEqual([reply.kind, reply.id], ['response', call.id]);
  assert.deepEqual([push.kind, push.code, push.route], ['push', undefined, 'onMessage'], 'f1: the push came by its name');
  assert.deepEqual(problems, []);
});

test('an error arrives as a reply that says so', { timeout: 30_000 }, async (t) => {
  const server = await startServer(t);
  const { request } = await openClient(t, server);
  const refused = await request('room.join', { name: 'x'.repeat(25) });
  assert.equal(refused.code, 500);
  assert.equal(refused.error.code, 'bad_name');
});

test('f3: a shutdown closes without a kick', { timeout: 30_000 }, async (t) => {
  const server = await startServer(t);
  const { page, request } = await openClient(t, server);
  await request('room.join', { name: 'Ann' });
  await page.evaluate(() => {
    window.end = new Promise((resolve) => {
      pomelo.on('onKick', (kick) => resolve({ kick }));
      pomelo.on('disconnect', ({ code, reason }) => resolve({ code, reason }));
    });
  });
  const [end] = await Promise.all([page.evaluate(() => window.end), server.stop()]);
  assert.deepEqual(end, { code: 1001, reason: 'shutdown' });
});
