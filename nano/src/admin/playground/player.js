// A session of the page: one client of the framework's, and all that it hears.

import { Client, PacketReader, json } from './nano.js';

/** As much as servers may be set to send, and less than a page could not bear. */
const PACKET_LIMIT = 8 * 1024 * 1024;
const REQUEST_TIMEOUT = 30_000;
const CONNECT_TIMEOUT = 10_000;
const HANDSHAKE = 1;
const KEPT = 500;

/** Hides the word by which a lost session is taken up again. */
function discreet(value) {
  return JSON.parse(JSON.stringify(value, (key, part) => (key === 'token' && typeof part === 'string' ? '(hidden)' : part)));
}

/** Makes a class of WebSockets that tell the handshakes which pass through them. */
function overheard(sent, received) {
  const handshake = (reader, data, tell) => {
    try {
      for (const { type, body } of reader.read(new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength))) {
        if (type === HANDSHAKE) tell(body.length ? discreet(json.decode(body)) : {});
        return true;
      }
    } catch {
      // The client says what is wrong with it.
      return true;
    }
    return false;
  };
  return class extends WebSocket {
    #greeting = new PacketReader(PACKET_LIMIT);
    #isGreeted = false;

    constructor(url) {
      super(url);
      const answer = new PacketReader(PACKET_LIMIT);
      const listen = ({ data }) => {
        if (handshake(answer, data, received)) this.removeEventListener('message', listen);
      };
      this.binaryType = 'arraybuffer';
      this.addEventListener('message', listen);
    }

    send(data) {
      this.#isGreeted ||= handshake(this.#greeting, data, sent);
      super.send(data);
    }
  };
}

/** A session: `label` names it, and `number` gives it its colour. */
export class Player {
  client = null;
  state = 'closed';
  greeting = undefined;
  answer = undefined;
  url = '';
  /** The routes that were heard, with the number of pushes. */
  heard = new Map();
  #codec;
  #tell;

  /** `tell` is called with `(player, event)`: `{ kind: 'state' | 'push' | 'kick' | 'handshake' | 'fault', .. }`. */
  constructor(label, number, codec, tell) {
    this.label = label;
    this.number = number;
    this.#codec = codec;
    this.#tell = (event) => tell(this, event);
  }

  get isOpen() {
    return this.state === 'open';
  }

  /** Connects anew. It returns at once; requests wait for the connection. */
  connect(url, { user, version }) {
    this.disconnect();
    this.url = url;
    [this.greeting, this.answer] = [undefined, undefined];
    const handshake = (name) => (value) => {
      this[name] = value;
      this.#tell({ kind: 'handshake' });
    };
    const client = new Client(url, {
      serializer: this.#codec.raw, WebSocket: overheard(handshake('greeting'), handshake('answer')),
      user, version: version || undefined, maxPacketSize: PACKET_LIMIT, maxBodySize: PACKET_LIMIT, requestTimeout: REQUEST_TIMEOUT,
      connectTimeout: CONNECT_TIMEOUT, onError: (error) => this.#tell({ kind: 'fault', error }),
      // Hears each push, whatever its route.
      pipeline: () => ({
        inbound: (body, route, kind) => {
          if (kind === 'push') this.#push(route, body);
          return body;
        },
      }),
    });
    this.client = client;
    client.onState((state, detail) => {
      if (this.client !== client) return;
      this.state = state;
      this.#tell({ kind: 'state', state, detail });
    });
    client.onKick(({ reason }) => this.#tell({ kind: 'kick', reason }));
    // The state says so, too.
    client.connect().catch(() => {});
  }

  #push(route, body) {
    if (this.heard.has(route) || this.heard.size < KEPT) this.heard.set(route, (this.heard.get(route) ?? 0) + 1);
    this.#tell({ kind: 'push', route, body });
  }

  disconnect() {
    this.client?.close();
  }

  /** Sends a request, and resolves with the bytes of its reply. */
  request(route, bytes) {
    return this.client.request(route, bytes);
  }

  notify(route, bytes) {
    return this.client.notify(route, bytes);
  }
}
