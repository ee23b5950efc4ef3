import { NanoError } from './error.js';

// A stream inflates each slice completely, so small slices keep the output close to the limit.
const SLICE = 1024;

/**
 * Returns the function that inflates zlib bodies, or null if the platform has none. It takes the bytes and the
 * largest length of the result. It returns bytes in Node.js, and a promise of them in browsers.
 */
export function findInflate() {
  const zlib = globalThis.process?.getBuiltinModule?.('node:zlib');
  if (typeof zlib?.inflateSync === 'function') return (bytes, limit) => inflateWith(zlib, bytes, limit);
  return typeof globalThis.DecompressionStream === 'function' ? inflateStream : null;
}

function inflateWith(zlib, bytes, limit) {
  try {
    // One more than the limit, because the limit may be zero and zlib does not accept that.
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
  // An error of writing makes reading fail as well.
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
