/** Terminals: enrolment, trust bundle, and the signature on each request. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromBase64Url, toBase64Url, toHex } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE } from '../../shared/contract/clearing.ts';
import { signRequest } from '../../shared/contract/signed-request.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { parseEnrolmentCode } from '../../shared/protocol/enrolment-code.ts';
import { openTrustBundle } from '../../shared/protocol/trust-bundle.ts';
import {
  newSigner,
  random,
  startTestClearing,
  type TestClearing,
  WORLD,
  written,
} from '../support/clearing.ts';
import { TestCustomer } from '../support/clearing-customer.ts';
import { outcomesText, TestTill, terminalPossession } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';
import { backEnd } from '../support/protocol-fixture.ts';

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

async function enrolmentSecret(displayName = 'Corner shop'): Promise<Uint8Array> {
  const merchant = await clearing.call('createMerchant', {
    body: { displayName, currency: 'EUR' },
    operator: true,
  });
  const { merchantId } = merchant.body;
  const code = await clearing.call('createEnrolmentCode', { body: { merchantId }, operator: true });
  const parsed = parseEnrolmentCode(code.body.code);
  if (!parsed.ok) throw new Error(parsed.refusal.code);
  expect(parsed.value).toMatchObject({
    world: 'test',
    clearingOrigin: clearing.origin,
    rootPublicKey: clearing.keys.root.publicKey,
  });
  return parsed.value.secret;
}

const enrol = (
  secret: Uint8Array,
  signer: Signer,
  possession = terminalPossession(clearing, signer, secret),
) => clearing.call('enrolTerminal', { body: { secret: toBase64Url(secret), possession } });

describe('enrolment', () => {
  it('a code and a key → certificate and trust bundle; again with the same key → the same certificate', async () => {
    const secret = await enrolmentSecret('Café 北京');
    const signer = newSigner();
    const answers = await Promise.all(Array.from({ length: 5 }, () => enrol(secret, signer)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.certificate)).size).toBe(1);
    const bundle = fromBase64Url(answers[0]?.body.trustBundle ?? '') ?? new Uint8Array();
    expect(openTrustBundle(bundle, clearing.keys.root.publicKey, WORLD, backEnd).ok).toBe(true);
    clearing.clock.nowMs += 2 * 86_400_000;
    expect((await enrol(secret, signer)).body.certificate).toBe(answers[0]?.body.certificate);
    clearing.clock.nowMs -= 2 * 86_400_000;
    expect(await enrol(secret, newSigner())).toMatchObject({
      status: 409,
      body: { code: 'already-enrolled' },
    });
  });

  it('two keys with one code at once → one terminal', async () => {
    const secret = await enrolmentSecret();
    const answers = await Promise.all(Array.from({ length: 8 }, () => enrol(secret, newSigner())));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'already-enrolled')).toHaveLength(7);
  });

  it('an unknown or old code, another’s possession → refused, nothing written', async () => {
    const secret = await enrolmentSecret();
    const signer = newSigner();
    const before = await written(clearing);
    expect(await enrol(random(16), signer)).toMatchObject({
      status: 403,
      body: { code: 'enrolment-refused' },
    });
    const other = terminalPossession(clearing, signer, random(16));
    expect(await enrol(secret, signer, other)).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    const nowS = Math.floor(clearing.clock.nowMs / 1000);
    const old = terminalPossession(clearing, signer, secret, nowS - 301);
    expect(await enrol(secret, signer, old)).toMatchObject({ status: 400, body: { code: 'expired' } });
    clearing.clock.nowMs += 86_400_000;
    expect(await enrol(secret, signer)).toMatchObject({ status: 403, body: { code: 'enrolment-refused' } });
    clearing.clock.nowMs -= 86_400_000;
    expect(await written(clearing)).toBe(before);
  });

  it('the secret → only its digest is stored', async () => {
    const secret = await enrolmentSecret();
    const { rows } = await sql<{
      all: string;
    }>`SELECT string_agg(e::text, '') AS all FROM enrolment_codes e`.execute(clearing.database);
    expect(rows[0]?.all).not.toContain(toHex(secret));
  });

  it('a code for no merchant → not-found', async () => {
    const answer = await clearing.call('createEnrolmentCode', {
      body: { merchantId: toHex(random(8)) },
      operator: true,
    });
    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});

describe('the trust bundle', () => {
  const get = (headers: Record<string, string> = {}) =>
    fetch(clearing.origin + clearingStreams.trustBundle.path, { headers });

  it('asked with its ETag → 304; with another → 200', async () => {
    const first = await get();
    expect(first.headers.get('content-type')).toBe('application/cose');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toBe(`"${(await clearing.trust()).version}"`);
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-none-match': `W/${etag}, "9999"` })).status).toBe(304);
    expect((await get({ 'if-none-match': '"9999"' })).status).toBe(200);
  });

  it('older than six hours → signed anew, one version on, however many ask at once', async () => {
    clearing.clock.nowMs += 30 * 86_400_000;
    const { version, iatS } = await clearing.trust();
    clearing.clock.nowMs += 6 * 3_600_000;
    const bundles = await Promise.all(Array.from({ length: 10 }, () => clearing.trust()));
    expect(new Set(bundles.map((bundle) => bundle.version))).toEqual(new Set([version + 1]));
    expect(bundles[0]?.iatS).toBeGreaterThan(iatS);
    clearing.clock.nowMs -= 30 * 86_400_000 + 6 * 3_600_000;
  });
});

describe('a signed request', () => {
  let till: TestTill;
  beforeEach(async () => {
    till = await TestTill.enrol(clearing);
    const purse = await (await TestCustomer.register(clearing)).purse();
    till.sale(purse, purse.quick(1), 100n);
  });

  const send = async (url: URL, headers: Record<string, string>, bytes: Uint8Array<ArrayBuffer>) => {
    const answer = await fetch(url, { method: 'POST', headers, body: bytes });
    return { status: answer.status, code: answer.status === 200 ? 'ok' : (await answer.json()).code };
  };
  const REFUSED = { status: 401, code: 'bad-request-signature' };

  it('as it should be → 200; the very same again → bad-request-signature; signed anew → 200', async () => {
    const url = till.url('journal');
    const bytes = till.batch();
    const headers = till.headers('POST', url, { bytes });
    expect(await send(url, headers, bytes)).toEqual({ status: 200, code: 'ok' });
    expect(await send(url, headers, bytes)).toEqual(REFUSED);
    expect(outcomesText(await till.send())).toBe('1:settled');
  });

  it.each([
    ['another body', ({ bytes }) => ({ bytes: bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) })],
    ['another path', ({ url }) => ({ url: new URL(url.pathname.replace('journal', 'journal?x'), url) })],
    ['without signature', ({ headers: { signature: _, ...rest } }) => ({ headers: rest })],
    ['without digest', ({ headers: { 'content-digest': _, ...rest } }) => ({ headers: rest })],
    ['another key', ({ url, bytes }) => ({ headers: headersOf(url, bytes, { signer: newSigner() }) })],
    [
      'another terminal’s id',
      ({ url, bytes }) => ({ headers: headersOf(url, bytes, { keyId: toHex(random(8)) }) }),
    ],
    [
      'for another house',
      ({ url, bytes }) => ({ headers: headersOf(new URL(url.pathname, 'https://clearing.example'), bytes) }),
    ],
    [
      'six minutes old, by another key',
      ({ url, bytes }) => ({ headers: headersOf(url, bytes, { olderS: 360, signer: newSigner() }) }),
    ],
  ] satisfies [string, (request: Request) => Partial<Request>][])(
    '%s → bad-request-signature, nothing written',
    async (_, change) => {
      const url = till.url('journal');
      const bytes = till.batch();
      const request = { url, bytes, headers: till.headers('POST', url, { bytes }) };
      const before = await written(clearing);
      const changed = { ...request, ...change(request) };
      expect(await send(changed.url, changed.headers, changed.bytes)).toEqual(REFUSED);
      expect(await written(clearing)).toBe(before);
    },
  );

  it.each([
    ['six minutes old', 360],
    ['from six minutes ahead', -360],
  ])('%s, by its own key → clock-off-from-server, nothing written', async (_, olderS) => {
    const url = till.url('journal');
    const bytes = till.batch();
    const before = await written(clearing);
    const answer = await send(url, headersOf(url, bytes, { olderS }), bytes);
    expect(answer).toEqual({ status: 401, code: 'clock-off-from-server' });
    expect(await written(clearing)).toBe(before);
  });

  interface Request {
    readonly url: URL;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly headers: Record<string, string>;
  }

  function headersOf(
    url: URL,
    bytes: Uint8Array,
    change: { signer?: Signer; keyId?: string; olderS?: number } = {},
  ): Record<string, string> {
    const createdS = Math.floor(clearing.clock.nowMs / 1000) - (change.olderS ?? 0);
    const keyId = change.keyId ?? till.terminalId;
    const body = { bytes, contentType: CBOR_TYPE };
    return signRequest(
      { method: 'POST', url, body, keyId, createdS, nonce: random(16) },
      change.signer ?? till.signer,
    );
  }

  it('at another terminal’s path → bad-request-signature', async () => {
    const other = await TestTill.enrol(clearing);
    const url = other.url('outcomes');
    const answer = await fetch(url, { headers: till.headers('GET', url, null) });
    expect(answer.status).toBe(401);
  });

  it('of a revoked terminal → terminal-revoked', async () => {
    await sql`UPDATE terminals SET revoked_at_ms = 1 WHERE terminal_id = decode(${till.terminalId}, 'hex')`.execute(
      clearing.database,
    );
    expect(await till.send()).toMatchObject({ status: 403, code: 'terminal-revoked' });
  });

  it('no body, wrong type, too much → 401, 415, 413', async () => {
    const url = till.url('journal');
    const status = async (init: RequestInit) => (await fetch(url, { method: 'POST', ...init })).status;
    expect(await status({})).toBe(401);
    expect(await status({ body: '{}', headers: { 'content-type': 'application/json' } })).toBe(415);
    const large = new Uint8Array(5 * 1024 * 1024);
    expect(await status({ body: large, headers: { 'content-type': CBOR_TYPE } })).toBe(413);
  });
});
