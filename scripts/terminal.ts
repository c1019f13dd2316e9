/**
 * `npm run terminal`: the terminal's engine without a window, on plain Node: for tests, scripts and shops
 * that automate. The same engine, the same folder's lock, the same journal.
 */
import { parseArgs } from 'node:util';
import { refund, search, voidPayment } from './terminal/after-the-sale.ts';
import {
  accept,
  call,
  enrol,
  payments,
  rebuild,
  refusedOutcome,
  signInWhereAsked,
  state,
  sync,
  verify,
} from './terminal/basics.ts';
import { carry } from './terminal/carry.ts';
import { catalogue } from './terminal/catalogue.ts';
import { type Command, OPTIONS, type Outcome, WrongUse } from './terminal/command.ts';
import { importPapers, paper } from './terminal/paper.ts';
import { people } from './terminal/people.ts';
import { backup, backups, exportUnsent, leave, restore, secondCopy } from './terminal/safe-keeping.ts';
import { runShell } from './terminal/shell.ts';
import { shift } from './terminal/shift.ts';
import { HeadlessTill, Refused } from './terminal/till.ts';
import { runTraining } from './terminal/training.ts';

const USAGE = `npm run terminal -- COMMAND [--data FOLDER] [--json] [--help]

A terminal without a window. Keys rest under a passphrase, read from the
environment: FIELDTILL_PASSPHRASE; the cashier's PIN from FIELDTILL_PIN.

The terminal
  state                     what the terminal is and how far sync has come
  enrol --code CODE --name NAME
                            join a merchant with a one-time code
  sync                      send what is unsent now, fetch outcomes
  verify                    recompute the whole journal's chain
  rebuild [--repair]        make every table anew from the journal and compare;
                            with --repair put what differs in place

Selling
  accept --amount MINOR     read one code from standard input and charge it
  payments [--limit N]      the newest payments and what became of them
  search [--text T] [--amount MINOR] [--code C] [--from T] [--to T]
         [--state S] [--limit N]
                            payments that match all that is given
  refund --payment EPOCH/SEQ --amount MINOR --reason TEXT [--cash]
                            give money back: a credit note, or cash
  void --payment EPOCH/SEQ --reason TEXT
                            undo a payment of this shift
  catalogue import FILE [--mode merge|replace]
  catalogue export FILE     items as CSV; a file that exists is not overwritten

Shifts
  shift open --amount MINOR the float that lies in the drawer
  shift in|out --amount MINOR --reason TEXT
  shift drawer --reason TEXT
  shift count --amount MINOR
  shift close [--reason TEXT] [--unsent]
                            --unsent: although payments are not sent yet
  shift x                   the open shift so far
  shift z [--number N]      Z reports, or one of them

People
  people                    who may sign in
  people add --person NAME --role ROLE
  people role --person NAME --role ROLE
  people pin|badge|revoke-badge|unlock|off|on --person NAME
                            PINs of others come from FIELDTILL_NEW_PIN

Safe keeping
  backup                    a backup now, beside the work of the till
  backups                   those that there are, newest first
  second-copy FOLDER|none   where each backup is copied to as well
  paper --payment EPOCH/SEQ what its receipt carries, one picture a line;
  paper --unsent            the same of all that is not sent
  import                    read such pictures from standard input, one a line,
                            and bring a dead terminal's payments back
  export-unsent [FOLDER]    a file of what is unsent, sealed to the clearing house
  carry FILE --origin URL   bring such a file to the clearing house
  leave [FOLDER]            before this machine is taken down: what is unsent, where
                            it lies, and a file of it; status 1 while there is any
  restore FILE              put a backup in place, in a new epoch; what was there
                            is set aside, never removed

Scripts
  call NAME [JSON]          one call of the engine's contract
  shell [--events]          JSON lines on standard input, one answer a line:
                            {"call": "orders.addItem", "params": {…}} gives
                            {"ok": true, "value": …} or
                            {"ok": false, "refusal": {"code": …}}; an "id" comes
                            back; with --events also {"event": …, "payload": …}
  training [--events]       a shell in a practice shop: nothing in it is real

  --data FOLDER   where the terminal keeps its journal
                  (default: ~/.fieldtill/terminal)
  --name NAME     who signs in (default: the first of the list); call and shell
                  sign in when FIELDTILL_PIN is set
  --approver NAME who gives leave where it is needed, by FIELDTILL_APPROVER_PIN
  --json          print one JSON object as the last line

Exit status: 0 done (accept: approved), 1 refused (accept: declined), 2 wrong use.
`;

