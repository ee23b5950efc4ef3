/** Version that the client announces to the server. */
export const VERSION: string;

/**
 * Error of a request or of the connection.
 *
 * Codes of the client itself: `timeout`, `aborted`, `disconnected`, `connect_failed`,
 * `handshake_refused`, `serializer_mismatch`, `kicked`, `protocol_error`, `bad_payload`, `bad_route`,
 * `too_large`, `too_many`, `no_websocket`, `no_tcp`, `no_inflate`, `pipeline_failed`. All others come from the server:
 * from its handlers, or from its handshake hook, which may refuse the client.
 */
export class NanoError extends Error {
  constructor(code: string, message?: string, metadata?: Record<string, unknown>, options?: { cause?: unknown });
  readonly code: string;
  readonly metadata: Record<string, unknown>;
}

/** Turns values into payload bytes and back. */
export interface Serializer {
  /** Compared with the name that the server announces, when both are known. */
  readonly name?: string;
  /** Called once per message, within the call of `request` or `notify`. */
  encode(value: unknown, route: string): Uint8Array;
  /** The route of a reply is its request's. */
  decode(bytes: Uint8Array, route: string, kind: PayloadKind): unknown;
  /** Decodes the body of an error; without it, `decode` does. */
  decodeError?(bytes: Uint8Array): ErrorBody | null | undefined;
}

/** The kind of message that a received payload belongs to. */
export type PayloadKind = 'reply' | 'push';

/** An error as a server describes it. */
export interface ErrorBody {
  readonly code?: string | undefined;
  readonly msg?: string | undefined;
  readonly metadata?: Record<string, unknown> | undefined;
}

/**
 * The default serializer. An empty body stands for no value. Integers beyond ±(2^53 - 1) decode as
 * `bigint`, and a `bigint` encodes as an integer; an engine without `BigInt` rounds them. NaN and infinities do
 * not encode: the error names their field.
 */
export const json: {
  readonly name: 'json';
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
};

/** As `json`, for types that say `number` for every integer: one beyond ±(2^53 - 1) does not decode. */
export const numberJson: typeof json;

/** Routes and their codes, as a server's build wrote them down. */
export interface RouteDictionary {
  readonly version: string;
  readonly codes: Readonly<Record<string, number>>;
}

/** The part of the WebSocket interface that the client uses. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  // Not Uint8Array: its buffer is shared or not, depending on the version of TypeScript.
  send(data: any): void;
  close(code?: number): void;
}

export interface Options {
  /** The data for the server's handshake hook, or a function that makes it for each connection. */
  user?: unknown;
  /** The version of the application, for a server that wants a minimum. By default that of this client. */
  version?: string;
  /**
   * The trace that the connection belongs to, as W3C Trace Context writes it: `00-<32 digits>-<16 digits>-<2 digits>`.
   * The server's spans carry it.
   */
  traceparent?: string;
  /**
   * Opens the pipeline of a connection, with the `user` of the server's handshake. A session that is resumed keeps its
   * own. It may take time.
   */
  pipeline?: (user: any) => Pipeline | Promise<Pipeline>;
  /** Milliseconds until a request fails with `timeout`; 0 waits for ever. Default 10,000. */
  requestTimeout?: number;
  /** Milliseconds for a socket to open and shake hands. Default 10,000. */
  connectTimeout?: number;
  /** Opens a lost connection again. Default true. */
  reconnect?: boolean;
  /** Goes on with the same session after a lost connection, if the server lets it; needs `reconnect`. Default true. */
  resume?: boolean;
  /**
   * The transport to try first. `webtransport` opens a session of WebTransport at the `https:` address with the host, the
   * port and the path of the WebSocket, and the WebSocket where the platform has no WebTransport, or no session opens
   * within 3 seconds. Default `websocket`.
   */
  transport?: 'websocket' | 'webtransport';
  /**
   * Lets pushes of the classes `latest` and `lossy` come in datagrams over WebTransport: they do not wait for packets that
   * were lost, and may be lost themselves. One that arrives behind a newer one is dropped. Default true; a `pipeline` does
   * without.
   */
  datagrams?: boolean;
  /**
   * The SHA-256 hashes of certificates that the browser takes over WebTransport without a root, as hexadecimal digits or
   * as the platform has them: for development.
   */
  serverCertificateHashes?: readonly (string | { algorithm?: string; value?: any })[];
  /**
   * Reconnects after final kicks as well, all or those for which the function returns true. Default false. The client
   * always reconnects after a kick that has a `reconnectIn`, or one of the reasons `shutdown`, `heartbeat_timeout`,
   * `handshake_timeout` and `slow_consumer`.
   */
  reconnectAfterKick?: boolean | ((reason: string) => boolean);
  /**
   * Milliseconds: attempt n waits between 0 and min(cap, base * 2^(n-1)), the first one after a kick as much longer as
   * the kick says. Default 500 and 10,000.
   */
  backoff?: { base?: number; cap?: number };
  /** Bytes that a packet's body may have, either way. Default 65,536. */
  maxPacketSize?: number;
  /** Bytes that a compressed body, or handshake reply, may have once it is inflated. Default 1,048,576. */
  maxBodySize?: number;
  /** Payload codec. Default JSON. */
  serializer?: Serializer;
  /** The dictionary to start with; a server that has another sends its own. */
  dictionary?: RouteDictionary;
  /** Constructor to use where there is no global `WebSocket` (Node.js before 22). */
  WebSocket?: new (url: string) => WebSocketLike;
  /** Constructor to use where there is no global `WebTransport`. */
  WebTransport?: new (url: string, options?: any) => any;
  /**
   * Inflates a zlib stream (RFC 1950), where there is neither `node:zlib` nor `DecompressionStream`. It should stop at
   * `limit` bytes: a longer result is refused, but has been allocated by then.
   */
  inflate?: (bytes: Uint8Array, limit: number) => Uint8Array | Promise<Uint8Array>;
  /** Called with the errors of listeners that throw and of pushes that do not decode. Default `console.error`. */
  onError?: (error: unknown) => void;
}

