// Forms made of shapes.

import { problem } from './check.js';
import { button, element, prose } from './dom.js';
import { signature } from './types.js';
import { compact, fromHex, parse, pretty, toHex } from './values.js';

/** Shapes within shapes that have forms; what is deeper is written as JSON. */
const DEPTH = 7;

/** The error of something that was typed. */
export class Mistake extends Error {
  constructor(message, input) {
    super(message);
    this.input = input;
  }
}

let ids = 0;

/**
 * Makes the form of a shape: `{ element, read }`, where `read` returns the value or throws a `Mistake`. `value` fits the
 * shape, or is undefined.
 */
export function editor(shape, value, path = '', depth = DEPTH) {
  const make = depth > 0 ? MAKERS[shape.kind] : undefined;
  return (make ?? anything)(shape, value, path, depth);
}

const named = (path) => path || 'the message';

/** An input whose text is read. `read` throws when it is not as expected. */
function typed(properties, path, read) {
  const input = element(properties.rows ? 'textarea' : 'input', { autocomplete: 'off', spellcheck: false, 'aria-label': named(path), ...properties });
  return {
    element: input, input,
    read: () => {
      try {
        return read(input.value);
      } catch (error) {
        throw new Mistake(`${named(path)}: ${error.message}`, input);
      }
    },
  };
}

function whole(shape, value = 0, path) {
  return typed({ value: String(value), inputMode: 'numeric', className: 'number' }, path, (text) => {
    if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new SyntaxError('a whole number is expected');
    const exact = BigInt(text.trim().replace('+', ''));
    const number = Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
    const found = problem(shape, number, path);
    if (found) throw new RangeError(found.replace(`${named(path)}: `, ''));
    return number;
  });
}

function fraction(shape, value = 0, path) {
  return typed({ value: String(value), inputMode: 'decimal', className: 'number' }, path, (text) => {
    if (shape.name !== 'number' && ['NaN', 'Infinity', '-Infinity'].includes(text)) return text;
    if (!text.trim() || !Number.isFinite(Number(text))) throw new SyntaxError('a number is expected');
    return Number(text);
  });
}

const words = (shape, value, path) => typed({ value: value ?? shape.hint ?? '' }, path, (text) => text);

function base64(shape, value = '', path) {
  return typed({ value, placeholder: 'in base64' }, path, (text) => {
    try {
      atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    } catch {
      throw new SyntaxError('bytes in base64 are expected');
    }
    return text;
  });
}

function bytes(shape, value, path) {
  const kind = element('select', { 'aria-label': 'The way to write bytes' }, ...['text', 'hex'].map((name) => element('option', { textContent: name })));
  const isBytes = value instanceof Uint8Array;
  kind.value = isBytes ? 'hex' : 'text';
  const field = typed({ rows: 3, value: isBytes ? toHex(value) : value ?? '' }, path, (text) => (
    kind.value === 'hex' ? fromHex(text) : new TextEncoder().encode(text)));
  return { element: element('div', { className: 'line top' }, field.element, kind), input: field.input, read: field.read };
}

function anything(shape, value, path) {
  const rows = Math.min(pretty(value ?? null).split('\n').length, 8);
  return typed({ rows, value: value === undefined ? 'null' : pretty(value), className: 'code' }, path, (text) => {
    const found = parse(text);
    const wrong = problem(shape, found, path);
    if (wrong) throw new TypeError(wrong.replace(`${named(path)}: `, ''));
    return found;
  });
}

function checkbox(shape, value = false, path) {
  const input = element('input', { type: 'checkbox', checked: value, 'aria-label': named(path) });
  return { element: input, input, read: () => input.checked };
}

const fixed = (value) => ({ element: element('code', { textContent: compact(value) }), read: () => value });

function choice(shape, value, path, depth) {
  const shapes = shape.options.map((option) => option.shape());
  if (!shapes.length) return anything(shape, value, path);
  const found = value === undefined ? 0 : shapes.findIndex((option) => !problem(option, value));
  // A number that has no name.
  if (found < 0) return anything(shape, value, path);
  const select = element('select', { 'aria-label': named(path) });
  select.append(...shape.options.map(({ label, docs }) => element('option', { textContent: label, title: docs })));
  select.selectedIndex = found;
  if (shapes.every((option) => option.kind === 'constant')) {
    return { element: select, input: select, read: () => shapes[select.selectedIndex].value };
  }
  const body = element('div', { className: 'nested' });
  let inner;
  const show = (value) => {
    inner = editor(shapes[select.selectedIndex], value, path, depth - 1);
    body.replaceChildren(inner.element);
  };
  show(value);
  select.onchange = () => show();
  return { element: element('div', { className: 'stack' }, select, body), input: select, read: () => inner.read() };
}

/** A part that may be switched off: `undefined` then. */
function optional(make, isOn, path) {
  const input = element('input', { type: 'checkbox', checked: isOn, 'aria-label': `${named(path)} is there` });
  const body = element('div', { className: 'grow' });
  let inner;
  const show = () => {
    inner = input.checked ? make() : undefined;
    body.replaceChildren(...(inner ? [inner.element] : []));
  };
  input.onchange = show;
  show();
  const off = () => {
    input.checked = false;
    show();
  };
  return { element: element('div', { className: 'line top' }, input, body), input, off, read: () => inner?.read() };
}

