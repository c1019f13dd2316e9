/**
 * `npm run ceremony`: the root's ceremony. Some steps are for the machine without a network that keeps the root,
 * some for the house; files travel between them and hold no secret. The root's file never comes near the house.
 */
import * as crypto from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { CeremonyRefused, openRoot, type RootSecret, sealRoot } from '../clearing/ceremony/root-file.ts';
import { certifyIssuer, signTrust } from '../clearing/ceremony/sign-trust.ts';
import { readSigned, readToSign } from '../clearing/ceremony/signing-file.ts';
import { readSettings, SettingsRefused } from '../clearing/config.ts';
import { openDatabase } from '../clearing/db/database.ts';
import { MigrationRefused, migrate } from '../clearing/db/migrate.ts';
import { sendNews } from '../clearing/db/news.ts';
import { readQueue } from '../clearing/db/trust-signing.ts';
import type { TrustHouse } from '../clearing/house.ts';
import { createKeys, KeyStoreRefused, writeIssuer } from '../clearing/keys.ts';
import { prepareTrust, publishSigned } from '../clearing/trust/offline-signing.ts';
import { foundHouse, HouseRefused } from '../clearing/trust/publish.ts';
import { toBase64Url, toHex } from '../shared/bytes.ts';
import { nodeBackEnd, nodeSigner } from '../shared/protocol/ed25519-node.ts';

const USAGE = `npm run ceremony -- STEP [options]

On the machine without a network, which keeps the root:
  make-root  --root FILE --world live|test    makes a root, prints its public key
  certify    --root FILE --issuer KEY [--from DATE] --until DATE
                                              this issuer key may stand in bundles
  sign       --root FILE --in FILE --out FILE [--yes]
                                              shows what is asked for, signs it

At the house, with its own settings in the environment (ROOT_PUBLIC_KEY set):
  issuer-key                                  makes a further issuer key
  waiting                                     says what waits to be signed
  prepare    --out FILE                       gives out the next bundle
  publish    --in FILE                        publishes what was signed

  --passphrase-file FILE  holds the passphrase; otherwise it is asked for
  DATE                    such as 2027-03-01, UTC

Exit status 0 when it was done, 1 when it was refused, 2 on a wrong call.
`;

const OPTIONS = {
  root: { type: 'string' },
  world: { type: 'string' },
  issuer: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  in: { type: 'string' },
  out: { type: 'string' },
  'passphrase-file': { type: 'string' },
  yes: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function argumentsOf(): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return wrongCall(error instanceof Error ? error.message : 'wrong use');
  }
}

const { values, positionals } = argumentsOf();

const random = (length: number): Uint8Array => new Uint8Array(crypto.randomBytes(length));

function wrongCall(message: string): never {
  process.stderr.write(`${message}\n\n${USAGE}`);
  process.exit(2);
}

function needed(name: 'root' | 'issuer' | 'in' | 'out' | 'until'): string {
  return values[name] ?? wrongCall(`--${name} is missing`);
}

function secondsOf(date: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(ms) ? wrongCall(`${date} is not a date such as 2027-03-01`) : ms / 1000;
}

/** Asked for without showing what is typed. */
async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) wrongCall('there is nobody to ask: use --passphrase-file');
  process.stdout.write(question);
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: muted, terminal: true });
  const answer = await prompt.question('');
  prompt.close();
  process.stdout.write('\n');
  return answer;
}

async function passphrase(isNew: boolean): Promise<string> {
  const file = values['passphrase-file'];
  if (file !== undefined) return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  const first = await ask('Passphrase of the root: ');
  if (isNew && first !== (await ask('Once more: '))) throw new CeremonyRefused('the two are not the same');
  return first;
}

/** Written beside and renamed: a power cut leaves the old file or the new one. */
async function keepRoot(file: string, secret: RootSecret, phrase: string): Promise<void> {
  const { publicKey } = nodeSigner(crypto, secret.seed);
  const beside = `${file}.${process.pid}`;
  try {
    const text = await sealRoot(secret, publicKey, phrase, random);
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(beside, file);
  } finally {
    rmSync(beside, { force: true });
  }
}

async function makeRoot(): Promise<void> {
  const file = needed('root');
  const { world } = values;
  if (world !== 'live' && world !== 'test') wrongCall('--world is live or test');
  if (existsSync(file)) throw new CeremonyRefused(`${file} is there already`);
  const secret: RootSecret = { world, seed: random(32), issuers: [], last: null };
  await keepRoot(file, secret, await passphrase(true));
  console.log(`ROOT_PUBLIC_KEY=${toBase64Url(nodeSigner(crypto, secret.seed).publicKey)}`);
}

