/**
 * A terminal on a real database file in a temporary folder, enrolled with the fixture's issuer, without a
 * clearing house: its network is one that never answers (a double: it stands for "no network"). The clock
 * is the test's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../electron/engine/db/store.ts';
import { Engine } from '../../electron/engine/engine.ts';
import { makeKeys } from '../../electron/engine/keys.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import { enterFirst } from '../../electron/engine/people/add-person.ts';
import { hashPin } from '../../electron/engine/people/pin.ts';
import type { EnginePorts, Sealing } from '../../electron/engine/ports.ts';
import type {
  CallParams,
  CallResult,
  EventPayload,
  TerminalCall,
  TerminalEvent,
} from '../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import {
  issueTerminalCertificate,
  readTerminalCertificate,
  type TerminalCertificate,
} from '../../shared/protocol/terminal-certificate.ts';
import type { TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import type { Result } from '../../shared/result.ts';
import {
  EPOCH_S,
  issuer,
  kidOf,
  root,
  seed,
  signedTrustBundle,
  trustBundleOf,
  WORLD,
} from './protocol-fixture.ts';

export const MIGRATIONS = join(import.meta.dirname, '../../migrations');
export const SEALING: Sealing = { kind: 'keychain', key: seed('keychain') };
export const PIN = '135790';

export interface TestClock {
  nowMs: number;
  monotonicMs: number;
  /** Room on the test's disk; unknown where a test does not care. */
  freeBytes?: number;
}

export interface TestTerminal {
  readonly engine: Engine;
  readonly folder: string;
  readonly certificate: TerminalCertificate;
  readonly boxSecret: Uint8Array;
  /** The wall clock and the monotonic one, which stand still: move each as the test needs. */
  readonly clock: TestClock;
  readonly events: { event: TerminalEvent; payload: EventPayload<TerminalEvent> }[];
  readonly call: <C extends TerminalCall>(name: C, params: CallParams<C>) => Promise<Result<CallResult<C>>>;
  /** Closes and opens the same folder anew, as after a restart. */
  readonly reopen: () => Promise<TestTerminal>;
  readonly close: () => void;
}

/** Nothing ever answers. */
const noNetwork: EnginePorts['network'] = {
  exchange: () => Promise.reject(new Error('no network')),
  canConnect: () => Promise.resolve(false),
  events: (_request, _onEvent, onEnd) => {
    onEnd();
    return () => undefined;
  },
};

function portsOf(clock: TestClock): EnginePorts {
  return {
    ...nodePorts(() => undefined),
    clock: { nowMs: () => clock.nowMs, monotonicMs: () => clock.monotonicMs },
    timers: { after: () => () => undefined, jitter: () => 0 },
    network: noNetwork,
    disk: { freeBytes: () => clock.freeBytes },
  };
}

function sealingOf(passphrase: string | null): Sealing {
  return passphrase === null ? SEALING : { kind: 'passphrase' };
}

async function openTerminal(
  folder: string,
  certificate: TerminalCertificate,
  boxSecret: Uint8Array,
  clock: TestClock,
  passphrase: string | null,
): Promise<TestTerminal> {
  const events: TestTerminal['events'] = [];
  const engine = await Engine.open({
    dataFolder: folder,
    migrationsFolder: MIGRATIONS,
    sealing: sealingOf(passphrase),
    ports: portsOf(clock),
    onEvent: (event, payload) => events.push({ event, payload }),
  });
  if (passphrase !== null) await engine.call('keys.unlock', { passphrase });
  return {
    engine,
    folder,
    certificate,
    boxSecret,
    clock,
    events,
    call: async <C extends TerminalCall>(name: C, params: CallParams<C>) =>
      (await engine.call(name, params)) as Result<CallResult<C>>,
    reopen: () => {
      engine.close();
      return openTerminal(folder, certificate, boxSecret, clock, passphrase);
    },
    close: () => {
      engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An enrolled terminal with one cashier, who is signed in; its clock stands an hour after the bundle's iat. */
export async function enrolledTerminal(
  options: {
    currency?: CurrencyCode;
    trust?: Partial<TrustBundle>;
    folder?: string;
    /** When it is enrolled; the test's clock starts here. */
    nowMs?: number;
    /** Seals the keys, as on a machine without a keychain; else they are under `SEALING`. */
    passphrase?: string;
  } = {},
): Promise<TestTerminal> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'fieldtill-'));
  const clock = { nowMs: options.nowMs ?? (EPOCH_S + 3600) * 1000, monotonicMs: 0 };
  const passphrase = options.passphrase ?? null;
  const ports = portsOf(clock);
  const store = await openStore(folder, MIGRATIONS);
  if (!store.ok) throw new Error(store.refusal.code);
  const keys = await makeKeys(store.value, sealingOf(passphrase), passphrase, ports.randomBytes);
  if (!keys.ok) throw new Error(keys.refusal.code);
  const bytes = issueTerminalCertificate(
    {
      terminalId: seed('terminal id').subarray(0, 8),
      iatS: EPOCH_S,
      expS: EPOCH_S + 365 * 86_400,
      publicKey: keys.value.signer.publicKey,
      merchantId: seed('merchant id').subarray(0, 8),
      displayName: 'Corner shop',
      boxKey: keys.value.boxKey,
      currency: options.currency ?? 'EUR',
    },
    WORLD,
    kidOf(issuer),
    issuer,
  );
  const { settings, people } = store.value;
  const pinHash = await hashPin(PIN);
  store.value.write(() => {
    settings.setBytes('terminal-certificate', bytes);
    settings.setBytes('root-public-key', root.publicKey);
    settings.setText('world', WORLD);
    settings.setText('clearing-origin', 'http://127.0.0.1:9');
    settings.setBytes('trust-bundle', signedTrustBundle(trustBundleOf(options.trust)));
    people.putSecret('c1', pinHash);
    enterFirst(store.value, { personId: 'c1', name: 'Cashier 1', role: 'administrator' }, clock.nowMs);
  });
  store.value.close();
  const certificate = readTerminalCertificate(decodeCbor(bytes));
  const terminal = await openTerminal(folder, certificate, keys.value.boxSecret, clock, passphrase);
  const signedIn = await terminal.call('people.signIn', { personId: 'c1', pin: PIN });
  if (!signedIn.ok) throw new Error(signedIn.refusal.code);
  return terminal;
}