/**
 * The changes to the bodies of one connection, such as encryption: the counterpart of a server's stages. Each function may
 * return a promise; the order of messages is kept.
 */
export interface Pipeline {
  /** Changes the body of a request or a notify before it is sent. What it throws, the call rejects with. */
  outbound?(body: Uint8Array, route: string): Uint8Array | Promise<Uint8Array>;
  /**
   * Changes a body that was received before it is decoded. The route of a reply or an error is its request's, and
   * `undefined` when nobody waits for it any more. When it throws, the request rejects; a push is reported to `onError`.
   */
  inbound?(body: Uint8Array, route: string | undefined, kind: PayloadKind | 'error'): Uint8Array | Promise<Uint8Array>;
}

export interface RequestOptions {
  /** Milliseconds until the request fails with `timeout`; 0 waits for ever. Default `requestTimeout`. */
  timeout?: number | undefined;
  /** Aborts the request with the code `aborted`. The server is not notified. */
  signal?: AbortSignal | undefined;
}

export interface StateDetails {
  connecting: Record<string, never>;
  open: {
    /** The `user` value of the server's handshake, by which the session began. */
    user: unknown;
    /** 0 for a first connection, else the attempt that succeeded. */
    attempt: number;
    /**
     * True if the session is the same as before the loss, in which case there is nothing to join again: requests still
     * wait, and what was pushed meanwhile is heard next.
     */
    resumed: boolean;
  };
  reconnecting: {
    attempt: number;
    /** Milliseconds until the attempt starts, jitter included. */
    delay: number;
    /** The error that ended the last connection or attempt. */
    error: NanoError;
  };
  closed: {
    /** The error that closed the client; its code is `disconnected` after `close()`. */
    error: NanoError;
  };
}

export type State = keyof StateDetails;

/** Called with a state and its detail; checking the state narrows the detail. */
export type StateListener = (...change: { [S in State]: [state: S, detail: StateDetails[S]] }[State]) => unknown;

/** Ends a subscription. */
export type Unsubscribe = () => void;

/**
 * Opens a connection and resolves with its client once the handshake is done. The address is `ws://..`,
 * `wss://..` or, under Node.js, `tcp://host:port`.
 */
export function connect(url: string | URL, options?: Options): Promise<Client>;

/** A connection to one server that outlives its sockets. */
export class Client {
  constructor(url: string | URL, options?: Options);
  readonly state: State;
  /** The transport of the connection, if there is one; before it is open, the one that is tried. */
  readonly transport: 'websocket' | 'webtransport' | 'tcp' | undefined;
  /** The `user` value of the server's handshake. */
  readonly user: unknown;
  /** The kick that ended the last connection, or null if it ended in another way or is open. */
  readonly kicked: { readonly reason: string } | null;
  /** Opens the connection; resolves with the client once it is open. */
  connect(): Promise<Client>;
  /**
   * Sends a request and resolves with the reply's value; rejects with a `NanoError`. While the first
   * connection opens, the request waits; if opening fails, it rejects with the same error.
   */
  request<Reply = unknown>(route: string, body?: unknown, options?: RequestOptions): Promise<Reply>;
  /**
   * Sends a message that has no reply. The promise is fulfilled once it is sent and rejects with a
   * `NanoError` when that fails. The promise may be ignored.
   */
  notify(route: string, body?: unknown): Promise<void>;
  /** Calls `listener` with the value of every push on `route`. */
  on<Value = unknown>(route: string, listener: (value: Value) => unknown): Unsubscribe;
  /** Calls `listener` at every change of state. */
  onState(listener: StateListener): Unsubscribe;
  // For listeners with one parameter, which a union of parameter lists does not accept.
  onState(listener: (state: State) => unknown): Unsubscribe;
  /** Calls `listener` when the server kicks, after the state has changed: to `closed` if the kick is final. */
  onKick(listener: (kick: { readonly reason: string }) => unknown): Unsubscribe;
  /**
   * Closes the connection for good; what was sent before goes out first. A server that waits for a client which is away
   * is told over another connection, if it can be reached.
   */
  close(): void;
}

/** Encodes one packet. This and the three exports below are for tools that speak the protocol themselves. */
export function encodePacket(type: number, body?: Uint8Array, limit?: number): Uint8Array;

/** Cuts a stream of chunks into packets. Holds at most one unfinished packet. */
export class PacketReader {
  constructor(limit?: number);
  read(chunk: Uint8Array): Generator<{ type: number; body: Uint8Array }, void>;
}

/** Encodes a request (`id` above 0) or a notify (`id` 0). */
export function encodeMessage(id: number, route: string, body: Uint8Array, codes?: ReadonlyMap<string, number>): Uint8Array;

/** Decodes a response or a push. */
export function decodeMessage(
  bytes: Uint8Array,
  routes?: ReadonlyMap<number, string>,
): {
  push: boolean;
  id: number;
  route: string;
  error: boolean;
  compressed: boolean;
  body: Uint8Array;
  /** Absent unless the client announced the feature `datagrams`. */
  number?: { sequence: number; key: number };
};
