/**
 * Client for nano game servers: requests, notifies and pushes over one WebSocket.
 *
 * One ES module, no dependencies, no build step. Runs in browsers and in Node.js 20 or newer.
 * Types are in `nano.d.ts`.
 */

/** Version that the client announces to the server. */
export const VERSION = '0.1.0';

const Packet = { HANDSHAKE: 1, ACK: 2, HEARTBEAT: 3, DATA: 4, KICK: 5 };
const Message = { REQUEST: 0, NOTIFY: 1, RESPONSE: 2, PUSH: 3 };
const ROUTE_COMPRESSED = 0x01;
const BODY_COMPRESSED = 0x10;
const ERROR_RESPONSE = 0x20;
const HEADER_LENGTH = 4;

const encoder = new TextEncoder();
// A byte order mark is text like any other here: JSON refuses it, and nothing is swallowed.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Error of a request or of the connection; `code` is for programs, `message` for people. */
export class NanoError extends Error {
  constructor(code, message, metadata = {}, options = undefined) {
    super(message || code, options);
    this.name = 'NanoError';
    this.code = code;
    this.metadata = metadata;
  }
}

/** The default serializer. An empty body stands for no value. */
export const json = {
  name: 'json',
  encode: (value) => (value === undefined ? new Uint8Array(0) : encoder.encode(JSON.stringify(value))),
  decode: (bytes) => (bytes.length === 0 ? undefined : JSON.parse(decoder.decode(bytes))),
};

// ---------------------------------------------------------------------------------------- codec

/** Encodes one packet: type, length in three bytes, body. */
export function encodePacket(type, body = new Uint8Array(0), limit = 0xffffff) {
  if (body.length > limit) {
    throw new NanoError('too_large', `packet of ${body.length} bytes exceeds the limit of ${limit}`);
  }
  const bytes = new Uint8Array(HEADER_LENGTH + body.length);
  bytes.set([type, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff]);
  bytes.set(body, HEADER_LENGTH);
  return bytes;
}

/** Cuts a stream of chunks into packets. Holds at most one unfinished packet. */
export class PacketReader {
  #limit;
  #header = new Uint8Array(HEADER_LENGTH);
  #body = null;
  #filled = 0;

  constructor(limit = 0xffffff) {
    this.#limit = limit;
  }

