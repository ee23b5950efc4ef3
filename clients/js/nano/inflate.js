import { NanoError } from './error.js';

// A stream inflates what it is given to the end; a small slice cannot grow far beyond the limit.
const SLICE = 1024;

/**
 * Returns how zlib bodies are inflated here, or null where they cannot be: a function of the bytes and the
 * most that may come out. It returns bytes in Node.js, and a promise of them in browsers.
 */
export function findInflate() {
  const zlib = globalThis.process?.getBuiltinModule?.('node:zlib');
  if (typeof zlib?.inflateSync === 'function') return (bytes, limit) => inflateWith(zlib, bytes, limit);
  return typeof globalThis.DecompressionStream === 'function' ? inflateStream : null;
}

function inflateWith(zlib, bytes, limit) {
  try {
    // One more than the limit, which may be zero: that is no length zlib takes.
    const { buffer, byteOffset, length } = zlib.inflateSync(bytes, { maxOutputLength: Math.min(limit + 1, 0x7fff_ffff) });
    if (length > limit) throw tooLarge(limit);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    if (error instanceof NanoError) throw error;
    throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(limit) : corrupt(error);
  }
}

async function inflateStream(bytes, limit) {
  const stream = new DecompressionStream('deflate');
  const reader = stream.readable.getReader();
  const parts = [];
  let length = 0;
  // What goes wrong while writing shows while reading.
  write(stream.writable.getWriter(), bytes).catch(() => {});
  for (;;) {
    const { done, value } = await reader.read().catch((cause) => {
      throw corrupt(cause);
    });
    if (done) break;
    length += value.length;
    if (length > limit) {
      reader.cancel().catch(() => {});
      throw tooLarge(limit);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

async function write(writer, bytes) {
  writer.closed.catch(() => {});
  for (let at = 0; at < bytes.length; at += SLICE) await writer.write(bytes.subarray(at, at + SLICE));
  await writer.close();
}

function tooLarge(limit) {
  return new NanoError('protocol_error', `inflated body exceeds the limit of ${limit} bytes: raise maxBodySize`);
}

function corrupt(cause) {
  return new NanoError('protocol_error', `compressed body does not inflate: ${cause.message}`, {}, { cause });
}
