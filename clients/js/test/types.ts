// Never run: `tsc --noEmit --strict` checks that the declarations say what the client does.
import { Client, connect, decodeMessage, encodeMessage, json, NanoError, PacketReader } from '../nano.js';
import type { ErrorBody, Options, PayloadKind, RequestOptions, RouteDictionary, Serializer, State, Unsubscribe } from '../nano.js';

interface Joined {
  uid: number;
  members: string[];
}

const text: Serializer = {
  encode: (value) => new TextEncoder().encode(String(value)),
  decode: (bytes) => new TextDecoder().decode(bytes),
};

const byRoute: Serializer = {
  name: 'mixed',
  encode: (value, route) => (route === 'raw' && value instanceof Uint8Array ? value : json.encode(value)),
  decode(bytes, route, kind) {
    const same: PayloadKind = kind;
    // @ts-expect-error a body is part of a reply or a push
    if (kind === 'request') return same;
    return route === 'raw' && same === 'push' ? bytes : json.decode(bytes);
  },
  decodeError(bytes): ErrorBody {
    return { code: 'bad_name', msg: `${bytes.length} bytes`, metadata: { limit: 24 } };
  },
};

const dictionary: RouteDictionary = { version: '9f', codes: { onNewUser: 1, 'room.join': 2 } };
const generated = { version: '9f', codes: { onNewUser: 1, 'room.join': 2 } } as const;

const inflating: Options = { inflate: (bytes, limit) => bytes.subarray(0, limit) };
const later: Options = { inflate: async (bytes) => bytes };

const sealing: Options = { version: '1.4.0', user: async () => ({ key: [1] }), pipeline: ({ key }) => ({ outbound: (body) => body.map((byte) => byte ^ key), inbound: async (body, route, kind) => (kind === 'error' && route ? body.subarray(1) : body) }) };
// @ts-expect-error a stage gives bytes
const textual: Options = { pipeline: async () => ({ outbound: () => 'text' }) };

const options: Options = { user: { token: 't' }, backoff: { cap: 5000 }, reconnectAfterKick: (reason) => reason === 'replaced' };

const sessions: Options = { transport: 'webtransport', datagrams: false, serverCertificateHashes: ['ab', { algorithm: 'sha-256' }], ...('WebTransport' in globalThis ? { WebTransport } : {}) };
// @ts-expect-error there are two transports
const pigeons: Options = { transport: 'pigeon' };

export async function use(): Promise<void> {
  const client: Client = await connect(new URL('ws://localhost/nano'), { ...options, WebSocket, serializer: json });
  const off: Unsubscribe = client.on<{ text: string }>('onMessage', (message) => message.text.trim());
  client.on('onMessage', (message) => {
    // @ts-expect-error a push without a stated type is unknown
    message.text;
  });
  client.onState((state) => console.log(state satisfies State));
  if (client.transport === 'webtransport') console.log(sessions, pigeons);
  client.onState((state, detail) => {
    if (state === 'reconnecting') console.log(detail.attempt.toFixed(), detail.error.code);
    if (state === 'open' && !detail.resumed) console.log(detail.user);
    // @ts-expect-error only a connection that ended has an error
    if (state === 'open') console.log(detail.error);
  });
  client.onKick(({ reason }) => console.log(reason.length));

  try {
    const joined = await client.request<Joined>('room.join', { name: 'Ann' }, { timeout: 1000 });
    joined.members.push(joined.uid.toFixed());
  } catch (error) {
    if (error instanceof NanoError) console.log(error.code, error.message, error.metadata['limit']);
  }
  // @ts-expect-error a route is text
  await client.request(5);

  const patience: RequestOptions = { timeout: undefined, signal: new AbortController().signal };
  await client.request('room.join', {}, patience);
  // @ts-expect-error a signal is no controller
  await client.request('room.join', {}, { signal: new AbortController() });

  const sent: Promise<void> = client.notify('room.message', { text: 'hi' });
  await sent;
  new Client('tcp://127.0.0.1:3251', { serializer: byRoute, dictionary, maxBodySize: 1000 });
  new Client('ws://localhost/nano', { dictionary: generated, ...inflating, ...later });
  // @ts-expect-error a dictionary without a version cannot be compared
  new Client('ws://localhost/nano', { dictionary: { codes: {} } });
  console.log(json.name, json.decode(json.encode(5n)));
  const state: State = client.state;
  const reason: string | undefined = client.kicked?.reason;
  console.log(state, reason);
  // @ts-expect-error the state is the client's own
  client.state = 'open';
  off();
  client.close();

  for (const { type, body } of new PacketReader(100).read(encodeMessage(1, 'a', text.encode('b', 'a')))) {
    const { route, compressed } = decodeMessage(body);
    console.log(type, route, compressed);
  }
}
