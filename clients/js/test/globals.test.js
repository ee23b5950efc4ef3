// Platforms that lack some of the globals that browsers and Node.js have.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';

import { Client, NanoError } from '../nano.js';
import { decoderOf, encoderOf } from '../nano/text.js';
import { fakeWebSocket, open, random } from './fake.js';

/** Plays a session in a worker that has lost some globals. */
async function play(data) {
  const worker = new Worker(new URL('./bare.js', import.meta.url), { workerData: { missing: [], ...data } });
  const [result] = await once(worker, 'message');
  await worker.terminate();
  return result;
}

const ALL = [
  'AbortController', 'AbortSignal', 'BigInt', 'DecompressionStream', 'Event', 'EventTarget', 'TextDecoder', 'TextEncoder', 'URL',
  'WebSocket', 'console', 'crypto', 'performance', 'process', 'queueMicrotask', 'structuredClone',
];

test('case_c02_the_client_works_without_globals_that_mini_games_lack', async (t) => {
  const expected = await play({});
  assert.deepEqual(expected, {
    sent: ['\x01\x01\x00\x01{"name":"Zoë 😀 \\ud800"}', '\x02\x07größe1', '\x00\x02\x0bräum.leave'],
    heard: ['€ 😀', 'bad_payload', 2 ** 53, 'full: acht', 'reconnecting', 'open', 'closed'],
  });
  const same = (name, data) => t.test(name, async () => assert.deepEqual(await play(data), expected));
  for (const name of ALL) await same(`no ${name}`, { missing: [name] });
  await same('none of them', { missing: ALL });
  await same('a TextDecoder that refuses its options', { decoder: 'refuses' });
  await same('a TextDecoder that ignores its options', { decoder: 'ignores' });
});

test('text is the same with and without the classes of the platform', () => {
  const encode = encoderOf(undefined);
  const decode = decoderOf(undefined);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const { below, pick } = random(8);
  const outcome = (run) => {
    try {
      return run();
    } catch {
      return 'refused';
    }
  };
  const bytes = [0, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff, 0x9f, 0xa0, 0x8f, 0x90, 0xbb];
  for (let round = 0; round < 20_000; round += 1) {
    const wild = Uint8Array.from({ length: below(7) }, () => pick(bytes));
    assert.equal(outcome(() => decode(wild)), outcome(() => decoder.decode(wild)), wild.join());
    const text = Array.from({ length: below(7) }, () => pick(['a', '%', 'é', '€', '\ud83d', '\ude00', '😀', '\ufeff', '\0', '!', ' ', '\u{10ffff}'])).join('');
    assert.deepEqual(encode(text), encoder.encode(text), JSON.stringify(text));
    assert.equal(decode(encode(text)), decoder.decode(encoder.encode(text)));
  }
  const long = 'x€'.repeat(200_000);
  assert.equal(decode(encode(long)), long);
});

test('a global WebSocket may be defined after the import', async (t) => {
  const { WebSocket } = globalThis;
  t.after(() => (globalThis.WebSocket = WebSocket));
  globalThis.WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano');
  const ready = client.connect();
  globalThis.WebSocket.last.accept();
  await ready;
  client.close();
  delete globalThis.WebSocket;
  assert.throws(() => new Client('ws://test/nano'), { code: 'no_websocket' });
});

test('an engine without the options of errors still knows a cause', (t) => {
  const { setPrototypeOf } = Object;
  // An `Error` of 2020.
  class OldError {
    constructor(message) {
      this.message = message;
    }
  }
  setPrototypeOf(NanoError, OldError);
  t.after(() => setPrototypeOf(NanoError, Error));
  const cause = new TypeError('the cause');
  assert.equal(new NanoError('a', 'b', {}, { cause }).cause, cause);
  assert.ok(!('cause' in new NanoError('a')));
});

test('frames that are no bytes are an error that names them', async (t) => {
  const check = async (data, message) => {
    const { client, socket } = await open(t, { reconnect: false });
    let closing;
    client.onState((state, { error }) => (closing = error));
    socket.onmessage({ data });
    assert.equal(closing.code, 'protocol_error');
    assert.match(closing.message, message);
  };
  await check(new Blob(['x']), /^the WebSocket gave \[object Blob\] for a frame: it must heed binaryType "arraybuffer"$/);
  await check(undefined, /\[object Undefined\]/);
  await check([1, 2], /\[object Array\]/);
  const { client, socket } = await open(t);
  const seen = [];
  client.on('n', (value) => seen.push(value));
  // A buffer of another realm, as Jest's jsdom has.
  const foreign = runInNewContext('Uint8Array.of(4, 0, 0, 4, 6, 1, 0x6e, 0x31).buffer');
  assert.ok(!(foreign instanceof ArrayBuffer));
  socket.onmessage({ data: foreign });
  assert.deepEqual(seen, [1]);
});
