// The values that fit a shape.

import { compact } from './values.js';

const LONGEST = 60;

function brief(value) {
  if (value === undefined) return 'nothing';
  const text = compact(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}..` : text;
}

const isWhole = (value) => typeof value === 'bigint' || Number.isInteger(value);

/** Protobuf's JSON has long integers and special numbers as texts, too. */
const isWholeText = (value) => typeof value === 'string' && /^-?\d+$/.test(value);

/** Returns what is wrong with a value, or null if it fits. */
export function problem(shape, value, path = '') {
  const wrong = (expected) => `${path || 'the message'}: ${expected} is expected, not ${brief(value)}`;
  const at = (key) => (path ? `${path}.${key}` : key);
  switch (shape.kind) {
    case 'any': return null;
    case 'null': return value === null ? null : wrong('null');
    case 'bool': return typeof value === 'boolean' ? null : wrong('true or false');
    case 'text': return typeof value === 'string' ? null : wrong('a text');
    case 'base64': return typeof value === 'string' ? null : wrong('a text in base64');
    case 'float': return isNumber(shape, value) ? null : wrong('a number');
    case 'int': case 'bigint': return isWhole(value) || (shape.least !== undefined && isWholeText(value)) ? range(shape, value, wrong) : wrong('a whole number');
    case 'constant': return value === shape.value ? null : wrong(JSON.stringify(shape.value));
    case 'option': return value === null ? null : problem(shape.inner(), value, path);
    case 'choice': return choice(shape, value, path, wrong);
    case 'list': return Array.isArray(value) ? first(value, (item, index) => problem(shape.item(), item, `${path}[${index}]`)) : wrong('a list');
    case 'tuple': {
      if (!Array.isArray(value) || value.length !== shape.items.length) return wrong(`a list of ${shape.items.length}`);
      return first(shape.items, (item, index) => problem(item(), value[index], `${path}[${index}]`));
    }
    case 'map': return isObject(value) ? first(Object.entries(value), ([key, item]) => problem(shape.item(), item, at(key))) : wrong('an object');
    case 'object': return isObject(value) ? object(shape, value, path, at) : wrong('an object');
    default: return null;
  }
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumber = (shape, value) => typeof value === 'number' || typeof value === 'bigint'
  || (shape.name !== 'number' && ['NaN', 'Infinity', '-Infinity'].includes(value));

function first(items, check) {
  for (const [index, item] of items.entries()) {
    const found = check(item, index);
    if (found) return found;
  }
  return null;
}

function range({ least, most }, value, wrong) {
  if (least === undefined) return null;
  const number = BigInt(value);
  return number < least || number > most ? wrong(`a number from ${least} to ${most}`) : null;
}

function choice({ options, numbers }, value, path, wrong) {
  if (numbers && Number.isInteger(value)) return null;
  const problems = [];
  for (const option of options) {
    const shape = option.shape();
    const found = problem(shape, value, path);
    if (!found) return null;
    problems.push({ shape, found });
  }
  // The one whose tag the value has, or the only one, knows better what is wrong.
  const tagged = problems.filter(({ shape }) => isTagged(shape, value));
  if (tagged.length === 1) return tagged[0].found;
  return wrong(options.length ? `one of ${options.map(({ label }) => label).join(', ')}` : 'nothing');
}

function isTagged(shape, value) {
  if (shape.kind !== 'object' || !isObject(value)) return false;
  const tags = shape.fields.filter((field) => field.shape().kind === 'constant');
  if (tags.length) return tags.every((field) => value[field.name] === field.shape().value);
  return shape.fields.length === 1 && Object.hasOwn(value, shape.fields[0].name);
}

function object({ fields, rest, closed, partial }, value, path, at) {
  const chosen = new Map();
  for (const { name, alias, optional, oneof, shape } of fields) {
    const key = Object.hasOwn(value, name) ? name : alias !== undefined && Object.hasOwn(value, alias) ? alias : undefined;
    if (key === undefined) {
      if (!optional && !partial) return `${at(name)} is missing`;
      continue;
    }
    if (partial && value[key] === null) continue;
    if (oneof) {
      if (chosen.has(oneof)) return `${path || 'the message'}: only one of ${chosen.get(oneof)} and ${key} can be there`;
      chosen.set(oneof, key);
    }
    const found = problem(shape(), value[key], at(key));
    if (found) return found;
  }
  const names = new Set(fields.flatMap(({ name, alias }) => [name, alias]));
  for (const [key, item] of Object.entries(value)) {
    if (names.has(key)) continue;
    if (rest) {
      const found = problem(rest(), item, at(key));
      if (found) return found;
    } else if (closed) {
      return `${at(key)}: there is no such field`;
    }
  }
  return null;
}
