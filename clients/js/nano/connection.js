import { decodeMessage, Dictionary, encodeMessage, encodePacket, Packet, PacketReader } from './codec.js';
import { NanoError } from './error.js';
import { findInflate } from './inflate.js';
import { json } from './json.js';
import { encodeText } from './text.js';

/** Version that the client announces to the server. */
export const VERSION = '0.1.0';

/** Bytes of packets that may wait while a body inflates. */
const WAITING_LIMIT = 16 * 1024 * 1024;
/** Milliseconds; a timer set for longer fires at once. */
export const LONGEST_TIMER = 0x7fff_ffff;

/**
 * One socket from its opening to its end: handshake, heartbeats, packets.
 *
 * `known` is the state of an earlier connection: `{ dictionary, resume }`. `events` has the functions
 * `open({ user, resumed })`, `message(message)`, `kick(reason)` and `end(error, final)`; one of the last
 * two is called once, as the last, unless `close` came first.
 */
export class Connection {
  #url;
  #options;
  #events;
  #socket;
  #reader;
  #known;
  #inflate = findInflate();
  // Events that came while a body is being inflated, in order; null while none is.
  #waiting = null;
  #waitingBytes = 0;
  #cause = undefined;
  #open = false;
  #ended = false;
  #timers = new Map();
  #interval = 0;
  #beaten = false;

