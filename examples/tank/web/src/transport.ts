/** Where the server is reached, and by which transport: the one place of the page that knows of transports. */
export interface Transport {
  readonly url: string;
  readonly name: string;
}

/**
 * The transport that the address of the page asks for, `?transport=webtransport`, if browser and client have it; else a WebSocket.
 */
export function transport(): Transport {
  // nano-client has WebSockets. Another transport is chosen here, when it has one.
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return { url: `${scheme}://${location.host}/nano`, name: 'WebSocket' };
}

/** Milliseconds by which `?lag=150` delays all that comes and goes, half of them each way, to see what a slow network does. */
export function extraLag(): number {
  const lag = Number(new URLSearchParams(location.search).get('lag'));
  return Number.isFinite(lag) ? Math.min(1000, Math.max(0, lag)) : 0;
}
