import { NanoError } from './error.js';
import { webTransportSocket } from './webtransport.js';

/** Milliseconds for the server to close its side after ours. */
const LINGER = 10_000;

/**
 * Returns the class of sockets that opens `url`: `WebSocket`, WebTransport if that is asked for and there, or TCP for
 * `tcp://host:port` in Node.js.
 */
export function socketFor(url, { WebSocket, WebTransport, transport, serverCertificateHashes, connectTimeout }) {
  if (/^tcp:/i.test(url)) {
    const net = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:net');
    if (typeof net?.connect === 'function') return tcpSocket(net);
    throw new NanoError('no_tcp', `cannot open ${url}: TCP needs Node.js 20.16 or newer, use a WebSocket address`);
  }
  if (transport !== 'websocket' && transport !== 'webtransport') {
    throw new TypeError(`the option transport is 'websocket' or 'webtransport', not ${transport}`);
  }
  const hasSessions = transport === 'webtransport' && typeof WebTransport === 'function';
  if (hasSessions) return webTransportSocket(WebTransport, WebSocket, serverCertificateHashes, connectTimeout);
  if (typeof WebSocket === 'function') return WebSocket;
  throw new NanoError('no_websocket', 'no global WebSocket: pass one in the option `WebSocket`');
}

/** The part of the WebSocket interface that the client uses, over TCP. */
const tcpSocket = (net) => class TcpSocket {
  transport = 'tcp';
  readyState = 0;
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;
  #socket;

  constructor(url) {
    const { hostname, port } = new URL(url);
    if (!hostname || !port) throw new Error('the address must be tcp://host:port');
    // Brackets belong to an IPv6 address in a URL only.
    this.#socket = net.connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), noDelay: true });
    this.#socket.on('connect', () => {
      this.readyState = 1;
      this.onopen?.({});
    });
    this.#socket.on('data', (data) => this.onmessage?.({ data }));
    this.#socket.on('error', (error) => this.onerror?.({ error }));
    // The server sends no more, and what is sent to it now is lost.
    this.#socket.on('end', () => (this.readyState = 2));
    this.#socket.on('close', () => {
      this.readyState = 3;
      this.onclose?.({});
    });
  }

  send(bytes) {
    if (this.readyState === 1) this.#socket.write(bytes);
  }

  close() {
    if (this.readyState === 0) this.#socket.destroy();
    if (this.readyState === 0 || this.readyState === 3) return;
    this.readyState = 2;
    // A socket that is destroyed with bytes to read is reset, and what was sent might be lost.
    this.#socket.end();
    // Timers are numbers in Jest's jsdom.
    setTimeout(() => this.#socket.destroy(), LINGER).unref?.();
  }
};
