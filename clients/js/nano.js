/**
 * Client for nano game servers: requests, notifies and pushes over one connection.
 *
 * ES modules (this one and the folder `nano`), no dependencies, no build step. Runs in browsers and
 * in Node.js 20 or newer. Types are in `nano.d.ts`.
 */

import { Dictionary } from './nano/codec.js';
import { Connection } from './nano/connection.js';
import { NanoError } from './nano/error.js';
import { json } from './nano/json.js';

export { decodeMessage, encodeMessage, encodePacket, PacketReader } from './nano/codec.js';
export { VERSION } from './nano/connection.js';
export { json, NanoError };

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
  #connection = null;
  #dictionary = new Dictionary();
  #retry = undefined;
  #attempt = 0;
  #openedAt = 0;
  #kick = null;
  #user = undefined;

  #nextId = 1;
  #pending = new Map();
  #listeners = new Map();

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
    if (this.#state === 'closed') return;
    this.#connection?.close();
    this.#lost(new NanoError('disconnected', 'closed by the client'), true);
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
    try {
      this.#connection = new Connection(this.#url, this.#options, this.#dictionary, {
        open: ({ user }) => this.#opened(user),
        message: (message) => this.#onMessage(message),
        kick: (reason) => this.#onKick(reason),
        end: (error, final) => this.#lost(error, final),
      });
    } catch (error) {
      this.#lost(error, true);
    }
  }

  #opened(user) {
    this.#dictionary = this.#connection.dictionary;
    this.#kick = null;
    this.#user = user;
    this.#openedAt = Date.now();
    this.#setState('open', { user, attempt: this.#attempt });
    this.#ready?.resolve(this);
    this.#ready = null;
  }

  #onMessage(message) {
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

  #onKick(reason) {
    const { reconnectAfterKick: again } = this.#options;
    const back = reason === 'shutdown' || (typeof again === 'function' ? again(reason) : again);
    this.#kick = { reason };
    this.#lost(new NanoError('kicked', `kicked by the server: ${reason || 'no reason given'}`, { reason }), !back);
    this.#emit(KICK, this.#kick);
  }

  #lost(error, final) {
    const pending = this.#pending;
    const { reconnect, backoff } = this.#options;
    this.#connection = null;
    this.#pending = new Map();
    clearTimeout(this.#retry);
    // A stale dictionary may be the cause; the next handshake asks for a fresh one.
    if (error.code === 'protocol_error') this.#dictionary = new Dictionary();
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
    this.#retry = setTimeout(() => this.#dial(), delay);
    this.#setState('reconnecting', { attempt: this.#attempt, delay, error });
  }

  #sendMessage(id, route, body) {
    if (!this.#connection?.writable) {
      throw new NanoError('disconnected', `cannot send ${route} while ${this.#state}`);
    }
    this.#connection.sendMessage(id, route, this.#options.serializer.encode(body));
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
