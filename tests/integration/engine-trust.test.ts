/** Trust at a terminal, on real files and with a real clearing house: deltas, versions, keys, revocation, certificates. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../electron/engine/db/store.ts';
import type { HttpAnswer } from '../../electron/engine/ports.ts';
import { utf8 } from '../../shared/bytes.ts';
import { issuerKeyIdFrom } from '../../shared/ids.ts';
import { pictureText, shortOf } from '../../shared/protocol/picture.ts';
import { checkCertificate } from '../../shared/protocol/presented-code.ts';
import { signTrustBundle, type TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import { decodeTrustUpdate, encodeTrustUpdate } from '../../shared/protocol/trust-update.ts';
import { startTestClearing, type TestClearing, WORLD } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { freshDatabase } from '../support/postgres.ts';
import {
  backEnd,
  codeText,
  EPOCH_S,
  issuer,
  kidOf,
  presentedOf,
  purseOf,
  quickFields,
  root,
  seed,
  signerOf,
  trustBundleOf,
} from '../support/protocol-fixture.ts';
import { SyncedTerminal } from '../support/synced-terminal.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let till: SyncedTerminal;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

async function aPurse(): Promise<TestPurse> {
  return await (await TestCustomer.register(clearing)).purse();
}

async function revoke(purse: TestPurse): Promise<void> {
  const path = `/v1/admin/purses/${purse.certificate.purseId}/revocation`;
  await clearing.call('revokePurse', { body: {}, path, operator: true });
}

const scanOf = (purse: TestPurse, counter = 1): string =>
  pictureText({ kind: 'presented', certificate: purse.certificate, payment: purse.quick(counter) });

async function version(): Promise<number> {
  return (await till.state()).trust?.version ?? 0;
}

describe('3 Trust: deltas', () => {
  beforeEach(async () => {
    till = await SyncedTerminal.enrol(clearing);
    await till.sync();
  });
  afterEach(() => till.close());

  it('two revocations → asked for with the version, told by deltas, kept over a restart without a network', async () => {
    const [first, second, third] = [await aPurse(), await aPurse(), await aPurse()];
    const before = await version();
    await revoke(first);
    await revoke(second);
    till.requests.length = 0;
    expect(await till.sync()).toBe('online');
    expect(till.requests).toContain(`GET /v1/trust-bundle?from=${before}`);
    expect(till.requests).not.toContain('GET /v1/trust-bundle');
    till.isCut = true;
    for (let round = 0; round < 2; round++) {
      expect(await version()).toBe(before + 2);
      expect(await till.accept(scanOf(first))).toBe('revoked');
      expect(await till.accept(scanOf(second))).toBe('revoked');
      expect(await till.accept(scanOf(third, round + 1))).toBe('approved');
      await till.restart();
    }
  });

  /** The line takes the first delta away: what is left builds on a version that the terminal does not hold. */
  async function skipping(ask: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const answer = await ask();
    const update = decodeTrustUpdate(answer.body);
    if (!update.ok || update.value.kind !== 'deltas') throw new Error('no deltas');
    return { ...answer, body: encodeTrustUpdate({ kind: 'deltas', deltas: update.value.deltas.slice(1) }) };
  }

  it('for another base → nothing of it is taken; the whole bundle is asked for at once', async () => {
    await revoke(await aPurse());
    await revoke(await aPurse());
    till.liar = (request, ask) => (request.url.includes('?from=') ? skipping(ask) : undefined);
    expect(await till.sync()).toBe('online');
    expect(till.requests).toContain('GET /v1/trust-bundle');
    expect(await version()).toBe((await clearing.trust()).version);
  });

  it('for another base, and no whole bundle to be had → trust-delta-base or what stopped it; the old trust stays', async () => {
    const before = await version();
    await revoke(await aPurse());
    await revoke(await aPurse());
    till.liar = (request, ask) => {
      if (request.url.includes('?from=')) return skipping(ask);
      return request.url.endsWith('/trust-bundle') ? Promise.reject(new Error('cut')) : undefined;
    };
    expect(await till.sync()).toBe('clearing-unreachable');
    expect(await version()).toBe(before);
    await till.restart();
    expect(await version()).toBe(before);
  });

  it('a chain whose last delta is broken → half of it is never taken', async () => {
    const before = await version();
    await revoke(await aPurse());
    await revoke(await aPurse());
    const broken = async (ask: () => Promise<HttpAnswer>): Promise<HttpAnswer> => {
      const answer = await ask();
      const update = decodeTrustUpdate(answer.body);
      if (!update.ok || update.value.kind !== 'deltas') throw new Error('no deltas');
      const [one = new Uint8Array(), two = new Uint8Array()] = update.value.deltas;
      const bad = two.map((byte, i) => (i === two.length - 1 ? byte ^ 1 : byte));
      return { ...answer, body: encodeTrustUpdate({ kind: 'deltas', deltas: [one, bad] }) };
    };
    till.liar = (request, ask) => {
      if (request.url.includes('?from=')) return broken(ask);
      return request.url.endsWith('/trust-bundle') ? Promise.reject(new Error('cut')) : undefined;
    };
    await till.sync();
    expect(await version()).toBe(before);
  });

  it('an older bundle again → refused; the version never goes back', async () => {
    const old = await (await fetch(`${clearing.origin}/v1/trust-bundle`)).bytes();
    await revoke(await aPurse());
    await till.sync();
    const newest = await version();
    till.liar = (request, ask) =>
      request.url.includes('/trust-bundle')
        ? ask().then((answer) => ({
            ...answer,
            status: 200,
            body: request.url.includes('?') ? encodeTrustUpdate({ kind: 'bundle', bytes: old }) : old,
          }))
        : undefined;
    expect(await till.sync()).toBe('clearing-answer-invalid');
    expect(await version()).toBe(newest);
  });

  it('a deceiver says terminal-revoked without a signature → the till sells on', async () => {
    const body = utf8(JSON.stringify({ type: 'x', title: 'x', status: 403, code: 'terminal-revoked' }));
    till.liar = () => Promise.resolve({ status: 403, header: () => null, body });
    expect(await till.sync()).toBe('terminal-revoked');
    expect(await till.accept(scanOf(await aPurse()))).toBe('approved');
    expect((await till.state()).trust?.isTerminalRevoked).toBe(false);
  });

  it('revoked by the operator → told by a delta that the root signed: takes nothing, keeps its queue, says why it cannot sync', async () => {
    const purse = await aPurse();
    expect(await till.accept(scanOf(purse))).toBe('approved');
    const { terminalId = '' } = (await till.state()).terminal ?? {};
    const path = `/v1/admin/terminals/${terminalId}/revocation`;
    const revoked = await clearing.call('revokeTerminal', { body: {}, path, operator: true });
    expect(revoked.status).toBe(200);
    expect((await clearing.call('revokeTerminal', { body: {}, path, operator: true })).body).toEqual(
      revoked.body,
    );
    till.requests.length = 0;
    expect(await till.sync()).toBe('terminal-revoked');
    expect(till.requests[0]).toMatch(/^GET .v1.trust-bundle\?from=/);
    for (let round = 0; round < 2; round++) {
      const state = await till.state();
      expect(state.trust?.isTerminalRevoked).toBe(true);
      expect(state.sync).toMatchObject({ unsentPayments: 1, unsentSum: { minor: '100', currency: 'EUR' } });
      expect(await till.accept(scanOf(purse, 2))).toBe('terminal-revoked');
      till.isCut = true;
      await till.restart();
    }
  });

  it('double spending seen here → the proof goes first, and the purse is revoked for everybody', async () => {
    const purse = await aPurse();
    const { version: before } = await clearing.trust();
    await till.accept(scanOf(purse));
    const other = purse.quick(1, { capMinor: 4000n });
    expect(
      await till.accept(pictureText({ kind: 'presented', certificate: purse.certificate, payment: other })),
    ).toBe('double-spend');
    till.requests.length = 0;
    // the answer is lost after it took effect: brought again, answered the same
    let lost = 0;
    till.liar = (request, ask) =>
      request.url.endsWith('/proofs') && lost++ === 0
        ? ask().then(() => Promise.reject(new Error('lost')))
        : undefined;
    expect(await till.sync()).toBe('clearing-unreachable');
    expect(await till.sync()).toBe('online');
    const posts = till.requests
      .filter((request) => request.startsWith('POST'))
      .map((one) => one.split('/').at(-1));
    expect(posts).toEqual(['proofs', 'proofs', 'journal']);
    expect((await clearing.trust()).version).toBe(before + 1);
    till.requests.length = 0;
    await till.sync();
    expect(till.requests.some((request) => request.endsWith('/proofs'))).toBe(false);
    expect(await version()).toBe(before + 1);
  });
});

