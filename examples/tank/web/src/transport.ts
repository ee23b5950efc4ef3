import type { Options } from 'nano-client';

/** Where the server is reached, and how: the one place of the page that knows of transports. */
export interface Transport {
  readonly url: string;
  readonly options: Pick<Options, 'transport' | 'serverCertificateHashes'>;
}

/**
 * The transport that the address of the page asks for. With `?transport=webtransport` the client tries that first, and takes the
 * WebSocket where browser, network or server do not have it.
 */
export async function transport(): Promise<Transport> {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const url = `${scheme}://${location.host}/nano`;
  if (parameter('transport') !== 'webtransport') return { url, options: {} };
  // A server with a certificate of its own making tells its hash.
  const hash = await fetch('/hash').then((answer) => answer.text(), () => '');
  return { url, options: { transport: 'webtransport', serverCertificateHashes: hash ? [hash] : [] } };
}

/** Milliseconds by which `?lag=150` delays all that comes and goes, half of them each way, to see what a slow network does. */
export function extraLag(): number {
  const lag = Number(parameter('lag'));
  return Number.isFinite(lag) ? Math.min(1000, Math.max(0, lag)) : 0;
}

function parameter(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}
