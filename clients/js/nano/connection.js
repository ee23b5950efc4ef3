import { decodeMessage, Dictionary, encodeMessage, encodePacket, Packet, PacketReader } from './codec.js';
import { NanoError } from './error.js';
import { findInflate, noInflate } from './inflate.js';
import { json } from './json.js';
import { readKick } from './kick.js';
import { Newest } from './newest.js';
import { isPromise, Pipeline } from './pipeline.js';
import { Session } from './session.js';
import { toBytes } from './text.js';
import { LONGEST_TIMER, waitForServer } from './wait.js';

/** Version that the client announces to the server. */
export const VERSION = '0.1.0';

/** Bytes of packets that may wait while something inflates. */
const WAITING_LIMIT = 16 * 1024 * 1024;
/** Bytes that a waiting packet counts beside its body. */
const WAITING_COST = 100;
/** The first byte of a zlib stream, with which no JSON begins. */
const ZLIB = 0x78;
/** The code of a WebSocket's close without a fault; pages may send no other below 3000. */
const NORMAL_CLOSURE = 1000;
/** The code of one that is given up, whose session waits for another. */
const LOST_CLOSURE = 4000;
/** Codes of refused handshakes that say nothing against the client. */
const FAULTS = ['internal', 'timeout'];

/**
 * One socket from its opening to its end: handshake, heartbeats, packets.
 *
 * `known` is the state of an earlier connection: `{ dictionary, session, newest, pipeline }`. `events` has the functions
 * `open({ user, resumed })`, `message(message)`, `kick({ reason, reconnectIn })` and `end(error, final)`, one of the
 * last two of which is called once, as the last, unless `close` came first; and `routeOf(id)`, the route of a request.
 */
export class Connection {
  #url;
  #options;
  #events;
  #socket;
  #reader;
  #known;
  #inflate;
  // Events that came while something is being inflated, in order; null while nothing is.
  #waiting = null;
  #waitingBytes = 0;
  #cause = undefined;
  #open = false;
  #ended = false;
  #timers = new Map();
  #interval = 0;
  #beatenAt = 0;