describe('3 Trust: certificates of purses', () => {
  const known = purseOf();
  let terminal: TestTerminal;
  beforeEach(async () => {
    terminal = await enrolledTerminal();
  });
  afterEach(() => terminal.close());

  async function accept(counter: number, form: 'full' | 'short', purse = known): Promise<string> {
    const scan = codeText(
      presentedOf(purse, quickFields({ counter, previous: seed(`${counter}`).subarray(0, 8) }), form),
    );
    const answer = await terminal.call('payments.accept', {
      amount: { minor: '100', currency: 'EUR' },
      scan,
    });
    if (!answer.ok) return answer.refusal.code;
    return answer.value.verdict === 'approved' ? 'approved' : answer.value.refusal.code;
  }

  async function restart(): Promise<void> {
    terminal = await terminal.reopen();
    await terminal.call('people.signIn', { personId: 'c1', pin: PIN });
  }

  /** Another bundle on disk, as if it had come. */
  async function withTrust(change: Partial<TrustBundle>): Promise<void> {
    terminal.engine.close();
    const store = await openStore(terminal.folder, MIGRATIONS);
    if (!store.ok) throw new Error(store.refusal.code);
    const { settings } = store.value;
    const bytes = signTrustBundle(trustBundleOf({ version: 2, ...change }), WORLD, root);
    store.value.write(() => settings.setBytes('trust-bundle', bytes));
    store.value.close();
    await restart();
  }

  it('a short code of a purse never met → full-code-needed; after the full one, also after a restart → approved', async () => {
    expect(await accept(1, 'short')).toBe('full-code-needed');
    expect(await accept(1, 'full')).toBe('approved');
    expect(await accept(2, 'short')).toBe('approved');
    await restart();
    expect(await accept(3, 'short')).toBe('approved');
  });

  it('of an issuer that is no longer in the bundle → untrusted, short and full, though it was met before', async () => {
    expect(await accept(1, 'full')).toBe('approved');
    await withTrust({ issuers: [] });
    expect(await accept(2, 'short')).toBe('untrusted');
    expect(await accept(2, 'full')).toBe('untrusted');
  });

  it('of two issuers whose times overlap → both approved, until one is removed', async () => {
    const second = signerOf('second issuer');
    const keys = [issuer, second].map((key) => ({
      kid: issuerKeyIdFrom(kidOf(key)),
      publicKey: key.publicKey,
      notBeforeS: EPOCH_S - 86_400,
      notAfterS: EPOCH_S + 86_400,
    }));
    await withTrust({ issuers: keys });
    const younger = purseOf({ name: 'younger', statusIndex: 8, signedBy: second });
    expect(await accept(1, 'full')).toBe('approved');
    expect(await accept(1, 'full', younger)).toBe('approved');
    expect(await accept(2, 'short', younger)).toBe('approved');
    await withTrust({ version: 3, issuers: keys.slice(1) });
    expect(await accept(2, 'short')).toBe('untrusted');
    expect(await accept(3, 'short', younger)).toBe('approved');
    expect(shortOf(younger.certificate).short).toHaveLength(8);
  });

  it('a terminal that the root has revoked → takes nothing, says so, keeps what it has', async () => {
    expect(await accept(1, 'full')).toBe('approved');
    await withTrust({ revokedTerminals: [terminal.certificate.terminalId] });
    expect(await accept(2, 'full')).toBe('terminal-revoked');
    const state = await terminal.call('state.get', {});
    if (!state.ok) throw new Error(state.refusal.code);
    expect(state.value.trust?.isTerminalRevoked).toBe(true);
    expect(state.value.sync).toMatchObject({
      unsentPayments: 1,
      unsentSum: { minor: '100', currency: 'EUR' },
    });
    const rows = await terminal.call('payments.list', { before: null, limit: 10 });
    expect(rows.ok && rows.value.rows.map((row) => row.state)).toEqual(['approved-offline']);
    const receipt = await terminal.call('payments.receipt', {
      epoch: 1,
      journalSeq: rows.ok ? (rows.value.rows[0]?.journalSeq ?? 0) : 0,
    });
    expect(receipt.ok).toBe(true);
  });
});

