/**
 * An engine that answers a ping and the question for its state, and opens no database: it stands for the real
 * one where only the launcher is tried. Plain JavaScript, so that any runtime starts it as it is.
 */
const parent = process.parentPort;

function send(message) {
  if (parent) parent.postMessage(message);
  else process.send(message);
}

const state = {
  phase: 'not-enrolled',
  keyProtection: 'passphrase',
  terminal: null,
  cashier: null,
  isTraining: false,
  trust: null,
  clock: null,
  sync: {
    reachability: 'unknown',
    isRunning: false,
    unsentPayments: 0,
    unsentSum: null,
    exposure: null,
    lastContactAtMs: null,
    nextTryAtMs: null,
    tries: 0,
    lastProblem: null,
  },
  disk: { level: 'ok', freeMb: 100_000 },
  backup: { lastAtMs: null, secondCopy: 'none' },
  stopped: null,
};

function receive(message) {
  if (message.type === 'start') send({ type: 'ready' });
  if (message.type === 'ping') send({ type: 'pong' });
  if (message.type === 'stop') {
    send({ type: 'stopped' });
    process.exit(0);
  }
  if (message.type !== 'call') return;
  const { id, call } = message;
  if (call === 'state.get') send({ type: 'reply', id, ok: true, value: state });
  // Never answered: what is under way when the engine ends.
  else if (call === 'enrolment.enrol') return;
  // Not what the contract says: must not reach the window.
  else if (call === 'people.list') send({ type: 'reply', id, ok: true, value: [{ personId: 7 }] });
  else send({ type: 'refusal', id, refusal: { code: 'not-enrolled' } });
}

if (parent) parent.on('message', (event) => receive(event.data));
else process.on('message', receive);
process.on('disconnect', () => process.exit(0));
