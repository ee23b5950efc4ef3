import assert from 'node:assert/strict';
import test from 'node:test';

import { decodeMessage, encodeMessage, encodePacket, PacketReader } from '../nano.js';
import { hex, packet, toHex } from './fake.js';

const HELLO = hex('68656c6c6f20776f726c64');
const CODES = new Map([['Room.Join', 1], ['a.b.c', 100], ['onMessage', 256], ['Room.Max', 65535]]);
const ROUTES = new Map([...CODES].map(([route, code]) => [code, route]));

test('packets have the bytes of other implementations', () => {
  const check = (type, body, expected) => assert.equal(toHex(encodePacket(type, body)), expected);
  check(1, undefined, '01000000');
  check(2, undefined, '02000000');
  check(3, undefined, '03000000');
  check(4, HELLO, '0400000b68656c6c6f20776f726c64');
  check(4, hex('00'), '0400000100');
  check(4, new Uint8Array(65_536).fill(7), `04010000${'07'.repeat(65_536)}`);
});

test('requests and notifies have the bytes of other implementations', () => {
  const check = (id, route, body, codes, expected) =>
    assert.equal(toHex(encodeMessage(id, route, body, codes)), expected);
  const none = new Map();
  check(1, 'Room.Join', hex(''), none, '000109526f6f6d2e4a6f696e');
  check(1, 'a', HELLO, none, '0001016168656c6c6f20776f726c64');
  check(1, '', HELLO, none, '00010068656c6c6f20776f726c64');
  check(1, '房间.加入', HELLO, none, '00010de688bfe997b42ee58aa0e585a568656c6c6f20776f726c64');
  check(0, 'Room.Join', hex(''), none, '0209526f6f6d2e4a6f696e');
  check(127, 'Room.Join', HELLO, none, '007f09526f6f6d2e4a6f696e68656c6c6f20776f726c64');
  check(128, 'Room.Join', HELLO, none, '00800109526f6f6d2e4a6f696e68656c6c6f20776f726c64');
  check(16_384, 'Room.Join', HELLO, none, '0080800109526f6f6d2e4a6f696e68656c6c6f20776f726c64');
  check(2 ** 32, 'Room.Join', HELLO, none, '00808080801009526f6f6d2e4a6f696e68656c6c6f20776f726c64');
  check(1, 'Room.Join', hex(''), CODES, '01010001');
  check(128, 'Room.Join', HELLO, CODES, '018001000168656c6c6f20776f726c64');
  check(1, 'Room.Other', HELLO, CODES, '00010a526f6f6d2e4f7468657268656c6c6f20776f726c64');
  check(0, 'a.b.c', HELLO, CODES, '03006468656c6c6f20776f726c64');
  check(0, 'Room.Max', HELLO, CODES, '03ffff68656c6c6f20776f726c64');
});

test('a route has 255 bytes at most', () => {
  assert.equal(encodeMessage(0, 'x'.repeat(255), hex('')).length, 257);
  assert.throws(() => encodeMessage(0, '房'.repeat(86), hex('')), { code: 'bad_route', message: /258 bytes/ });
});

test('a packet over the limit is refused before it is sent', () => {
  assert.throws(() => encodePacket(4, new Uint8Array(9), 8), { code: 'too_large', message: /9 bytes exceeds the limit of 8/ });
});

test('responses and pushes decode', () => {
  const check = (bytes, expected) => {
    const { body, ...rest } = decodeMessage(hex(bytes), ROUTES);
    assert.deepEqual({ ...rest, body: toHex(body) }, { push: false, id: 0, route: '', error: false, compressed: false, body: '', ...expected });
  };
  check('04 01 6869', { id: 1, body: '6869' });
  check('04 01', { id: 1 });
  check('04 ac02 6869', { id: 300, body: '6869' });
  check('04 8080808010', { id: 2 ** 32 });
  check('05 ac02 68', { id: 300, body: '68' });
  check('24 07 7b7d', { id: 7, error: true, body: '7b7d' });
  check('14 01 78', { id: 1, compressed: true, body: '78' });
  check('37 0100 78', { push: true, route: 'onMessage', error: true, compressed: true, body: '78' });
  check('06 09526f6f6d2e4a6f696e', { push: true, route: 'Room.Join' });
  check('06 0de688bfe997b42ee58aa0e585a5 78', { push: true, route: '房间.加入', body: '78' });
  check('07 0100 6869', { push: true, route: 'onMessage', body: '6869' });
  check('07 ffff', { push: true, route: 'Room.Max' });
});

test('malformed messages are protocol errors', () => {
  const check = (bytes, message) => assert.throws(() => decodeMessage(hex(bytes), ROUTES), { code: 'protocol_error', message });
  check('', /0 bytes is truncated/);
  check('04', /truncated/);
  check('04 80', /truncated/);
  check('04 ffffffffffffffffff01', /exceeds 53 bits/);
  check('06', /truncated/);
  check('06 ff61', /truncated/);
  check('07 00', /truncated/);
  check('07 1234 78', /unknown route code 4660/);
  check('06 02fffe', /not valid UTF-8/);
  check('00 01 0161', /unexpected message type 0/);
  check('02 0161', /unexpected message type 1/);
  check('08 01', /unexpected message type 4/);
});

test('any split of a stream gives the same packets', () => {
  const stream = Buffer.concat([packet(1, '{}'), packet(3), packet(4, 'x'), packet(3), packet(4, 'hello'), packet(5, '')]);
  const expected = ['1:{}', '3:', '4:x', '3:', '4:hello', '5:'];
  const read = (chunks) => {
    const reader = new PacketReader();
    return chunks.flatMap((chunk) => [...reader.read(chunk)]).map(({ type, body }) => `${type}:${Buffer.from(body)}`);
  };
  for (let size = 1; size <= stream.length; size += 1) {
    const chunks = [];
    for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
    assert.deepEqual(read(chunks), expected, `chunks of ${size}`);
  }
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 1) {
      const chunks = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
      assert.deepEqual(read(chunks), expected, `split at ${first} and ${second}`);
    }
  }
});

test('a packet is complete with its last byte, however short', () => {
  const reader = new PacketReader();
  assert.equal([...reader.read(hex('03 0000'))].length, 0);
  assert.equal([...reader.read(hex('00'))].length, 1);
});

test('a packet does not share memory with the frame it came in', () => {
  const frame = packet(4, 'abc');
  const [{ body }] = new PacketReader().read(frame);
  frame.fill(0);
  assert.equal(Buffer.from(body).toString(), 'abc');
});

test('a length over the limit and an unknown type are refused by their header', () => {
  const check = (limit, bytes, message) =>
    assert.throws(() => [...new PacketReader(limit).read(hex(bytes))], { code: 'protocol_error', message });
  check(16, '04 000011', /17 bytes exceeds the limit of 16/);
  check(undefined, '00 000000', /unknown packet type 0/);
  check(undefined, '06 000000', /unknown packet type 6/);
  assert.equal([...new PacketReader(16).read(packet(4, 'x'.repeat(16)))].length, 1);
});
