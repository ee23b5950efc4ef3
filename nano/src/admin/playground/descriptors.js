// The descriptors of Protobuf messages, as a manifest has them.

import { Wire, fields, packed, text } from './wire.js';

/** Collects the fields of a descriptor by number: all values of each. */
function parts(bytes) {
  const found = new Map();
  for (const [number, , value] of fields(bytes)) {
    if (!found.has(number)) found.set(number, []);
    found.get(number).push(value);
  }
  const all = (number) => found.get(number) ?? [];
  return {
    all,
    text: (number) => (all(number).length ? text(all(number).at(-1)) : ''),
    // An `int32` that is negative has all of its 64 bits on the wire.
    number: (number) => Number(BigInt.asIntN(64, all(number).at(-1) ?? 0n)),
    has: (number) => all(number).length > 0,
  };
}

/** Returns the comments of a file by the path of what they describe. */
function comments(info) {
  const found = new Map();
  for (const location of info.flatMap((bytes) => parts(bytes).all(1))) {
    const { all, text: textOf } = parts(location);
    const comment = textOf(3) || textOf(4);
    if (!comment) continue;
    const path = all(1).flatMap((part) => (typeof part === 'bigint' ? [part] : [...packed(part, Wire.VARINT)]));
    found.set(path.join('.'), comment.trim().replace(/^ /gm, ''));
  }
  return found;
}

function field(bytes, docs, oneofs) {
  const of = parts(bytes);
  // An `optional` field of proto3 has a oneof of its own, which nobody wrote.
  const isOptional = of.number(17) === 1;
  const name = of.text(1);
  return {
    name, docs, isOptional, jsonName: of.text(10) || name, number: of.number(3), isRepeated: of.number(4) === 3,
    isRequired: of.number(4) === 2, type: of.number(5), typeName: of.text(6).replace(/^\./, ''),
    oneof: of.has(9) && !isOptional ? oneofs[of.number(9)] : undefined,
  };
}

/** Reads a `google.protobuf.FileDescriptorSet`. Returns messages and enums by their full names. */
export function read(set) {
  const messages = new Map();
  const enums = new Map();

  function addEnum(bytes, scope, path, docs) {
    const of = parts(bytes);
    const values = of.all(2).map((value, index) => {
      const it = parts(value);
      return { name: it.text(1), number: it.number(2), docs: docs(`${path}.2.${index}`) };
    });
    const name = scope + of.text(1);
    enums.set(name, { name, values, docs: docs(path) });
  }

  function addMessage(bytes, scope, path, docs, hasPresence) {
    const of = parts(bytes);
    const name = scope + of.text(1);
    const oneofs = of.all(8).map((oneof) => parts(oneof).text(1));
    const isMapEntry = of.all(7).some((options) => parts(options).number(7) === 1);
    const all = of.all(2).map((bytes, index) => field(bytes, docs(`${path}.2.${index}`), oneofs));
    messages.set(name, { name, fields: all, isMapEntry, hasPresence, docs: docs(path) });
    of.all(3).forEach((nested, index) => addMessage(nested, `${name}.`, `${path}.3.${index}`, docs, hasPresence));
    of.all(4).forEach((nested, index) => addEnum(nested, `${name}.`, `${path}.4.${index}`, docs));
  }

  for (const file of parts(set).all(1).map(parts)) {
    const scope = file.has(2) ? `${file.text(2)}.` : '';
    const known = comments(file.all(9));
    const docs = (path) => known.get(path) ?? '';
    // In proto3 a number or a text that is not there is the same as its default.
    const hasPresence = file.text(12) !== 'proto3';
    file.all(4).forEach((bytes, index) => addMessage(bytes, scope, `4.${index}`, docs, hasPresence));
    file.all(5).forEach((bytes, index) => addEnum(bytes, scope, `5.${index}`, docs));
  }
  return { messages, enums };
}
