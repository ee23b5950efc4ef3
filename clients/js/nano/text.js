const encoder = new TextEncoder();
// Byte order marks are kept as text, for JSON to refuse.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Encodes a string as UTF-8. */
export const encodeText = (text) => encoder.encode(text);

/** Decodes strict UTF-8; throws a `TypeError` for anything else. */
export const decodeText = (bytes) => decoder.decode(bytes);
