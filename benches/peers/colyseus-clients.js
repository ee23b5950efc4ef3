// Clients of Colyseus in a closed loop, by its own SDK: address, clients, in flight, bytes, milliseconds of warm-up and
// of measuring. Prints `begin` and `end` around what is measured, then the latencies as JSON.

import { Client } from '@colyseus/sdk';

const [address, ...numbers] = process.argv.slice(2);
const [clients, inFlight, bytes, warmUp, length] = numbers.map(Number);

const payload = { entity: 1207, x: -310, y: 455, text: '' };
payload.text = 'x'.repeat(Math.max(0, bytes - JSON.stringify(payload).length));

let measuring = false;
let stopped = false;
let latencies = [];
for (let index = 0; index < clients; index += 1) {
  const room = await new Client(`ws://${address}`).joinOrCreate('echo');
  const sent = [];
  const send = () => {
    sent.push(performance.now());
    room.send('say', payload);
  };
  room.onMessage('said', (message) => {
    if (message.text.length !== payload.text.length) throw new Error(`a wrong reply: ${message}`);
    const latency = performance.now() - sent.shift();
    if (measuring) latencies.push(latency);
    if (!stopped) send();
  });
  room.onLeave((code) => {
    if (!stopped) throw new Error(`the server closed a connection: ${code}`);
  });
  for (let count = 0; count < inFlight; count += 1) setImmediate(send);
}

const pause = (time) => new Promise((over) => setTimeout(over, time));
await pause(warmUp);
measuring = true;
console.log('begin');
await pause(length);
measuring = false;
stopped = true;
console.log('end');

latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.floor(share * (latencies.length - 1))] * 1e6;
const [p50, p99, p999] = [0.5, 0.99, 0.999].map(at);
console.log(JSON.stringify({ messages: latencies.length, p50, p99, p999 }));
process.exit(0);
