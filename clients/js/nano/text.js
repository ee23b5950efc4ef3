// UTF-8, by the platform's classes where it has them. Mini games, Jest with jsdom and older versions of React
// Native have none, or a `TextDecoder` that takes no options.
import { NanoError } from './error.js';

/** Returns the function that encodes a string; `Encoder` may be undefined. */
export function encoderOf(Encoder) {
  if (typeof Encoder !== 'function') return encode;
  const encoder = new Encoder();
  return (text) => encoder.encode(text);
}

/** Returns the function that decodes strictly, and throws for anything else; `Decoder` may be undefined. */
export function decoderOf(Decoder) {
  try {
    // Byte order marks are kept as text, for JSON to refuse.
    const decoder = new Decoder('utf-8', { fatal: true, ignoreBOM: true });
    const strict = (bytes) => decoder.decode(bytes);
    // Some classes ignore options that they do not know.
    if (isStrict(strict)) return strict;
  } catch {
    // There is no such class, or it refuses the options.
  }
  return decode;
}

function isStrict(decodeBytes) {
  if (decodeBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)) !== '\ufeffa') return false;
  try {
    decodeBytes(Uint8Array.of(0xff));
    return false;
  } catch {
    return true;
  }
}

function encode(text) {
  // Halves of a pair become U+FFFD, as they do in a `TextEncoder`; `encodeURIComponent` refuses them.
  const escaped = encodeURIComponent(String(text).replace(/[\ud800-\udfff]/gu, '\ufffd'));
  const bytes = new Uint8Array(escaped.length);
  let length = 0;
  for (let at = 0; at < escaped.length; at += 1) {
    if (escaped[at] === '%') {
      bytes[length] = parseInt(escaped.slice(at + 1, at + 3), 16);
      at += 2;
    } else {
      bytes[length] = escaped.charCodeAt(at);
    }
    length += 1;
  }
  return bytes.slice(0, length);
}

function decode(bytes) {
  let escaped = '';
  for (const byte of bytes) escaped += ESCAPES[byte];
  return decodeURIComponent(escaped);
}

const ESCAPES = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).padStart(2, '0')}`);

/** Encodes a string as UTF-8. */
export const encodeText = encoderOf(typeof TextEncoder === 'undefined' ? undefined : TextEncoder);

/** Decodes strict UTF-8; throws an error for anything else. */
export const decodeText = decoderOf(typeof TextDecoder === 'undefined' ? undefined : TextDecoder);

/** Returns the bytes of what a socket received, which may be text. */
export function toBytes(data) {
  if (typeof data === 'string') return encodeText(data);
  if (ArrayBuffer.isView(data)) return data;
  // Not `instanceof`: the buffer may come from another realm.
  if (typeof data?.byteLength === 'number') return new Uint8Array(data);
  throw new NanoError('protocol_error', `the WebSocket gave ${Object.prototype.toString.call(data)} for a frame: it must heed binaryType "arraybuffer"`);
}