  constructor(url, Socket, options, known, events) {
    const { connectTimeout, maxPacketSize } = options;
    this.#url = url;
    this.#options = options;
    this.#events = events;
    this.#known = known;
    this.#reader = new PacketReader(maxPacketSize);
    try {
      this.#socket = new Socket(url);
    } catch (cause) {
      throw new NanoError('connect_failed', `cannot open ${url}: ${cause.message}`, {}, { cause });
    }
    this.#listen(this.#socket);
    this.#timer('connect', connectTimeout, () => {
      this.#end(new NanoError('connect_failed', `no handshake from ${url} within ${connectTimeout} ms`));
    });
  }

  /** State for the next connection: the dictionary, and the server's resume word for this session. */
  get known() {
    return this.#known;
  }

  /** True while messages can be sent. */
  get writable() {
    return this.#open && !this.#ended && this.#socket.readyState === 1;
  }

  /** Sends a request (`id` above 0) or a notify (`id` 0). */
  sendMessage(id, route, payload) {
    this.#send(Packet.DATA, encodeMessage(id, route, payload, this.#known.dictionary.codes));
  }

  /** Closes the socket; what was sent before goes out first, and no event comes any more. */
  close() {
    this.#ended = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#socket.close();
  }

  #listen(socket) {
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      if (!this.#ended) this.#sendHandshake();
    };
    socket.onmessage = ({ data }) => {
      if (this.#ended) return;
      try {
        this.#watch();
        for (const packet of this.#reader.read(toBytes(data))) {
          this.#receive(packet);
          if (this.#ended) return;
        }
      } catch (error) {
        this.#fail(error);
      }
    };
    // A close always follows. The event has no cause in browsers, but may have one elsewhere.
    socket.onerror = (event) => {
      this.#cause = event?.error;
    };
    socket.onclose = ({ code }) => {
      // Messages that came before the close are still delivered.
      if (!this.#ended) this.#inTurn(0, () => this.#onClose(code));
    };
  }

  #onClose(code) {
    const cause = this.#cause;
    const what = this.#open ? `connection to ${this.#url} lost` : `could not connect to ${this.#url}`;
    const why = cause?.message || cause?.code || (code === undefined ? 'closed by the server' : `close code ${code}`);
    this.#end(new NanoError(this.#open ? 'disconnected' : 'connect_failed', `${what} (${why})`, {}, cause && { cause }));
  }

  #sendHandshake() {
    const { dictionary, resume } = this.#known;
    const features = this.#inflate ? ['errors', 'zlib'] : ['errors'];
    const sys = { type: 'nano-js', version: VERSION, features, dictVersion: dictionary.version, resume };
    this.#send(Packet.HANDSHAKE, json.encode({ sys, user: this.#options.user }));
  }

  #receive({ type, body }) {
    if (type === Packet.KICK) this.#inTurn(body.length, () => this.#onKick(body));
    else if (type === Packet.HANDSHAKE && !this.#open) this.#onHandshake(body);
    else if (type === Packet.DATA && this.#open) this.#inTurn(body.length, () => this.#onMessage(body));
    else if (type === Packet.HEARTBEAT) this.#onHeartbeat();
    else throw new NanoError('protocol_error', `packet type ${type} while ${this.#open ? 'open' : 'connecting'}`);
  }

  /** Runs a step, after those that wait; a step that returns a promise makes the next ones wait for it. */
  #inTurn(size, step) {
    if (this.#waiting === null) {
      const unfinished = step();
      if (unfinished) this.#catchUp(unfinished);
      return;
    }
    this.#waitingBytes += size;
    if (this.#waitingBytes > WAITING_LIMIT) {
      throw new NanoError('protocol_error', `more than ${WAITING_LIMIT} bytes wait for a body to inflate`);
    }
    this.#waiting.push({ size, step });
  }

  async #catchUp(unfinished) {
    this.#waiting = [];
    try {
      await unfinished;
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        for (const { size, step } of batch) {
          if (this.#ended) return;
          this.#waitingBytes -= size;
          const next = step();
          if (next) await next;
        }
      }
    } catch (error) {
      if (!this.#ended) this.#fail(error);
    }
    this.#waiting = null;
  }

  #onMessage(bytes) {
    const message = decodeMessage(bytes, this.#known.dictionary.routes);
    if (!message.compressed) {
      this.#events.message(message);
      return undefined;
    }
    if (!this.#inflate) throw new NanoError('protocol_error', 'compressed body without having been asked for');
    const body = this.#inflate(message.body, this.#options.maxBodySize);
    if (typeof body.then === 'function') return body.then((inflated) => this.#inflated(message, inflated));
    return this.#inflated(message, body);
  }

  #inflated(message, body) {
    if (!this.#ended) this.#events.message({ ...message, compressed: false, body });
  }

  #onHandshake(body) {
    let reply;
    try {
      reply = json.decode(body) ?? {};
    } catch (cause) {
      throw new NanoError('protocol_error', 'handshake reply is not JSON', {}, { cause });
    }
    const { code, user } = reply;
    // Servers in Go write null for a table that is not there.
    const sys = reply.sys ?? {};
    const { name } = this.#options.serializer;
    if (code !== 200) {
      const why = code === 501 ? 'the client is too old' : 'refused by the server';
      this.#end(new NanoError('handshake_refused', `handshake failed with code ${code}: ${why}`, { ...reply }), true);
    } else if (name && sys.serializer && name !== sys.serializer) {
      const message = `server speaks ${sys.serializer}, the client's serializer is ${name}`;
      this.#end(new NanoError('serializer_mismatch', message), true);
    } else {
      let { dictionary } = this.#known;
      const version = sys.dictVersion ?? undefined;
      if (sys.dict || version !== dictionary.version) dictionary = new Dictionary(version, sys.dict ?? {});
      this.#known = { dictionary, resume: typeof sys.resume === 'string' ? sys.resume : undefined };
      clearTimeout(this.#timers.get('connect'));
      this.#send(Packet.ACK);
      this.#open = true;
      this.#interval = sys.heartbeat > 0 ? sys.heartbeat * 1000 : 0;
      this.#watch();
      this.#beatLater();
      this.#events.open({ user, resumed: sys.resumed === true });
    }
  }

  #onHeartbeat() {
    // A hidden tab's timers may run only once a minute, while messages arrive at once: the
    // server's heartbeats trigger ours as well.
    if (this.#open && !this.#beaten) this.#beat();
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
      this.#end(new NanoError('disconnected', `nothing heard from the server for ${patience} ms`));
    });
  }

  #onKick(body) {
    let reason = '';
    try {
      reason = String(json.decode(body)?.reason ?? '');
    } catch {
      // A kick with an unreadable reason is still a kick.
    }
    this.close();
    this.#events.kick(reason);
  }

  #fail(error) {
    this.#end(error instanceof NanoError ? error : new NanoError('protocol_error', error.message, {}, { cause: error }));
  }

  #end(error, final = false) {
    this.close();
    this.#events.end(error, final);
  }

  #send(type, body) {
    this.#socket.send(encodePacket(type, body, this.#options.maxPacketSize));
  }

  #timer(name, delay, run) {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(run, Math.min(delay, LONGEST_TIMER)));
  }
}

function toBytes(data) {
  if (typeof data === 'string') return encodeText(data);
  if (ArrayBuffer.isView(data)) return data;
  // Not `instanceof`: the buffer may come from another realm.
  if (typeof data?.byteLength === 'number') return new Uint8Array(data);
  throw new NanoError('protocol_error', `the WebSocket gave ${Object.prototype.toString.call(data)} for a frame: it must heed binaryType "arraybuffer"`);
}
