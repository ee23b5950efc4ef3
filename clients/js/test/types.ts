// Never run: `tsc --noEmit --strict` checks that the declarations say what the client does.
import { Client, connect, decodeMessage, encodeMessage, json, NanoError, PacketReader } from '../nano.js';
import type { Options, Serializer, State, Unsubscribe } from '../nano.js';

interface Joined {
  uid: number;
  members: string[];
}

const text: Serializer = {
  encode: (value) => new TextEncoder().encode(String(value)),
  decode: (bytes) => new TextDecoder().decode(bytes),
};

const options: Options = { user: { token: 't' }, backoff: { cap: 5000 }, reconnectAfterKick: (reason) => reason === 'replaced' };

export async function use(): Promise<void> {
  const client: Client = await connect(new URL('ws://localhost/nano'), { ...options, WebSocket, serializer: json });
  const off: Unsubscribe = client.on<{ text: string }>('onMessage', (message) => message.text.trim());
  client.on('onMessage', (message) => {
    // @ts-expect-error a push without a stated type is unknown
    message.text;
  });
  client.onState((state, detail) => {
    if (state === 'reconnecting') console.log(detail.attempt.toFixed(), detail.error.code);
    if (state === 'open') console.log(detail.user);
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

  client.notify('room.message', { text: 'hi' });
  const state: State = client.state;
  const reason: string | undefined = client.kicked?.reason;
  console.log(state, reason);
  // @ts-expect-error the state is the client's own
  client.state = 'open';
  off();
  client.close();

  for (const { type, body } of new PacketReader(100).read(encodeMessage(1, 'a', text.encode('b')))) {
    console.log(type, decodeMessage(body).route);
  }
}
