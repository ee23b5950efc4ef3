// What servers of other frameworks send: pomelo, pinus, Go nano, pitaya. Their kicks are in `ends.test.js`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';

import { hex, open, openInFakeTime, packet, response, toHex } from './fake.js';

/** Replies by server: the reply, the seconds between heartbeats (0 for none), and the head of a notify to `a.b`. */
const BY_NAME = toHex(Buffer.from('\x02\x03a.b'));
const REPLIES = {
  'Go nano': ['{"code":200,"sys":{"heartbeat":30,"servertime":1730000000}}', 30, BY_NAME],
  'Go nano with a dictionary': ['{"code":200,"sys":{"heartbeat":30,"dict":{"a.b":1},"servertime":1}}', 30, '030001'],
  pitaya: ['{"code":200,"sys":{"heartbeat":30,"dict":{"a.b":2},"serializer":"json"}}', 30, '030002'],
  'pitaya without routes': ['{"code":200,"sys":{"heartbeat":30,"dict":null,"serializer":"json"}}', 30, BY_NAME],
  pomelo: ['{"code":200,"sys":{"heartbeat":3,"dict":{"a.b":1},"routeToCode":{"a.b":1},"codeToRoute":{"1":"a.b"},"dictVersion":"x","useDict":true},"user":{}}', 3, '030001'],
  'pinus without heartbeats': ['{"code":200,"sys":{"heartbeat":0,"protos":{"client":{},"server":{},"version":7}}}', 0, BY_NAME],
  'no heartbeat': ['{"code":200,"sys":{}}', 0, BY_NAME],
  'no sys': ['{"code":200}', 0, BY_NAME],
  'sys of another type': ['{"code":200,"sys":"json"}', 0, BY_NAME],
  'a heartbeat in text': ['{"code":200,"sys":{"heartbeat":"30"}}', 30, BY_NAME],
  'a heartbeat of a fraction': ['{"code":200,"sys":{"heartbeat":2.5}}', 2.5, BY_NAME],
  'a heartbeat of a millisecond': ['{"code":200,"sys":{"heartbeat":0.001}}', 1, BY_NAME],
  'a heartbeat below zero': ['{"code":200,"sys":{"heartbeat":-1}}', 0, BY_NAME],
  'a heartbeat that is none': ['{"code":200,"sys":{"heartbeat":{"s":30}}}', 0, BY_NAME],
  'a heartbeat of 64 bits': ['{"code":200,"sys":{"heartbeat":9223372036854775807}}', (2 ** 31 - 1) / 1000, BY_NAME],
  'code 0': ['{"code":200,"sys":{"dict":{"a.b":0}}}', 0, BY_NAME],
  'codes in text': ['{"code":200,"sys":{"dict":{"a.b":"1"}}}', 0, BY_NAME],
  'a code of 64 bits': ['{"code":200,"sys":{"dict":{"a.b":9223372036854775807}}}', 0, BY_NAME],
  'a dictionary that is a list': ['{"code":200,"sys":{"dict":["a.b"]}}', 0, BY_NAME],
  'a version that is a number': ['{"code":200,"sys":{"dict":{"a.b":1},"dictVersion":5}}', 0, '030001'],
  'a time of 64 bits': ['{"code":200,"sys":{"servertime":9223372036854775807},"user":9223372036854775807}', 0, BY_NAME],
};

for (const [server, [reply, seconds, head]] of Object.entries(REPLIES)) {
  for (const body of [reply, deflateSync(reply)]) {
    test(`a handshake with ${server}${body === reply ? '' : ', compressed'}`, async (t) => {
      const { client, WebSocket, tick } = await openInFakeTime(t, {}, packet(1, body));
      const [socket] = WebSocket.sockets;
      client.notify('a.b', 1);
      assert.equal(socket.sent.at(-1).slice(8), `${head}31`);
      const beats = () => socket.sent.filter((text) => text === '03000000').length;
      if (seconds === 0) tick(3_600_000);
      else if (seconds < 100) tick(seconds * 1000 - 1);
      assert.equal(beats(), 0);
      if (seconds > 0 && seconds < 100) tick(1);
      assert.equal(beats(), seconds > 0 && seconds < 100 ? 1 : 0);
      client.close();
    });
  }
}

test('errors and values as other servers write them', async (t) => {
  /** What a request becomes; `flag` is that of the response. */
  const check = async (flag, body, expected, decodeError) => {
    const { client, socket } = await open(t, decodeError && { serializer: { encode: () => hex(''), decode: () => 'a value', decodeError } });
    const reply = client.request('a.b');
    socket.receive(response(1, body, flag));
    assert.deepEqual(await reply.catch(({ code, message, metadata }) => ({ code, message, metadata })), expected);
  };
  const missing = { code: 'PIT-404', message: 'no such room', metadata: {} };
  // pitaya: the flag, and `metadata` that may be left out or null.
  await check(0x24, '{"code":"PIT-404","msg":"no such room"}', missing);
  await check(0x24, '{"code":"PIT-404","msg":"no such room","metadata":null}', missing);
  await check(0x24, '{"code":"PIT-404","msg":"no such room","metadata":{"id":"7"}}', { ...missing, metadata: { id: '7' } });
  await check(0x24, '{"code":"PIT-404"}', { code: 'PIT-404', message: 'PIT-404', metadata: {} });
  await check(0x24, '{"code":404,"msg":"no such room"}', { ...missing, code: '404' });
  await check(0x34, deflateSync('{"code":"PIT-404","msg":"no such room"}'), missing);
  // The same in protobuf, by a serializer that reads it, and by one that has no form for errors.
  const protobuf = hex('0a 07 5049542d343034 12 0c 6e6f207375636820726f6f6d');
  await check(0x24, protobuf, missing, (bytes) => ({ code: text(bytes.subarray(2, 9)), msg: text(bytes.subarray(11)) }));
  await check(0x24, protobuf, { code: 'bad_payload', message: 'cannot decode the reply to a.b', metadata: {} });
  // Go nano, pomelo and pinus have no errors of their own: what an application sends is a value.
  for (const value of [{ code: 500 }, { code: 500, error: 'text' }, { code: 500, error: { msg: 'x' } }, { code: 500, msg: 'x' }, { code: 200 }]) {
    await check(0x04, JSON.stringify(value), value);
  }
});

const text = (bytes) => Buffer.from(bytes).toString();
