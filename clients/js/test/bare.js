// A worker that has lost some globals before it loads the client, and talks to a scripted server.
import { parentPort, workerData } from 'node:worker_threads';

const Decoder = TextDecoder;

/** `TextDecoder` classes of runtimes and polyfills that know no options. */
const DECODERS = {
  refuses: class {
    #inner = new Decoder();
    constructor(label, options) {
      if (options?.fatal) throw new RangeError('the option fatal is not supported');
    }
    decode(bytes) {
      return this.#inner.decode(bytes);
    }
  },
  ignores: class {
    #inner = new Decoder();
    decode(bytes) {
      return this.#inner.decode(bytes);
    }
  },
};

const { missing, decoder } = workerData;
for (const name of missing) if (!delete globalThis[name]) throw new Error(`${name} stays`);
if (decoder) globalThis.TextDecoder = DECODERS[decoder];

const { Client } = await import('../nano.js');
const { fakeWebSocket, handshake, packet, push, response } = await import('./fake.js');

const WebSocket = fakeWebSocket();
const heard = [];
const client = new Client('ws://test/nano', { WebSocket, onError: ({ code }) => heard.push(code), backoff: { base: 1 } });
client.on('onSaid', (value) => heard.push(value));
const ready = client.connect();
WebSocket.last.accept(handshake({ heartbeat: 30, dict: { 'räum.join': 1 }, dictVersion: 'v' }));
await ready;
const joined = client.request('räum.join', { name: 'Zoë 😀 \ud800' });
client.notify('größe', 1);
WebSocket.last.receive(push('onSaid', '"€ 😀"'), packet(4, [0x06, 6, ...Buffer.from('onSaid'), 0xff]), response(1, '{"uid":9007199254740993}'));
// A BigInt where there are any, else a rounded number.
heard.push(Number((await joined).uid));
const refused = client.request('räum.leave').catch(({ code, message }) => heard.push(`${code}: ${message}`));
WebSocket.last.receive(response(2, '{"code":"full","msg":"acht"}', 0x24));
await refused;
const sent = WebSocket.last.bodies(4);
const back = new Promise((resolve) => {
  client.onState((state) => {
    heard.push(state);
    if (state === 'reconnecting') setTimeout(() => WebSocket.last.accept(), 20);
    if (state === 'open') resolve();
  });
});
WebSocket.last.receive(packet(5, '{"reason":"shutdown"}'));
await back;
client.close();
parentPort.postMessage({ sent, heard });
