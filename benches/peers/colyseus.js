// A room of Colyseus that answers each message with one of the same content.

import { Room, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';

import { announce, endWithParent } from './process.js';

class Echo extends Room {
  onCreate() {
    this.maxClients = 100_000;
    this.onMessage('say', (client, message) => client.send('said', message));
  }
}

const transport = new WebSocketTransport({ perMessageDeflate: false });
const server = new Server({ transport, greet: false });
server.define('echo', Echo);
await server.listen(0, '127.0.0.1');
announce(transport.server.address().port);
endWithParent();
