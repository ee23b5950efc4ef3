// A bare echo on `ws`: it reads the headers of packets only, and is the limit of what runs on Node.js.

import { WebSocketServer } from 'ws';

import { announce, endWithParent } from './process.js';

const HANDSHAKE = 1;
const DATA = 4;
/** The place of a message's flag, behind the header of its packet. */
const FLAG = 4;
const NOTIFY = 1 << 1;
const RESPONSE = 2 << 1;
const PUSH = 3 << 1;

const accepted = Buffer.from('{"code":200,"sys":{"heartbeat":30}}');
const reply = Buffer.concat([Buffer.from([HANDSHAKE, 0, 0, accepted.length]), accepted]);

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, backlog: 4096, perMessageDeflate: false });
server.on('connection', (socket) => {
  // nano-bench sees the connection's end and tells of it.
  socket.on('error', () => {});
  socket.on('message', (packet) => {
    if (packet[0] === HANDSHAKE) {
      socket.send(reply);
    } else if (packet[0] === DATA) {
      packet[FLAG] = packet[FLAG] === NOTIFY ? PUSH : RESPONSE;
      socket.send(packet);
    }
  });
});
server.on('listening', () => announce(server.address().port));
endWithParent();
