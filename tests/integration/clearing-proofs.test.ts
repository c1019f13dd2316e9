/** Proofs of double spending that terminals bring to the clearing house, on real PostgreSQL. */

import { inflateSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import { encodeDoubleSpendProof } from '../../shared/protocol/double-spend.ts';
import { openProofAnswer } from '../../shared/protocol/proof-answer.ts';
import { isRevokedIn } from '../../shared/protocol/trust-bundle.ts';
import { startTestClearing, type TestClearing, WORLD } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';
import {
  backEnd,
  codeBytes,
  payWith,
  presentedOf,
  purseOf,
  quickFields,
} from '../support/protocol-fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let till: TestTill;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  till = await TestTill.enrol(clearing);
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

async function aPurse(): Promise<TestPurse> {
  return await (await TestCustomer.register(clearing)).purse();
}

function proofOf(purse: TestPurse): Uint8Array<ArrayBuffer> {
  return encodeDoubleSpendProof(purse.certificate, purse.quick(3), purse.quick(3, { capMinor: 4000n }));
}

async function bring(proof: Uint8Array<ArrayBuffer>, by = till) {
  const path = clearingStreams.proofs.path.replace(':terminalId', by.terminalId);
  const url = new URL(path, clearing.origin);
  const headers = by.headers('POST', url, { bytes: proof });
  const answer = await fetch(url, { method: 'POST', headers, body: proof });
  const bytes = await answer.bytes();
  if (answer.status !== 200) return answer.status;
  const opened = openProofAnswer(bytes, await clearing.trust(), WORLD, backEnd);
  if (!opened.ok) throw new Error(opened.refusal.code);
  const { terminalId, proofDigest, isProven, trustVersion } = opened.value;
  expect(terminalId).toBe(by.terminalId);
  expect(toHex(proofDigest)).toBe(toHex(sha256(proof)));
  return { isProven, trustVersion };
}

async function isRevoked(purse: TestPurse): Promise<boolean> {
  const { statusList } = await clearing.trust();
  return isRevokedIn(inflateSync(statusList.compressed), purse.certificate.statusIndex);
}

describe('4 Double spending: a proof that a terminal brings', () => {
  it('that holds → the purse is revoked in the next bundle; again, and by another → the same answer, one row', async () => {
    const purse = await aPurse();
    const { version } = await clearing.trust();
    const proof = proofOf(purse);
    expect(await isRevoked(purse)).toBe(false);
    const answer = await bring(proof);
    expect(answer).toEqual({ isProven: true, trustVersion: version + 1 });
    expect(await isRevoked(purse)).toBe(true);
    expect(await bring(proof)).toEqual(answer);
    expect(await bring(proof, await TestTill.enrol(clearing))).toEqual(answer);
    expect((await clearing.trust()).version).toBe(version + 1);
    const { rows } = await sql<{ reporter: string }>`
      SELECT encode(terminal_id, 'hex') AS reporter FROM double_spend_proofs`.execute(clearing.database);
    expect(rows).toEqual([{ reporter: till.terminalId }]);
  });

  it('brought by two at once → both answered, one version', async () => {
    const purse = await aPurse();
    const { version } = await clearing.trust();
    const proof = proofOf(purse);
    const answers = await Promise.all([bring(proof), bring(proof, await TestTill.enrol(clearing))]);
    expect(answers).toEqual([1, 1].map(() => ({ isProven: true, trustVersion: version + 1 })));
  });

  it('a sale of the purse after it → revoked; one that knew no better before → settled', async () => {
    const purse = await aPurse();
    const { version } = await clearing.trust();
    const soldAtMs = clearing.clock.nowMs - 1000;
    await bring(proofOf(purse));
    const own = await TestTill.enrol(clearing);
    own.sale(purse, purse.quick(1), 100n, { atMs: soldAtMs, trustVersion: version });
    own.sale(purse, purse.quick(2), 100n, { atMs: clearing.clock.nowMs + 1000, trustVersion: version });
    expect(outcomesText(await own.send())).toBe('1:settled 2:rejected/revoked');
  });

  const notOurs = purseOf({ name: 'of another house' });
  it.each<readonly [string, (purse: TestPurse) => Uint8Array<ArrayBuffer>]>([
    ['of two payments that get along', (p) => encodeDoubleSpendProof(p.certificate, p.quick(1), p.quick(2))],
    ['of one payment twice', (p) => encodeDoubleSpendProof(p.certificate, p.quick(1), p.quick(1))],
    [
      'with a payment by another key',
      (p) =>
        encodeDoubleSpendProof(p.certificate, p.quick(1), payWith(notOurs, quickFields({ capMinor: 1n }))),
    ],
    [
      'of a purse of another house',
      () =>
        encodeDoubleSpendProof(
          notOurs.certificate,
          payWith(notOurs, quickFields()),
          payWith(notOurs, quickFields({ capMinor: 1n })),
        ),
    ],
    ['that is nonsense', () => new Uint8Array(codeBytes(presentedOf(notOurs, quickFields())))],
  ])('%s → answered as not proven, nothing is revoked', async (_, make) => {
    const purse = await aPurse();
    const { version } = await clearing.trust();
    expect(await bring(make(purse))).toEqual({ isProven: false, trustVersion: null });
    expect((await clearing.trust()).version).toBe(version);
    expect(await isRevoked(purse)).toBe(false);
  });

  it('unsigned, or larger than any proof → refused, nothing is revoked', async () => {
    const purse = await aPurse();
    const proof = proofOf(purse);
    const path = clearingStreams.proofs.path.replace(':terminalId', till.terminalId);
    const unsigned = await fetch(clearing.origin + path, {
      method: 'POST',
      headers: { 'content-type': CBOR_TYPE },
      body: proof,
    });
    expect(unsigned.status).toBe(401);
    expect(await bring(new Uint8Array(600))).toBe(413);
    expect(await isRevoked(purse)).toBe(false);
  });
});
