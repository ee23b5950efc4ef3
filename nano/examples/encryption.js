// The other half of `encryption.rs` for the JavaScript client, with the cryptography of browsers and Node.js.
import { connect } from '../../clients/js/nano.js';

const { subtle } = crypto;

/** Connects to a server with the stages of `encryption.rs`. */
export async function connectSealed(url, options = {}) {
  let pair;
  return connect(url, {
    ...options,
    // Called for each connection: its keys are its own.
    user: async () => {
      pair = await subtle.generateKey('X25519', false, ['deriveBits']);
      return { key: [...new Uint8Array(await subtle.exportKey('raw', pair.publicKey))] };
    },
    pipeline: async ({ key }) => {
      const server = await subtle.importKey('raw', new Uint8Array(key), 'X25519', false, []);
      const shared = await subtle.deriveBits({ name: 'X25519', public: server }, pair.privateKey, 256);
      const [ours, theirs] = await Promise.all([lane(shared, 'client'), lane(shared, 'server')]);
      return { outbound: (body) => seal(ours, body), inbound: (body) => open(theirs, body) };
    },
  });
}

async function lane(shared, name) {
  const base = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new TextEncoder().encode(name) };
  const key = await subtle.deriveKey(hkdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  return { key, count: 0n };
}

async function seal(lane, body) {
  const sealed = new DataView(new ArrayBuffer(8));
  lane.count += 1n;
  sealed.setBigUint64(0, lane.count);
  const count = new Uint8Array(sealed.buffer);
  const bytes = await subtle.encrypt({ name: 'AES-GCM', iv: nonce(count) }, lane.key, body);
  return new Uint8Array([...count, ...new Uint8Array(bytes)]);
}

async function open(lane, body) {
  const count = body.slice(0, 8);
  const bytes = await subtle.decrypt({ name: 'AES-GCM', iv: nonce(count) }, lane.key, body.slice(8));
  const number = new DataView(count.buffer).getBigUint64(0);
  if (number <= lane.count) throw new Error('a message came twice');
  lane.count = number;
  return new Uint8Array(bytes);
}

function nonce(count) {
  return new Uint8Array([0, 0, 0, 0, ...count]);
}
