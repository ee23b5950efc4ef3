// Protobuf messages as values of JSON, by their descriptors.

import { googles } from './googles.js';
import { Wire, Writer, fields, packed, text } from './wire.js';

/** Messages within messages that are read. */
const DEPTH = 64;

const GROUP = 10;
const MESSAGE = 11;
const ENUM = 14;

const scratch = new DataView(new ArrayBuffer(8));
const SPECIAL = ['NaN', 'Infinity', '-Infinity'];

/** Returns the error of a value that does not fit. */
const unfit = (path, expected, value) => new TypeError(`${path}: ${expected} is expected, not ${JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part))}`);

function integer(value, path, [least, most]) {
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value));
  if (!isWhole) throw unfit(path, 'a whole number', value);
  const number = BigInt(value);
  if (number < least || number > most) throw unfit(path, `a number from ${least} to ${most}`, value);
  return number;
}

const signed = (bits) => [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
const unsigned = (bits) => [0n, (1n << bits) - 1n];

/** Returns an integer as a number, if that can hold it. */
const plain = (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

function int(wire, bits, range, { zigzag = false } = {}) {
  const isSigned = range === signed;
  return {
    wire, range: range(bits), empty: () => 0,
    write: (value, path) => {
      const number = integer(value, path, range(bits));
      return zigzag ? (number << 1n) ^ (number >> (bits - 1n)) : number;
    },
    read: (raw) => {
      if (zigzag) return plain((raw >> 1n) ^ -(raw & 1n));
      return plain(isSigned ? BigInt.asIntN(Number(bits), raw) : BigInt.asUintN(Number(bits), raw));
    },
  };
}

function float(wire, set, get, setRaw, getRaw) {
  return {
    wire, empty: () => 0,
    write: (value, path) => {
      if (typeof value !== 'number' && !SPECIAL.includes(value)) throw unfit(path, 'a number', value);
      scratch[set](0, Number(value));
      return BigInt(scratch[getRaw](0));
    },
    read: (raw) => {
      scratch[setRaw](0, setRaw === 'setBigUint64' ? raw : Number(raw));
      const value = scratch[get](0);
      return Number.isFinite(value) ? value : String(value);
    },
  };
}

function fromBase64(value, path) {
  if (typeof value !== 'string') throw unfit(path, 'bytes in base64', value);
  try {
    return Uint8Array.from(atob(value.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
  } catch {
    throw unfit(path, 'bytes in base64', value);
  }
}

/** The types of fields that are no messages, by their numbers in descriptors. */
export const SCALARS = {
  1: { name: 'double', ...float(Wire.FIXED64, 'setFloat64', 'getFloat64', 'setBigUint64', 'getBigUint64') },
  2: { name: 'float', ...float(Wire.FIXED32, 'setFloat32', 'getFloat32', 'setUint32', 'getUint32') },
  3: { name: 'int64', ...int(Wire.VARINT, 64n, signed) },
  4: { name: 'uint64', ...int(Wire.VARINT, 64n, unsigned) },
  5: { name: 'int32', ...int(Wire.VARINT, 32n, signed) },
  6: { name: 'fixed64', ...int(Wire.FIXED64, 64n, unsigned) },
  7: { name: 'fixed32', ...int(Wire.FIXED32, 32n, unsigned) },
  8: {
    name: 'bool', wire: Wire.VARINT, empty: () => false, read: (raw) => raw !== 0n,
    write: (value, path) => {
      if (typeof value !== 'boolean') throw unfit(path, 'true or false', value);
      return BigInt(value);
    },
  },
  9: {
    name: 'string', wire: Wire.BYTES, empty: () => '', read: text,
    write: (value, path) => {
      if (typeof value !== 'string') throw unfit(path, 'a text', value);
      return new TextEncoder().encode(value);
    },
  },
  12: {
    name: 'bytes', wire: Wire.BYTES, empty: () => '', write: fromBase64,
    read: (raw) => btoa(Array.from(raw, (byte) => String.fromCharCode(byte)).join('')),
  },
  13: { name: 'uint32', ...int(Wire.VARINT, 32n, unsigned) },
  15: { name: 'sfixed32', ...int(Wire.FIXED32, 32n, signed) },
  16: { name: 'sfixed64', ...int(Wire.FIXED64, 64n, signed) },
  17: { name: 'sint32', ...int(Wire.VARINT, 32n, signed, { zigzag: true }) },
  18: { name: 'sint64', ...int(Wire.VARINT, 64n, signed, { zigzag: true }) },
};

/** Writes and reads messages. */
export class Messages {
  constructor({ messages, enums }) {
    this.messages = messages;
    this.enums = enums;
  }

  #message(name) {
    const message = this.messages.get(name);
    if (!message) throw new TypeError(`the manifest does not describe ${name}`);
    return message;
  }

  /** Writes a value as a message. Fields may have the names of the `.proto` file, or those of JSON. */
  encode(name, value, path = 'the message') {
    const special = googles[name];
    if (special) return this.#encodeFields(this.#message(name), special.toFields(value, path), path);
    return this.#encodeFields(this.#message(name), value, path);
  }

  #encodeFields(message, value, path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw unfit(path, 'an object', value);
    const writer = new Writer();
    const chosen = new Map();
    for (const [key, item] of Object.entries(value)) {
      const field = message.fields.find((field) => field.name === key || field.jsonName === key);
      if (!field) throw new TypeError(`${path}: ${message.name} has no field ${JSON.stringify(key)}`);
      if (item === null || item === undefined) continue;
      if (field.oneof && chosen.has(field.oneof)) throw new TypeError(`${path}: only one of ${chosen.get(field.oneof)} and ${key} can be there`);
      if (field.oneof) chosen.set(field.oneof, key);
      this.#encodeField(writer, field, item, path === 'the message' ? key : `${path}.${key}`);
    }
    return writer.finish();
  }

  #encodeField(writer, field, value, path) {
    const entry = field.type === MESSAGE ? this.#message(field.typeName) : undefined;
    if (entry?.isMapEntry) {
      if (typeof value !== 'object' || Array.isArray(value)) throw unfit(path, 'an object', value);
      for (const [key, item] of Object.entries(value)) {
        const place = `${path}.${key}`;
        const pair = new Writer();
        this.#encodeOne(pair, entry.fields[0], entry.fields[0].type === 8 ? key === 'true' : key, place);
        this.#encodeOne(pair, entry.fields[1], item, place);
        writer.field(field.number, Wire.BYTES, pair.finish());
      }
    } else if (field.isRepeated) {
      if (!Array.isArray(value)) throw unfit(path, 'a list', value);
      value.forEach((item, index) => this.#encodeOne(writer, field, item, `${path}[${index}]`));
    } else {
      this.#encodeOne(writer, field, value, path);
    }
  }

  #encodeOne(writer, field, value, path) {
    if (field.type === MESSAGE) {
      writer.field(field.number, Wire.BYTES, this.encode(field.typeName, value, path));
    } else if (field.type === ENUM) {
      const found = this.enums.get(field.typeName)?.values.find(({ name }) => name === value);
      if (!found && typeof value !== 'number') throw unfit(path, `a value of ${field.typeName}`, value);
      writer.field(field.number, Wire.VARINT, found ? BigInt(found.number) : integer(value, path, signed(32n)));
    } else {
      const scalar = this.#scalar(field);
      writer.field(field.number, scalar.wire, scalar.write(value, path));
    }
  }

  #scalar(field) {
    const scalar = SCALARS[field.type];
    if (!scalar) throw new TypeError(`${field.name} is ${field.type === GROUP ? 'a group' : 'of an unknown type'}, which is not supported`);
    return scalar;
  }

  /** Reads a message. Fields that are not sent are there, too, if they have a default. */
  decode(name, bytes, depth = DEPTH) {
    if (depth === 0) throw new RangeError('messages are nested too deeply');
    const message = this.#message(name);
    const value = {};
    for (const field of message.fields) {
      const entry = field.type === MESSAGE ? this.#message(field.typeName) : undefined;
      const empty = this.#empty(message, field, entry);
      if (empty !== undefined) set(value, field.name, empty);
    }
    for (const [number, wire, raw] of fields(bytes)) {
      const field = message.fields.find((field) => field.number === number);
      // A newer server may send more.
      if (!field) continue;
      const entry = field.type === MESSAGE ? this.#message(field.typeName) : undefined;
      if (entry?.isMapEntry) {
        const pair = this.decode(field.typeName, raw, depth - 1);
        set(value[field.name], String(pair.key), pair.value);
      } else if (field.isRepeated) {
        for (const item of this.#items(field, wire, raw)) value[field.name].push(this.#decodeOne(field, wire, item, depth));
      } else {
        if (field.oneof) for (const other of message.fields) if (other.oneof === field.oneof) delete value[other.name];
        set(value, field.name, this.#decodeOne(field, wire, raw, depth));
      }
    }
    const special = googles[name];
    return special ? special.fromFields(value) : value;
  }

  /** The value of a field that is not sent, or undefined if it can be absent. */
  #empty(message, field, entry) {
    if (entry?.isMapEntry) return {};
    if (field.isRepeated) return [];
    // The value of a map's entry is there always.
    if (entry && message.isMapEntry) return this.decode(field.typeName, new Uint8Array());
    if (entry || field.oneof || field.isOptional || (message.hasPresence && !message.isMapEntry)) return undefined;
    if (field.type === ENUM) return this.enums.get(field.typeName)?.values[0]?.name ?? 0;
    return this.#scalar(field).empty();
  }

  #items(field, wire, raw) {
    const expected = field.type === ENUM ? Wire.VARINT : SCALARS[field.type]?.wire ?? Wire.BYTES;
    return wire === Wire.BYTES && expected !== Wire.BYTES ? packed(raw, expected) : [raw];
  }

  #decodeOne(field, wire, raw, depth) {
    const isBytes = typeof raw !== 'bigint';
    if (field.type === MESSAGE) {
      if (!isBytes) throw new TypeError(`${field.name} is no message`);
      return this.decode(field.typeName, raw, depth - 1);
    }
    if (field.type === ENUM) {
      const number = Number(BigInt.asIntN(32, raw));
      return this.enums.get(field.typeName)?.values.find((value) => value.number === number)?.name ?? number;
    }
    const scalar = this.#scalar(field);
    if (isBytes !== (scalar.wire === Wire.BYTES)) throw new TypeError(`${field.name} is no ${scalar.name}`);
    return scalar.read(raw);
  }
}

/** Sets a property of any name, `__proto__` among them. */
function set(object, name, value) {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
