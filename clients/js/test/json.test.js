import assert from 'node:assert/strict';
import test from 'node:test';

import { json, numberJson } from '../nano.js';
import { hex, random, toHex } from './fake.js';

const decode = (text) => json.decode(Buffer.from(text));
const encode = (value) => Buffer.from(json.encode(value)).toString();

test('json takes text beyond the basic plane and no broken UTF-8', () => {
  assert.equal(toHex(json.encode('😀')), '22f09f988022');
  assert.equal(json.decode(hex('22f09f988022')), '😀');
  assert.equal(json.decode(hex('')), undefined);
  assert.equal(json.encode(undefined).length, 0);
  assert.throws(() => json.decode(hex('22eda0bdedb88022')), TypeError);
});

test('integers beyond 53 bits are exact, all others are numbers', () => {
  const check = (text, expected) => {
    assert.deepEqual(decode(text), expected, text);
    assert.deepEqual(decode(`{"a":[ ${text} ]}`), { a: [expected] }, text);
  };
  check('9007199254740991', 9007199254740991);
  check('-9007199254740991', -9007199254740991);
  check('9007199254740992', 9007199254740992n);
  check('9007199254740993', 9007199254740993n);
  check('-9007199254740992', -9007199254740992n);
  check('18446744073709551615', 18446744073709551615n);
  check('-9223372036854775808', -9223372036854775808n);
  check('1234567890123456', 1234567890123456);
  check(`1${'0'.repeat(400)}`, 10n ** 400n);
  check('9007199254740993.0', 9007199254740992);
  check('9007199254740993e0', 9007199254740992);
  check('1E+20', 1e20);
  check('1e-20', 1e-20);
  check('0.12345678901234567890', 0.12345678901234568);
  check('12345678901234567890.5', 12345678901234567000);
  check('-0', -0);
});

test('strings are left alone, whatever they look like', () => {
  const big = '12345678901234567890';
  const texts = [big, `#${big}`, `#n${big}`, `#s${big}`, '#', '##', '#n', '#s', '\\', '\\"', `"${big}`, `",${big},"`, `":${big}`, `\\",${big}`, '', '\u0023n5', ' #n5'];
  for (const text of texts) {
    const value = { [text]: text, list: [text, 12345678901234567890n, text] };
    const written = `{${JSON.stringify(text)} : ${JSON.stringify(text)},"list":[${JSON.stringify(text)},${big},${JSON.stringify(text)}]}`;
    assert.deepEqual(decode(written), value, text);
    assert.deepEqual(decode(encode(value)), value, text);
  }
  assert.deepEqual(decode(`["\\u0023n1","\\u0023s1","\\/#n1",${big}]`), ['#n1', '#s1', '/#n1', 12345678901234567890n]);
  assert.deepEqual(decode(`{"\\u0023n1":1,"#n2"\n:2,"b":${big}}`), { '#n1': 1, '#n2': 2, b: 12345678901234567890n });
});

test('keys keep their last value and their names', () => {
  const value = decode('{"__proto__":12345678901234567890,"a":1,"a":12345678901234567891,"constructor":{"2":"#n1","1":0}}');
  assert.deepEqual(Object.entries(value), [['__proto__', 12345678901234567890n], ['a', 12345678901234567891n], ['constructor', { 1: 0, 2: '#n1' }]]);
});

test('what is no JSON is refused beside a long number too', () => {
  const check = (text) => assert.throws(() => decode(text), SyntaxError, text);
  for (const number of ['1', '12345678901234567890']) {
    check(`0${number}`);
    check(`+${number}`);
    check(`--${number}`);
    check(`-`);
    check(`.${number}`);
    check(`${number}.`);
    check(`${number}e`);
    check(`${number}n`);
    check(`${number} ${number}`);
    check(`{${number}:1}`);
    check(`[${number},]`);
    check(`"${number}`);
    check(`["\\x",${number}]`);
    check(`["\n",${number}]`);
    check(`"${'\\"'.repeat(1000)}${number}`);
  }
});

