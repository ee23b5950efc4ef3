// The programs that the README shows, built by `cargo xtask e2e`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const READY_TIMEOUT = 20_000;

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run \`cargo xtask e2e readme\``);
  return value;
}

/** The text of a block of code. */
export const block = (name) => readFileSync(join(setting('README_FOLDER'), name), 'utf8');

/**
 * Starts a program, `README_FIRST` or `README_SECOND`, in the project's folder, until the test `t` ends. Returns what the
 * groups of `patterns` found in its log, in their order.
 */
export async function startProgram(t, name, patterns) {
  const child = spawn(setting(name), {
    cwd: join(setting('README_FOLDER'), 'game'),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', RUST_LOG: 'info' },
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    if (child.exitCode === null) child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT);
    await exited;
    clearTimeout(timer);
  });
  let log = '';
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${name} ${why}:\n${log}`));
    const timer = setTimeout(() => fail(`did not say in ${READY_TIMEOUT} ms where it listens`), READY_TIMEOUT);
    exited.then(([code]) => fail(`ended with code ${code}`), reject);
    const listen = (chunk) => {
      log += chunk;
      const found = patterns.map((pattern) => log.match(pattern)?.[1]);
      if (found.some((place) => place === undefined)) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
  });
}
