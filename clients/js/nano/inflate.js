import { NanoError } from './error.js';

// A stream inflates each slice completely, so small slices keep the output close to the limit.
const SLICE = 1024;

/**
 * Returns the function that inflates zlib streams, or null if there is none: `given`, or that of the platform. It
 * takes the bytes, the largest length of the result and a name for errors. It returns bytes, or a promise of them.
 */
export function findInflate(given) {
  if (given) return (bytes, limit, what) => inflateBy(given, bytes, limit, what);
  const zlib = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:zlib');
  if (typeof zlib?.inflateSync === 'function') return (bytes, limit, what) => inflateWith(zlib, bytes, limit, what);
  return typeof DecompressionStream === 'function' ? inflateStream : null;
}

/** The error of a client that has no such function. */
export function noInflate(what) {
  return new NanoError('no_inflate', `the server sent a compressed ${what}, and this platform has neither node:zlib nor DecompressionStream: pass the option \`inflate\``);
}

async function inflateBy(given, bytes, limit, what) {
  let whole;
  try {
    whole = await given(bytes, limit);
  } catch (cause) {
    throw corrupt(what, cause);
  }
  if (!ArrayBuffer.isView(whole)) throw corrupt(what, new TypeError('the option `inflate` returned no Uint8Array'));
  if (whole.length > limit) throw tooLarge(what, limit);
  return whole;
}

function inflateWith(zlib, bytes, limit, what) {
  try {
    // One more than the limit, because the limit may be zero and zlib does not accept that.
    const { buffer, byteOffset, length } = zlib.inflateSync(bytes, { maxOutputLength: Math.min(limit + 1, 0x7fff_ffff) });
    if (length > limit) throw tooLarge(what, limit);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    if (error instanceof NanoError) throw error;
    throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(what, limit) : corrupt(what, error);
  }
}

async function inflateStream(bytes, limit, what) {
  const stream = new DecompressionStream('deflate');
  const reader = stream.readable.getReader();
  const parts = [];
  let length = 0;
  // An error of writing makes reading fail as well.
  write(stream.writable.getWriter(), bytes).catch(() => {});
  for (;;) {
    const { done, value } = await reader.read().catch((cause) => {
      throw corrupt(what, cause);
    });
    if (done) break;
    length += value.length;
    if (length > limit) {
      reader.cancel().catch(() => {});
      throw tooLarge(what, limit);
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

function tooLarge(what, limit) {
  return new NanoError('protocol_error', `inflated ${what} exceeds the limit of ${limit} bytes: raise maxBodySize`);
}

function corrupt(what, cause) {
  return new NanoError('protocol_error', `compressed ${what} does not inflate: ${cause.message}`, {}, { cause });
}
