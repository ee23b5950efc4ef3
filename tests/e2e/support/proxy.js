// A TCP proxy that stands for the network between a client and the server.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Starts a proxy to `host` ("address:port"), from a local address if one is given; it is closed when the test `t` ends. */
export async function startProxy(t, host, localAddress) {
  const [address, port] = host.split(':');
  const sockets = new Set();
  let up = true;
  const server = createServer((near) => {
    if (!up) {
      near.destroy();
      return;
    }
    const far = connect({ host: address, port: Number(port), localAddress });
    for (const [socket, other] of [[near, far], [far, near]]) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  t.after(() => {
    up = false;
    cut();
    server.close();
  });
  return {
    host: `127.0.0.1:${server.address().port}`,
    /** Cuts every connection; new ones are accepted. */
    cut,
    /** Cuts every connection and refuses new ones until `restore`. */
    block() {
      up = false;
      cut();
    },
    restore() {
      up = true;
    },
  };
}
