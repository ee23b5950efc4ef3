// The shapes of messages, by the types of a manifest.
//
// A shape says what a value may be: `{ kind, .. }`, and its parts are functions that return shapes, since a type may lead to
// itself:
//
// - `any`, `null`, `bool`, `text` (`hint`), `int` and `bigint` (`least`, `most`), `float`, `bytes`, `base64`
// - `constant` (`value`), `choice` (`options` of `{ label, docs, shape }`, `numbers` if any whole number will do as well)
// - `option` (`inner`), `list` (`item`), `tuple` (`items`), `map` (`item`)
// - `object` (`fields` of `{ name, docs, optional, oneof, shape }`, `rest` for other fields, `partial` if all may be left out)
//
// `name` is for people.

import { googles } from './googles.js';
import { SCALARS } from './messages.js';

const ANY = { kind: 'any', name: 'any' };

const SIMPLE = {
  bytes: { kind: 'bytes', name: 'bytes' }, any: ANY, null: { kind: 'null', name: 'null' }, bool: { kind: 'bool', name: 'bool' },
  string: { kind: 'text', name: 'string' }, float: { kind: 'float', name: 'number' }, int: { kind: 'int', name: 'integer' },
  bigInt: { kind: 'bigint', name: 'integer' },
};

const constant = (value) => ({ kind: 'constant', name: JSON.stringify(value), value });

/** The named types of a JSON application. */
export class JsonTypes {
  #types;

  constructor(types) {
    this.#types = new Map(types.map((type) => [type.name, type]));
  }

  /** Returns the shape of a type. `seen` has the names that led here without a value between them. */
  shape(type, seen = []) {
    if (typeof type === 'string') return SIMPLE[type] ?? ANY;
    const [[kind, of]] = Object.entries(type);
    switch (kind) {
      case 'option': return { kind: 'option', inner: () => this.shape(of, seen) };
      case 'array': return { kind: 'list', item: () => this.shape(of) };
      case 'tuple': return { kind: 'tuple', items: of.map((item) => () => this.shape(item)) };
      case 'map': return { kind: 'map', item: () => this.shape(of[1]) };
      case 'union': return { kind: 'choice', options: of.map((option) => ({ label: label(option), docs: '', shape: () => this.shape(option) })) };
      case 'named': return this.#named(of, seen);
      default: return { ...ANY, name: typeof of === 'string' ? of : 'any' };
    }
  }

  #named({ name, arguments: given = [] }, seen) {
    const type = this.#types.get(name);
    if (!type || seen.includes(name)) return ANY;
    const parameters = new Map((type.parameters ?? []).map((parameter, index) => [parameter, given[index] ?? 'any']));
    const [[kind, of]] = Object.entries(type.shape);
    const inside = [...seen, name];
    if (kind === 'alias') return this.shape(applied(of, parameters), inside);
    const docs = type.docs ?? '';
    if (kind === 'object') return { ...this.#object(of, parameters, inside), name, docs };
    const options = of.variants.map((variant) => this.#variant(of.tagging, variant, parameters, inside));
    return { kind: 'choice', name, docs, options };
  }

  /** An object with fields, those of flattened types among them. */
  #object({ fields, flatten = [], closed = false }, parameters, seen) {
    const own = fields.map(({ name, type, optional = false, docs = '' }) => ({ name, docs, optional, shape: () => this.shape(applied(type, parameters)) }));
    let rest = closed ? undefined : null;
    for (const type of flatten) {
      let shape = this.shape(applied(type, parameters), seen);
      const isOptional = shape.kind === 'option';
      if (isOptional) shape = shape.inner();
      if (shape.kind === 'object') own.push(...shape.fields.map((field) => ({ ...field, optional: field.optional || isOptional })));
      // The fields of an enum are not the same for all values.
      else rest = shape.kind === 'map' ? shape.item : () => ANY;
    }
    return { kind: 'object', name: 'object', docs: '', fields: own, closed, rest: rest ?? undefined };
  }

  #variant(tagging, { name, docs = '', content }, parameters, seen) {
    const [kind, of] = typeof content === 'string' ? [content] : Object.entries(content)[0];
    const value = {
      unit: undefined,
      value: () => this.shape(applied(of, parameters), seen),
      fields: () => this.#object(of, parameters, seen),
    }[kind];
    const object = (fields, rest) => ({ kind: 'object', name, docs, fields, rest });
    const field = (name, shape) => ({ name, docs: '', optional: false, shape });
    const shape = () => {
      if (tagging === 'untagged') return value ? value() : SIMPLE.null;
      if (tagging === 'external') return value ? object([field(name, value)]) : constant(name);
      const { tag, content } = tagging.internal ?? tagging.adjacent;
      const tagged = field(tag, () => constant(name));
      if (!value) return object([tagged]);
      if (tagging.adjacent) return object([tagged, field(content, value)]);
      const inner = value();
      return inner.kind === 'object' ? object([tagged, ...inner.fields], inner.rest) : object([tagged], () => ANY);
    };
    return { label: name, docs, shape };
  }
}