test('long and deep documents are read', () => {
  const big = 12345678901234567890n;
  for (const piece of ['a', '"', '\\', '#', '5', '\u0000']) {
    const text = piece.repeat(1_000_000);
    assert.ok(decode(`[${JSON.stringify(text)},${big}]`)[0] === text);
  }
  assert.deepEqual(new Set(decode(`[${Array(50_000).fill(big)}]`)), new Set([big]));
  assert.deepEqual(decode(`${'['.repeat(500)}${big}${']'.repeat(500)}`).flat(Infinity), [big]);
});

test('BigInt encodes as an integer, and all else as ever', () => {
  const check = (value, expected) => assert.equal(encode(value), expected);
  check(5n, '5');
  check(-(2n ** 63n), '-9223372036854775808');
  check({ a: 2n ** 64n, b: [1n, undefined, () => 1, Symbol('s')], c: undefined, d: () => 1 }, '{"a":18446744073709551616,"b":[1,null,null,null]}');
  check([Object(7n), Object('x'), Object(1), Object(true), null, 1n], '[7,"x",1,true,null,1]');
  check({ when: new Date(0), big: 1n, own: { toJSON: (key) => `${key}!` }, list: [1n, { toJSON: (key) => typeof key + key }] }, '{"when":"1970-01-01T00:00:00.000Z","big":1,"own":"own!","list":[1,"string1"]}');
  check({ toJSON: () => 9n }, '9');
  check([new Map([[1, 2n]]), new Uint8Array([7]), 1n], '[{},{"0":7},1]');
  check(Object.assign([1n, , 3], { extra: 1 }), '[1,null,3]');
  check({ '"\ud800': '"\ud800', n: 1n }, '{"\\"\\ud800":"\\"\\ud800","n":1}');
  check(Object.create({ inherited: 1n }, { hidden: { value: 1n }, shown: { value: 1n, enumerable: true } }), '{"shown":1}');
});

test('a value that contains itself is refused, one that is there twice is not', () => {
  const loop = { big: 1n };
  assert.equal(encode([loop, loop]), '[{"big":1},{"big":1}]');
  loop.loop = [loop];
  assert.throws(() => encode(loop), TypeError);
  const plain = {};
  plain.plain = plain;
  assert.throws(() => encode(plain), TypeError);
});

test('a BigInt that was taught to become text is a number all the same', (t) => {
  t.after(() => delete BigInt.prototype.toJSON);
  BigInt.prototype.toJSON = function toJSON() {
    return String(this);
  };
  assert.equal(encode({ a: 5n, b: ['5'] }), '{"a":5,"b":["5"]}');
});

