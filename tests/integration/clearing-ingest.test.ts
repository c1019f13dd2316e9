/** Journal ingest: what is settled, what is rejected and why, and that nothing happens twice (protocol §6). */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../shared/hash.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { openDoubleSpendProof } from '../../shared/protocol/double-spend.ts';
import { issuePurseCertificate, readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import {
  balances,
  newSigner,
  random,
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
  customer = await TestCustomer.register(clearing);
  till = await TestTill.enrol(clearing);
  purse = await customer.purse();
});

async function receivable(of: TestTill = till): Promise<bigint> {
  return (await balances(clearing)).get(`receivable/${of.merchantId}/${of.certificate.currency}`) ?? 0n;
}

async function history(): Promise<string> {
  const { body } = await clearing.call('walletPayments', { cookie: customer.cookie });
  return body.payments
    .map(({ number, counter, state, reason }) => `${number}:${counter}:${reason ?? state}`)
    .join(' ');
}

describe('sales', () => {
  it('quick and bound, full and short → settled, paid to the merchant, told to the customer', async () => {
    const invoice = till.invoice(1250n);
    till.write('enrolled', null);
    till.sale(purse, purse.quick(1), 700n);
    till.sale(purse, purse.bound(2, invoice), 1250n, { invoice, form: 'short' });
    const answer = await till.send();
    expect(outcomesText(answer)).toBe('2:settled 3:settled');
    expect(answer.ack).toMatchObject({ epoch: 1, seq: 3, terminalId: till.terminalId });
    expect(await receivable()).toBe(1950n);
    const { body } = await clearing.call('walletPayments', { cookie: customer.cookie });
    expect(body.payments).toMatchObject([
      { number: 1, counter: 1, amountMinor: '700', state: 'settled', merchantName: 'Corner shop' },
      { number: 2, counter: 2, amountMinor: '1250', state: 'settled' },
    ]);
    const me = await clearing.call('me', { cookie: customer.cookie });
    expect(me.body.purses).toMatchObject([{ settledMinor: '1950', allowanceMinor: '10000' }]);
    expect(me.body.accounts).toEqual([{ currency: 'EUR', availableMinor: '0', reservedMinor: '8050' }]);
  });

  it('the same batch again → the same outcomes, nothing written', async () => {
    till.sale(purse, purse.quick(1), 700n);
    till.append(random(40));
    till.sale(purse, purse.quick(1), 700n);
    const first = await till.send();
    expect(outcomesText(first)).toBe('1:settled 2:rejected/malformed 3:rejected/conflict');
    const before = await written(clearing);
    const again = await till.send();
    expect(again.ack?.outcomes).toEqual(first.ack?.outcomes);
    expect(again.ack?.headHash).toEqual(first.ack?.headHash);
    expect(await written(clearing)).toBe(before);
    expect((await till.outcomes(1)).ack?.outcomes).toEqual(first.ack?.outcomes.slice(1));
  });

  it('a batch that overlaps what is held → only the rest is new, outcomes of all', async () => {
    for (const counter of [1, 2, 3, 4]) till.sale(purse, purse.quick(counter), 100n);
    expect(outcomesText(await till.send(1, 2))).toBe('1:settled 2:settled');
    const answer = await till.send(2, 4);
    expect(outcomesText(answer)).toBe('2:settled 3:settled 4:settled');
    expect(answer.ack?.outcomes.map(({ number }) => number)).toEqual([2, 3, 4]);
    expect(await receivable()).toBe(400n);
  });

  it('encoded by gzip or zstd → settled; not what the encoding says → malformed; a bomb → too-large', async () => {
    till.sale(purse, purse.quick(1), 100n);
    expect(outcomesText(await till.post(new Uint8Array(gzipSync(till.batch())), 'gzip'))).toBe('1:settled');
    till.sale(purse, purse.quick(2), 100n);
    expect(outcomesText(await till.post(new Uint8Array(zstdCompressSync(till.batch(2))), 'zstd'))).toBe(
      '2:settled',
    );
    const before = await written(clearing);
    expect(await till.post(new Uint8Array(gzipSync(till.batch())), 'zstd')).toMatchObject({
      status: 400,
      code: 'malformed',
    });
    const bomb = new Uint8Array(gzipSync(new Uint8Array(64 * 1024 * 1024)));
    expect(await till.post(bomb, 'gzip')).toMatchObject({ status: 413, code: 'too-large' });
    expect(await till.post(till.batch(), 'br')).toMatchObject({ status: 415, code: 'unsupported' });
    expect(await written(clearing)).toBe(before);
  });

  it('200 posts of one payment at once → one posting, the same outcome in each', async () => {
    till.sale(purse, purse.quick(1), 700n);
    const answers = await Promise.all(Array.from({ length: 200 }, () => till.send()));
    expect(new Set(answers.map(outcomesText))).toEqual(new Set(['1:settled']));
    expect(new Set(answers.map(({ ack }) => ack?.outcomes[0]?.number))).toEqual(new Set([1]));
    expect(await receivable()).toBe(700n);
    expect(await history()).toBe('1:1:settled');
  });

  it('one payment by 20 terminals at once → settled once, conflict elsewhere', async () => {
    const tills = await Promise.all(
      Array.from({ length: 20 }, () => TestTill.enrol(clearing, { merchantId: till.merchantId })),
    );
    for (const one of tills) one.sale(purse, purse.quick(1), 700n);
    const answers = await Promise.all(tills.map((one) => one.send()));
    const texts = answers.map(outcomesText).sort();
    expect(texts).toEqual([...Array(19).fill('1:rejected/conflict'), '1:settled']);
    expect(await receivable()).toBe(700n);
  });

  it('many terminals, purses in any order, at once → all settled, none waits for ever', async () => {
    const purses = await Promise.all(
      [purse, customer.purse(), customer.purse(), customer.purse()].map(async (p) => await p),
    );
    const tills = await Promise.all(Array.from({ length: 6 }, () => TestTill.enrol(clearing)));
    for (const [i, one] of tills.entries())
      for (let k = 0; k < 20; k++) {
        const paying = purses[(i % 2 === 0 ? k : 19 - k) % purses.length];
        if (paying !== undefined) one.sale(paying, paying.quick(1 + i * 20 + k), 10n);
      }
    const answers = await Promise.all(tills.map((one) => one.send()));
    for (const answer of answers)
      expect(answer.ack?.outcomes.every(({ state }) => state === 'settled')).toBe(true);
    const numbers = (await clearing.call('walletPayments', { cookie: customer.cookie })).body.payments.map(
      ({ number }) => number,
    );
    expect(numbers).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
  });
});

