/** Online authorisation at the clearing house: judged as the sale will be, kept for that terminal, moving no money. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOLD_MS } from '../../clearing/ingest/decide-sales.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE } from '../../shared/contract/clearing.ts';
import { encodeAuthorisationRequest } from '../../shared/protocol/authorisation.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { openDoubleSpendProof } from '../../shared/protocol/double-spend.ts';
import { encodePicture, shortOf } from '../../shared/protocol/picture.ts';
import {
  balances,
  newSigner,
  startTestClearing,
  type TestClearing,
  WORLD,
  written,
} from '../support/clearing.ts';
import { TestCustomer, TestPurse } from '../support/clearing-customer.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';
import { backEnd } from '../support/protocol-fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let customer: TestCustomer;
let till: TestTill;
let other: TestTill;
let purse: TestPurse;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});
beforeEach(async () => {
  till = await TestTill.enrol(clearing);
  other = await TestTill.enrol(clearing, { displayName: 'Other shop' });
  customer = await TestCustomer.register(clearing);
  purse = await customer.purse(10_000n);
});

const asked = async (...args: Parameters<TestTill['authorise']>) => (await till.authorise(...args)).verdict;

describe('§6 authorisations: what is asked for', () => {
  it('a good payment → approved, signed for this terminal, payment and amount; nothing is posted', async () => {
    const before = await balances(clearing);
    expect(await asked(purse, purse.quick(1), 1200n)).toBe('approved');
    expect(await balances(clearing)).toEqual(before);
  });

  it('asked again, by any picture of the presentation → approved; the same picture gets the same bytes', async () => {
    const payment = purse.quick(1);
    const first = await till.authorise(purse, payment, 1200n);
    clearing.clock.nowMs += 5000;
    const before = await written(clearing);
    expect((await till.authorise(purse, payment, 1200n)).bytes).toEqual(first.bytes);
    const later = purse.quick(1, { iatS: payment.iatS + 5 });
    const second = await till.authorise(purse, later, 1200n);
    expect(second.verdict).toBe('approved');
    expect(second.bytes).not.toEqual(first.bytes);
    expect(await written(clearing)).toBe(before);
  });

  it('a hundred at once of one payment → one row, the same answer', async () => {
    const payment = purse.quick(1);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => till.authorise(purse, payment, 700n)),
    );
    expect(new Set(answers.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size).toBe(1);
  });

  it('another terminal, another amount, another payment of that counter → conflict', async () => {
    const payment = purse.quick(1);
    await till.authorise(purse, payment, 1200n);
    expect((await other.authorise(purse, payment, 1200n)).verdict).toBe('conflict');
    expect(await asked(purse, payment, 1201n)).toBe('conflict');
    expect(await asked(purse, purse.quick(1, { nonce: new Uint8Array(8) }), 1200n)).toBe('conflict');
  });

  it('two terminals at once for one counter → one approved, one conflict', async () => {
    const payment = purse.quick(1);
    const answers = await Promise.all([
      till.authorise(purse, payment, 100n),
      other.authorise(purse, payment, 100n),
    ]);
    expect(answers.map(({ verdict }) => verdict).toSorted()).toEqual(['approved', 'conflict']);
  });

  it('each reason that a sale is rejected for → declined for it, and nothing written', async () => {
    const before = await written(clearing);
    const invoice = till.invoice(500n);
    const thief = new TestPurse(customer, newSigner(), purse.certificate);
    expect(await asked(purse, thief.quick(1), 1n)).toBe('bad-signature');
    expect(await asked(purse, purse.quick(1), 1n, { currency: 'JPY' })).toBe('currency-mismatch');
    expect(await asked(purse, purse.quick(1, { capMinor: 10n }), 11n)).toBe('over-cap');
    expect(await asked(purse, purse.bound(1, invoice), 500n)).toBe('invoice-mismatch');
    expect(
      await asked(purse, purse.bound(1, other.invoice(500n)), 500n, { invoice: other.invoice(500n).bytes }),
    ).toBe('invoice-mismatch');
    expect(await asked(purse, purse.quick(1, { iatS: purse.certificate.expS }), 1n)).toBe('expired');
    expect(await written(clearing)).toBe(before);
    expect(await asked(purse, purse.bound(1, invoice), 500n, { invoice: invoice.bytes })).toBe('approved');
  });

  it('a purse that is revoked → revoked', async () => {
    const { purseId } = purse.certificate;
    const path = `/v1/admin/purses/${purseId}/revocation`;
    await clearing.call('revokePurse', { path, body: {}, operator: true });
    expect(await asked(purse, purse.quick(1), 1n)).toBe('revoked');
  });

  it('a payment that is settled already → conflict', async () => {
    const payment = purse.quick(1);
    other.sale(purse, payment, 300n);
    await other.send();
    expect(await asked(purse, payment, 300n)).toBe('conflict');
  });
});

describe('§6 authorisations: the sale that follows', () => {
  it('the journal brings it, late and by another picture → settled', async () => {
    const payment = purse.quick(1);
    await till.authorise(purse, payment, 1200n);
    clearing.clock.nowMs += 20 * 86_400_000;
    till.sale(purse, payment, 1200n, { atMs: clearing.clock.nowMs - 20 * 86_400_000 });
    expect(outcomesText(await till.send())).toBe('1:settled');
  });

  it('another terminal brings that counter → conflict with its proof; the authorised one settles after it', async () => {
    const payment = purse.quick(1);
    await till.authorise(purse, payment, 1200n);
    other.sale(purse, purse.quick(1, { nonce: new Uint8Array(8) }), 900n);
    const conflict = await other.send();
    expect(outcomesText(conflict)).toBe('1:rejected/conflict');
    const proof = conflict.ack?.outcomes[0]?.proof ?? new Uint8Array();
    const check = { world: WORLD, backEnd, trust: await clearing.trust(), isKnownCertificate: () => false };
    expect(openDoubleSpendProof(proof, check).ok).toBe(true);
    till.sale(purse, payment, 1200n);
    expect(outcomesText(await till.send())).toBe('1:settled');
  });

  it('other counters of the purse → have what is not held, neither by sale nor by authorisation more', async () => {
    await till.authorise(purse, purse.quick(1, { capMinor: 9000n }), 5000n);
    await till.authorise(purse, purse.quick(2, { capMinor: 9000n }), 3000n);
    expect((await other.authorise(purse, purse.quick(3), 2001n)).verdict).toBe('overspent');
    other.sale(purse, purse.quick(3), 2001n);
    other.sale(purse, purse.quick(4), 2000n);
    expect(outcomesText(await other.send())).toBe('1:rejected/overspent 2:settled');
    till.sale(purse, purse.quick(1, { capMinor: 9000n }), 5000n);
    till.sale(purse, purse.quick(2, { capMinor: 9000n }), 3000n);
    expect(outcomesText(await till.send())).toBe('1:settled 2:settled');
  });

  it('the purse is revoked between yes and sale → settled, for it was promised', async () => {
    const payment = purse.quick(1);
    await till.authorise(purse, payment, 400n);
    const { purseId } = purse.certificate;
    const path = `/v1/admin/purses/${purseId}/revocation`;
    await clearing.call('revokePurse', { path, body: {}, operator: true });
    clearing.clock.nowMs += 1000;
    till.sale(purse, payment, 400n);
    till.sale(purse, purse.quick(2), 1n);
    expect(outcomesText(await till.send())).toBe('1:settled 2:rejected/revoked');
  });

  it('this terminal charged another amount after all → settled by what the purse has', async () => {
    const payment = purse.quick(1, { capMinor: 5000n });
    await till.authorise(purse, payment, 400n);
    till.sale(purse, payment, 450n);
    expect(outcomesText(await till.send())).toBe('1:settled');
  });

  it('no sale ever comes → after thirty days the amount is free again, the counter is not', async () => {
    await till.authorise(purse, purse.quick(1, { capMinor: 9000n }), 5000n);
    await till.authorise(purse, purse.quick(2, { capMinor: 9000n }), 5000n);
    const third = purse.quick(3, { capMinor: 9000n });
    other.sale(purse, third, 4000n);
    expect(outcomesText(await other.send())).toBe('1:rejected/overspent');
    const soldAtMs = clearing.clock.nowMs;
    clearing.clock.nowMs += HOLD_MS + 1;
    other.sale(purse, purse.quick(4, { capMinor: 9000n, iatS: third.iatS }), 4000n, { atMs: soldAtMs });
    other.sale(purse, purse.quick(1, { capMinor: 9000n, iatS: third.iatS }), 10n, { atMs: soldAtMs });
    expect(outcomesText(await other.send(2))).toBe('2:settled 3:rejected/conflict');
  });
});

describe('§6 authorisations: requests', () => {
  const post = async (bytes: Uint8Array<ArrayBuffer>, signer = till) => {
    const url = new URL(clearingStreams.authorisations.path, clearing.origin);
    const headers = signer.headers('POST', url, { bytes });
    const answer = await fetch(url, { method: 'POST', headers, body: bytes });
    return { status: answer.status, code: ((await answer.json()) as { code?: string }).code };
  };

  it('no request at all, a short code, an amount of nothing, bytes after the end → malformed', async () => {
    const good = {
      code: encodePicture({ kind: 'presented', certificate: purse.certificate, payment: purse.quick(1) }),
      amountMinor: 1n,
      currency: 'EUR',
      invoice: null,
      isForced: false,
    } as const;
    const short = encodePicture({
      kind: 'presented',
      certificate: shortOf(purse.certificate),
      payment: purse.quick(1),
    });
    const bytes = encodeAuthorisationRequest(good);
    for (const bad of [
      new Uint8Array(1),
      encodeAuthorisationRequest({ ...good, code: short }),
      encodeAuthorisationRequest({ ...good, amountMinor: 0n }),
      encodeAuthorisationRequest({ ...good, invoice: new Uint8Array([1, 2]) }),
      new Uint8Array([...bytes, 0]),
    ]) {
      expect(await post(bad)).toEqual({ status: 400, code: 'malformed' });
    }
    expect(decodeCbor(bytes)).toHaveLength(5);
  });

  it('unsigned, or too large → refused, nothing written', async () => {
    const before = await written(clearing);
    const url = clearing.origin + clearingStreams.authorisations.path;
    const plain = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': CBOR_TYPE },
      body: new Uint8Array(10),
    });
    expect(plain.status).toBe(401);
    expect((await post(new Uint8Array(4096))).status).toBe(413);
    expect(await written(clearing)).toBe(before);
  });
});
