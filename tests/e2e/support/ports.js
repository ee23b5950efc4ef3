// Ports that can be bound later, or again: while nobody has them, nobody else gets them.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * The system gives ports from 32,768 on to those who ask for any, and to connections. The cluster's tests have those below
 * 30,000, and the server in GATE_BIN the next thousand.
 */
const FIRST = 31_000;
const END = 32_767;
/** The ports of a block. The first of them is not for use: the process that holds it has the others. */
const SIZE = 64;
const BLOCKS = Math.floor((END - FIRST) / SIZE);

let block = 0;
let next = SIZE;

/** Listens on a port; nothing if somebody else does. */
async function listen(port) {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return undefined;
  }
}

/** Takes a block that no other process has: the files of the tests run in processes of their own, and at the same time. */
async function takeBlock() {
  for (let tries = 0; tries < BLOCKS; tries += 1) {
    const from = FIRST + ((process.pid + tries) % BLOCKS) * SIZE;
    const held = await listen(from);
    if (!held) continue;
    // Until this process ends, which it is not to keep from doing so.
    held.unref();
    [block, next] = [from, 1];
    return;
  }
  throw new Error(`all ports from ${FIRST} on are in use`);
}

/** Returns `true` if a port is free for UDP. */
async function isFreeForDatagrams(port) {
  const socket = createSocket('udp4');
  try {
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return true;
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return false;
  } finally {
    socket.close();
  }
}

/** A port that is free for TCP and UDP. No process of these tests gets it a second time while this one runs. */
export async function freePort() {
  for (;;) {
    if (next === SIZE) await takeBlock();
    const port = block + next;
    next += 1;
    const server = await listen(port);
    if (!server) continue;
    server.close();
    await once(server, 'close');
    if (await isFreeForDatagrams(port)) return port;
  }
}

/** An address of this machine with such a port. */
export const freeAddress = async () => `127.0.0.1:${await freePort()}`;
