import { NanoError } from './error.js';
import { decodeText, encodeText } from './text.js';

export const Packet = { HANDSHAKE: 1, ACK: 2, HEARTBEAT: 3, DATA: 4, KICK: 5 };
const Message = { REQUEST: 0, NOTIFY: 1, RESPONSE: 2, PUSH: 3 };
const ROUTE_COMPRESSED = 0x01;
const BODY_COMPRESSED = 0x10;
const ERROR_RESPONSE = 0x20;
const NUMBERED = 0x40;
const HEADER_LENGTH = 4;

/** Encodes one packet: type, length in three bytes, body. */
export function encodePacket(type, body = new Uint8Array(0), limit = 0xffffff) {
  if (body.length > limit) {
    throw new NanoError('too_large', `packet of ${body.length} bytes exceeds the limit of ${limit}`);
  }
  const bytes = new Uint8Array(HEADER_LENGTH + body.length);
  bytes.set([type, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff]);
  bytes.set(body, HEADER_LENGTH);
  return bytes;
}

/** Cuts a stream of chunks into packets. Holds at most one unfinished packet. */
export class PacketReader {
  #limit;
  #header = new Uint8Array(HEADER_LENGTH);
  #body = null;
  #filled = 0;

  constructor(limit = 0xffffff) {
    this.#limit = limit;
  }

  /** Yields every packet that `chunk` completes, as `{ type, body }`. */
  *read(chunk) {
    let offset = 0;
    while (offset < chunk.length || this.#body?.length === 0) {
      const target = this.#body ?? this.#header;
      const taken = chunk.subarray(offset, offset + target.length - this.#filled);
      target.set(taken, this.#filled);
      offset += taken.length;
      this.#filled += taken.length;
      if (this.#filled < target.length) return;
      this.#filled = 0;
      if (this.#body === null) {
        this.#body = new Uint8Array(this.#bodyLength());
      } else {
        const body = this.#body;
        this.#body = null;
        yield { type: this.#header[0], body };
      }
    }
  }

  #bodyLength() {
    const [type, high, middle, low] = this.#header;
    if (type < Packet.HANDSHAKE || type > Packet.KICK) {
      throw new NanoError('protocol_error', `unknown packet type ${type}`);
    }
    const length = (high << 16) | (middle << 8) | low;
    if (length > this.#limit) {
      throw new NanoError('protocol_error', `packet of ${length} bytes exceeds the limit of ${this.#limit}`);
    }
    return length;
  }
}

/** Encodes a request (`id` above 0) or a notify (`id` 0); `codes` maps routes to dictionary codes. */
export function encodeMessage(id, route, body, codes = new Map()) {
  const head = [(id > 0 ? Message.REQUEST : Message.NOTIFY) << 1];
  if (id > 0) {
    // Bit operators would cut the id to 32 bits.
    for (let rest = id; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) {
        head.push(rest);
        break;
      }
      head.push((rest % 128) | 0x80);
    }
  }
  let name = new Uint8Array(0);
  const code = codes.get(route);
  if (code !== undefined) {
    head[0] |= ROUTE_COMPRESSED;
    head.push(code >> 8, code & 0xff);
  } else {
    name = encodeText(route);
    if (name.length > 255) {
      throw new NanoError('bad_route', `route of ${name.length} bytes exceeds the limit of 255`);
    }
    head.push(name.length);
  }
  const bytes = new Uint8Array(head.length + name.length + body.length);
  bytes.set(head);
  bytes.set(name, head.length);
  bytes.set(body, head.length + name.length);
  return bytes;
}

/** Decodes a response or a push; `routes` maps dictionary codes to routes. */
export function decodeMessage(bytes, routes = new Map()) {
  let offset = 0;
  const take = (length) => {
    if (offset + length > bytes.length) {
      throw new NanoError('protocol_error', `message of ${bytes.length} bytes is truncated`);
    }
    offset += length;
    return bytes.subarray(offset - length, offset);
  };

  const [flag] = take(1);
  const type = (flag >> 1) & 0x07;
  if (type !== Message.RESPONSE && type !== Message.PUSH) {
    throw new NanoError('protocol_error', `unexpected message type ${type}`);
  }
  const message = {
    push: type === Message.PUSH,
    id: 0,
    route: '',
    error: (flag & ERROR_RESPONSE) !== 0,
    compressed: (flag & BODY_COMPRESSED) !== 0,
    body: bytes,
  };
  if (message.push && flag & NUMBERED) {
    const { buffer, byteOffset, length } = take(8);
    const view = new DataView(buffer, byteOffset, length);
    message.number = { sequence: view.getUint32(0), key: view.getUint32(4) };
  }
  if (type === Message.RESPONSE) {
    let [byte] = take(1);
    message.id = byte & 0x7f;
    for (let scale = 128; byte & 0x80; scale *= 128) {
      [byte] = take(1);
      message.id += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(message.id)) {
        throw new NanoError('protocol_error', 'response id exceeds 53 bits');
      }
    }
  } else if (flag & ROUTE_COMPRESSED) {
    const [high, low] = take(2);
    const code = (high << 8) | low;
    if (!routes.has(code)) throw new NanoError('protocol_error', `unknown route code ${code}`);
    message.route = routes.get(code);
  } else {
    const [length] = take(1);
    message.route = routeText(take(length));
  }
  message.body = bytes.subarray(offset);
  return message;
}

function routeText(bytes) {
  try {
    return decodeText(bytes);
  } catch (cause) {
    throw new NanoError('protocol_error', 'text is not valid UTF-8', {}, { cause });
  }
}

/** Routes by code and codes by route. */
export class Dictionary {
  constructor(version = undefined, dict = {}) {
    const entries = Object.entries(dict);
    this.version = typeof version === 'string' ? version : undefined;
    this.routes = new Map(entries.map(([route, code]) => [code, route]));
    // Zero means "no code" to some peers, so it is read but never written.
    this.codes = new Map(entries.filter(([, code]) => Number.isInteger(code) && code > 0 && code <= 0xffff));
  }
}
