// The package as npm packs it, in the hands of somebody who installs it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../../../tests/e2e/node_modules/typescript/bin/tsc', import.meta.url));
const run = promisify(execFile);
const npm = (cwd, ...args) => run('npm', args, { cwd, shell: process.platform === 'win32' });

const FILES = [
  'LICENSE',
  'README.md',
  'nano.d.ts',
  'nano.js',
  'nano/codec.js',
  'nano/connection.js',
  'nano/error.js',
  'nano/farewell.js',
  'nano/inflate.js',
  'nano/json.js',
  'nano/kick.js',
  'nano/listeners.js',
  'nano/newest.js',
  'nano/pipeline.js',
  'nano/session.js',
  'nano/socket.js',
  'nano/text.js',
  'nano/wait.js',
  'nano/webtransport.js',
  'package.json',
];

test('npm packs the client and nothing else', async () => {
  const { stdout } = await npm(root, 'pack', '--dry-run', '--json');
  const found = JSON.parse(stdout);
  // npm 11 answers with a list, later ones with an object by name.
  const [pack] = Array.isArray(found) ? found : Object.values(found);
  assert.equal(pack.name, 'nano-client');
  assert.deepEqual(pack.files.map(({ path }) => path).sort(), FILES);
  // npm takes no link and nothing from outside the folder, so there are two.
  const license = (path) => readFile(join(root, path, 'LICENSE'), 'utf8');
  assert.equal(await license('.'), await license('../..'));
});

test('the parts name each other and nothing else, as a page needs it', async () => {
  const scripts = ['nano.js', ...(await readdir(join(root, 'nano'))).map((name) => `nano/${name}`)];
  const reached = new Set(['nano.js']);
  for (const script of scripts) {
    const text = await readFile(join(root, script), 'utf8');
    assert.doesNotMatch(text, /\bimport\(|\brequire\(|\beval\(|new Function/, script);
    for (const [, from] of text.matchAll(/^(?:import|export) [^;]*? from '([^']+)';$/gm)) {
      assert.match(from, /^\.\/[\w/]+\.js$/, script);
      reached.add(new URL(from, `file:///${script}`).pathname.slice(1));
    }
  }
  assert.deepEqual([...reached].sort(), scripts.sort());
});

test('the packed client installs, imports and typechecks', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'nano-client-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { stdout } = await npm(root, 'pack', '--json', '--pack-destination', folder);
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  assert.ok(tarball, stdout);
  const app = join(folder, 'app');
  await mkdir(app);
  await writeFile(join(app, 'package.json'), '{ "private": true, "type": "module" }');
  await npm(app, 'install', join(folder, tarball), '--offline', '--no-audit', '--no-fund');

  await writeFile(join(app, 'main.js'), `
    import { Client, connect, json, NanoError, VERSION } from 'nano-client';
    const client = new Client('tcp://127.0.0.1:1');
    console.log(client.state, typeof connect, json.name, new NanoError('a').code, VERSION);
  `);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  assert.equal((await run(process.execPath, ['main.js'], { cwd: app })).stdout, `closed function json a ${version}\n`);

  await t.test('typecheck', { skip: !existsSync(tsc) && 'no tsc: `cargo xtask e2e` installs it' }, async () => {
    const check = async (type) => {
      await writeFile(join(app, 'main.ts'), `
        import { connect, type Client } from 'nano-client';
        export async function main(): Promise<${type}> {
          const client: Client = await connect('ws://localhost/nano');
          return client.notify('room.move', { x: 1n });
        }
      `);
      const flags = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom', '--types', ''];
      return run(process.execPath, [tsc, ...flags, 'main.ts'], { cwd: app });
    };
    await check('void');
    await assert.rejects(check('number'), { stdout: /Type 'void' is not assignable to type 'number'/ });
  });
});
