/** Journal entries, batches and acknowledgements (protocol §5, §6): what one side writes, the other reads. */
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../shared/assert.ts';
import { CHECKS } from '../../shared/decision/checks.ts';
import {
  type Acknowledgement,
  LOSS_BEARERS,
  MAX_OUTCOMES,
  OUTCOME_STATES,
  type Outcome,
  openAcknowledgement,
  REJECT_REASONS,
  signAcknowledgement,
} from '../../shared/protocol/acknowledgement.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { MAX_PROOF_BYTES } from '../../shared/protocol/double-spend.ts';
import {
  encodeJournalBatch,
  MAX_BATCH_BYTES,
  MAX_BATCH_ENTRIES,
  openJournalBatch,
} from '../../shared/protocol/journal-batch.ts';
import { declineValue, readDecline, readSale, saleValue } from '../../shared/protocol/journal-bodies.ts';
import {
  decodeJournalEntry,
  encodeJournalEntry,
  JOURNAL_KINDS,
  type JournalEntry,
  journalHash,
  MAX_ENTRY_BYTES,
  NO_HASH,
} from '../../shared/protocol/journal-entry.ts';
import { reading } from '../../shared/protocol/shape.ts';
import { aadWith, forge, stranger } from '../support/forge.ts';
import {
  backEnd,
  codeBytes,
  EPOCH_S,
  issuer,
  kidOf,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  signerOf,
  terminalOf,
  trustBundleOf,
  WORLD,
} from '../support/protocol-fixture.ts';

const MALFORMED = { ok: false, refusal: { code: 'malformed' } };
const ENTRY: JournalEntry = {
  epoch: 1,
  seq: 1,
  previousHash: NO_HASH,
  kind: 'signed-in',
  atMs: EPOCH_S * 1000,
  actor: 'Desk',
  body: null,
};

