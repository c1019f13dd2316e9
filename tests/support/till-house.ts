/**
 * What a till in a window needs around it: a clearing house on a PostgreSQL of its own, customers whose purses
 * the test holds, and folders that go away. The time is the real one, as in the window.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../scripts/build.ts';
import { ensureDatabase, startPostgres } from '../../scripts/postgres.ts';
import { enrolTerminal } from '../../scripts/world/headless-terminal.ts';
import { Operator } from '../../scripts/world/operator.ts';
import { issueScriptedPurses, paymentOf, type ScriptedPurse } from '../../scripts/world/scripted-purse.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { seal } from '../../shared/protocol/box.ts';
import { decodePictureText, encodePicture, isShort, pictureText } from '../../shared/protocol/picture.ts';
import { OPERATOR_TOKEN, random, startTestClearing, type TestClearing } from './clearing.ts';

export const PIN = '135790';
export const PASSPHRASE = 'a passphrase for tests';

export interface TillHouse {
  readonly clearing: TestClearing;
  readonly operator: Operator;
  /** An empty folder that goes away with the house. */
  readonly folder: () => string;
  /** A folder of user data whose till belongs to a new shop. */
  readonly enrolledFolder: (shop?: { displayName?: string; currency?: CurrencyCode }) => Promise<string>;
  /** A purse of a new customer. */
  readonly purse: (currency?: CurrencyCode) => Promise<ScriptedPurse>;
  /** The clearing house answers no more. */
  readonly cutNetwork: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startTillHouse(): Promise<TillHouse> {
  await ensureBuilt(() => undefined);
  const place = mkdtempSync(join(tmpdir(), 'fieldtill-house-'));
  const postgres = await startPostgres({ dataFolder: join(place, 'postgres') });
  const clearing = await startTestClearing({
    databaseUrl: await ensureDatabase(postgres.url, 'till'),
    clock: {
      get nowMs() {
        return Date.now();
      },
    },
  });
  const operator = new Operator(clearing.origin, OPERATOR_TOKEN);
  let customers = 0;
  const folder = () => mkdtempSync(join(place, 'till-'));
  return {
    clearing,
    operator,
    folder,
    enrolledFolder: async ({ displayName = 'Corner shop', currency = 'EUR' } = {}) => {
      const userData = folder();
      await enrolTerminal({
        dataFolder: join(userData, 'data'),
        code: await operator.enrolmentCode({ displayName, currency }),
        passphrase: PASSPHRASE,
        cashierName: 'Desk',
        cashierPin: PIN,
      });
      return userData;
    },
    purse: async (currency = 'EUR') => {
      const customer = { userName: `customer${++customers}`, password: 'correct horse battery', currency };
      await operator.customerWithMoney({ ...customer, amountMinor: '50000' });
      const nowS = Math.floor(Date.now() / 1000);
      const asked = { ...customer, allowanceMinor: '20000' };
      const [purse] = await issueScriptedPurses(clearing.origin, asked, nowS, 1);
      if (purse === undefined) throw new Error('no purse was issued');
      return purse;
    },
    cutNetwork: () => clearing.app.close(),
    stop: async () => {
      await clearing.stop();
      await postgres.destroy();
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** A wallet's answer to an invoice: a payment over its digest, sealed to the till that shows it. */
export function answerInvoice(purse: ScriptedPurse, invoiceDigits: string, counter: number): string {
  const read = decodePictureText(invoiceDigits);
  if (!read.ok || read.value.kind !== 'invoice' || isShort(read.value.certificate)) {
    throw new Error('this is no invoice of a till that is met for the first time');
  }
  const { certificate: till, invoice } = read.value;
  const { payment } = paymentOf(purse, {
    mode: 'bound',
    counter,
    spentMinor: 0n,
    previous: new Uint8Array(8),
    amountMinor: invoice.amountMinor,
    iatS: Math.floor(Date.now() / 1000),
    invoiceDigest: invoice.digest,
  });
  const open = encodePicture({ kind: 'presented', certificate: purse.certificate, payment });
  return pictureText({ kind: 'sealed', ...seal(open, till.boxKey, random(32)) });
}
