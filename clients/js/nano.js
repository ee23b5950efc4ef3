/**
 * Client for nano game servers: requests, notifies and pushes over one connection.
 *
 * ES modules (this one and the folder `nano`), no dependencies, no build step. Runs in browsers and
 * in Node.js 20 or newer. Types are in `nano.d.ts`.
 */

import { Dictionary } from './nano/codec.js';
import { Connection } from './nano/connection.js';
import { NanoError } from './nano/error.js';
import { sayFarewell } from './nano/farewell.js';
import { json, numberJson } from './nano/json.js';
import { Listeners } from './nano/listeners.js';
import { socketFor } from './nano/socket.js';
import { LONGEST_TIMER, waitForServer } from './nano/wait.js';

export { decodeMessage, encodeMessage, encodePacket, PacketReader } from './nano/codec.js';
export { VERSION } from './nano/connection.js';
export { json, NanoError, numberJson };

// Keys beside the routes in the table of listeners.
const STATE = Symbol('state');
const KICK = Symbol('kick');

/** Calls that may wait for the first connection. */
const WAITING_LIMIT = 1000;

const DEFAULTS = {
  user: {},
  requestTimeout: 10_000,
  connectTimeout: 10_000,
  reconnect: true,
  resume: true,
  transport: 'websocket',
  datagrams: true,
  reconnectAfterKick: false,
  backoff: { base: 500, cap: 10_000 },
  maxPacketSize: 65_536,
  maxBodySize: 1_048_576,
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
  #Socket;
  #connection = null;
  #known;
  #retry = undefined;
  #attempt = 0;
  #openedAt = 0;
  #kick = null;
  #ending = undefined;
  #user = undefined;

  #nextId = 1;
  #waiting = new Set();
  #pending = new Map();
  #listeners = new Listeners((error) => this.#report(error));

  constructor(url, options = {}) {
    this.#url = String(url);
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    // Not `globalThis`, which some mini games lack; and now, since a page may define its class after the import.
    const platform = {
      WebSocket: typeof WebSocket === 'undefined' ? undefined : WebSocket,
      WebTransport: typeof WebTransport === 'undefined' ? undefined : WebTransport,
    };
    this.#options = { ...DEFAULTS, ...platform, ...Object.fromEntries(given) };
    this.#options.backoff = { ...DEFAULTS.backoff, ...options.backoff };
    this.#Socket = socketFor(this.#url, this.#options);
    const { version, codes } = this.#options.dictionary ?? {};
    this.#known = { dictionary: new Dictionary(version, codes), session: undefined };
  }

  /** 'connecting', 'open', 'reconnecting' or 'closed'. */
  get state() {
    return this.#state;
  }

  /** 'websocket', 'webtransport' or 'tcp'; undefined without a connection. */
  get transport() {
    return this.#connection?.transport;
  }

  /** The `user` value of the server's handshake. */
  get user() {
    return this.#user;
  }

  /** The kick that ended the last connection, `{ reason }`, or null if it ended in another way or is open. */
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

  /**
   * Sends a request and resolves with the reply's value; rejects with a `NanoError`. While the first
   * connection opens, the request waits; if opening fails, it rejects with the same error.
   */
  request(route, body, { timeout = this.#options.requestTimeout, signal } = {}) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw aborted(route, signal);
      const call = { id: 0, request: true, route, resolve, reject, payload: this.#encode(route, body) };
      this.#submit(call);
      const give = (error) => {
        this.#forget(call);
        reject(error);
      };
      if (timeout > 0 && timeout <= LONGEST_TIMER) {
        const late = () => give(new NanoError('timeout', `no reply to ${route} within ${timeout} ms`));
        waitForServer(timeout, late, (timer) => (call.timer = timer));
      }
      call.signal = signal;
      call.onAbort = () => give(aborted(route, signal));
      signal?.addEventListener('abort', call.onAbort);
    });
  }

  /**
   * Sends a message that has no reply. The promise is fulfilled once it is sent and rejects with a
   * `NanoError` when that fails. The promise may be ignored.
   */
  notify(route, body) {
    const sent = new Promise((resolve, reject) => {
      this.#submit({ id: 0, request: false, route, resolve, reject, payload: this.#encode(route, body) });
    });
    // Without a handler, a rejection ends a process of Node.js.
    sent.catch(() => {});
    return sent;
  }

  /** Calls `listener` with the value of every push on `route`; returns a function that unsubscribes it. */
  on(route, listener) {
    return this.#listeners.add(String(route), listener);
  }

  /** Calls `listener` with `(state, detail)` at every change; returns a function that unsubscribes it. */
  onState(listener) {
    return this.#listeners.add(STATE, listener);
  }

  /** Calls `listener` with `{ reason }` when the server kicks; returns a function that unsubscribes it. */
  onKick(listener) {
    return this.#listeners.add(KICK, listener);
  }

  /** Closes the connection for good; what was sent before goes out first. */
  close() {
    if (this.#state === 'closed') return;
    const isAway = !this.#connection?.writable && this.#known.session?.waits(Date.now());
    this.#connection?.close();
    if (isAway) sayFarewell(this.#url, this.#Socket, this.#options, this.#known);
    this.#lost(new NanoError('disconnected', 'closed by the client'), true);
  }

  #dial() {
    try {
      this.#connection = new Connection(this.#url, this.#Socket, this.#options, this.#known, {
        open: (detail) => this.#onOpen(detail),
        message: (message) => this.#onMessage(message),
        routeOf: (id) => this.#pending.get(id)?.route,
        kick: (kick) => this.#onKick(kick),
        end: (error, final) => this.#lost(error, final),
      });
    } catch (error) {
      this.#lost(error, true);
    }
  }

  #onOpen({ user, resumed }) {
    this.#known = this.#connection.known;
    this.#kick = null;
    if (!resumed) {
      this.#user = user;
      // Those that waited for a session that is gone.
      this.#failPending(new NanoError('disconnected', 'the session is gone: the server has begun a new one'));
    }
    this.#openedAt = Date.now();
    // These were called before a listener can learn that the connection is open.
    for (const call of this.#waiting) {
      this.#waiting.delete(call);
      try {
        this.#transmit(call);
      } catch (error) {
        this.#forget(call);
        call.reject(error);
      }
    }
    this.#setState('open', { user: this.#user, attempt: this.#attempt, resumed });
    this.#ready?.resolve(this);
    this.#ready = null;
  }

  #onMessage(message) {
    if (message.push) this.#onPush(message);
    else this.#onReply(message);
  }

  #onPush({ route, body, failure }) {
    if (failure) {
      this.#report(failure);
      return;
    }
    let value;
    try {
      value = this.#options.serializer.decode(body, route, 'push');
    } catch (cause) {
      this.#report(new NanoError('bad_payload', `cannot decode the push ${route}`, {}, { cause }));
      return;
    }
    this.#listeners.call(route, value);
  }

  #onReply({ id, error, body, failure }) {
    const call = this.#pending.get(id);
    // The request of this reply has timed out or was aborted.
    if (!call) return;
    this.#forget(call);
    if (failure) {
      call.reject(failure);
      return;
    }
    const { serializer } = this.#options;
    try {
      const value = error && serializer.decodeError ? serializer.decodeError(body) : serializer.decode(body, call.route, 'reply');
      const refusal = error ? value ?? {} : plainError(value);
      if (!refusal) call.resolve(value);
      else call.reject(new NanoError(String(refusal.code ?? 'unknown'), refusal.msg, refusal.metadata ?? {}));
    } catch (cause) {
      call.reject(new NanoError('bad_payload', `cannot decode the reply to ${call.route}`, {}, { cause }));
    }
  }

  #onKick({ reason, reconnectIn }) {
    const { reconnectAfterKick: again } = this.#options;
    let back = reconnectIn !== null;
    try {
      back ||= typeof again === 'function' ? again(reason) : again;
    } catch (error) {
      this.#report(error);
    }
    const kick = { reason };
    const error = new NanoError('kicked', `kicked by the server: ${reason || 'no reason given'}`, { reason });
    this.#lost(error, !back, { kick, wait: reconnectIn ?? 0 });
    this.#listeners.call(KICK, kick);
  }

  #lost(error, final, { kick = null, wait = 0 } = {}) {
    const waiting = this.#waiting;
    const { reconnect, backoff } = this.#options;
    // The first connection is not retried, so that a wrong address is reported.
    const ends = final || !reconnect || this.#state === 'connecting';
    const fault = error.code === 'protocol_error';
    this.#connection = null;
    this.#kick = kick;
    this.#waiting = new Set();
    clearTimeout(this.#retry);
    // The remembered dictionary may be the cause, so the next handshake asks for it again.
    if (fault) this.#known = { ...this.#known, dictionary: new Dictionary() };
    // What waits for a reply goes on to wait while the server waits for this client.
    if (ends || fault || kick !== null || !this.#known.session?.waits(Date.now())) {
      this.#known = { ...this.#known, session: undefined };
      this.#failPending(error);
    }
    for (const call of waiting) {
      this.#forget(call);
      call.reject(error);
    }
    if (ends) {
      const ready = this.#ready;
      this.#ready = null;
      this.#ending = error;
      this.#setState('closed', { error });
      ready?.reject(error);
      return;
    }
    // Only a connection that has lasted resets the backoff, so that a server which accepts and
    // closes at once is not flooded with attempts.
    if (this.#state === 'open' && Date.now() - this.#openedAt > backoff.cap) this.#attempt = 0;
    this.#attempt += 1;
    const jitter = Math.random() * Math.min(backoff.cap, backoff.base * 2 ** (this.#attempt - 1));
    const delay = Math.min(wait + jitter, LONGEST_TIMER);
    this.#retry = setTimeout(() => this.#dial(), delay);
    this.#setState('reconnecting', { attempt: this.#attempt, delay, error });
  }

  #failPending(error) {
    const pending = this.#pending;
    this.#pending = new Map();
    for (const call of pending.values()) {
      this.#forget(call);
      call.reject(new NanoError('disconnected', error.message, {}, { cause: error }));
    }
  }

  #encode(route, body) {
    try {
      return this.#options.serializer.encode(body, route);
    } catch (cause) {
      throw new NanoError('bad_payload', `cannot encode the payload of ${route}: ${cause.message}`, {}, { cause });
    }
  }

  /** Sends a call now, or once the first connection is open. */
  #submit(call) {
    if (this.#state !== 'connecting') {
      this.#transmit(call);
      return;
    }
    if (this.#waiting.size >= WAITING_LIMIT) {
      throw new NanoError('too_many', `${WAITING_LIMIT} messages wait for the connection already: send ${call.route} later`);
    }
    this.#waiting.add(call);
  }

  #transmit(call) {
    if (!this.#connection?.writable) {
      const cause = this.#state === 'closed' ? this.#ending : undefined;
      throw new NanoError('disconnected', `cannot send ${call.route} while ${this.#state}`, {}, cause && { cause });
    }
    // The id is taken when the request is sent, so that one that cannot be sent uses none up.
    call.id = call.request ? this.#nextId : 0;
    const sending = this.#connection.sendMessage(call.id, call.route, call.payload);
    if (call.request) {
      this.#nextId += 1;
      this.#pending.set(call.id, call);
    }
    const sent = () => {
      if (!call.request) call.resolve();
    };
    if (!sending) {
      sent();
      return;
    }
    sending.then(sent, (error) => {
      this.#forget(call);
      call.reject(error);
    });
  }

  /** Removes a call from all tables and clears its timer; its promise stays. */
  #forget(call) {
    this.#waiting.delete(call);
    if (this.#pending.get(call.id) === call) this.#pending.delete(call.id);
    clearTimeout(call.timer);
    call.signal?.removeEventListener('abort', call.onAbort);
  }

  #setState(state, detail) {
    this.#state = state;
    this.#listeners.call(STATE, state, detail);
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

function aborted(route, { reason }) {
  return new NanoError('aborted', `${route} was aborted`, {}, { cause: reason });
}
