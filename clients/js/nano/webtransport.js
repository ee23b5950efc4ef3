/** Most milliseconds for a session to open before the WebSocket is tried. */
const PATIENCE = 3000;
/** Milliseconds for which a network that lets no session open is not asked again. */
const BLOCKED = 300_000;
/** Milliseconds for the server to close its side after ours. */
const LINGER = 10_000;
/** Datagrams that wait for the page. */
const WAITING = 1024;

/**
 * The part of the WebSocket interface that the client uses, over WebTransport; over a WebSocket where a session cannot be
 * opened. `ondatagram` is called with the datagrams of a session.
 */
export const webTransportSocket = (WebTransport, WebSocket, hashes, connectTimeout) => {
  // The WebSocket needs a part of the time, too.
  const patienceOf = (timeout) => Math.min(PATIENCE, timeout / 2);
  const options = { congestionControl: 'low-latency', requireUnreliable: true };
  if (hashes) options.serverCertificateHashes = hashes.map(certificateHash);
  let blockedUntil = 0;

  return class WebTransportSocket {
    static patience = patienceOf(connectTimeout);

    /** The same for connections that have so many milliseconds to open. */
    static within(timeout) {
      return class extends this {
        static patience = patienceOf(timeout);
      };
    }

    binaryType = 'arraybuffer';
    onopen = null;
    onmessage = null;
    ondatagram = null;
    onerror = null;
    onclose = null;
    #url;
    #state = 0;
    #transport = null;
    #writer = null;
    #timer = undefined;
    #code = 0;
    // The WebSocket in place of a session.
    #socket = null;

    constructor(url) {
      this.#url = url;
      try {
        if (Date.now() >= blockedUntil) this.#transport = new WebTransport(sessionUrl(url), options);
      } catch {
        // An option that this browser does not know, perhaps.
      }
      if (this.#transport) this.#openSession(this.#transport);
      else this.#openSocket();
    }

    get transport() {
      return this.#socket ? 'websocket' : 'webtransport';
    }

    get readyState() {
      return this.#socket?.readyState ?? this.#state;
    }

    send(bytes) {
      if (this.#socket) this.#socket.send(bytes);
      // What cannot be sent any more shows in the end of the session.
      else if (this.#state === 1) this.#writer.write(bytes).catch(() => {});
    }

    close(code) {
      if (this.#socket) this.#socket.close(code);
      if (this.#socket || this.#state > 1) return;
      this.#code = code;
      clearTimeout(this.#timer);
      if (this.#state === 0) {
        this.#ended();
        return;
      }
      this.#state = 2;
      // The end of the session would overtake what was sent: the server ends its stream when it has read all.
      this.#writer.close().catch(() => {});
      this.#timer = setTimeout(() => this.#ended(), LINGER);
      // Timers are numbers in browsers.
      this.#timer.unref?.();
    }

    async #openSession(transport) {
      this.#timer = setTimeout(() => this.#fallBack(), this.constructor.patience);
      transport.closed.catch(() => {});
      try {
        await transport.ready;
        const { readable, writable } = await transport.createBidirectionalStream();
        if (this.#socket || this.#state !== 0) return;
        clearTimeout(this.#timer);
        this.#writer = writable.getWriter();
        this.#state = 1;
        this.onopen?.({});
        this.#readDatagrams(transport.datagrams);
        await this.#read(readable.getReader());
      } catch (error) {
        if (this.#state === 0) this.#fallBack();
        else this.#ended(error);
      }
    }

    async #read(reader) {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        this.onmessage?.({ data: value });
      }
      this.#ended();
    }

    async #readDatagrams(datagrams) {
      datagrams.incomingHighWaterMark = WAITING;
      const reader = datagrams.readable.getReader();
      try {
        for (;;) {
          const { value, done } = await reader.read();
          if (done) return;
          this.ondatagram?.({ data: value });
        }
      } catch {
        // The stream tells of the end, too.
      }
    }

    #ended(error) {
      if (this.#state === 3) return;
      this.#state = 3;
      clearTimeout(this.#timer);
      closeSession(this.#transport, this.#code);
      if (error) this.onerror?.({ error });
      this.onclose?.({});
    }

    /** Opens a WebSocket in place of a session that was not opened. */
    #fallBack() {
      if (this.#socket || this.#state !== 0) return;
      clearTimeout(this.#timer);
      closeSession(this.#transport, 0);
      try {
        this.#openSocket();
      } catch (error) {
        this.#ended(error);
      }
    }

    #openSocket() {
      const socket = new WebSocket(this.#url);
      this.#socket = socket;
      socket.binaryType = this.binaryType;
      socket.onopen = (event) => {
        // The server is there, so it is the network that lets no session through.
        blockedUntil = Date.now() + BLOCKED;
        this.onopen?.(event);
      };
      socket.onmessage = (event) => this.onmessage?.(event);
      socket.onerror = (event) => this.onerror?.(event);
      socket.onclose = (event) => this.onclose?.(event);
    }
  };
};

/** The address of a session beside the WebSocket of this address. */
function sessionUrl(url) {
  const session = new URL(url.replace(/^(ws|http)s?:/i, 'https:'));
  // A plain WebSocket has the port 80 where none is named; a session has no such port.
  const isPlain = /^(ws|http):/i.test(url);
  if (isPlain && new URL(url.replace(/^ws:/i, 'http:')).port === '') session.port = '80';
  return session.href;
}

/** A hash as the platform takes it, of its hexadecimal digits. */
function certificateHash(hash) {
  if (typeof hash !== 'string') return hash;
  const digits = hash.replaceAll(':', '');
  if (!/^[0-9a-f]{64}$/i.test(digits)) throw new Error(`the hash of a certificate has 64 hexadecimal digits, not ${hash}`);
  return { algorithm: 'sha-256', value: Uint8Array.from(digits.match(/../g), (byte) => Number.parseInt(byte, 16)) };
}

function closeSession(transport, closeCode) {
  try {
    transport.close({ closeCode });
  } catch {
    // It is closed already.
  }
}