  constructor(url, Socket, options, known, events) {
    const { connectTimeout, maxPacketSize } = options;
    this.#url = url;
    this.#options = options;
    this.#events = events;
    this.#known = known;
    this.#reader = new PacketReader(maxPacketSize);
    this.#inflate = findInflate(options.inflate);
    try {
      this.#socket = new Socket(url);
    } catch (cause) {
      throw new NanoError('connect_failed', `cannot open ${url}: ${cause.message}`, {}, { cause });
    }
    this.#listen(this.#socket);
    this.#wait('connect', connectTimeout, () => {
      this.#end(new NanoError('connect_failed', `no handshake from ${url} within ${connectTimeout} ms`));
    });
  }

  /** State for the next connection: the dictionary, and what the session goes on with, if it may. */
  get known() {
    return this.#known;
  }

  /** True while messages can be sent. */
  get writable() {
    return this.#open && !this.#ended && this.#socket.readyState === 1;
  }

  get transport() {
    return this.#socket.transport ?? 'websocket';
  }

  /** Sends a request (`id` above 0) or a notify (`id` 0); returns a promise if the pipeline takes time. */
  sendMessage(id, route, payload) {
    return this.#known.pipeline.outbound(payload, route, (body) => {
      if (this.#ended) throw new NanoError('disconnected', `the connection ended before ${route} was sent`);
      const packet = this.#send(Packet.DATA, encodeMessage(id, route, body, this.#known.dictionary.codes));
      this.#known.session?.keep(packet);
    });
  }

  /** Closes the socket for good; what was sent before goes out first, and no event comes any more. */
  close() {
    this.#sayGoodbye();
    this.#close(NORMAL_CLOSURE);
  }

  /** Tells a server that would wait for this client that it does not come back. */
  #sayGoodbye() {
    if (this.writable && this.#known.session) this.#send(Packet.KICK);
  }

  #close(code) {
    this.#ended = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#socket.close(code);
  }

  #listen(socket) {
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      if (!this.#ended) this.#greet();
    };
    socket.onmessage = ({ data }) => {
      if (this.#ended) return;
      try {
        this.#watch();
        for (const packet of this.#reader.read(toBytes(data))) {
          this.#inTurn(packet.body.length + WAITING_COST, () => this.#receive(packet));
          if (this.#ended) return;
        }
      } catch (error) {
        this.#fail(error);
      }
    };
    socket.ondatagram = ({ data }) => {
      if (!this.#ended && this.#open) this.#onDatagram(data);
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

  /** Sends the handshake, with the `user` of this very connection. */
  async #greet() {
    try {
      const { user } = this.#options;
      // Without an `await` that is not needed: the socket is open now.
      const made = typeof user === 'function' ? user() : user;
      this.#sendHandshake(isPromise(made) ? await made : made);
    } catch (cause) {
      if (this.#ended) return;
      const message = `cannot send the handshake: ${cause?.message ?? cause}`;
      this.#end(new NanoError('connect_failed', message, {}, { cause }));
    }
  }

  #sendHandshake(user) {
    if (this.#ended) return;
    const { dictionary, session } = this.#known;
    const features = this.#inflate ? ['errors', 'zlib'] : ['errors'];
    if (this.#resumes) features.push('resume');
    const { version = VERSION, traceparent, transport, datagrams, pipeline } = this.#options;
    // A pipeline may count the messages, and would miss what is lost.
    if (transport === 'webtransport' && datagrams && !pipeline) features.push('datagrams');
    const sys = { type: 'nano-js', version, traceparent, features, dictVersion: dictionary.version, resume: session?.claim };
    this.#send(Packet.HANDSHAKE, json.encode({ sys, user }));
  }

  #receive({ type, body }) {
    if (type === Packet.DATA && this.#open) return this.#onMessage(body);
    if (type === Packet.HEARTBEAT) return this.#onHeartbeat();
    if (type === Packet.KICK) return this.#onKick(body);
    if (type === Packet.HANDSHAKE && !this.#open) return this.#onHandshake(body);
    throw new NanoError('protocol_error', `packet type ${type} while ${this.#open ? 'open' : 'connecting'}`);
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
      throw new NanoError('protocol_error', `more than ${WAITING_LIMIT} bytes wait for something to inflate`);
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

  /** Receives a packet that came beside the others: it may be one that is out of date, and does not count. */
  #onDatagram(data) {
    try {
      this.#watch();
      for (const { type, body } of new PacketReader(this.#options.maxPacketSize).read(data)) {
        if (type !== Packet.DATA) throw new NanoError('protocol_error', `packet type ${type} in a datagram`);
        this.#inTurn(body.length + WAITING_COST, () => this.#onMessage(body, false));
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #onMessage(bytes, counts = true) {
    const message = { ...decodeMessage(bytes, this.#known.dictionary.routes), counts };
    if (message.number && !this.#known.newest.admits(message.number)) {
      if (counts) this.#known.session?.count();
      return undefined;
    }
    if (message.compressed) {
      const deliver = (body) => this.#deliver({ ...message, compressed: false, body });
      return this.#inflated(message.body, 'body', deliver);
    }
    return this.#deliver(message);
  }

  #deliver(message) {
    const route = message.push ? message.route : this.#events.routeOf(message.id);
    return this.#known.pipeline.inbound(message, route, (changed) => {
      if (this.#ended) return;
      if (message.counts) this.#known.session?.count();
      this.#events.message(changed);
    });
  }

  /** Calls `use` with the inflated bytes, at once or before the promise that is returned is fulfilled. */
  #inflated(bytes, what, use) {
    if (this.#inflate === null) throw noInflate(what);
    const whole = this.#inflate(bytes, this.#options.maxBodySize, what);
    if (typeof whole.then !== 'function') return use(whole);
    return whole.then((later) => {
      if (!this.#ended) return use(later);
      return undefined;
    });
  }

  #onHandshake(body) {
    if (body[0] === ZLIB) return this.#inflated(body, 'handshake reply', (inflated) => this.#onReply(inflated));
    return this.#onReply(body);
  }

  #onReply(body) {
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
      this.#onRefusal(reply);
    } else if (name && sys.serializer && name !== sys.serializer) {
      const message = `server speaks ${sys.serializer}, the client's serializer is ${name}`;
      this.#end(new NanoError('serializer_mismatch', message), true);
    } else {
      return this.#accept(sys, user);
    }
    return undefined;
  }

  #onRefusal({ code, error, msg, ...rest }) {
    const why = msg ?? (code === 501 ? 'the client is too old' : 'refused by the server');
    const [name, message] = typeof error === 'string' ? [error, why] : ['handshake_refused', `handshake failed with code ${code}: ${why}`];
    this.#end(new NanoError(name, String(message), { code, ...rest }), !FAULTS.includes(name));
  }

  #accept(sys, user) {
    let { dictionary } = this.#known;
    const version = sys.dictVersion ?? undefined;
    if (sys.dict || version !== dictionary.version) dictionary = new Dictionary(version, sys.dict ?? {});
    const offer = sys.resume ?? {};
    const resumed = this.#known.session !== undefined && Number.isInteger(offer.received);
    const use = (pipeline) => {
      if (this.#ended) return;
      const session = resumed ? this.#known.session : this.#resumes ? Session.offered(offer) : undefined;
      const newest = resumed ? this.#known.newest : new Newest();
      this.#known = { dictionary, session, newest, pipeline };
      this.#begin(sys);
      if (resumed) this.#goOn(offer);
      if (!this.#ended) this.#events.open({ user, resumed });
    };
    // A session that goes on keeps what it has agreed on.
    if (resumed && this.#known.pipeline) return use(this.#known.pipeline);
    const pipeline = Pipeline.open(this.#options.pipeline, user);
    return isPromise(pipeline) ? pipeline.then(use) : use(pipeline);
  }

  #begin(sys) {
    clearTimeout(this.#timers.get('connect'));
    this.#send(Packet.ACK);
    this.#open = true;
    // A server cannot make a client send more often than once a second.
    this.#interval = sys.heartbeat > 0 ? Math.max(Number(sys.heartbeat), 1) * 1000 : 0;
    this.#watch();
    this.#beatLater();
    this.#beatenAt = Date.now();
  }

  /** Sends what the server has not received of the session that goes on. */
  #goOn(offer) {
    const missing = this.#known.session.goOn(offer);
    if (missing === null) {
      this.#sayGoodbye();
      this.#end(new NanoError('disconnected', 'the server misses messages that are not kept'));
      return;
    }
    for (const packet of missing) this.#socket.send(packet);
  }

  get #resumes() {
    return this.#options.resume && this.#options.reconnect;
  }

  #onHeartbeat() {
    // A hidden tab's timers may run only once a minute, while messages arrive at once: the server's heartbeats trigger
    // ours as well. One that comes soon after ours is an echo, as pomelo's servers send, and triggers none.
    if (this.#interval > 0 && Date.now() - this.#beatenAt > this.#interval / 2) this.#beat();
  }

  #beat() {
    this.#send(Packet.HEARTBEAT, this.#known.session?.confirmation);
    this.#beatenAt = Date.now();
    this.#beatLater();
  }

  #beatLater() {
    if (this.#interval === 0) return;
    this.#timer('beat', this.#interval, () => this.#beat());
  }

  #watch() {
    if (this.#interval === 0) return;
    const patience = 3 * this.#interval;
    this.#wait('watch', patience, () => {
      this.#end(new NanoError('disconnected', `nothing heard from the server for ${patience} ms`));
    });
  }

  #onKick(body) {
    this.#close(NORMAL_CLOSURE);
    this.#events.kick(readKick(body));
  }

  #fail(error) {
    const known = error instanceof NanoError ? error : new NanoError('protocol_error', error.message, {}, { cause: error });
    // What this platform or the application cannot do, it cannot do on the next connection.
    this.#end(known, known.code === 'no_inflate' || known.code === 'pipeline_failed');
  }

  #end(error, final = false) {
    this.#close(this.#known.session && !final ? LOST_CLOSURE : NORMAL_CLOSURE);
    this.#events.end(error, final);
  }

  #send(type, body) {
    const packet = encodePacket(type, body, this.#options.maxPacketSize);
    this.#socket.send(packet);
    return packet;
  }

  #wait(name, delay, run) {
    clearTimeout(this.#timers.get(name));
    waitForServer(delay, run, (timer) => this.#timers.set(name, timer));
  }

  #timer(name, delay, run) {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(run, Math.min(delay, LONGEST_TIMER)));
  }
}
