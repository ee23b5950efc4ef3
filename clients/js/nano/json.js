import { decodeText, encodeText } from './text.js';

/** The default serializer. An empty body stands for no value. */
export const json = {
  name: 'json',
  encode: (value) => (value === undefined ? new Uint8Array(0) : encodeText(JSON.stringify(value))),
  decode: (bytes) => (bytes.length === 0 ? undefined : JSON.parse(decodeText(bytes))),
};
