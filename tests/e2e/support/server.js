// The chat server under test: the binary in CHAT_BIN, on ports that the system chooses.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const READY_TIMEOUT = 20_000;

/** Starts the server; it is stopped when the test `t` ends. `listen` and `tcp` fix its addresses. */
export async function startServer(t, listen = '127.0.0.1:0', tcp = '127.0.0.1:0') {
  const binary = process.env.CHAT_BIN;
  if (!binary) throw new Error('CHAT_BIN must name the chat server: run `cargo xtask e2e`');
  const child = spawn(binary, ['--listen', listen, '--tcp', tcp], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, RUST_LOG: process.env.RUST_LOG ?? 'info' },
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    const [code, signal] = await exited;
    clearTimeout(timer);
    return { code, signal };
  };
  t.after(async () => {
    await stop();
    if (process.env.CHAT_LOG) console.error(log);
  });

  const found = {};
  const ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server was not ready within ${READY_TIMEOUT} ms:\n${log}`)), READY_TIMEOUT);
    exited.then(([code]) => reject(new Error(`the server ended with code ${code} before it was ready:\n${log}`)), reject);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const page = line.match(/^chat page\s+http:\/\/([^/\s]+)\//);
      const tcp = line.match(/^tcp\s+(\S+)/);
      if (page) found.host = page[1];
      if (tcp) found.tcp = tcp[1];
      if (!found.host || !found.tcp) return;
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
    /** Ends the server as an operator would. */
    stop,
    log: () => log,
  };
}
