// Reads recorded WebSocket frames, independently of every client under test.

const ROUTE_COMPRESSED = 0x01;

/** Splits frames (arrays or buffers of bytes) into packets: `{ type, body }`. */
export function packets(frames) {
  const found = [];
  for (const frame of frames) {
    let rest = Buffer.from(frame);
    while (rest.length > 0) {
      const length = rest.readUIntBE(1, 3);
      found.push({ type: rest[0], body: rest.subarray(4, 4 + length) });
      rest = rest.subarray(4 + length);
    }
  }
  return found;
}

/** The first handshake in the frames, as a value. */
export function handshake(frames) {
  return JSON.parse(packets(frames).find(({ type }) => type === 1).body);
}

/** The messages in the frames: kind, id, how the route was written, and the body's bytes. */
export function messages(frames) {
  return packets(frames)
    .filter(({ type }) => type === 4)
    .map(({ body }) => {
      const kind = ['request', 'notify', 'response', 'push'][(body[0] >> 1) & 0x07];
      const message = { kind, flag: body[0] };
      let offset = 1;
      if (kind === 'request' || kind === 'response') {
        message.id = 0;
        for (let shift = 0; ; shift += 7) {
          const byte = body[offset++];
          message.id += (byte & 0x7f) * 2 ** shift;
          if (byte < 0x80) break;
        }
      }
      if (kind !== 'response' && body[0] & ROUTE_COMPRESSED) {
        message.code = body.readUInt16BE(offset);
        offset += 2;
      } else if (kind !== 'response') {
        message.route = body.toString('utf8', offset + 1, offset + 1 + body[offset]);
        offset += 1 + body[offset];
      }
      message.body = body.subarray(offset);
      return message;
    });
}
