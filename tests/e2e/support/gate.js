// The server in GATE_BIN, with the reverse proxies in front of it that the tests ask for.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './ports.js';
import { start } from './server.js';

const LISTENERS = ['forwarded', 'proxied-websocket', 'proxied-tcp', 'proxied-tls', 'tls', 'websocket', 'hash'];
/** Debian's path of nginx's module for streams. */
const STREAM = '/usr/lib/nginx/modules/ngx_stream_module.so';
const READY_TIMEOUT = 10_000;

/** A folder that is removed when the test `t` ends. */
async function temporary(t) {
  const folder = await mkdtemp(join(tmpdir(), 'nano-e2e-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the server; it is stopped when the test `t` ends. */
export async function startGate(t) {
  const folder = await temporary(t);
  const printed = Object.fromEntries(LISTENERS.map((name) => [name, new RegExp(`^${name} (\\S+)$`)]));
  const { addresses, log } = await start(t, 'GATE_BIN', [folder], printed);
  return { addresses, log, folder, root: join(folder, 'root.pem') };
}

/**
 * Starts nginx or HAProxy in front of the server, with the configuration in `file`; it is stopped when the test `t` ends.
 * Returns the ports that the configuration names.
 */
async function startProxy(t, gate, file, program, options) {
  const folder = await temporary(t);
  const template = await readFile(new URL(`../proxies/${file}`, import.meta.url), 'utf8');
  const values = { ...gate.addresses, folder: gate.folder, stream: STREAM };
  const ports = {};
  for (const [, name] of template.matchAll(/\{port-([\w-]+)\}/g)) {
    ports[name] ??= await freePort();
    values[`port-${name}`] = ports[name];
  }
  const text = template.replace(/\{([\w-]+)\}/g, (_, name) => {
    if (values[name] === undefined) throw new Error(`${file}: {${name}} is no placeholder`);
    return values[name];
  });
  const config = join(folder, file);
  await writeFile(config, text);

  const child = spawn(program, options(folder, config), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  const exited = new Promise((resolve) => {
    child.on('error', (error) => resolve(`${program} cannot be started: ${error.message}`));
    child.on('exit', () => resolve(`${program} ended`));
  });
  t.after(async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(timer);
  });
  const end = exited.then((reason) => Promise.reject(new Error(`${reason}:\n${log}`)));
  end.catch(() => {});
  for (const port of Object.values(ports)) await Promise.race([end, listening(port)]);
  return ports;
}

/** Waits until something listens. */
async function listening(port) {
  for (const deadline = Date.now() + READY_TIMEOUT; ; ) {
    const socket = connect(port, '127.0.0.1');
    const outcome = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).catch((error) => [error]);
    socket.destroy();
    if (!(outcome[0] instanceof Error)) return;
    if (Date.now() > deadline) throw new Error(`nothing listens on port ${port}`);
    await sleep(50);
  }
}

export function startNginx(t, gate) {
  return startProxy(t, gate, 'nginx.conf', 'nginx', (folder, config) => ['-p', folder, '-c', config, '-e', 'stderr']);
}

export function startHaproxy(t, gate) {
  return startProxy(t, gate, 'haproxy.cfg', 'haproxy', (_, config) => ['-db', '-f', config]);
}
