// The page. The build script writes ./routes.js, the typed client, from the Rust code.
import { createClient } from './routes.js';

const byId = (id) => document.getElementById(id);
const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const game = createClient(`${scheme}://${location.host}/nano`);
const MARKS = ['✕', '○'];
let name = '';

const tell = (text) => (byId('status').textContent = text);

const cells = Array.from({ length: 9 }, (_, cell) => {
  const button = document.createElement('button');
  button.ariaLabel = `cell ${cell + 1}`;
  button.addEventListener('click', () => game.table.mark({ cell }).catch((error) => tell(error.message)));
  byId('board').append(button);
  return button;
});

async function play() {
  try {
    await game.lobby.play({ name });
  } catch (error) {
    tell(error.message);
    again();
  }
}

function again() {
  byId('play').hidden = false;
}

game.client.onState((state, { attempt, resumed }) => {
  tell(state);
  // A later connection is a new session, which sits at no table. The first one sends what waited for it.
  if (state === 'open' && attempt > 0 && !resumed && name && byId('play').hidden) play();
});

game.on.view((view) => {
  byId('play').hidden = true;
  byId('board').hidden = false;
  cells.forEach((button, cell) => {
    const mark = view.cells[cell];
    button.textContent = mark === null ? '' : MARKS[mark];
    button.disabled = mark !== null || view.turn !== view.you;
  });
  const other = view.players[1 - view.you];
  if (other === undefined) tell('waiting for another player');
  else if (view.winner !== null) tell(view.winner === view.you ? 'you win' : `${other} wins`);
  else if (view.turn === null) tell('a draw');
  else tell(view.turn === view.you ? 'your turn' : `${other}'s turn`);
  if (other !== undefined && view.turn === null) again();
});

game.on.left((who) => {
  tell(`${who} left`);
  again();
});

byId('play').addEventListener('submit', (event) => {
  event.preventDefault();
  name = byId('name').value;
  byId('play').hidden = true;
  play();
});
