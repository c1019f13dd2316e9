/**
 * `npm run terminal`: the terminal's engine without a window, on plain Node: for tests, scripts and shops
 * that automate. The same engine, the same folder's lock, the same journal.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Engine } from '../electron/engine/engine.ts';
import { nodePorts } from '../electron/engine/node-ports.ts';
import type { TerminalCall } from '../shared/contract/terminal.ts';
import { currencyOf, isCurrencyCode } from '../shared/iso-4217.ts';
import { formatMoney, money } from '../shared/money.ts';
import { PROJECT } from './tool.ts';

const USAGE = `npm run terminal -- COMMAND [--data FOLDER] [--json] [--help]

A terminal without a window. Keys rest under a passphrase, read from the
environment: FIELDTILL_PASSPHRASE; the cashier's PIN from FIELDTILL_PIN.

  state                     what the terminal is and how far sync has come
  enrol --code CODE --name NAME
                            join a merchant with a one-time code
  accept --amount MINOR     read one code from standard input and charge it
  payments [--limit N]      the newest payments and what became of them
  sync                      send what is unsent now, fetch outcomes
  verify                    recompute the whole journal's chain
  rebuild [--repair]        make every table anew from the journal and compare;
                            with --repair put what differs in place

  --data FOLDER   where the terminal keeps its journal
                  (default: ~/.fieldtill/terminal)
  --json          print one JSON object as the last line

Exit status: 0 done (accept: approved), 1 refused (accept: declined), 2 wrong use.
`;

const { values, positionals } = parseArgs({
  options: {
    data: { type: 'string' },
    code: { type: 'string' },
    name: { type: 'string' },
    amount: { type: 'string' },
    limit: { type: 'string' },
    repair: { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  allowPositionals: true,
});

/** Ends with one line for people and, when asked for, one for programs. */
function finish(ok: boolean, sentence: string, facts: Record<string, unknown>): never {
  console.log(sentence);
  if (values.json) console.log(JSON.stringify({ ok, ...facts }));
  engine?.close();
  process.exit(ok ? 0 : 1);
}

let engine: Engine | undefined;

async function open(): Promise<Engine> {
  engine = await Engine.open({
    dataFolder: resolve(values.data ?? join(homedir(), '.fieldtill', 'terminal')),
    migrationsFolder: join(PROJECT, 'migrations'),
    sealing: { kind: 'passphrase' },
    ports: nodePorts((line) => process.stderr.write(`${line}\n`)),
    onEvent: () => undefined,
  });
  return engine;
}

/** A call that must succeed for the command to go on. */
async function must<T>(name: TerminalCall, params: unknown): Promise<T> {
  const result = await (engine ?? (await open())).call(name, params);
  if (!result.ok) finish(false, `Refused: ${result.refusal.code}`, { refusal: result.refusal });
  return result.value as T;
}

async function unlock(): Promise<void> {
  const state = await must<{ phase: string }>('state.get', {});
  if (state.phase === 'locked')
    await must('keys.unlock', { passphrase: process.env.FIELDTILL_PASSPHRASE ?? '' });
}

async function signIn(): Promise<void> {
  await unlock();
  const cashiers = await must<{ personId: string; name: string }[]>('people.list', {});
  const cashier = values.name === undefined ? cashiers[0] : cashiers.find(({ name }) => name === values.name);
  await must('people.signIn', {
    personId: cashier?.personId ?? '',
    pin: process.env.FIELDTILL_PIN ?? '',
  });
}

async function readLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

interface Row {
  readonly state: string;
  readonly atMs: number;
  readonly amount: { minor: string; currency: string };
}

function amountText({ minor, currency }: Row['amount']): string {
  return isCurrencyCode(currency) ? formatMoney(money(BigInt(minor), currency), 'en') : minor;
}

const commands: Record<string, () => Promise<void>> = {
  state: async () => {
    const state = await must<Record<string, unknown>>('state.get', {});
    finish(true, JSON.stringify(state, null, 2), { state });
  },
  enrol: async () => {
    await must('enrolment.enrol', {
      code: values.code ?? '',
      passphrase: process.env.FIELDTILL_PASSPHRASE ?? null,
      cashierName: values.name ?? 'Cashier',
      cashierPin: process.env.FIELDTILL_PIN ?? '',
    });
    const state = await must<{ terminal: unknown }>('state.get', {});
    finish(true, 'Enrolled.', { terminal: state.terminal });
  },
  accept: async () => {
    await signIn();
    const { terminal } = await must<{ terminal: { currency: string } }>('state.get', {});
    if (!isCurrencyCode(terminal.currency)) throw new RangeError(terminal.currency);
    const amount = { minor: values.amount ?? '', currency: currencyOf(terminal.currency).code };
    const answer = await must<{ verdict: string; payment: Row; refusal?: { code: string } }>(
      'payments.accept',
      {
        amount,
        scan: await readLine(),
      },
    );
    const approved = answer.verdict === 'approved';
    const reason = answer.refusal === undefined ? '' : `: ${answer.refusal.code}`;
    finish(approved, `${approved ? 'Approved' : 'Declined'}${reason} ${amountText(answer.payment.amount)}`, {
      answer,
    });
  },
  payments: async () => {
    await unlock();
    const { rows } = await must<{ rows: Row[] }>('payments.list', {
      before: null,
      limit: Number(values.limit ?? 20),
    });
    const lines = rows.map(
      (row) => `${new Date(row.atMs).toISOString()}  ${row.state.padEnd(18)} ${amountText(row.amount)}`,
    );
    finish(true, lines.length === 0 ? 'No payments yet.' : lines.join('\n'), { rows });
  },
  sync: async () => {
    await unlock();
    const sync = await must<{
      reachability: string;
      unsentPayments: number;
      lastProblem: { code: string } | null;
    }>('sync.now', {});
    const problem = sync.lastProblem === null ? '' : ` (${sync.lastProblem.code})`;
    finish(sync.lastProblem === null, `${sync.reachability}, ${sync.unsentPayments} unsent${problem}`, {
      sync,
    });
  },
  verify: async () => {
    const firstBreak = (await open()).verifyJournal();
    if (!firstBreak.ok) finish(false, `Refused: ${firstBreak.refusal.code}`, { refusal: firstBreak.refusal });
    const { entries, brokenAt } = firstBreak.value;
    const sentence =
      brokenAt === null ? `The chain of ${entries} entries is whole.` : `Broken at ${brokenAt}.`;
    finish(brokenAt === null, sentence, { entries, brokenAt });
  },
  rebuild: async () => {
    const rebuilt = await (await open()).rebuildViews(values.repair ?? false);
    if (!rebuilt.ok) finish(false, `Refused: ${rebuilt.refusal.code}`, { refusal: rebuilt.refusal });
    const { entries, tables, isRepaired } = rebuilt.value;
    const wrong = tables.filter(({ differing }) => differing > 0);
    const lines = wrong.map(
      ({ table, differing, examples }) =>
        `${table}: ${differing} rows differ, first ${examples.map(({ row, what }) => `${row} (${what})`).join(', ')}`,
    );
    const sentence =
      wrong.length === 0
        ? `${tables.length} tables made anew from ${entries} entries: every row is the same.`
        : `${lines.join('\n')}\n${isRepaired ? 'Put in place from the journal.' : 'Nothing was changed.'}`;
    finish(wrong.length === 0 || isRepaired, sentence, rebuilt.value as unknown as Record<string, unknown>);
  },
};

const command = commands[positionals[0] ?? ''];
if (values.help) process.stdout.write(USAGE);
else if (command === undefined || positionals.length !== 1) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else await command();
