import type { TestContext } from 'node:test';

export interface Server {
  /** Address and port, as the stock clients want them. */
  readonly host: string;
  readonly url: string;
  /** Address and port of native clients. */
  readonly tcp: string;
  /** Ends the server with a signal: `SIGINT` unless told otherwise. */
  stop(how?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  log(): string;
}

/** Clients are at a gate, and the components on another node. */
export const IS_BEHIND_GATE: boolean;

/** The option of the servers that run on as many nodes as they are told. */
export const NODES: readonly string[];

/** Starts the program that an environment variable names, and waits until it has printed all of `printed`. */
export function start(
  t: TestContext,
  variable: string,
  options: string[],
  printed: { host: RegExp; tcp?: RegExp },
): Promise<Server>;
