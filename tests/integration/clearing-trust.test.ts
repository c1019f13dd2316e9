/** Trust at the clearing house, on real PostgreSQL: versions, deltas, signed time, and a further issuer key. */
import * as crypto from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysFromSeeds } from '../../clearing/keys.ts';
import { toBase64Url, toHex } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { openSignedTime } from '../../shared/protocol/signed-time.ts';
import { openTrustBundle, type TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import { applyTrustDelta, openTrustDelta, type TrustContent } from '../../shared/protocol/trust-delta.ts';
import { decodeTrustUpdate, type TrustUpdate } from '../../shared/protocol/trust-update.ts';
import { random, startTestClearing, type TestClearing, WORLD } from '../support/clearing.ts';
import { TestCustomer } from '../support/clearing-customer.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';
import { backEnd } from '../support/protocol-fixture.ts';

const DAY_MS = 86_400_000;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

function contentOf({ statusList, ...rest }: TrustBundle): TrustContent {
  return { ...rest, statusBits: new Uint8Array(inflateSync(statusList.compressed)) };
}

async function update(from: number): Promise<TrustUpdate | number> {
  const answer = await fetch(`${clearing.origin}${clearingStreams.trustBundle.path}?from=${from}`);
  if (answer.status !== 200) return answer.status;
  const read = decodeTrustUpdate(await answer.bytes());
  if (!read.ok) throw new Error(read.refusal.code);
  return read.value;
}

/** What comes out of an update for somebody who holds this. */
function applied(held: TrustContent, changes: TrustUpdate): TrustContent {
  const rootKey = clearing.keys.root.publicKey;
  if (changes.kind === 'bundle') {
    const opened = openTrustBundle(changes.bytes, rootKey, WORLD, backEnd);
    if (!opened.ok) throw new Error(opened.refusal.code);
    return contentOf(opened.value);
  }
  let content = held;
  for (const bytes of changes.deltas) {
    const delta = openTrustDelta(bytes, rootKey, WORLD, backEnd);
    if (!delta.ok) throw new Error(delta.refusal.code);
    const next = applyTrustDelta(content, delta.value);
    if (!next.ok) throw new Error(next.refusal.code);
    content = next.value;
  }
  return content;
}

async function revokeOne(): Promise<number> {
  const customer = await TestCustomer.register(clearing);
  const purse = await customer.purse(1000n);
  const path = `/v1/admin/purses/${purse.certificate.purseId}/revocation`;
  const answer = await clearing.call('revokePurse', { body: {}, path, operator: true });
  return answer.body.trustVersion;
}

describe('3 Trust: what a terminal is given that asks with its version', () => {
  it('the newest → 304; one behind → one delta; further behind → a chain; all come out as the whole bundle', async () => {
    const first = contentOf(await clearing.trust());
    expect(await update(first.version)).toBe(304);
    await revokeOne();
    const second = contentOf(await clearing.trust());
    await revokeOne();
    const newest = contentOf(await clearing.trust());
    expect(newest.version).toBe(first.version + 2);
    for (const [held, length] of [
      [second, 1],
      [first, 2],
    ] as const) {
      const changes = await update(held.version);
      if (typeof changes === 'number' || changes.kind !== 'deltas') throw new Error('no deltas');
      expect(changes.deltas).toHaveLength(length);
      expect(applied(held, changes)).toEqual(newest);
    }
  });

  it('a chain that would be larger than the bundle, a version never made, one from the future → the bundle', async () => {
    const first = await clearing.trust();
    for (let i = 0; i < 6; i++) await revokeOne();
    const newest = contentOf(await clearing.trust());
    for (const from of [0, newest.version + 5]) {
      expect(await update(from)).toMatchObject({ kind: 'bundle' });
    }
    const changes = await update(first.version);
    if (typeof changes === 'number') throw new Error('no update');
    const bytes =
      changes.kind === 'bundle'
        ? changes.bytes.length
        : changes.deltas.reduce((sum, delta) => sum + delta.length, 0);
    const whole = await (await fetch(clearing.origin + clearingStreams.trustBundle.path)).bytes();
    expect(bytes).toBeLessThanOrEqual(whole.length);
    expect(applied(contentOf(first), changes)).toEqual(newest);
  });

  it.each(['', '-1', 'x', '1e3', '9999999999999999'])('?from=%s → bad-request', async (from) => {
    const answer = await fetch(`${clearing.origin}${clearingStreams.trustBundle.path}?from=${from}`);
    expect(answer.status).toBe(400);
  });
});

describe('2 Clock: the signed time', () => {
  const ask = (nonce: string) => fetch(`${clearing.origin}${clearingStreams.time.path}?nonce=${nonce}`);

  it('over a nonce → the time, for this nonce alone', async () => {
    const nonce = random(16);
    const answer = await ask(toBase64Url(nonce));
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const bytes = await answer.bytes();
    const trust = await clearing.trust();
    expect(openSignedTime(bytes, nonce, trust, WORLD, backEnd)).toEqual({
      ok: true,
      value: { nonce, serverTimeMs: clearing.clock.nowMs },
    });
    expect(openSignedTime(bytes, random(16), trust, WORLD, backEnd)).toMatchObject({
      refusal: { code: 'untrusted' },
    });
    expect(openSignedTime(bytes, nonce, trust, 'live', backEnd)).toMatchObject({
      refusal: { code: 'forged' },
    });
  });

  it.each(['', 'AAAA', 'x'.repeat(400)])('over no nonce of 16 bytes (%s) → bad-request', async (nonce) => {
    expect((await ask(nonce)).status).toBe(400);
  });
});

describe('3 Trust: a further issuer key', () => {
  it('→ in the bundle at once, signs a week later; what the first has signed stays good', async () => {
    const other = await freshDatabase();
    const clock = { nowMs: Date.now() };
    const seeds = { root: random(32), issuers: [random(32)], box: random(32) };
    const before = await startTestClearing({ databaseUrl: other.url, keys: keysFromSeeds(seeds), clock });
    const till = await TestTill.enrol(before);
    const customer = await TestCustomer.register(before);
    const purse = await customer.purse();
    const [firstKey] = before.keys.issuers;
    await before.stop();

    const keys = keysFromSeeds({ ...seeds, issuers: [...seeds.issuers, random(32)] });
    const rotated = await startTestClearing({ databaseUrl: other.url, keys, clock });
    const signedBy = async (): Promise<string> => {
      const answer = await fetch(
        `${rotated.origin}${clearingStreams.time.path}?nonce=${toBase64Url(crypto.randomBytes(16))}`,
      );
      const bytes = await answer.bytes();
      const { issuers } = keys;
      const found = issuers.findIndex(({ kid }) => toHex(bytes).includes(toHex(kid)));
      return ['first', 'second'][found] ?? 'nobody';
    };
    expect((await rotated.trust()).issuers).toHaveLength(2);
    expect(await signedBy()).toBe('first');
    clock.nowMs += 8 * DAY_MS;
    expect(await signedBy()).toBe('second');

    // a purse of the first key, at a terminal of the first key
    const moved = new TestTill(rotated, till.merchantId, till.signer, till.certificate);
    moved.sale(purse, purse.sign({ ...purse.quick(1), iatS: Math.floor(clock.nowMs / 1000) }), 500n);
    expect(outcomesText(await moved.send())).toBe('1:settled');
    expect(toHex(purse.certificate.kid)).toBe(toHex(firstKey?.kid ?? new Uint8Array()));
    await rotated.stop();
    await other.drop();
  });
});
