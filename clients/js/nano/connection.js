import { decodeMessage, Dictionary, encodeMessage, encodePacket, Packet, PacketReader } from './codec.js';
import { NanoError } from './error.js';
import { json } from './json.js';
import { encodeText } from './text.js';

/** Version that the client announces to the server. */
export const VERSION = '0.1.0';

/**
 * One socket from its opening to its end: handshake, heartbeats, packets.
 *
 * `events` has the functions `open({ user })`, `message(message)`, `kick(reason)` and `end(error, final)`;
 * one of the last two is called once, as the last, unless `close` came first.
 */
export class Connection {
  #url;
  #options;
  #events;
  #socket;
  #reader;
  #dictionary;
  #open = false;
  #ended = false;
  #timers = new Map();
  #interval = 0;
  #beaten = false;

  constructor(url, options, dictionary, events) {
    const { WebSocket, connectTimeout, maxPacketSize } = options;
    this.#url = url;
    this.#options = options;
    this.#events = events;
    this.#dictionary = dictionary;
    this.#reader = new PacketReader(maxPacketSize);
    try {
      this.#socket = new WebSocket(url);
    } catch (cause) {
      throw new NanoError('connect_failed', `cannot open ${url}: ${cause.message}`, {}, { cause });
    }
    this.#listen(this.#socket);
    this.#timer('connect', connectTimeout, () => {
      this.#end(new NanoError('connect_failed', `no handshake from ${url} within ${connectTimeout} ms`));
    });
  }

  /** The routes that both sides know by code. */
  get dictionary() {
    return this.#dictionary;
  }

  /** Whether messages can be sent. */
  get writable() {
    return this.#open && !this.#ended && this.#socket.readyState === 1;
  }

  /** Sends a request (`id` above 0) or a notify (`id` 0). */
  sendMessage(id, route, payload) {
    this.#send(Packet.DATA, encodeMessage(id, route, payload, this.#dictionary.codes));
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
        for (const packet of this.#reader.read(typeof data === 'string' ? encodeText(data) : new Uint8Array(data))) {
          this.#receive(packet);
          if (this.#ended) return;
        }
      } catch (error) {
        this.#end(error instanceof NanoError ? error : new NanoError('protocol_error', error.message, {}, { cause: error }));
      }
    };
    // The reason is in no browser's event, and a close always follows.
    socket.onerror = () => {};
    socket.onclose = ({ code }) => {
      if (this.#ended) return;
      const what = this.#open ? `connection to ${this.#url} lost` : `could not connect to ${this.#url}`;
      this.#end(new NanoError(this.#open ? 'disconnected' : 'connect_failed', `${what} (close code ${code})`));
    };
  }

  #sendHandshake() {
    const sys = { type: 'nano-js', version: VERSION, features: ['errors'], dictVersion: this.#dictionary.version };
    this.#send(Packet.HANDSHAKE, json.encode({ sys, user: this.#options.user }));
  }

  #receive({ type, body }) {
    if (type === Packet.KICK) this.#onKick(body);
    else if (type === Packet.HANDSHAKE && !this.#open) this.#onHandshake(body);
    else if (type === Packet.DATA && this.#open) this.#events.message(decodeMessage(body, this.#dictionary.routes));
    else if (type === Packet.HEARTBEAT) this.#onHeartbeat();
    else throw new NanoError('protocol_error', `packet type ${type} while ${this.#open ? 'open' : 'connecting'}`);
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
      this.#end(new NanoError('handshake_refused', `handshake failed with code ${code}: ${why}`, { ...reply }), true);
    } else if (name && sys.serializer && name !== sys.serializer) {
      const message = `server speaks ${sys.serializer}, the client's serializer is ${name}`;
      this.#end(new NanoError('serializer_mismatch', message), true);
    } else {
      if (sys.dict || sys.dictVersion !== this.#dictionary.version) {
        this.#dictionary = new Dictionary(sys.dictVersion, sys.dict);
      }
      clearTimeout(this.#timers.get('connect'));
      this.#send(Packet.ACK);
      this.#open = true;
      this.#interval = sys.heartbeat > 0 ? sys.heartbeat * 1000 : 0;
      this.#watch();
      this.#beatLater();
      this.#events.open({ user });
    }
  }

  #onHeartbeat() {
    // A hidden tab's timers may run once a minute only, its messages arrive at once: the
    // server's heartbeats keep ours going.
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
      // An unreadable reason makes it no less of a kick.
    }
    this.close();
    this.#events.kick(reason);
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
    this.#timers.set(name, setTimeout(run, delay));
  }
}
