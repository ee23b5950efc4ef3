// The files that nano-build's snapshots hold, in the compiler, in a bundler and on a scripted socket.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { build } from 'esbuild';

import { fakeWebSocket, handshake, packet, push, response } from '../../clients/js/test/fake.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const RUNTIME = join(HERE, '../../clients/js');
const SNAPSHOTS = join(HERE, '../../nano-build/src/emit/snapshots');
const CLIENTS = ['json', 'protobuf'].flatMap((kind) => ['typescript', 'javascript'].map((language) => ({ kind, language })));

/** Options that a careful user may have set, all at once. */
const STRICT = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  target: 'es2022',
  lib: ['es2022', 'dom'],
  types: [],
};

/** A folder that ends with the test, with a generated client in `client`. */
function unpack(t, { kind, language }) {
  const folder = mkdtempSync(join(tmpdir(), 'nano-generated-'));
  t.after(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(HERE, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const snapshot = readFileSync(join(SNAPSHOTS, `nano_build__emit__tests__${kind}_${language}.snap`), 'utf8');
  const [, ...files] = snapshot.split(/^==== /m);
  for (const file of files) {
    const [path] = file.split('\n', 1);
    const target = join(folder, 'client', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, file.slice(path.length + 1));
  }
  for (const part of readdirSync(RUNTIME).filter((name) => /^nano(\.|$)/.test(name))) {
    cpSync(join(RUNTIME, part), join(folder, 'client', part), { recursive: true });
  }
  return folder;
}

/** Bundles a client, as for a browser, and imports what came out. */
async function load(t, client) {
  const folder = unpack(t, client);
  const extension = client.language === 'typescript' ? 'ts' : 'js';
  const modules = client.kind === 'protobuf' ? ['routes', 'game/v1/room_pb'] : ['routes'];
  const entry = modules.map((path) => `export * from './client/${path}.${extension}';\n`).join('');
  writeFileSync(join(folder, `entry.${extension}`), entry);
  const outfile = join(folder, 'bundle.js');
  const { warnings } = await build({
    absWorkingDir: folder,
    entryPoints: [`entry.${extension}`],
    outfile,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
  return import(pathToFileURL(outfile));
}

/** A client whose scripted socket has shaken hands. */
async function open(t, createClient, sys) {
  const WebSocket = fakeWebSocket();
  const errors = [];
  const game = createClient('ws://pond', { WebSocket, onError: (error) => errors.push(error) });
  t.after(() => {
    game.client.close();
    assert.deepEqual(errors, []);
  });
  const socket = WebSocket.last;
  socket.accept(handshake({ dictVersion: '3f2a9c0d11223344', ...sys }));
  await game.client.connect();
  socket.sent.length = 0;
  return { game, socket };
}

/** The one message that was sent, and forgets it: its flag, its route's code, its body. */
function sent(socket) {
  const packets = socket.sent.splice(0).map((text) => Buffer.from(text, 'hex'));
  assert.equal(packets.length, 1);
  const bytes = packets[0].subarray(4);
  const request = (bytes[0] & 0x0e) === 0;
  const rest = bytes.subarray(request ? 2 : 1);
  assert.equal(bytes[0] & 1, 1, 'the route is compressed');
  return { request, id: request ? bytes[1] : 0, code: rest.readUInt16BE(0), body: new Uint8Array(rest.subarray(2)) };
}

const text = (bytes) => Buffer.from(bytes).toString();

for (const client of CLIENTS) {
  const name = `${client.kind} in ${client.language}`;

  for (const [module, moduleResolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
    test(`${name}: typechecks with ${moduleResolution}`, (t) => {
      const folder = unpack(t, client);
      cpSync(join(HERE, 'generated', `${client.kind}.ts`), join(folder, 'check.ts'));
      const compilerOptions = { ...STRICT, module, moduleResolution };
      const include = ['check.ts', 'client/**/*.ts'];
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
      const tsc = join(HERE, 'node_modules/typescript/bin/tsc');
      try {
        execFileSync(process.execPath, [tsc, '--project', folder], { stdio: 'pipe' });
      } catch (error) {
        assert.fail(String(error.stdout));
      }
    });
  }
}

for (const client of CLIENTS.filter(({ kind }) => kind === 'json')) {
  test(`json in ${client.language}: calls, pushes, bytes, errors`, async (t) => {
    const { createClient } = await load(t, client);
    const { game, socket } = await open(t, createClient, { serializer: 'json' });

    const joining = game.room.join({ name: 'Ann', 'user-id': 2n ** 63n });
    const join = sent(socket);
    assert.equal(join.code, 2);
    assert.equal(text(join.body), '{"name":"Ann","user-id":9223372036854775808}');
    socket.receive(response(join.id, '{"members":[{"uid":18446744073709551615}]}'));
    assert.deepEqual(await joining, { members: [{ uid: 18446744073709551615n }] });

    const swimming = game.room.swim([1, 2.5]);
    const swim = sent(socket);
    assert.deepEqual([swim.request, swim.code, text(swim.body)], [false, 6, '[1,2.5]']);
    await swimming;

    const leaving = game.room.leave();
    const leave = sent(socket);
    assert.equal(leave.body.length, 0);
    socket.receive(response(leave.id, ''));
    assert.equal(await leaving, undefined);

    const uploading = game.room.upload(new Uint8Array([0xff, 0]));
    const upload = sent(socket);
    assert.deepEqual(upload.body, new Uint8Array([0xff, 0]));
    socket.receive(response(upload.id, new Uint8Array([1, 0xfe])));
    assert.deepEqual(new Uint8Array(await uploading), new Uint8Array([1, 0xfe]));

    const refused = game.room.upload(new Uint8Array(1));
    socket.receive(response(sent(socket).id, '{"code":"too_big","msg":"no","metadata":{"limit":"5"}}', 0x24));
    await assert.rejects(refused, { code: 'too_big', message: 'no', metadata: { limit: '5' } });

    const heard = [];
    game.on.newUser((user) => heard.push(user));
    const off = game.on.frame((frame) => heard.push(text(frame)));
    game.on.tick((...nothing) => heard.push(nothing.filter((value) => value !== undefined).length));
    socket.receive(push('onNewUser', '{"name":"Bob"}'), push('onFrame', 'raw'), push('tick', ''));
    off();
    // By code: flag 7, code 9, then code 1.
    socket.receive(packet(4, [0x07, 0, 9, 0x78]), packet(4, Buffer.from('\x07\0\x01{"name":"Cid"}', 'latin1')));
    assert.deepEqual(heard, [{ name: 'Bob' }, 'raw', 0, { name: 'Cid' }]);
  });
}

for (const client of CLIENTS.filter(({ kind }) => kind === 'protobuf')) {
  test(`protobuf in ${client.language}: calls, pushes, bytes, errors`, async (t) => {
    const { createClient, ...pb } = await load(t, client);
    const { game, socket } = await open(t, createClient, { serializer: 'protobuf' });

    const payload = { userName: 'Ann', color: pb.Color.RED, id: 2n ** 63n, token: '-5', avatar: new Uint8Array([1]), toString$: 'x', scores: [-1n] };
    const joining = game.room.join(payload);
    const join = sent(socket);
    const seen = fromBinary(pb.JoinRequestSchema$, join.body);
    for (const [name, value] of Object.entries(payload)) assert.deepEqual(seen[name], value, name);
    const reply = create(pb.JoinResponseSchema, {
      members: { 3: { name: 'Bob', state: pb.JoinResponse_Member_State.AWAY, position: { x: 1 } } },
      counts: { a: 5n },
      since: { seconds: 7n },
      topic: 'hi',
      extra: { a: [1] },
      trail: [{ y: 2 }],
      lastEvent: { case: 'left', value: { value: 9n } },
      old: { name: 'old', extra: { set: true } },
    });
    socket.receive(response(join.id, toBinary(pb.JoinResponseSchema, reply)));
    const joined = await joining;
    assert.equal(joined.lastEvent.value.value, 9n);
    assert.equal(joined.old.level, 3, 'the default of proto2');
    // The bundle has the package's classes for itself, so that no value equals one from here.
    assert.deepEqual(toBinary(pb.JoinResponseSchema, joined), toBinary(pb.JoinResponseSchema, reply));

    await game.room.swim({ x: 1.5 });
    const swim = sent(socket);
    assert.deepEqual([swim.request, Buffer.from(swim.body).toString('hex')], [false, '0d0000c03f']);

    const leaving = game.room.leave();
    socket.receive(response(sent(socket).id, ''));
    assert.equal(await leaving, undefined);

    const uploading = game.room.upload(new Uint8Array([0xff]));
    const upload = sent(socket);
    assert.deepEqual(upload.body, new Uint8Array([0xff]));
    socket.receive(response(upload.id, ''));
    assert.equal((await uploading).length, 0);

    // code "full", msg "no", metadata { limit: "5" }
    const refused = game.room.join({});
    const body = Buffer.from('0a0466756c6c12026e6f1a0a0a056c696d6974120135', 'hex');
    socket.receive(response(sent(socket).id, body, 0x24));
    await assert.rejects(refused, { code: 'full', message: 'no' });

    const heard = [];
    game.on.newUser((member) => heard.push(member.name));
    game.on.tick(() => heard.push('tick'));
    socket.receive(push('onNewUser', '\n\x03Bob'), push('tick', ''));
    assert.deepEqual(heard, ['Bob', 'tick']);
  });
}

/** Runs the compiler on the client of a folder. */
function tsc(folder, compilerOptions, include = ['client', 'main.ts']) {
  const options = { ...STRICT, noEmit: false, outDir: 'out', rootDir: '.', module: 'nodenext', ...compilerOptions };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include }));
  return execFileSync(process.execPath, [join(HERE, 'node_modules/typescript/bin/tsc'), '--project', folder], { encoding: 'utf8' });
}

test('tsc copies the runtime to its outDir as the client says', async (t) => {
  const folder = unpack(t, { kind: 'json', language: 'typescript' });
  const note = readFileSync(join(folder, 'client/routes.ts'), 'utf8').split('\n').find((line) => line.includes('outDir'));
  assert.match(note, /nano\.js and nano\/ only with "allowJs": true and this folder in "include"/);
  writeFileSync(join(folder, 'main.ts'), "export { createClient } from './client/routes.js';\n");
  tsc(folder, { allowJs: true });
  const out = (path) => join(folder, 'out', path);
  const { createClient } = await import(pathToFileURL(out('main.js')));
  assert.equal(typeof createClient, 'function');
  // Without the option it is missing: the note is needed.
  rmSync(join(folder, 'out'), { recursive: true });
  tsc(folder, {});
  assert.ok(readdirSync(out('client')).includes('routes.js') && !readdirSync(out('client')).includes('nano.js'));
});

test('integers of 64 bits can be numbers to strict code', async (t) => {
  const folder = unpack(t, { kind: 'numbers', language: 'typescript' });
  writeFileSync(join(folder, 'main.ts'), "import type { Int64 } from './client/routes.js';\nexport const big: Int64 = 5;\nexport const plain: number = big;\n");
  tsc(folder, { allowJs: true });
  const exact = unpack(t, { kind: 'json', language: 'typescript' });
  writeFileSync(join(exact, 'main.ts'), "import type { Int64 } from './client/routes.js';\nexport const plain = (big: Int64): number => big;\n");
  assert.throws(() => tsc(exact, { allowJs: true }), { stdout: /Type 'bigint' is not assignable to type 'number'/ });
});