describe('§5 journal entry', () => {
  it.each(Object.keys(JOURNAL_KINDS) as (keyof typeof JOURNAL_KINDS)[])(
    'an entry of kind %s → itself',
    (kind) => {
      const entry = { ...ENTRY, kind };
      expect(decodeJournalEntry(encodeJournalEntry(entry))).toEqual({ ok: true, value: entry });
    },
  );

  it('numbers of kinds → each once', () => {
    const numbers = Object.values(JOURNAL_KINDS);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  const wire = decodeCbor(encodeJournalEntry(ENTRY)) as readonly CborValue[];
  it.each<readonly [string, number, CborValue]>([
    ['epoch 0', 0, 0],
    ['epoch over 2^32 − 1', 0, 2 ** 32],
    ['seq 0', 1, 0],
    ['seq −1', 1, -1],
    ['previous hash of 31 bytes', 2, new Uint8Array(31)],
    ['a kind that is none', 3, 200],
    ['kind 0', 3, 0],
    ['kind as text', 3, 'sale'],
    ['time after the year 9999', 4, 253_402_300_800_000],
    ['actor of 65 bytes', 5, 'x'.repeat(65)],
    ['actor of 22 Chinese characters', 5, '店'.repeat(22)],
  ])('%s → malformed', (_what, at, item) => {
    expect(decodeJournalEntry(encodeCbor(wire.with(at, item)))).toEqual(MALFORMED);
  });

  it('an item more, an item less, trailing bytes, nothing → malformed', () => {
    const bytes = encodeJournalEntry(ENTRY);
    for (const bad of [
      encodeCbor([...wire, 0]),
      encodeCbor(wire.slice(0, 6)),
      Uint8Array.from([...bytes, 0]),
      bytes.subarray(0, -1),
      new Uint8Array(),
    ]) {
      expect(decodeJournalEntry(bad)).toEqual(MALFORMED);
    }
  });

  it.each<readonly [string, Partial<JournalEntry>]>([
    ['seq 0', { seq: 0 }],
    ['epoch 0', { epoch: 0 }],
    ['an actor too long', { actor: '店'.repeat(22) }],
    ['an entry too large', { body: new Uint8Array(MAX_ENTRY_BYTES) }],
    ['half a surrogate', { actor: '\ud83d' }],
  ])('encoding %s → invariant, never an entry that cannot be read again', (_what, change) => {
    expect(() => encodeJournalEntry({ ...ENTRY, ...change })).toThrow(InvariantViolation);
  });
});

describe('§5 bodies', () => {
  const code = codeBytes(presentedOf(purseOf(), quickFields()));
  const decision = {
    trustVersion: 3,
    reachable: false,
    checks: new Uint8Array(CHECKS.length).fill(1),
    decided: 'offline',
    authorisation: null,
  } as const;
  const sale = { amountMinor: 1250n, currency: 'EUR', code, invoice: null, decision, orderId: null } as const;

  it('sale and decline → themselves', () => {
    expect(readSale(decodeCbor(encodeCbor(saleValue(sale))))).toEqual(sale);
    const decline = {
      refusal: { code: 'expired', detail: { ageS: 31 } },
      amountMinor: 1250n,
      currency: 'EUR',
      scanDigest: seed('scan'),
      code: null,
      decision,
    } as const;
    expect(readDecline(decodeCbor(encodeCbor(declineValue(decline))))).toEqual(decline);
    const wire = declineValue(decline) as readonly CborValue[];
    expect(reading(() => readDecline(wire.with(0, 'no-such-reason')))).toEqual(MALFORMED);
    expect(reading(() => readDecline(wire.with(0, '__proto__')))).toEqual(MALFORMED);
    expect(reading(() => readDecline(wire.with(3, new Uint8Array(31))))).toEqual(MALFORMED);
    expect(reading(() => readDecline(wire.with(6, [])))).toEqual(MALFORMED);
    expect(reading(() => readDecline(wire.with(6, new Map([['ageS', null]]))))).toEqual(MALFORMED);
    expect(reading(() => readDecline(wire.with(6, new Map([[1, 2]]))))).toEqual(MALFORMED);
  });

  it('a sale of an order, decided online → itself', () => {
    const online = {
      ...decision,
      reachable: true,
      decided: 'online',
      authorisation: seed('answer'),
    } as const;
    const tender = { ...sale, decision: online, orderId: seed('order').subarray(0, 8) };
    expect(readSale(decodeCbor(encodeCbor(saleValue(tender))))).toEqual(tender);
  });

  it('sale and decline of the shape before → decided offline, of no order', () => {
    const old = [3, 0, decision.checks];
    expect(readSale([1250, 978, code, null, old])).toEqual(sale);
    expect(readSale([1250, 978, code, null, old, null])).toEqual(sale);
    expect(readDecline(['expired', 1250, 978, seed('scan'), null, old])).toMatchObject({ decision });
  });

  it.each<readonly [string, number, CborValue]>([
    ['an amount of nothing', 0, 0],
    ['a negative amount', 0, -1],
    ['a currency that is none', 1, 1],
    ['a code larger than any picture', 2, new Uint8Array(601)],
    ['a code as text', 2, 'code'],
    ['an invoice that is no bytes', 3, 0],
    ['a record without checks', 4, [3, 0]],
    ['a reachability of 2', 4, [3, 2, new Uint8Array(18)]],
    ['a record between two shapes', 4, [3, 0, new Uint8Array(18), 0]],
    ['decided by nobody', 4, [3, 0, new Uint8Array(18), 3, null]],
    ['an authorisation that is too large', 4, [3, 0, new Uint8Array(18), 1, new Uint8Array(513)]],
    ['an order id of 7 bytes', 5, new Uint8Array(7)],
  ])('sale with %s → malformed', (_what, at, item) => {
    const wire = saleValue(sale) as readonly CborValue[];
    expect(reading(() => readSale(wire.with(at, item)))).toEqual(MALFORMED);
  });
});

describe('§6 journal batch', () => {
  const terminal = terminalOf();
  const { terminalId } = terminal.certificate;
  const first = encodeJournalEntry(ENTRY);
  const head = { terminalId, epoch: 1, seq: 1, headHash: journalHash(first) };
  const open = (bytes: Uint8Array) => openJournalBatch(bytes, terminal.signer.publicKey, WORLD, backEnd);

  it('a batch signed by the terminal → itself', () => {
    const batch = { head, entries: [first] };
    expect(open(encodeJournalBatch(batch, WORLD, terminal.signer))).toEqual({ ok: true, value: batch });
  });

  it('by another key, or for another world → forged', () => {
    const batch = { head, entries: [first] };
    const FORGED = { ok: false, refusal: { code: 'forged' } };
    expect(open(encodeJournalBatch(batch, WORLD, stranger))).toEqual(FORGED);
    expect(open(encodeJournalBatch(batch, 'live', terminal.signer))).toEqual(FORGED);
  });

  it('none, 2,000 and 2,001 entries → malformed, read, malformed', () => {
    const of = (count: number) =>
      open(
        encodeJournalBatch(
          { head, entries: Array.from({ length: count }, () => first) },
          WORLD,
          terminal.signer,
        ),
      );
    expect(of(0)).toEqual(MALFORMED);
    expect(of(MAX_BATCH_ENTRIES).ok).toBe(true);
    expect(of(MAX_BATCH_ENTRIES + 1)).toEqual(MALFORMED);
  });

  it('more bytes than the limit → malformed, before they are read', () => {
    const entries = Array.from({ length: 4 }, () => new Uint8Array(MAX_BATCH_BYTES / 4));
    expect(open(encodeJournalBatch({ head, entries }, WORLD, terminal.signer))).toEqual(MALFORMED);
  });

  it.each<readonly [string, CborValue]>([
    ['seq 0', [seed('t').subarray(0, 8), 1, 0, NO_HASH]],
    ['epoch 0', [seed('t').subarray(0, 8), 0, 1, NO_HASH]],
    ['a short terminal id', [seed('t').subarray(0, 7), 1, 1, NO_HASH]],
    ['a short hash', [seed('t').subarray(0, 8), 1, 1, new Uint8Array(16)]],
    ['no array', 'head'],
  ])('a head with %s → malformed', (_what, payload) => {
    const value = [forge({ signer: terminal.signer, aad: aadWith('head'), kid: null, payload }), [first]];
    expect(open(encodeCbor(value))).toEqual(MALFORMED);
  });
});

describe('§6 acknowledgement', () => {
  const trust = trustBundleOf();
  const kid = kidOf(issuer);
  const open = (bytes: Uint8Array) => openAcknowledgement(bytes, trust, WORLD, backEnd);
  const OUTCOME: Outcome = {
    number: 1,
    epoch: 1,
    seq: 1,
    state: 'rejected',
    reason: 'conflict',
    lossBearer: 'merchant',
    proof: new Uint8Array(MAX_PROOF_BYTES),
  };
  const ACK: Acknowledgement = {
    terminalId: terminalOf().certificate.terminalId,
    epoch: 1,
    seq: 7,
    headHash: seed('head'),
    outcomes: [OUTCOME],
    serverTimeMs: EPOCH_S * 1000,
  };
  const ackOf = (change: Partial<Acknowledgement>) =>
    signAcknowledgement({ ...ACK, ...change }, WORLD, kid, issuer);

  it('every state, reason and bearer of loss → itself', () => {
    const outcomes: Outcome[] = [
      ...OUTCOME_STATES.filter((state) => state !== 'rejected').map((state) => ({
        ...OUTCOME,
        state,
        reason: null,
      })),
      ...REJECT_REASONS.map((reason) => ({ ...OUTCOME, reason })),
      ...LOSS_BEARERS.map((lossBearer) => ({ ...OUTCOME, lossBearer, proof: null })),
    ];
    expect(open(ackOf({ outcomes }))).toEqual({ ok: true, value: { ...ACK, outcomes } });
  });

  it('the largest that is allowed → fits a journal entry, for the terminal keeps it there', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const widest = { ...OUTCOME, number: most, epoch: 0xffff_ffff, seq: most };
    const bytes = ackOf({ outcomes: Array.from({ length: MAX_OUTCOMES }, () => widest), seq: most });
    expect(open(bytes).ok).toBe(true);
    const entry = {
      ...ENTRY,
      epoch: 0xffff_ffff,
      seq: most,
      kind: 'synced',
      actor: 'x'.repeat(64),
      body: bytes,
    } as const;
    expect(decodeJournalEntry(encodeJournalEntry(entry)).ok).toBe(true);
  });

  it.each<readonly [string, Partial<Acknowledgement>]>([
    ['rejected without a reason', { outcomes: [{ ...OUTCOME, reason: null }] }],
    ['settled with a reason', { outcomes: [{ ...OUTCOME, state: 'settled' }] }],
    ['outcome number 0', { outcomes: [{ ...OUTCOME, number: 0 }] }],
    ['an outcome of seq 0', { outcomes: [{ ...OUTCOME, seq: 0 }] }],
    ['a proof too large', { outcomes: [{ ...OUTCOME, proof: new Uint8Array(MAX_PROOF_BYTES + 1) }] }],
    ['2,001 outcomes', { outcomes: Array.from({ length: MAX_OUTCOMES + 1 }, () => OUTCOME) }],
    ['a short hash', { headHash: new Uint8Array(31) }],
  ])('%s → malformed', (_what, change) => {
    expect(open(ackOf(change))).toEqual(MALFORMED);
  });

  it('nothing held yet → seq 0 is read', () => {
    expect(open(ackOf({ seq: 0, headHash: NO_HASH, outcomes: [] })).ok).toBe(true);
  });

  it('by an unknown issuer, after the issuer’s time, by another’s hand → untrusted, untrusted, forged', () => {
    const untrusted = { ok: false, refusal: { code: 'untrusted' } };
    const byStranger = signAcknowledgement(ACK, WORLD, kidOf(stranger), stranger);
    expect(open(byStranger)).toEqual(untrusted);
    const [own] = trust.issuers;
    if (own === undefined) throw new TypeError('an issuer');
    expect(open(ackOf({ serverTimeMs: own.notAfterS * 1000 - 1 })).ok).toBe(true);
    expect(open(ackOf({ serverTimeMs: own.notAfterS * 1000 }))).toEqual(untrusted);
    expect(open(ackOf({ serverTimeMs: own.notBeforeS * 1000 - 1 }))).toEqual(untrusted);
    expect(open(signAcknowledgement(ACK, WORLD, kid, signerOf('another')))).toEqual({
      ok: false,
      refusal: { code: 'forged' },
    });
  });
});
