// Servers of `tests/typed` and what is seen on the wire.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import { WebSocket } from 'ws';

import { handshake, messages, type Message } from '../support/frames.js';
import { freeAddress } from '../support/ports.js';
import { NODES, start } from '../support/server.js';

export { IS_BEHIND_GATE } from '../support/server.js';

export const TIMEOUT = { timeout: 30_000 };

/** The servers, by the variables with their paths that `cargo xtask e2e` sets. */
export type Binary = 'TYPED_JSON_BIN' | 'TYPED_JSON_OLD_BIN' | 'TYPED_PROTOBUF_BIN';

export interface Server {
  /** Where its WebSocket is. */
  readonly url: string;
  /** Where its TCP listener is: `tcp://address:port`. */
  readonly tcp: string;
  /** Ends it at once, without a word to its clients. */
  kill(): Promise<void>;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
  /** Starts it again at the same addresses, which `lasting` must have chosen. */
  restart(): Promise<Server>;
}

const PRINTED = { host: /^websocket\s+ws:\/\/([^/\s]+)\//, tcp: /^tcp\s+tcp:\/\/(\S+)/ };

/** Starts a server; it is stopped when the test ends. */
export async function startServer(t: TestContext, binary: Binary, args: string[] = []): Promise<Server> {
  const { host, url, tcp, stop } = await start(t, binary, [...args, ...NODES], PRINTED);
  return {
    url,
    tcp: `tcp://${tcp}`,
    kill: async () => void (await stop('SIGKILL')),
    stop: async () => assert.deepEqual(await stop(), { code: 0, signal: null }),
    restart: () => startServer(t, binary, ['--listen', host, '--tcp', tcp]),
  };
}

/** The arguments of a server that is followed by another at its addresses: nobody gets their ports while it is away. */
export const lasting = async () => ['--listen', await freeAddress(), '--tcp', await freeAddress()];

/** What went over the sockets of one client. */
export class Wire {
  readonly sent: Uint8Array[] = [];
  readonly received: Uint8Array[] = [];
  /** The class of those sockets. */
  readonly WebSocket: typeof WebSocket;

  constructor() {
    const { sent, received } = this;
    this.WebSocket = class extends WebSocket {
      constructor(url: string) {
        super(url);
        this.on('message', (data) => received.push(new Uint8Array(data)));
      }

      override send(data: Uint8Array): void {
        sent.push(data);
        super.send(data);
      }
    };
  }

  /** What the client announced, and what the server answered. */
  get handshakes() {
    return { client: handshake(this.sent).sys, server: handshake(this.received).sys };
  }

  /** The requests and notifies since the start. */
  get calls(): Message[] {
    return messages(this.sent);
  }

  /** The responses and pushes since the start. */
  get answers(): Message[] {
    return messages(this.received);
  }
}

/** A subscription of a generated client, as `game.on.said`. */
type Subscribe<Message extends unknown[]> = (listener: (...message: Message) => unknown) => () => void;

/** Resolves with the next message of a push. */
export function next<Message extends unknown[]>(subscribe: Subscribe<Message>): Promise<Message[0]> {
  return new Promise((resolve) => {
    const off = subscribe((...message) => {
      off();
      resolve(message[0]);
    });
  });
}

/** What a client of any generated folder has. */
interface AnyClient {
  onState(listener: (state: string, detail: object) => unknown): () => void;
  close(): void;
}

/** Resolves with the detail once the client is in `state`. */
export function reached(client: AnyClient, state: string): Promise<{ error?: Error & { code: string } }> {
  return new Promise((resolve) => {
    const off = client.onState((now, detail) => {
      if (now !== state) return;
      off();
      resolve(detail);
    });
  });
}

/** The options of a client, and what it reported: nothing, if all is well when the test ends. */
export function options(t: TestContext, wire?: Wire) {
  const errors: unknown[] = [];
  t.after(() => assert.deepEqual(errors, []));
  return {
    WebSocket: wire?.WebSocket ?? WebSocket,
    backoff: { base: 20, cap: 100 },
    onError: (error: unknown) => errors.push(error),
  };
}

/** Closes a client when the test ends. */
export function closing<Game extends { client: AnyClient }>(t: TestContext, game: Game): Game {
  t.after(() => game.client.close());
  return game;
}
