/**
 * What is unsent, as a file (issue point 9): written and on disk before anybody is told, carried by somebody else,
 * read by the clearing house alone, and one effect however often it comes, by file and by network.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { carry } from '../../scripts/terminal/carry.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE } from '../../shared/contract/clearing.ts';
import { boxPublicKey } from '../../shared/protocol/box.ts';
import {
  encodeCourierFile,
  openCarriedBatch,
  readCarriedBatch,
  readCourierFile,
} from '../../shared/protocol/courier-file.ts';
import { openJournalBatch } from '../../shared/protocol/journal-batch.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import { balances, OPERATOR_TOKEN, startTestClearing, type TestClearing } from '../support/clearing.ts';
import { TestCustomer } from '../support/clearing-customer.ts';
import { enrolledTerminal, type TestTerminal } from '../support/enrolled-terminal.ts';
import { must } from '../support/orders.ts';
import { freshDatabase } from '../support/postgres.ts';
import {
  backEnd,
  codeText,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  WORLD,
} from '../support/protocol-fixture.ts';
import { SyncedTerminal } from '../support/synced-terminal.ts';

const EUROS = { minor: '1250', currency: 'EUR' } as const;

async function sell(till: TestTerminal, purse: string): Promise<void> {
  const scan = codeText(presentedOf(purseOf({ name: purse }), quickFields()));
  const answer = await must(till, 'payments.accept', { amount: EUROS, scan });
  expect(answer.verdict).toBe('approved');
}

describe('9 safe keeping: what is unsent, in a file', () => {
  let till: TestTerminal;
  beforeEach(async () => {
    till = await enrolledTerminal();
  });
  afterEach(() => till.close());

  const boxSecret = seed('clearing box');

  it('two sales offline → one file with the whole chain, its sum, and an entry of it', async () => {
    await sell(till, 'first');
    await sell(till, 'second');
    const file = await must(till, 'exports.unsent', { folder: null, approval: null });
    expect(file).toMatchObject({ unsentPayments: 2, unsentSum: { minor: '2500', currency: 'EUR' } });
    const parts = readCourierFile(readFileSync(file.path));
    const [part] = parts.ok ? parts.value : [];
    const carried = readCarriedBatch(part ?? new Uint8Array());
    const plain = carried.ok
      ? openCarriedBatch(carried.value, boxSecret, boxPublicKey(boxSecret))
      : undefined;
    const batch = openJournalBatch(plain ?? new Uint8Array(), till.certificate.publicKey, WORLD, backEnd);
    const kinds = batch.ok
      ? batch.value.entries.map((bytes) => {
          const entry = decodeJournalEntry(bytes);
          return entry.ok ? entry.value.kind : 'malformed';
        })
      : [];
    expect(kinds.filter((kind) => kind === 'sale')).toHaveLength(2);
    expect(kinds).toHaveLength(file.entries);
    expect(till.engine.verifyJournal()).toMatchObject({
      ok: true,
      value: { brokenAt: null, entries: file.entries + 1 },
    });
  });

  it('another key → opens nothing; a byte changed → opens nothing', async () => {
    await sell(till, 'first');
    const file = await must(till, 'exports.unsent', { folder: null, approval: null });
    const parts = readCourierFile(readFileSync(file.path));
    const [part = new Uint8Array()] = parts.ok ? parts.value : [];
    const carried = readCarriedBatch(part);
    if (!carried.ok) throw new Error(carried.refusal.code);
    const other = seed('another house');
    expect(openCarriedBatch(carried.value, other, boxPublicKey(other))).toBeUndefined();
    const changed = part.slice();
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    const read = readCarriedBatch(changed);
    if (!read.ok) throw new Error(read.refusal.code);
    expect(openCarriedBatch(read.value, boxSecret, boxPublicKey(boxSecret))).toBeUndefined();
  });

  it('a folder that cannot be written → export-failed, and the till goes on selling', async () => {
    await sell(till, 'first');
    const blocked = join(till.folder, 'a-file');
    writeFileSync(blocked, '');
    const refused = await till.call('exports.unsent', { folder: join(blocked, 'sub'), approval: null });
    expect(refused).toEqual({ ok: false, refusal: { code: 'export-failed' } });
    await sell(till, 'second');
  });

  it('a relative folder → bad-request; half a file is never left under its name', async () => {
    await sell(till, 'first');
    expect(await till.call('exports.unsent', { folder: 'here', approval: null })).toMatchObject({
      refusal: { code: 'bad-request' },
    });
    await must(till, 'exports.unsent', { folder: null, approval: null });
    const left = readdirSync(join(till.folder, 'exports'));
    expect(left).toHaveLength(1);
    expect(left[0]).toMatch(/\.fieldtill$/);
  });

  it('signing out with unsent payments → unsent-payments with count and sum; confirmed → out, journal whole', async () => {
    await sell(till, 'first');
    expect(await till.call('people.signOut', { confirmUnsent: false })).toEqual({
      ok: false,
      refusal: { code: 'unsent-payments', detail: { count: 1, amountMinor: '1250' } },
    });
    await must(till, 'people.signOut', { confirmUnsent: true });
    const state = await must(till, 'state.get', {});
    expect(state).toMatchObject({ phase: 'signed-out', sync: { unsentPayments: 1 } });
  });
});

describe('9 safe keeping: the file at the clearing house', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let clearing: TestClearing;
  let till: SyncedTerminal;

  beforeAll(async () => {
    database = await freshDatabase();
    clearing = await startTestClearing({ databaseUrl: database.url });
    till = await SyncedTerminal.enrol(clearing);
    expect(await till.sync()).toBe('online');
  });
  afterAll(async () => {
    till.close();
    await clearing.stop();
    await database.drop();
  });

  async function sellOffline(): Promise<void> {
    const purse = await (await TestCustomer.register(clearing)).purse();
    const code = codeText({ kind: 'presented', certificate: purse.certificate, payment: purse.quick(1) });
    till.isCut = true;
    expect(await till.accept(code, '1250')).toBe('approved');
  }

  async function file(): Promise<string> {
    const made = await till.call('exports.unsent', { folder: null, approval: null });
    if (!made.ok) throw new Error(made.refusal.code);
    return made.value.path;
  }

  const postings = async () => [...(await balances(clearing)).values()].map(String).sort();

  it('carried twice, then the network → settled once, and the till learns it by its own sync', async () => {
    await sellOffline();
    const path = await file();
    expect(await carry(path, clearing.origin)).toMatchObject({ ok: true });
    const settled = await postings();
    expect(settled).toContain('1250');
    expect(await carry(path, clearing.origin)).toMatchObject({ ok: true });
    expect(await postings()).toEqual(settled);
    till.isCut = false;
    expect(await till.sync()).toBe('online');
    expect(await postings()).toEqual(settled);
    const rows = await till.call('payments.list', { before: null, limit: 1 });
    expect(rows).toMatchObject({ ok: true, value: { rows: [{ state: 'settled' }] } });
    expect((await till.state()).sync.unsentPayments).toBe(0);
  });

  it('all is sent → nothing-unsent', async () => {
    expect(await till.call('exports.unsent', { folder: null, approval: null })).toEqual({
      ok: false,
      refusal: { code: 'nothing-unsent' },
    });
  });

  it('a file of something else, or changed on the way → malformed, nothing written', async () => {
    await sellOffline();
    const path = await file();
    const before = await postings();
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const other = `${path}.changed`;
    writeFileSync(other, bytes);
    expect(await carry(other, clearing.origin)).toMatchObject({ ok: false, facts: { status: 400 } });
    writeFileSync(other, 'no file of a till');
    expect(await carry(other, clearing.origin)).toMatchObject({ ok: false });
    const answer = await fetch(new URL(clearingStreams.courier.path, clearing.origin), {
      method: 'POST',
      headers: { 'content-type': CBOR_TYPE },
      body: encodeCourierFile([]),
    });
    expect(answer.status).toBe(400);
    expect(await postings()).toEqual(before);
    expect(await carry(path, clearing.origin)).toMatchObject({ ok: true });
  });

  it('of a revoked terminal → terminal-revoked; brought by the operator → settled', async () => {
    await sellOffline();
    const path = await file();
    const terminalId = (await till.state()).terminal?.terminalId ?? '';
    await clearing.call('revokeTerminal', {
      path: `/v1/admin/terminals/${terminalId}/revocation`,
      body: {},
      operator: true,
    });
    till.isCut = false;
    await till.sync();
    // its journal can still leave it
    const late = await file();
    const before = await postings();
    expect(await carry(path, clearing.origin)).toMatchObject({ ok: false, facts: { status: 403 } });
    expect(await postings()).toEqual(before);
    const parts = readCourierFile(readFileSync(late));
    for (const part of parts.ok ? parts.value : []) {
      const brought = await fetch(new URL(clearingStreams.courier.path, clearing.origin), {
        method: 'POST',
        headers: { 'content-type': CBOR_TYPE, authorization: `Bearer ${OPERATOR_TOKEN}` },
        body: Uint8Array.from(part),
      });
      expect(brought.status).toBe(200);
    }
    expect(await postings()).not.toEqual(before);
  });
});
