// The payloads of an app: typed values to bytes and back, as far as the app's manifest says what they are.

import { json } from './nano.js';
import { read } from './descriptors.js';
import { Messages } from './messages.js';
import { JsonTypes, ProtobufTypes } from './types.js';
import { parse, pretty, shown } from './values.js';
import { fields, text } from './wire.js';

const FORMAT = 1;
const ANY = { kind: 'any', name: 'any' };
const BYTES = { kind: 'bytes', name: 'bytes' };

const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Writes and reads the payloads of an app. */
export class Codec {
  /** The reason why the manifest cannot be used, if it cannot. */
  problem = '';
  #serializer;
  #types;
  #messages;
  #handlers = new Map();
  #pushes = new Map();

  constructor({ serializer, manifest }) {
    this.#serializer = serializer;
    try {
      if (manifest) this.#read(manifest);
    } catch (error) {
      this.problem = `The manifest cannot be used: ${error.message}.`;
    }
  }

  #read(manifest) {
    if (manifest.format !== FORMAT) throw new TypeError(`it has format ${manifest.format}, and this page reads ${FORMAT}`);
    if (manifest.serializer !== this.#serializer) throw new TypeError(`it is of ${manifest.serializer}, and the app speaks ${this.#serializer}`);
    if (manifest.serializer === 'protobuf') {
      const descriptors = read(fromBase64(manifest.descriptors ?? ''));
      this.#messages = new Messages(descriptors);
      this.#types = new ProtobufTypes(descriptors);
    } else {
      this.#types = new JsonTypes(manifest.types ?? []);
    }
    const handlers = manifest.components.flatMap((component) => component.handlers);
    this.#handlers = new Map(handlers.map((handler) => [handler.route, handler]));
    this.#pushes = new Map(manifest.pushes.map((push) => [push.route, push]));
  }

  get handlers() {
    return [...this.#handlers.values()];
  }

  get pushes() {
    return [...this.#pushes.values()];
  }

  /** Returns the handler of a route as the manifest has it, or undefined. */
  handler(route) {
    return this.#handlers.get(route);
  }

  #isJson() {
    return this.#serializer === 'json';
  }

  /** The shape of what nothing is known of. */
  get #unknown() {
    return this.#isJson() ? ANY : BYTES;
  }

  #shape(type) {
    return type === undefined ? undefined : this.#types.shape(type);
  }

  /** Returns the shapes of a route's payload and reply; undefined for those that are empty. */
  shapes(route) {
    const handler = this.#handlers.get(route);
    if (handler) return { payload: this.#shape(handler.payload), reply: this.#shape(handler.reply), isTyped: true };
    return { payload: this.#unknown, reply: this.#unknown, isTyped: false };
  }

  /** Returns the shape of a push; undefined for one that is empty. */
  pushShape(route) {
    const push = this.#pushes.get(route);
    return push ? this.#shape(push.message) : this.#unknown;
  }

  /** Writes the payload of a route. */
  encode(route, value) {
    const type = this.#handlers.get(route)?.payload;
    if (value instanceof Uint8Array) return value;
    if (type?.message !== undefined) return this.#messages.encode(type.message, value);
    return json.encode(value);
  }

  /** Shows a reply. */
  reply(route, body) {
    const handler = this.#handlers.get(route);
    return this.#show(handler ? handler.reply : undefined, body);
  }

  /** Shows a push. */
  push(route, body) {
    return this.#show(this.#pushes.get(route)?.message, body);
  }

  #show(type, body) {
    if (type === 'bytes') return shown(body);
    try {
      if (type?.message !== undefined) return pretty(this.#messages.decode(type.message, body));
      return this.#isJson() ? pretty(json.decode(body)) : shown(body);
    } catch (error) {
      return `(It cannot be read: ${error.message}.)\n${shown(body)}`;
    }
  }

  /** Reads the body of an error. */
  error(body) {
    if (this.#serializer !== 'protobuf') return json.decode(body);
    const found = { code: undefined, msg: undefined, metadata: {} };
    for (const [number, , value] of fields(body)) {
      if (number === 1) found.code = text(value);
      if (number === 2) found.msg = text(value);
      if (number === 3) {
        const pair = { 1: '', 2: '' };
        for (const [part, , bytes] of fields(value)) pair[part] = text(bytes);
        found.metadata[pair[1]] = pair[2];
      }
    }
    return found;
  }

  /** The serializer of a client that is given bytes, and gives them back. */
  get raw() {
    const name = ['json', 'protobuf'].includes(this.#serializer) ? this.#serializer : undefined;
    return { name, encode: (bytes) => bytes, decode: (bytes) => bytes, decodeError: (bytes) => this.error(bytes) };
  }
}

/** Reads the data of a handshake as it was typed: undefined for none. */
export function handshakeData(typed) {
  return typed.trim() ? parse(typed) : undefined;
}
