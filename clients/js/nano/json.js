import { decodeText, encodeText } from './text.js';

// Without BigInt, long integers are rounded to numbers.
const EXACT = typeof BigInt === 'function';

/**
 * The default serializer. An empty body stands for no value. Integers that a number cannot hold decode
 * as `BigInt`, and a `BigInt` encodes as an integer. NaN and infinities do not encode.
 */
export const json = {
  name: 'json',
  encode: (value) => (value === undefined ? new Uint8Array(0) : encodeText(stringify(value))),
  decode: (bytes) => (bytes.length === 0 ? undefined : parse(decodeText(bytes))),
};

/** As `json`, for types that say `number` for every integer: one that a number cannot hold does not decode. */
export const numberJson = {
  ...json,
  decode: (bytes) => (bytes.length === 0 ? undefined : parseNumbers(decodeText(bytes))),
};

// The smallest integer that a number cannot hold has 16 digits.
const LONG_NUMBER = /\d{16}/;
// The start of a string, or a number outside of strings.
const TOKEN = /"|-?\d[\d.eE+-]*/g;
const INTEGER = /^-?\d{16,}$/;
const COLON = /\s*:/y;

function parse(text) {
  const value = JSON.parse(text);
  if (!EXACT || !LONG_NUMBER.test(text)) return value;
  const marked = mark(text);
  return marked === null ? value : JSON.parse(marked, unmark);
}

function parseNumbers(text) {
  const value = JSON.parse(text);
  const marked = LONG_NUMBER.test(text) ? mark(text) : null;
  if (marked !== null) JSON.parse(marked, refuse);
  return value;
}

function refuse(key, value) {
  if (typeof value !== 'string' || !value.startsWith('#n')) return value;
  const what = key === '' ? 'the value' : `"${key}"`;
  throw new RangeError(`cannot decode ${what}, which is ${value.slice(2)}: a number cannot hold it, a bigint can (Int64::Exact)`);
}

/**
 * Writes the long integers of a valid document as strings, since old engines do not show a number's text
 * to a reviver: "#n" and the digits. A value that is a string and begins with "#", or with an escape that
 * may be one, is marked too: "#s" and the string. Null if there is no long integer.
 */
function mark(text) {
  const parts = [];
  let copied = 0;
  let found = false;
  const replace = (start, end, by) => {
    parts.push(text.slice(copied, start), by);
    copied = end;
  };
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const start = token.index;
    if (token[0] === '"') {
      const end = stringEnd(text, start + 1);
      TOKEN.lastIndex = end;
      COLON.lastIndex = end;
      const first = text[start + 1];
      if ((first === '#' || first === '\\') && !COLON.test(text)) replace(start, start + 1, '"#s');
    } else if (INTEGER.test(token[0]) && !Number.isSafeInteger(Number(token[0]))) {
      found = true;
      replace(start, TOKEN.lastIndex, `"#n${token[0]}"`);
    }
  }
  return found ? parts.join('') + text.slice(copied) : null;
}

/** The index after the quote that ends a string; a regular expression would overflow on a long one. */
function stringEnd(text, start) {
  for (let at = text.indexOf('"', start); ; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}

function unmark(key, value) {
  if (typeof value !== 'string' || value[0] !== '#') return value;
  return value[1] === 'n' ? BigInt(value.slice(2)) : value.slice(2);
}

function stringify(value) {
  try {
    // `BigInt.prototype.toJSON` may have been defined to return text; here a BigInt is a number.
    if (!EXACT || BigInt.prototype.toJSON === undefined) {
      const text = JSON.stringify(value);
      // A number that JSON does not have has become `null`.
      if (text?.includes('null')) JSON.stringify(value, finite);
      return text;
    }
  } catch (error) {
    // The cause is a BigInt, which `write` can handle, or `write` fails in the same way.
    if (!EXACT || !(error instanceof TypeError)) throw error;
  }
  return write({ '': value }, '', []);
}

/** Passes a value on, unless JSON does not have it. */
function finite(key, value) {
  const number = value instanceof Number ? value.valueOf() : value;
  if (typeof number !== 'number' || Number.isFinite(number)) return value;
  throw new RangeError(`cannot encode ${key === '' ? 'the value' : `"${key}"`}, which is ${number}: JSON has no such number`);
}

/** Writes as `JSON.stringify` does, and BigInt as well; returns undefined for values that JSON leaves out. */
function write(holder, key, parents) {
  let value = holder[key];
  if (typeof value?.toJSON === 'function' && typeof value !== 'bigint') value = value.toJSON(String(key));
  if (value instanceof BigInt) value = value.valueOf();
  if (typeof value === 'bigint') return String(value);
  finite(key, value);
  const plain = value === null || typeof value !== 'object';
  if (plain || value instanceof Number || value instanceof String || value instanceof Boolean) return JSON.stringify(value);
  if (parents.includes(value)) throw new TypeError('cannot encode a value that contains itself');
  parents.push(value);
  let parts;
  if (Array.isArray(value)) {
    parts = Array.from(value, (_, index) => write(value, index, parents) ?? 'null');
  } else {
    parts = [];
    for (const name of Object.keys(value)) {
      const text = write(value, name, parents);
      if (text !== undefined) parts.push(`${JSON.stringify(name)}:${text}`);
    }
  }
  parents.pop();
  return Array.isArray(value) ? `[${parts.join()}]` : `{${parts.join()}}`;
}