  /** Yields every packet that `chunk` completes, as `{ type, body }`. */
  *read(chunk) {
    let offset = 0;
    while (offset < chunk.length || this.#body?.length === 0) {
      const target = this.#body ?? this.#header;
      const taken = chunk.subarray(offset, offset + target.length - this.#filled);
      target.set(taken, this.#filled);
      offset += taken.length;
      this.#filled += taken.length;
      if (this.#filled < target.length) return;
      this.#filled = 0;
      if (this.#body === null) {
        this.#body = new Uint8Array(this.#bodyLength());
      } else {
        const body = this.#body;
        this.#body = null;
        yield { type: this.#header[0], body };
      }
    }
  }

  #bodyLength() {
    const [type, high, middle, low] = this.#header;
    if (type < Packet.HANDSHAKE || type > Packet.KICK) {
      throw new NanoError('protocol_error', `unknown packet type ${type}`);
    }
    const length = (high << 16) | (middle << 8) | low;
    if (length > this.#limit) {
      throw new NanoError('protocol_error', `packet of ${length} bytes exceeds the limit of ${this.#limit}`);
    }
    return length;
  }
}

/** Encodes a request (`id` above 0) or a notify (`id` 0); `codes` maps routes to dictionary codes. */
export function encodeMessage(id, route, body, codes = new Map()) {
  const head = [(id > 0 ? Message.REQUEST : Message.NOTIFY) << 1];
  if (id > 0) {
    // Bit operators would cut the id to 32 bits.
    for (let rest = id; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) {
        head.push(rest);
        break;
      }
      head.push((rest % 128) | 0x80);
    }
  }
  let name = new Uint8Array(0);
  const code = codes.get(route);
  if (code !== undefined) {
    head[0] |= ROUTE_COMPRESSED;
    head.push(code >> 8, code & 0xff);
  } else {
    name = encoder.encode(route);
    if (name.length > 255) {
      throw new NanoError('bad_route', `route of ${name.length} bytes exceeds the limit of 255`);
    }
    head.push(name.length);
  }
  const bytes = new Uint8Array(head.length + name.length + body.length);
  bytes.set(head);
  bytes.set(name, head.length);
  bytes.set(body, head.length + name.length);
  return bytes;
}

/** Decodes a response or a push; `routes` maps dictionary codes to routes. */
export function decodeMessage(bytes, routes = new Map()) {
  let offset = 0;
  const take = (length) => {
    if (offset + length > bytes.length) {
      throw new NanoError('protocol_error', `message of ${bytes.length} bytes is truncated`);
    }
    offset += length;
    return bytes.subarray(offset - length, offset);
  };

  const [flag] = take(1);
  const type = (flag >> 1) & 0x07;
  if (type !== Message.RESPONSE && type !== Message.PUSH) {
    throw new NanoError('protocol_error', `unexpected message type ${type}`);
  }
  if (flag & BODY_COMPRESSED) {
    throw new NanoError('protocol_error', 'compressed body without having been asked for');
  }
  const message = { push: type === Message.PUSH, id: 0, route: '', error: (flag & ERROR_RESPONSE) !== 0, body: bytes };
  if (type === Message.RESPONSE) {
    let [byte] = take(1);
    message.id = byte & 0x7f;
    for (let scale = 128; byte & 0x80; scale *= 128) {
      [byte] = take(1);
      message.id += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(message.id)) {
        throw new NanoError('protocol_error', 'response id exceeds 53 bits');
      }
    }
  } else if (flag & ROUTE_COMPRESSED) {
    const [high, low] = take(2);
    const code = (high << 8) | low;
    if (!routes.has(code)) throw new NanoError('protocol_error', `unknown route code ${code}`);
    message.route = routes.get(code);
  } else {
    const [length] = take(1);
    message.route = decodeText(take(length));
  }
  message.body = bytes.subarray(offset);
  return message;
}

function decodeText(bytes) {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new NanoError('protocol_error', 'text is not valid UTF-8', {}, { cause });
  }
}

// --------------------------------------------------------------------------------------- client

// Keys beside the routes in the table of listeners.
const STATE = Symbol('state');
const KICK = Symbol('kick');

const DEFAULTS = {
  user: {},
  requestTimeout: 10_000,
  connectTimeout: 10_000,
  reconnect: true,
  reconnectAfterKick: false,
  backoff: { base: 500, cap: 10_000 },
  maxPacketSize: 65_536,
  serializer: json,
  onError: (error) => console.error('nano:', error),
};

/** Opens a connection and resolves with its client once the handshake is done. */
export async function connect(url, options) {
  return new Client(url, options).connect();
}

/** A connection to one server that outlives its sockets. */
export class Client {
  #url;
  #options;
  #state = 'closed';
  #ready = null;
  #socket = null;
  #timers = new Map();
  #attempt = 0;
  #openedAt = 0;
  #interval = 0;
  #beaten = false;
  #kick = null;
  #user = undefined;

  #nextId = 1;
  #pending = new Map();
  #listeners = new Map();

  #dictVersion = undefined;
  #codes = new Map();
  #routes = new Map();

  constructor(url, options = {}) {
    this.#url = String(url);
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    this.#options = { ...DEFAULTS, WebSocket: globalThis.WebSocket, ...Object.fromEntries(given) };
    this.#options.backoff = { ...DEFAULTS.backoff, ...options.backoff };
    if (typeof this.#options.WebSocket !== 'function') {
      throw new NanoError('no_websocket', 'no global WebSocket: pass one in the option `WebSocket`');
    }
  }