const COMMANDS: Readonly<Record<string, Command>> = {
  state,
  enrol,
  sync,
  verify,
  rebuild,
  accept,
  payments,
  search,
  refund,
  void: voidPayment,
  catalogue,
  people,
  paper,
  import: importPapers,
  backup,
  backups,
  'second-copy': secondCopy,
  'export-unsent': exportUnsent,
  leave,
  call,
  shift,
};

/** Words that a command takes after its own name, at most. */
const WORDS: Readonly<Record<string, number>> = {
  call: 2,
  catalogue: 2,
  people: 1,
  'second-copy': 1,
  'export-unsent': 1,
  leave: 1,
  shift: 1,
};

function wrongUse(why: string): never {
  process.stderr.write(`${why}\n\n${USAGE}`);
  process.exit(2);
}

function argumentsOf(): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return wrongUse(error instanceof Error ? error.message : 'wrong use');
  }
}

const { values, positionals } = argumentsOf();
const [name = '', ...words] = positionals;

function print(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function open(): Promise<HeadlessTill> {
  const options = { dataFolder: values.data, name: values.name, approver: values.approver };
  return HeadlessTill.open(options, (event, payload) => {
    if (values.events) print({ event, payload });
  });
}

async function outcomeOf(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return refusedOutcome(error.refusal);
    if (error instanceof WrongUse) return wrongUse(error.message);
    // a file that the person named: not there, there already, not ours to write
    if (error instanceof Error && 'syscall' in error && 'code' in error)
      return { ok: false, sentence: error.message, facts: { error: error.code } };
    throw error;
  }
}

/** Ends with one line for people and, when asked for, one for programs. */
async function run(command: Command): Promise<void> {
  const till = await open();
  const outcome = await outcomeOf(() => command(till, values, words));
  till.close();
  finish(outcome);
}

function finish({ ok, sentence, facts }: Outcome): void {
  process.stdout.write(`${sentence}\n`);
  if (values.json) print({ ok, ...facts });
  end(ok);
}

/** At once: an exchange with the clearing house that is under way is none of the command's. */
function end(ok: boolean): void {
  process.stdout.write('', () => process.exit(ok ? 0 : 1));
}

/** Needs no terminal: whoever carries has none. */
function carryFile(file: string, origin: string): Promise<Outcome> {
  return outcomeOf(() => carry(file, origin));
}

/** Ends when its input does. What people read goes to standard error, so that each line out is an answer. */
async function lines(serve: typeof runShell, signIn: (till: HeadlessTill) => Promise<void>): Promise<void> {
  const till = await open();
  const { ok, facts } = await outcomeOf(async () => {
    await signIn(till);
    await serve(till, process.stdin, print);
    return { ok: true, sentence: '', facts: {} };
  });
  if (!ok) print({ ok, ...facts });
  till.close();
  end(ok);
}

const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (values.help) process.stdout.write(USAGE);
else if (name === 'shell' && words.length === 0) await lines(runShell, signInWhereAsked);
else if (name === 'training' && words.length === 0) await lines(runTraining, (till) => till.signIn());
else if (name === 'restore' && words.length === 1) finish(await restore(values.data, words[0] ?? ''));
else if (name === 'carry' && words.length === 1 && values.origin !== undefined)
  finish(await carryFile(words[0] ?? '', values.origin));
else if (command === undefined) wrongUse(name === '' ? 'Which command?' : `${name} is no command.`);
else if (words.length > (WORDS[name] ?? 0)) wrongUse(`${name} takes no ${words.at(-1)}.`);
else await run(command);
