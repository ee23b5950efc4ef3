// The servers under test: the binaries in CHAT_BIN, CLUSTER_BIN, LOGIN_BIN, TABLES_BIN, TADPOLE_BIN, TANK_BIN,
// TYPED_JSON_BIN, TYPED_PROTOBUF_BIN, ENCRYPTION_BIN and TUG_BIN, on ports that the system chooses.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { freeAddress } from './ports.js';

const READY_TIMEOUT = 20_000;

/** Clients are at a gate, and the components on another node. */
export const IS_BEHIND_GATE = process.env.E2E_NODES === '2';

/** The option of the servers that run on as many nodes as they are told. */
export const NODES = IS_BEHIND_GATE ? ['--nodes', '2'] : [];

/**
 * Starts the chat; it is stopped when the test `t` ends. `listen` and `tcp` fix its addresses. Those of a server that another
 * one is to follow come from `freeAddress`: connections may take ports that the system chose, while nobody listens there.
 */
export function startServer(t, listen = '127.0.0.1:0', tcp = '127.0.0.1:0') {
  const printed = { host: /^chat page\s+http:\/\/([^/\s]+)\//, tcp: /^tcp\s+(\S+)/ };
  return start(t, 'CHAT_BIN', ['--listen', listen, '--tcp', tcp], printed);
}

/**
 * Starts the tadpole pond; it is stopped when the test `t` ends. `listen` fixes its address. `token` is that of its admin page,
 * or empty for a page that only shows; without one it has no such page.
 */
export function startPond(t, { listen = '127.0.0.1:0', bots = 0, token } = {}) {
  const printed = { host: /^pond page\s+http:\/\/([^/\s]+)\// };
  const options = ['--listen', listen, '--bots', String(bots)];
  if (token === undefined) return start(t, 'TADPOLE_BIN', options, printed);
  printed.admin = /^admin page\s+(\S+)/;
  return start(t, 'TADPOLE_BIN', [...options, '--admin', '127.0.0.1:0'], printed, token ? { ADMIN_TOKEN: token } : {});
}

/** Starts the arena; it is stopped when the test `t` ends. With a `native` URL the bots come in there; `map` names a file. */
export async function startTank(t, { bots = 0, native, map, webtransport } = {}) {
  // WebTransport is at the UDP port with the page's number, which has to be free as well.
  const listen = webtransport ? await freeAddress() : '127.0.0.1:0';
  const options = ['--listen', listen, '--bots', String(bots)];
  if (native) options.push('--native', native);
  if (map) options.push('--map', map);
  if (webtransport) options.push('--webtransport');
  return start(t, 'TANK_BIN', options, { host: /^tank page\s+http:\/\/([^/\s]+)\// });
}

/** Starts the login example; it is stopped when the test `t` ends. */
export function startLogin(t) {
  return start(t, 'LOGIN_BIN', ['--listen', '127.0.0.1:0'], { host: /^login page\s+http:\/\/([^/\s]+)\// });
}

/** Starts the tables; they are stopped when the test `t` ends. With a `token` they have an admin page. */
export function startTables(t, { bots = 0, token } = {}) {
  const printed = { host: /^tables page\s+http:\/\/([^/\s]+)\// };
  const options = ['--listen', '127.0.0.1:0', '--bots', String(bots)];
  if (!token) return start(t, 'TABLES_BIN', options, printed);
  printed.admin = /^admin page\s+(\S+)/;
  return start(t, 'TABLES_BIN', [...options, '--admin', '127.0.0.1:0'], printed, { ADMIN_TOKEN: token });
}

/** Starts two gates and two backends, whose processes are named in `addresses`; they are stopped when the test `t` ends. */
export function startCluster(t) {
  const printed = {
    first: /^gate-1\s+page\s+http:\/\/([^/\s]+)\//,
    second: /^gate-2\s+page\s+http:\/\/([^/\s]+)\//,
    'backend-1': /^backend-1\s+process\s+(\d+)/,
    'backend-2': /^backend-2\s+process\s+(\d+)/,
  };
  return start(t, 'CLUSTER_BIN', ['--listen', '127.0.0.1:0'], printed);
}

/** Starts the server of the typed clients; it is stopped when the test `t` ends. `options` are those of its command line. */
export function startTyped(t, options = []) {
  return start(t, 'TYPED_JSON_BIN', [...options, ...NODES], { host: /^websocket\s+ws:\/\/([^/\s]+)\//, tcp: /^tcp\s+tcp:\/\/(\S+)/ });
}

/**
 * Starts a server of the typed clients with a playground; it is stopped when the test `t` ends. `kind` is `json` or `protobuf`.
 * With a `token` its admin page asks for it.
 */
export function startPlayground(t, kind, token) {
  const printed = { host: /^websocket\s+ws:\/\/([^/\s]+)\//, admin: /^admin\s+(\S+)/ };
  return start(t, `TYPED_${kind.toUpperCase()}_BIN`, ['--admin', '127.0.0.1:0'], printed, token ? { ADMIN_TOKEN: token } : {});
}

/** Starts the server with encrypted bodies; it is stopped when the test `t` ends. */
export function startEncryption(t) {
  return start(t, 'ENCRYPTION_BIN', ['127.0.0.1:0'], { host: /^websocket\s+ws:\/\/([^/\s]+)\// });
}

/** Starts the first game of the guide; it is stopped when the test `t` ends. */
export function startTug(t) {
  return start(t, 'TUG_BIN', ['127.0.0.1:0'], { host: /http:\/\/([^/\s]+)\// });
}

/** Starts the program that an environment variable names, in a folder, and waits until it has printed all of `printed`. */
async function start(t, variable, options, printed, environment = {}, folder = undefined) {
  const binary = process.env[variable];
  if (!binary) throw new Error(`${variable} must name the server: run \`cargo xtask e2e\``);
  const child = spawn(binary, options, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, RUST_LOG: process.env.RUST_LOG ?? 'info', ...environment },
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const exited = once(child, 'exit');
  // After SIGTERM the sessions would leave over some seconds.
  const stop = async (how = 'SIGINT') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(how);
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    const [code, signal] = await exited;
    clearTimeout(timer);
    return { code, signal };
  };
  t.after(async () => {
    await stop();
    if (process.env.SERVER_LOG) console.error(log);
  });

  const found = {};
  const ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server was not ready within ${READY_TIMEOUT} ms:\n${log}`)), READY_TIMEOUT);
    exited.then(([code]) => reject(new Error(`the server ended with code ${code} before it was ready:\n${log}`)), reject);
    createInterface({ input: child.stdout }).on('line', (line) => {
      for (const [name, pattern] of Object.entries(printed)) found[name] ??= line.match(pattern)?.[1];
      if (Object.keys(printed).some((name) => !found[name])) return;
      clearTimeout(timer);
      resolve();
    });
  });
  await ready;
  return {
    /** Address and port, as the stock clients want them. */
    host: found.host,
    page: `http://${found.host}/`,
    url: `ws://${found.host}/nano`,
    /** Address and port of native clients. */
    tcp: found.tcp,
    /** The admin page. */
    admin: found.admin,
    /** Ends the server, by SIGINT unless told otherwise. */
    stop,
    /** All that was printed, by the names of `printed`. */
    addresses: found,
    log: () => log,
  };
}

export { start };
