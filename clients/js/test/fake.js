// A scripted WebSocket and the bytes a server would send, written without the client's own codec.
import { Client } from '../nano.js';

/** Bytes of a hexadecimal string; spaces are allowed. */
export function hex(text) {
  return new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

/** Hexadecimal text of bytes. */
export function toHex(bytes) {
  return Buffer.from(bytes).toString('hex');
}

/** A packet whose body is text or bytes. */
export function packet(type, body = '') {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(bytes.length);
  header[0] = type;
  return new Uint8Array(Buffer.concat([header, bytes]));
}

/** The server's handshake reply. */
export function handshake(sys = {}, rest = {}) {
  return packet(1, JSON.stringify({ code: 200, sys, ...rest }));
}

/** A response with an id below 128. */
export function response(id, body, flag = 0x04) {
  return packet(4, Buffer.concat([Buffer.from([flag, id]), Buffer.from(body)]));
}

/** A push with its route spelled out. */
export function push(route, body) {
  return packet(4, Buffer.concat([Buffer.from([0x06, route.length]), Buffer.from(route + body)]));
}

/** An open client, its WebSocket class and what was reported to `onError`. */
export async function open(t, options = {}, reply = handshake()) {
  const WebSocket = fakeWebSocket();
  const errors = [];
  const client = new Client('ws://test/nano', { WebSocket, onError: (error) => errors.push(error), ...options });
  const ready = client.connect();
  WebSocket.last.accept(reply);
  await ready;
  t.after(() => client.close());
  return { client, WebSocket, socket: WebSocket.last, errors };
}

/** A client under fake time, which notes its changes of state. */
export async function openInFakeTime(t, options = {}, reply = handshake()) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.mock.method(Math, 'random', () => 0.5);
  const WebSocket = fakeWebSocket();
  const client = new Client('ws://test/nano', { WebSocket, ...options });
  const states = [];
  client.onState((state, { attempt, delay, error }) => {
    states.push([state, attempt, delay, error?.code].filter((part) => part !== undefined).join(' '));
  });
  const ready = client.connect();
  WebSocket.last.accept(reply);
  await ready;
  states.length = 0;
  return { client, WebSocket, states, tick: (ms) => tick(t, ms) };
}

/** Lets time pass in steps, since a timer that a timer sets counts from the end of a step. */
function tick(t, ms) {
  for (let rest = ms; rest > 0; rest -= 1000) t.mock.timers.tick(Math.min(rest, 1000));
}

/** Makes a WebSocket class whose instances are listed in `sockets` and driven by the test. */
export function fakeWebSocket() {
  return class FakeWebSocket {
    static sockets = [];
    static get last() {
      return FakeWebSocket.sockets.at(-1);
    }

    readyState = 0;
    sent = [];
    closed = false;

    constructor(url) {
      if (!url.startsWith('ws')) throw new SyntaxError(`unsupported scheme in ${url}`);
      this.url = url;
      FakeWebSocket.sockets.push(this);
    }

    send(bytes) {
      this.sent.push(toHex(bytes));
    }

    close(code) {
      this.readyState = 2;
      this.closed = true;
      this.closeCode = code;
    }

    /** Opens the socket and answers the handshake. */
    accept(reply = handshake()) {
      this.open();
      this.receive(reply);
    }

    open() {
      this.readyState = 1;
      this.onopen({});
    }

    receive(...chunks) {
      for (const chunk of chunks) this.onmessage({ data: chunk.buffer });
    }

    drop(code = 1006) {
      this.readyState = 3;
      this.onclose({ code });
    }

    /** The bodies of sent packets of one type, as text. */
    bodies(type) {
      return this.sent
        .map((text) => Buffer.from(text, 'hex'))
        .filter((bytes) => bytes[0] === type)
        .map((bytes) => bytes.subarray(4).toString());
    }
  };
}

/** Numbers that look random and are the same in every run. */
export function random(seed) {
  let state = seed;
  const below = (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, pick: (choices) => choices[below(choices.length)] };
}