  /** 'connecting', 'open', 'reconnecting' or 'closed'. */
  get state() {
    return this.#state;
  }

  /** What the server's handshake returned as `user`. */
  get user() {
    return this.#user;
  }

  /** The kick that ended the last connection, `{ reason }`, or null. */
  get kicked() {
    return this.#kick;
  }

  /** Opens the connection; resolves with the client once it is open. */
  connect() {
    if (this.#state === 'open') return Promise.resolve(this);
    if (this.#ready === null) {
      this.#ready = {};
      this.#ready.promise = new Promise((resolve, reject) => Object.assign(this.#ready, { resolve, reject }));
    }
    const { promise } = this.#ready;
    if (this.#state === 'closed') {
      this.#attempt = 0;
      this.#setState('connecting', {});
      // A listener may have closed it again.
      if (this.#state === 'connecting') this.#dial();
    }
    return promise;
  }

  /** Sends a request and resolves with the reply's value; rejects with a `NanoError`. */
  async request(route, body, { timeout = this.#options.requestTimeout } = {}) {
    const id = this.#nextId;
    this.#sendMessage(id, route, body);
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const timer = timeout > 0 && timeout < Infinity && setTimeout(() => {
        this.#pending.delete(id);
        reject(new NanoError('timeout', `no reply to ${route} within ${timeout} ms`));
      }, timeout);
      this.#pending.set(id, { resolve, reject, timer });
    });
  }

  /** Sends a message that has no reply. Throws a `NanoError` when it cannot be sent. */
  notify(route, body) {
    this.#sendMessage(0, route, body);
  }

  /** Calls `listener` with the value of every push on `route`; returns how to unsubscribe. */
  on(route, listener) {
    return this.#subscribe(String(route), listener);
  }

  /** Calls `listener` with `(state, detail)` at every change; returns how to unsubscribe. */
  onState(listener) {
    return this.#subscribe(STATE, listener);
  }

  /** Calls `listener` with `{ reason }` when the server kicks; returns how to unsubscribe. */
  onKick(listener) {
    return this.#subscribe(KICK, listener);
  }

  /** Closes the connection for good; what was sent before goes out first. */
  close() {
    if (this.#state !== 'closed') this.#lost(new NanoError('disconnected', 'closed by the client'), true);
  }

  #subscribe(key, listener) {
    // Lists are replaced, never changed: a listener may subscribe or unsubscribe while called.
    const entry = { listener };
    this.#listeners.set(key, [...(this.#listeners.get(key) ?? []), entry]);
    return () => {
      const rest = (this.#listeners.get(key) ?? []).filter((other) => other !== entry);
      if (rest.length > 0) this.#listeners.set(key, rest);
      else this.#listeners.delete(key);
    };
  }

  #emit(key, ...values) {
    for (const { listener } of this.#listeners.get(key) ?? []) {
      try {
        listener(...values)?.then?.(undefined, (error) => this.#report(error));
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #dial() {
    const { WebSocket, connectTimeout, maxPacketSize } = this.#options;
    let socket;
    try {
      socket = new WebSocket(this.#url);
    } catch (cause) {
      this.#lost(new NanoError('connect_failed', `cannot open ${this.#url}: ${cause.message}`, {}, { cause }), true);
      return;
    }
    const reader = new PacketReader(maxPacketSize);
    // Events of a socket that has been given up must not touch its successor.
    const current = () => this.#socket === socket;
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      if (current()) this.#sendHandshake();
    };
    socket.onmessage = ({ data }) => {
      const chunk = typeof data === 'string' ? encoder.encode(data) : new Uint8Array(data);
      try {
        if (current()) this.#watch();
        for (const packet of current() ? reader.read(chunk) : []) {
          this.#receive(packet);
          if (!current()) return;
        }
      } catch (error) {
        // A stale dictionary may be the cause; the next handshake asks for a fresh one.
        this.#learn({});
        this.#lost(error instanceof NanoError ? error : new NanoError('protocol_error', error.message, {}, { cause: error }));
      }
    };
    // The reason is in no browser's event, and a close always follows.
    socket.onerror = () => {};
    socket.onclose = ({ code }) => {
      if (!current()) return;
      const open = this.#state === 'open';
      const what = open ? `connection to ${this.#url} lost` : `could not connect to ${this.#url}`;
      this.#lost(new NanoError(open ? 'disconnected' : 'connect_failed', `${what} (close code ${code})`));
    };
    this.#timer('connect', connectTimeout, () => {
      this.#lost(new NanoError('connect_failed', `no handshake from ${this.#url} within ${connectTimeout} ms`));
    });
  }

  #sendHandshake() {
    const sys = { type: 'nano-js', version: VERSION, features: ['errors'], dictVersion: this.#dictVersion };
    this.#send(Packet.HANDSHAKE, json.encode({ sys, user: this.#options.user }));
  }

  #receive({ type, body }) {
    if (type === Packet.KICK) this.#onKick(body);
    else if (type === Packet.HANDSHAKE && this.#state !== 'open') this.#onHandshake(body);
    else if (type === Packet.DATA && this.#state === 'open') this.#onMessage(body);
    else if (type === Packet.HEARTBEAT) this.#onHeartbeat();
    else throw new NanoError('protocol_error', `packet type ${type} while ${this.#state}`);
  }

  #onHandshake(body) {
    let reply;
    try {
      reply = json.decode(body) ?? {};
    } catch (cause) {
      throw new NanoError('protocol_error', 'handshake reply is not JSON', {}, { cause });
    }
    const { code, sys = {}, user } = reply;
    const { name } = this.#options.serializer;
    if (code !== 200) {
      const why = code === 501 ? 'the client is too old' : 'refused by the server';
      this.#lost(new NanoError('handshake_refused', `handshake failed with code ${code}: ${why}`, { ...reply }), true);
    } else if (name && sys.serializer && name !== sys.serializer) {
      const message = `server speaks ${sys.serializer}, the client's serializer is ${name}`;
      this.#lost(new NanoError('serializer_mismatch', message), true);
    } else {
      if (sys.dict || sys.dictVersion !== this.#dictVersion) this.#learn(sys);
      this.#open(sys.heartbeat, user);
    }
  }

  #open(heartbeat, user) {
    this.#clearTimer('connect');
    this.#send(Packet.ACK);
    this.#interval = heartbeat > 0 ? heartbeat * 1000 : 0;
    this.#beaten = false;
    this.#watch();
    this.#beatLater();
    this.#kick = null;
    this.#user = user;
    this.#openedAt = Date.now();
    this.#setState('open', { user, attempt: this.#attempt });
    this.#ready?.resolve(this);
    this.#ready = null;
  }

  #learn({ dict = {}, dictVersion }) {
    const entries = Object.entries(dict);
    this.#dictVersion = dictVersion;
    this.#routes = new Map(entries.map(([route, code]) => [code, route]));
    // Zero means "no code" to some peers, so it is read but never written.
    this.#codes = new Map(entries.filter(([, code]) => code > 0 && code <= 0xffff));
  }

  #onMessage(bytes) {
    const message = decodeMessage(bytes, this.#routes);
    let value;
    let failure = null;
    try {
      value = this.#options.serializer.decode(message.body);
    } catch (cause) {
      const name = message.push ? message.route : `response ${message.id}`;
      failure = new NanoError('bad_payload', `cannot decode the body of ${name}`, {}, { cause });
    }
    if (!message.push) this.#settle(message, value, failure);
    else if (failure) this.#report(failure);
    else this.#emit(message.route, value);
  }

  #settle({ id, error }, value, failure) {
    const request = this.#pending.get(id);
    // A reply to a request that timed out comes too late for anybody.
    if (!request) return;
    this.#pending.delete(id);
    clearTimeout(request.timer);
    const refusal = error ? value ?? {} : plainError(value);
    if (failure) request.reject(failure);
    else if (refusal) {
      request.reject(new NanoError(String(refusal.code ?? 'unknown'), refusal.msg, refusal.metadata ?? {}));
    } else request.resolve(value);
  }