/** Writes random documents: values, the text that other implementations may send, and the shortest text. */
function documents(seed) {
  const { below, pick } = random(seed);
  const space = () => pick(['', '', '', ' ', '\n', ' \t\r\n']);
  const pieces = ['#', '#n', '#s', 'n', 's', '\\', '"', ':', ',', '{', '}', '[', ']', ' ', '\n', '\u0000', '/', '-', '.', 'e', '0', '9007199254740993', '1234567890123456', 'é', '😀', '\u2028', '__proto__'];
  const text = () => Array.from({ length: below(5) }, () => pick(pieces)).join('');
  const escaped = (words) => {
    const units = [...words].map((character) => {
      if (below(4) > 0) return JSON.stringify(character).slice(1, -1);
      return character.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    });
    return `"${units.join('')}"`;
  };
  const digits = (count) => `${1 + below(9)}${Array.from({ length: count - 1 }, () => below(10)).join('')}`;
  const number = () => {
    const written = pick(['', '-']) + pick([
      () => digits(1 + below(15)),
      () => digits(15 + below(10)),
      () => String(2n ** 53n + BigInt(below(5)) - 2n),
      () => `${digits(1 + below(20))}.${digits(1 + below(20))}`,
      () => `${digits(1 + below(20))}${pick(['e', 'E'])}${pick(['', '+', '-'])}${below(40)}`,
      () => '0',
    ])();
    const whole = /^-?\d+$/.test(written);
    const exact = whole && BigInt(written);
    const value = whole && (exact > 2n ** 53n - 1n || exact < 1n - 2n ** 53n) ? exact : Number(written);
    return { value, written, short: typeof value === 'bigint' ? written : JSON.stringify(value) };
  };
  const string = () => {
    const value = text();
    return { value, written: escaped(value), short: JSON.stringify(value) };
  };
  const document = (depth) => {
    const kind = below(depth > 0 ? 8 : 5);
    if (kind < 2) return number();
    if (kind < 4) return string();
    if (kind === 4) {
      const value = pick([true, false, null]);
      return { value, written: String(value), short: String(value) };
    }
    if (kind < 7) {
      const items = Array.from({ length: below(5) }, () => document(depth - 1));
      return {
        value: items.map(({ value }) => value),
        written: `[${space()}${items.map(({ written }) => `${space()}${written}${space()}`).join()}]`,
        short: `[${items.map(({ short }) => short).join()}]`,
      };
    }
    // A letter in front keeps keys apart from array indices, which objects sort.
    const fields = new Map(Array.from({ length: below(5) }, () => [pick(['#', 'k']) + text(), document(depth - 1)]));
    const value = {};
    for (const [name, field] of fields) value[name] = field.value;
    return {
      value,
      written: `{${space()}${[...fields].map(([name, { written }]) => `${space()}${escaped(name)}${space()}:${space()}${written}${space()}`).join()}}`,
      short: `{${[...fields].map(([name, { short }]) => `${JSON.stringify(name)}:${short}`).join()}}`,
    };
  };
  return () => document(4);
}

test('random documents come through unharmed', () => {
  const next = documents(20_260_101);
  let long = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const { value, written, short } = next();
    assert.deepStrictEqual(decode(written), value, written);
    assert.equal(encode(value), short, written);
    if (/\d{16}/.test(short)) long += 1;
  }
  assert.ok(long > 1000, `only ${long} documents had a long number`);
});

test('random documents encode the same way with and without BigInt', () => {
  const next = documents(7);
  for (let round = 0; round < 5000; round += 1) {
    const { value, short } = next();
    assert.equal(encode([value, 1n]), `[${short},1]`);
  }
});

test('int64: numberJson refuses integers that a number cannot hold', () => {
  const numbers = (text) => numberJson.decode(Buffer.from(text));
  for (const text of ['9007199254740991', '{"a":["#n9007199254740993","12345678901234567890"]}', '12345678901234567890.5', '""']) {
    assert.deepEqual(numbers(text), decode(text), text);
  }
  assert.equal(numberJson.decode(hex('')), undefined);
  assert.equal(Buffer.from(numberJson.encode({ id: 5n })).toString(), '{"id":5}');
  for (const text of ['9007199254740993', '{"#n5":"#n6","id":[1,9007199254740993]}']) {
    const what = text.startsWith('{') ? '"1"' : 'the value';
    assert.throws(() => numbers(text), {
      name: 'RangeError',
      message: `cannot decode ${what}, which is 9007199254740993: a number cannot hold it, a bigint can (Int64::Exact)`,
    });
  }
});

test('case b12: a number that JSON does not have is an error with its field', () => {
  const check = (value, message) => assert.throws(() => json.encode(value), { name: 'RangeError', message });
  check(NaN, 'cannot encode the value, which is NaN: JSON has no such number');
  check({ at: { x: 1, y: -Infinity } }, 'cannot encode "y", which is -Infinity: JSON has no such number');
  check({ id: 5n, at: [1, new Number(NaN)] }, 'cannot encode "1", which is NaN: JSON has no such number');
  check({ toJSON: () => ({ x: NaN }) }, /^cannot encode "x"/);
  assert.equal(encode({ a: null, b: [undefined, 'NaN null', 0], c: undefined }), '{"a":null,"b":[null,"NaN null",0]}');
});