/** Puts arguments in the places of parameters. */
function applied(type, parameters) {
  if (typeof type === 'string' || parameters.size === 0) return type;
  const [[kind, of]] = Object.entries(type);
  switch (kind) {
    case 'parameter': return parameters.get(of) ?? 'any';
    case 'option': case 'array': return { [kind]: applied(of, parameters) };
    case 'tuple': case 'union': case 'map': return { [kind]: of.map((part) => applied(part, parameters)) };
    case 'named': return { named: { name: of.name, arguments: (of.arguments ?? []).map((part) => applied(part, parameters)) } };
    default: return type;
  }
}

function label(type) {
  if (typeof type === 'string') return SIMPLE[type]?.name ?? type;
  return type.named?.name ?? Object.keys(type)[0];
}

/** The messages of a Protobuf application. */
export class ProtobufTypes {
  #types;

  constructor(types) {
    this.#types = types;
  }

  /** Returns the shape of a type: of bytes, or of a message. */
  shape(type) {
    return type.message === undefined ? SIMPLE[type] ?? ANY : this.#message(type.message);
  }

  #message(name) {
    const message = this.#types.messages.get(name);
    const special = googles[name];
    if (!message) return ANY;
    if (special?.name) return { kind: 'text', name: special.name, hint: special.example() };
    if (special) return { ...this.#value(message.fields[0]), name: name.split('.').at(-1) };
    const fields = message.fields.map((field) => ({
      name: field.name, alias: field.jsonName, docs: field.docs, oneof: field.oneof,
      optional: this.#canBeAbsent(message, field), shape: () => this.#field(field),
    }));
    return { kind: 'object', name: name.split('.').at(-1), docs: message.docs, fields, closed: true, partial: true };
  }

  #canBeAbsent(message, field) {
    if (field.isRepeated || field.isRequired) return false;
    return field.type === 11 || field.isOptional || field.oneof !== undefined || message.hasPresence;
  }

  #field(field) {
    const entry = field.type === 11 ? this.#types.messages.get(field.typeName) : undefined;
    if (entry?.isMapEntry) return { kind: 'map', item: () => this.#value(entry.fields[1]) };
    return field.isRepeated ? { kind: 'list', item: () => this.#value(field) } : this.#value(field);
  }

  #value(field) {
    if (field.type === 11) return this.#message(field.typeName);
    if (field.type === 14) {
      const { values = [], docs = '' } = this.#types.enums.get(field.typeName) ?? {};
      const options = values.map((value) => ({ label: value.name, docs: value.docs, shape: () => constant(value.name) }));
      return { kind: 'choice', name: field.typeName.split('.').at(-1), docs, options, numbers: true };
    }
    const { name = 'unknown', range } = SCALARS[field.type] ?? {};
    if (range) return { kind: 'bigint', name, least: range[0], most: range[1] };
    return { kind: { string: 'text', bytes: 'base64', bool: 'bool', double: 'float', float: 'float' }[name] ?? 'any', name };
  }
}

/** Writes a shape for a person. Below `depth` only its name is there. */
export function signature(shape, depth = 3) {
  if (depth < 0) return shape.name ?? '..';
  const inner = (of) => signature(of(), depth - 1);
  switch (shape.kind) {
    case 'option': return `${signature(shape.inner(), depth)} | null`;
    case 'list': return `[${inner(shape.item)}]`;
    case 'tuple': return `[${shape.items.map(inner).join(', ')}]`;
    case 'map': return `{[key]: ${inner(shape.item)}}`;
    case 'choice':
      if (depth <= 0) return shape.name ?? 'one of several';
      return shape.options.map((option) => inner(option.shape)).join(' | ');
    case 'object': {
      if (depth <= 0) return shape.name;
      const fields = shape.fields.map(({ name, optional, shape: of }) => `${name}${optional ? '?' : ''}: ${inner(of)}`);
      if (shape.rest) fields.push(`[key]: ${inner(shape.rest)}`);
      return `{${fields.join(', ')}}`;
    }
    default: return shape.name;
  }
}
