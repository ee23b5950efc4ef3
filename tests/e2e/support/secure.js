// A program that connects to the URL in its argument, and prints the answer of an echo. NODE_EXTRA_CA_CERTS names a root
// certificate, which Node.js reads when it starts.
import { WebSocket } from 'ws';

import { connect } from '../../../clients/js/nano.js';

const client = await connect(process.argv[2], { WebSocket });
console.log(await client.request('gate.echo', 'over TLS'));
client.close();
