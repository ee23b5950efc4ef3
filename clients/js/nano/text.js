const encoder = new TextEncoder();
// A byte order mark is text like any other here: JSON refuses it, and nothing is swallowed.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 of a string. */
export const encodeText = (text) => encoder.encode(text);

/** The string of strict UTF-8; throws a `TypeError` for anything else. */
export const decodeText = (bytes) => decoder.decode(bytes);
