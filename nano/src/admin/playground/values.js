// Values as texts. Integers that a number cannot hold are bigints.

import { json } from './nano.js';

const WIDTH = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads JSON. */
export function parse(text) {
  if (!text.trim()) throw new SyntaxError('it is empty');
  return json.decode(new TextEncoder().encode(text));
}

/** Writes JSON in one line. */
export const compact = (value) => (value === undefined ? '' : utf8.decode(json.encode(value)));

/** Writes JSON in lines for a person. */
export function pretty(value, indent = '') {
  if (value === undefined) return '';
  const short = compact(value);
  if (value === null || typeof value !== 'object' || short.length + indent.length <= WIDTH) return short;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const lines = Array.isArray(value)
    ? value.map((item) => pretty(item ?? null, inner))
    : Object.entries(value).map(([name, item]) => `${compact(name)}: ${pretty(item, inner)}`);
  return `${open}\n${lines.map((line) => inner + line).join(',\n')}\n${indent}${close}`;
}

/** Shows bytes as the text that they are, or as numbers in base 16. */
export function shown(bytes) {
  try {
    const text = utf8.decode(bytes);
    // Control characters other than those of lines would not be seen.
    if (!/[\0-\x08\x0b-\x1f\x7f]/.test(text)) return text;
  } catch {
    // It is no text.
  }
  return toHex(bytes);
}

/** Writes bytes in base 16. */
export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** Reads bytes in base 16; blanks do not matter. */
export function fromHex(text) {
  const digits = text.replace(/\s/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new SyntaxError('these are not pairs of the digits 0 to 9 and a to f');
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
