// One frontend server of pinus, without a master: clients speak to it over TCP and WebSocket on one port.

import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { announce, endWithParent } from './process.js';

const require = createRequire(import.meta.url);

/** A port that is free; pinus does not tell which one the system has chosen. */
async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

const port = await freePort();
process.env.POMELO_LOGGER = 'off';
process.argv.push(
  'env=production',
  'serverType=connector',
  'id=connector-1',
  'host=127.0.0.1',
  'clientHost=127.0.0.1',
  `clientPort=${port}`,
  'frontend=true',
);
require('reflect-metadata');
const { pinus } = require('pinus');
const app = pinus.createApp({ base: fileURLToPath(new URL('pinus', import.meta.url)) });
app.set('name', 'echo');
app.set('connectorConfig', { connector: pinus.connectors.hybridconnector, heartbeat: 30 });

// The monitor connects to a master, and there is none.
const load = app.load;
app.load = function (component, options) {
  return component === pinus.components.monitor ? this : load.call(this, component, options);
};
app.start((error) => {
  if (error) {
    console.error(error);
    process.exit(1);
  }
  announce(port);
});
endWithParent();
