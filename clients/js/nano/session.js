/** Packets and bytes that are kept until it is known whether the server has them. */
const KEPT_PACKETS = 256;
const KEPT_BYTES = 65_536;

/** A session that outlives its sockets, since the server waits for its client. */
export class Session {
  #token;
  #window;
  #received = 0;
  #sent = [];
  #bytes = 0;
  // The number of sent packets that are not kept any more.
  #gone = 0;
  #lostAt = undefined;

  /** The session that a server offers in its handshake (`sys.resume`), or undefined. */
  static offered(resume) {
    return typeof resume?.token === 'string' && resume.window > 0 ? new Session(resume) : undefined;
  }

  constructor({ token, window }) {
    this.#token = token;
    this.#window = window * 1000;
  }

  /** The word for the server by which the client comes back. */
  get claim() {
    return { token: this.#token, received: this.#received };
  }

  /** The body of a heartbeat: the number of messages received, in eight bytes. */
  get confirmation() {
    const body = new Uint8Array(8);
    const view = new DataView(body.buffer);
    view.setUint32(0, Math.floor(this.#received / 2 ** 32));
    view.setUint32(4, this.#received % 2 ** 32);
    return body;
  }

  /** Counts a message that is received. */
  count() {
    this.#received += 1;
  }

  /** Keeps a packet that is sent. */
  keep(packet) {
    this.#sent.push(packet);
    this.#bytes += packet.length;
    while (this.#sent.length > KEPT_PACKETS || this.#bytes > KEPT_BYTES) this.#drop();
  }

  /** Notes that the socket is lost; returns false when the server waits no longer. */
  waits(now) {
    this.#lostAt ??= now;
    return now - this.#lostAt < this.#window;
  }

  /**
   * Goes on over another socket, to whose handshake the server replied with `resume`. Returns the packets that it has
   * not received, or null if they are not kept.
   */
  goOn({ token, window, received }) {
    while (this.#gone < received && this.#sent.length > 0) this.#drop();
    if (this.#gone !== received) {
      this.#window = 0;
      return null;
    }
    if (typeof token === 'string') this.#token = token;
    if (window > 0) this.#window = window * 1000;
    this.#lostAt = undefined;
    return this.#sent;
  }

  #drop() {
    this.#bytes -= this.#sent.shift().length;
    this.#gone += 1;
  }
}