async function certify(): Promise<void> {
  const file = needed('root');
  const fromS = values.from === undefined ? 0 : secondsOf(values.from);
  const untilS = secondsOf(needed('until'));
  const phrase = await passphrase(false);
  const secret = await openRoot(readFileSync(file, 'utf8'), phrase);
  await keepRoot(file, certifyIssuer(secret, needed('issuer'), fromS, untilS), phrase);
  console.log(`certified ${values.issuer} until ${values.until}`);
}

async function sign(): Promise<void> {
  const file = needed('root');
  const out = needed('out');
  const toSign = readToSign(readFileSync(needed('in'), 'utf8'));
  const phrase = await passphrase(false);
  const secret = await openRoot(readFileSync(file, 'utf8'), phrase);
  const done = signTrust(secret, toSign);
  console.log(done.summary.join('\n'));
  if (values.yes !== true && (await ask('Type "sign" to sign this: ')) !== 'sign')
    throw new CeremonyRefused('nothing was signed');
  // remembered before it can leave: a root that forgot could be made to sign another bundle of this version
  await keepRoot(file, done.secret, phrase);
  writeFileSync(out, `${JSON.stringify(done.signed)}\n`, { flush: true });
  console.log(`signed: ${out}`);
}

/** With the house's database, brought up to date and founded. */
async function atHouse(step: (house: TrustHouse) => Promise<void>): Promise<void> {
  const settings = readSettings(process.env);
  if (settings.offlineRoot === null)
    throw new CeremonyRefused('ROOT_PUBLIC_KEY is not set: this house signs itself');
  const keys = createKeys(settings.keysFolder, random, settings.offlineRoot);
  await migrate(settings.databaseUrl);
  const database = openDatabase({
    url: settings.databaseUrl,
    maxConnections: 2,
    onIdleError: () => undefined,
  });
  const { world } = settings.app;
  const house: TrustHouse = {
    database,
    keys,
    backEnd: nodeBackEnd(crypto),
    nowMs: Date.now,
    config: { world },
  };
  try {
    await foundHouse(house);
    await step(house);
  } finally {
    await database.destroy();
  }
}

async function issuerKey(): Promise<void> {
  const { keysFolder, offlineRoot } = readSettings(process.env);
  createKeys(keysFolder, random, offlineRoot);
  console.log(`issuer ${toHex(writeIssuer(keysFolder, random))}`);
  console.log('start the houses anew: the key is introduced then, and signs a week later');
}

async function waiting(house: TrustHouse): Promise<void> {
  for (const { publicKey } of house.keys.issuers.map(({ signer }) => signer))
    console.log(`issuer at hand: ${toHex(publicKey)}`);
  const queue = await readQueue(house.database);
  console.log(queue.length === 0 ? 'nothing waits' : `${queue.length} wait:`);
  for (const { cause, queuedAtMs } of queue) console.log(`${new Date(queuedAtMs).toISOString()} ${cause}`);
}

async function prepare(house: TrustHouse): Promise<void> {
  const out = needed('out');
  writeFileSync(out, `${JSON.stringify(await prepareTrust(house))}\n`, { flush: true });
  console.log(`to be signed: ${out}`);
}

async function publish(house: TrustHouse): Promise<void> {
  const version = await publishSigned(house, readSigned(readFileSync(needed('in'), 'utf8')));
  await sendNews(house.database, { terminals: 'all' });
  console.log(`published version ${version}`);
}

const STEPS: Readonly<Record<string, () => Promise<void>>> = {
  'make-root': makeRoot,
  certify,
  sign,
  'issuer-key': issuerKey,
  waiting: () => atHouse(waiting),
  prepare: () => atHouse(prepare),
  publish: () => atHouse(publish),
};

/** Somebody can mend these without reading a stack. */
const PLAIN = [CeremonyRefused, SettingsRefused, MigrationRefused, KeyStoreRefused, HouseRefused];

const [name = '', ...rest] = positionals;
const step = STEPS[name];
if (values.help === true) {
  process.stdout.write(USAGE);
} else if (step === undefined || rest.length > 0) {
  wrongCall(name === '' ? 'which step?' : `${name} is no step`);
} else {
  try {
    await step();
  } catch (error) {
    console.error(PLAIN.some((kind) => error instanceof kind) ? (error as Error).message : error);
    process.exitCode = 1;
  }
}