function nullable(shape, value, path, depth) {
  const part = optional(() => editor(shape.inner(), value ?? undefined, path, depth), value !== null && value !== undefined, path);
  return { ...part, read: () => part.read() ?? null };
}

/** Rows that can be added and removed. */
function rows(parts, add) {
  const list = element('div', { className: 'stack' });
  const all = [];
  const put = (part) => {
    const row = element('div', { className: 'line top' }, part.element, button('×', () => {
      all.splice(all.indexOf(part), 1);
      row.remove();
    }, { title: 'Remove', 'aria-label': 'Remove' }));
    all.push(part);
    list.append(row);
  };
  parts.forEach(put);
  const more = button('Add', () => {
    const part = add(all.length);
    put(part);
    part.input?.focus();
  });
  return { element: element('div', { className: 'stack nested' }, list, more), all };
}

function list(shape, value = [], path, depth) {
  const make = (item, index) => {
    const part = editor(shape.item(), item, `${path}[${index}]`, depth - 1);
    part.element.classList.add('grow');
    return part;
  };
  const { element: made, all } = rows(value.map(make), (index) => make(undefined, index));
  return { element: made, read: () => all.map((part) => part.read()) };
}

function tuple(shape, value, path, depth) {
  const parts = shape.items.map((item, index) => editor(item(), value?.[index], `${path}[${index}]`, depth - 1));
  return { element: element('div', { className: 'stack nested' }, ...parts.map((part) => part.element)), read: () => parts.map((part) => part.read()) };
}

/** Entries of a map, as pairs. */
function entries(shape, value, path, depth) {
  const make = ([key, item]) => {
    const name = element('input', { value: key, placeholder: 'key', 'aria-label': `a key of ${named(path)}`, autocomplete: 'off', spellcheck: false });
    const part = editor(shape(), item, path ? `${path}.${key}` : key, depth - 1);
    part.element.classList.add('grow');
    return { element: element('div', { className: 'line top grow pairs' }, name, part.element), input: name, read: () => [name.value, part.read()] };
  };
  const { element: made, all } = rows(value.map(make), () => make(['', undefined]));
  return { element: made, read: () => all.map((part) => part.read()) };
}

function map(shape, value = {}, path, depth) {
  const made = entries(shape.item, Object.entries(value), path, depth);
  return { element: made.element, read: () => Object.fromEntries(made.read()) };
}

/** A field of a value, and not what all objects have. */
const own = (value, name) => (value && Object.hasOwn(value, name) ? value[name] : undefined);

function object(shape, value, path, depth) {
  const switches = [];
  const parts = shape.fields.map((field) => {
    const place = path ? `${path}.${field.name}` : field.name;
    const item = own(value, field.name) ?? own(value, field.alias);
    const inner = field.shape();
    const make = (item) => editor(inner.kind === 'option' && field.optional ? inner.inner() : inner, item, place, depth - 1);
    if (inner.kind === 'constant') return { field, inner, ...fixed(inner.value) };
    if (!field.optional) return { field, inner, ...make(item) };
    const part = optional(() => make(item ?? undefined), item !== undefined && item !== null, place);
    if (field.oneof) {
      switches.push({ oneof: field.oneof, part });
      part.input.addEventListener('change', () => {
        for (const other of switches) if (other.oneof === field.oneof && other.part !== part) other.part.off();
      });
    }
    return { field, inner, ...part };
  });
  const known = new Set(shape.fields.map((field) => field.name));
  const others = Object.entries(value ?? {}).filter(([name]) => !known.has(name));
  const rest = shape.rest ? entries(shape.rest, others, path, depth) : undefined;
  const lines = parts.map(({ field, inner, element: made, input }) => {
    if (input && !input.id) input.id = `field-${ids += 1}`;
    const name = element('label', { className: 'name' }, element('b', { textContent: field.name }), element('small', { textContent: `${signature(inner, 0)}${field.optional ? ', optional' : ''}` }));
    if (input) name.htmlFor = input.id;
    const docs = field.docs ? element('div', { className: 'docs' }, ...prose(field.docs)) : undefined;
    return element('div', { className: 'row' }, name, element('div', { className: 'value' }, made, docs));
  });
  const more = rest && element('div', { className: 'row' }, element('span', { className: 'name' }, element('b', { textContent: 'other fields' })), element('div', { className: 'value' }, rest.element));
  const none = !lines.length && !more ? element('p', { className: 'note', textContent: 'It has no fields.' }) : undefined;
  return {
    element: element('div', { className: path ? 'stack nested' : 'stack' }, ...lines, more, none),
    input: parts[0]?.input,
    read: () => {
      const pairs = parts.map(({ field, read }) => [field.name, read()]).filter(([, item]) => item !== undefined);
      return Object.fromEntries([...pairs, ...(rest?.read() ?? [])]);
    },
  };
}

const MAKERS = {
  null: () => fixed(null), bool: checkbox, text: words, int: whole, bigint: whole, float: fraction, bytes, base64,
  constant: (shape) => fixed(shape.value), choice, option: nullable, list, tuple, map, object, any: anything,
};