  #onHeartbeat() {
    // A hidden tab's timers may run once a minute only, its messages arrive at once: the
    // server's heartbeats keep ours going.
    if (this.#state === 'open' && !this.#beaten) this.#beat();
    this.#beaten = false;
  }

  #beat() {
    this.#send(Packet.HEARTBEAT);
    this.#beatLater();
  }

  #beatLater() {
    if (this.#interval === 0) return;
    this.#timer('beat', this.#interval, () => {
      this.#beaten = true;
      this.#beat();
    });
  }

  #watch() {
    if (this.#interval === 0) return;
    const patience = 2 * this.#interval + 1000;
    this.#timer('watch', patience, () => {
      this.#lost(new NanoError('disconnected', `nothing heard from the server for ${patience} ms`));
    });
  }

  #onKick(body) {
    let reason = '';
    try {
      reason = String(json.decode(body)?.reason ?? '');
    } catch {
      // An unreadable reason makes it no less of a kick.
    }
    const { reconnectAfterKick: again } = this.#options;
    const back = reason === 'shutdown' || (typeof again === 'function' ? again(reason) : again);
    this.#kick = { reason };
    this.#lost(new NanoError('kicked', `kicked by the server: ${reason || 'no reason given'}`, { reason }), !back);
    this.#emit(KICK, this.#kick);
  }

  #lost(error, final = false) {
    const socket = this.#socket;
    const pending = this.#pending;
    const { reconnect, backoff } = this.#options;
    this.#socket = null;
    this.#pending = new Map();
    this.#interval = 0;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    socket?.close();
    for (const { reject, timer } of pending.values()) {
      clearTimeout(timer);
      reject(new NanoError('disconnected', error.message, {}, { cause: error }));
    }
    // The first connection does not retry: a wrong address should show itself.
    if (final || !reconnect || this.#state === 'connecting') {
      const ready = this.#ready;
      this.#ready = null;
      this.#setState('closed', { error });
      ready?.reject(error);
      return;
    }
    // A server that accepts and drops at once is not to be hammered: only a connection that
    // has lasted starts the backoff anew.
    if (this.#state === 'open' && Date.now() - this.#openedAt > backoff.cap) this.#attempt = 0;
    this.#attempt += 1;
    const delay = Math.random() * Math.min(backoff.cap, backoff.base * 2 ** (this.#attempt - 1));
    this.#timer('retry', delay, () => this.#dial());
    this.#setState('reconnecting', { attempt: this.#attempt, delay, error });
  }

  #sendMessage(id, route, body) {
    if (this.#state !== 'open' || this.#socket.readyState !== 1) {
      throw new NanoError('disconnected', `cannot send ${route} while ${this.#state}`);
    }
    const payload = this.#options.serializer.encode(body);
    this.#send(Packet.DATA, encodeMessage(id, route, payload, this.#codes));
  }

  #send(type, body) {
    this.#socket.send(encodePacket(type, body, this.#options.maxPacketSize));
  }

  #timer(name, delay, run) {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(run, delay));
  }

  #clearTimer(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  #setState(state, detail) {
    this.#state = state;
    this.#emit(STATE, state, detail);
  }

  #report(error) {
    try {
      this.#options.onError(error);
    } catch (second) {
      console.error('nano:', second);
    }
  }
}

/** The error in the form that servers send which know no error flag, or null. */
function plainError(value) {
  return value?.code === 500 && typeof value.error?.code === 'string' ? value.error : null;
}