describe('a sale that is not settled', () => {
  it('one payment at two terminals, two presentations → conflict with a proof that holds', async () => {
    const other = await TestTill.enrol(clearing);
    till.sale(purse, purse.quick(1), 700n);
    await till.send();
    other.sale(purse, purse.quick(1, { nonce: random(8) }), 300n);
    const answer = await other.send();
    expect(outcomesText(answer)).toBe('1:rejected/conflict');
    const outcome = answer.ack?.outcomes[0];
    expect(outcome?.lossBearer).toBe('merchant');
    const { issuers } = await clearing.trust();
    const proof = openDoubleSpendProof(outcome?.proof ?? new Uint8Array(), {
      world: WORLD,
      backEnd,
      trust: { issuers },
      isKnownCertificate: () => false,
    });
    expect(proof.ok && proof.value.certificate.purseId).toBe(purse.certificate.purseId);
    expect(await history()).toBe('1:1:settled 2:1:conflict');
  });

  it('two pictures of one presentation at two terminals → conflict without proof', async () => {
    const other = await TestTill.enrol(clearing);
    till.sale(purse, purse.quick(1), 700n);
    await till.send();
    other.sale(purse, purse.quick(1, { iatS: Math.floor(clearing.clock.nowMs / 1000) + 20 }), 700n);
    const answer = await other.send();
    expect(outcomesText(answer)).toBe('1:rejected/conflict');
    expect(answer.ack?.outcomes[0]?.proof).toBeNull();
  });

  it('more than the purse has left → overspent, the purse never below zero', async () => {
    till.sale(purse, purse.quick(1), 5000n);
    till.sale(purse, purse.quick(2), 4000n);
    till.sale(purse, purse.quick(3), 1001n);
    till.sale(purse, purse.quick(4), 1000n);
    expect(outcomesText(await till.send())).toBe('1:settled 2:settled 3:rejected/overspent 4:settled');
    expect((await balances(clearing)).get(`purse/${purse.certificate.purseId}/EUR`)).toBe(0n);
  });

  it('above the code’s cap, the purse’s cap or the count → over-cap', async () => {
    till.sale(purse, purse.quick(1, { capMinor: 600n }), 601n);
    till.sale(purse, purse.quick(2, { capMinor: 9000n }), 5001n);
    till.sale(purse, purse.quick(201), 100n);
    expect(outcomesText(await till.send())).toBe(
      '1:rejected/over-cap 2:rejected/over-cap 3:rejected/over-cap',
    );
    expect(await receivable()).toBe(0n);
  });

  it('signed by another key → bad-signature, and the customer is not told', async () => {
    const { sign1: _, ...fields } = purse.quick(1);
    till.sale(purse, purse.sign(fields, newSigner()), 100n);
    expect(outcomesText(await till.send())).toBe('1:rejected/bad-signature');
    expect(await history()).toBe('');
  });

  function foreign(change: { signer?: ReturnType<typeof newSigner>; kid?: Uint8Array } = {}): TestPurse {
    const key = newSigner();
    const signer = change.signer ?? newSigner();
    const iatS = Math.floor(clearing.clock.nowMs / 1000);
    const bytes = issuePurseCertificate(
      {
        purseId: random(8),
        iatS,
        expS: iatS + 86_400,
        publicKey: key.publicKey,
        currency: 'EUR',
        allowanceMinor: 10_000n,
        perPaymentCapMinor: 5000n,
        paymentCountCap: 10,
        statusIndex: 0,
        tier: 1,
      },
      WORLD,
      change.kid ?? sha256(signer.publicKey).subarray(0, 4),
      signer,
    );
    return new TestPurse(customer, key, readPurseCertificate(decodeCbor(bytes)));
  }

  it('a purse that is not ours → unknown-issuer, bad-signature or unknown-purse, as its certificate is', async () => {
    const ours = clearing.keys.issuers[0];
    if (ours === undefined) throw new Error('no issuer');
    const unknown = foreign();
    const forged = foreign({ kid: ours.kid });
    const unregistered = foreign({ signer: ours.signer });
    till.sale(unknown, unknown.quick(1), 100n);
    till.sale(forged, forged.quick(1), 100n);
    till.sale(unregistered, unregistered.quick(1), 100n);
    till.sale(unregistered, unregistered.quick(1), 100n, { form: 'short' });
    expect(outcomesText(await till.send())).toBe(
      '1:rejected/unknown-issuer 2:rejected/bad-signature 3:rejected/unknown-purse 4:rejected/unknown-purse',
    );
  });

  it('currency of neither purse nor merchant → currency-mismatch', async () => {
    const yen = await customer.purse(5000n, 'JPY');
    till.sale(yen, yen.quick(1), 100n);
    till.sale(yen, yen.quick(2), 100n, { currency: 'JPY' });
    till.sale(purse, purse.quick(1), 100n, { currency: 'JPY' });
    expect(outcomesText(await till.send())).toBe(
      '1:rejected/currency-mismatch 2:rejected/currency-mismatch 3:rejected/currency-mismatch',
    );
  });

  it('a bound payment whose invoice is absent, another’s, of another amount or another terminal’s → invoice-mismatch', async () => {
    const invoice = till.invoice(500n);
    const stranger = (await TestTill.enrol(clearing)).invoice(500n);
    till.sale(purse, purse.bound(1, invoice), 500n);
    till.sale(purse, purse.bound(2, invoice), 500n, { invoice: till.invoice(500n) });
    till.sale(purse, purse.bound(3, invoice), 499n, { invoice });
    till.sale(purse, purse.bound(4, invoice, 499n), 500n, { invoice });
    till.sale(purse, purse.bound(5, stranger), 500n, { invoice: stranger });
    till.sale(purse, purse.bound(6, invoice), 500n, { invoice });
    expect(outcomesText(await till.send())).toBe(
      `${[1, 2, 3, 4, 5].map((seq) => `${seq}:rejected/invoice-mismatch`).join(' ')} 6:settled`,
    );
  });

  it('sold or signed after the purse’s end → expired', async () => {
    const end = purse.certificate.expS;
    till.sale(purse, purse.quick(1), 100n, { atMs: (end + 60) * 1000 });
    till.sale(purse, purse.quick(2, { iatS: end }), 100n, { atMs: (end + 1) * 1000 });
    till.sale(purse, purse.quick(3, { iatS: end - 1 }), 100n, { atMs: (end + 59) * 1000 });
    expect(outcomesText(await till.send())).toBe('1:rejected/expired 2:rejected/expired 3:settled');
  });

  it('a purse revoked before the sale, or by what the terminal knew → revoked; sold before → settled', async () => {
    const path = `/v1/admin/purses/${purse.certificate.purseId}/revocation`;
    const revoked = await clearing.call('revokePurse', { path, operator: true, body: {} });
    const { trustVersion } = revoked.body;
    expect((await clearing.call('revokePurse', { path, operator: true, body: {} })).body).toEqual({
      trustVersion,
    });
    const { nowMs } = clearing.clock;
    till.sale(purse, purse.quick(1), 100n, { atMs: nowMs - 1 });
    till.sale(purse, purse.quick(2), 100n, { atMs: nowMs });
    till.sale(purse, purse.quick(3), 100n, { atMs: nowMs - 1, trustVersion });
    expect(outcomesText(await till.send())).toBe('1:settled 2:rejected/revoked 3:rejected/revoked');
  });
});
