// One frontend server of pomelo, without a master, for the tests of `cargo nano`: it takes TCP and WebSocket on one port.
'use strict';

const { Socket, createServer } = require('node:net');

// Pomelo gives `write` an object where Node.js expects an encoding, which versions of its time took for none.
const { write } = Socket.prototype;
Socket.prototype.write = function (data, encoding, done) {
  return write.call(this, data, typeof encoding === 'object' ? undefined : encoding, done);
};

function start(port) {
  process.argv.push('env=production', 'serverType=connector', 'id=connector-1', 'host=127.0.0.1', 'clientHost=127.0.0.1', `clientPort=${port}`, 'frontend=true');
  const pomelo = require('pomelo');
  const app = pomelo.createApp({ base: __dirname });
  app.set('name', 'room');
  // The dictionary has the handlers, and the pushes of config/dictionary.json.
  app.set('connectorConfig', { connector: pomelo.connectors.hybridconnector, heartbeat: 30, useDict: true });
  // The monitor connects to a master, and there is none.
  const { load } = app;
  app.load = function (name, component, options) {
    return component === pomelo.components.monitor || name === pomelo.components.monitor ? this : load.call(this, name, component, options);
  };
  app.start((error) => {
    if (error) throw error;
    console.log(`127.0.0.1:${port}`);
  });
}

// Pomelo does not tell which port the system has chosen.
const free = createServer().listen(0, '127.0.0.1', () => {
  const { port } = free.address();
  free.close(() => start(port));
});
process.stdin.on('end', () => process.exit(0)).resume();
