// The bytes of Protobuf: numbers, and fields.

const utf8 = new TextDecoder('utf-8', { fatal: true });
const MASK = (1n << 64n) - 1n;

/** Types of fields on the wire. */
export const Wire = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 };

export const text = (bytes) => utf8.decode(bytes);

/** Lists the fields of a message: number, type on the wire, and value, which is a bigint or bytes. */
export function* fields(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (length) => {
    if (length > bytes.length - at) throw new RangeError('the message ends within a field');
    at += length;
    return at - length;
  };
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[take(1)];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value & MASK;
    }
    throw new RangeError('a number has more than ten bytes');
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const [number, type] = [Math.floor(key / 8), key % 8];
    if (number < 1) throw new RangeError('a field has the number 0');
    switch (type) {
      case Wire.VARINT: yield [number, type, varint()]; break;
      case Wire.FIXED64: yield [number, type, view.getBigUint64(take(8), true)]; break;
      case Wire.FIXED32: yield [number, type, BigInt(view.getUint32(take(4), true))]; break;
      case Wire.BYTES: {
        const length = Number(varint());
        const start = take(length);
        yield [number, type, bytes.subarray(start, start + length)];
        break;
      }
      default: throw new RangeError(`field ${number} has the type ${type}, which is not supported`);
    }
  }
}

/** Lists the varints or fixed numbers of a packed field. */
export function* packed(bytes, type) {
  if (type === Wire.VARINT) {
    // A number of a packed field is a field without its key.
    for (let start = 0, end; start < bytes.length; start = end) {
      end = start;
      while (end < bytes.length - 1 && bytes[end] >= 0x80) end += 1;
      end += 1;
      const [[, , value]] = fields(Uint8Array.of(8, ...bytes.subarray(start, end)));
      yield value;
    }
    return;
  }
  const size = type === Wire.FIXED64 ? 8 : 4;
  if (bytes.length % size) throw new RangeError('a packed field ends within a number');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += size) {
    yield size === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
  }
}

/** Writes a message. */
export class Writer {
  #bytes = [];

  /** Adds a field, with a bigint or bytes. */
  field(number, type, value) {
    this.#varint(BigInt(number * 8 + type));
    switch (type) {
      case Wire.VARINT: this.#varint(value & MASK); break;
      case Wire.BYTES:
        this.#varint(BigInt(value.length));
        for (const byte of value) this.#bytes.push(byte);
        break;
      default: {
        for (let left = type === Wire.FIXED64 ? 8 : 4, rest = value & MASK; left > 0; left -= 1, rest >>= 8n) {
          this.#bytes.push(Number(rest & 0xffn));
        }
      }
    }
  }

  #varint(value) {
    for (let rest = value; ; rest >>= 7n) {
      if (rest < 0x80n) {
        this.#bytes.push(Number(rest));
        return;
      }
      this.#bytes.push(Number(rest & 0x7fn) | 0x80);
    }
  }

  finish() {
    return Uint8Array.from(this.#bytes);
  }
}