describe('3 Trust: the time of an issuer key', () => {
  const [first, second] = [issuer, signerOf('second issuer')];
  const DAY_S = 86_400;
  /** The first lasts to day 10, the second from day 7 on. */
  const times = [
    { key: first, notBeforeS: EPOCH_S, notAfterS: EPOCH_S + 10 * DAY_S },
    { key: second, notBeforeS: EPOCH_S + 7 * DAY_S, notAfterS: EPOCH_S + 20 * DAY_S },
  ];
  const trust = {
    issuers: times.map(({ key, ...span }) => ({
      kid: issuerKeyIdFrom(kidOf(key)),
      publicKey: key.publicKey,
      ...span,
    })),
  };
  const verdict = (key: typeof first, iatS: number): string => {
    const { certificate } = purseOf({ signedBy: key, iatS, expS: iatS + DAY_S });
    const checked = checkCertificate(certificate, {
      world: WORLD,
      backEnd,
      trust,
      isKnownCertificate: () => false,
    });
    return checked.ok ? 'trusted' : checked.refusal.code;
  };

  it.each([
    ['the first', times[0]],
    ['the second', times[1]],
  ] as const)(
    'certificates of %s key at both edges of its time → trusted from the first to before the last',
    (_, time) => {
      if (time === undefined) throw new TypeError('a key');
      const { key, notBeforeS, notAfterS } = time;
      expect(
        [notBeforeS - 1, notBeforeS, notAfterS - 1, notAfterS].map((iatS) => verdict(key, iatS)),
      ).toEqual(['untrusted', 'trusted', 'trusted', 'untrusted']);
    },
  );

  it('while both last → both trusted; nobody else ever', () => {
    const iatS = EPOCH_S + 8 * DAY_S;
    expect([first, second, signerOf('third')].map((key) => verdict(key, iatS))).toEqual([
      'trusted',
      'trusted',
      'untrusted',
    ]);
  });
});
