/** Golden trust bundles, journal entries, batches and acknowledgements (protocol §3, §5, §6). */
import { toHex } from '../../../shared/bytes.ts';
import { type Acknowledgement, signAcknowledgement } from '../../../shared/protocol/acknowledgement.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../../shared/protocol/cbor.ts';
import { decodeSign1 } from '../../../shared/protocol/cose.ts';
import { encodeJournalBatch } from '../../../shared/protocol/journal-batch.ts';
import { declineValue, saleValue } from '../../../shared/protocol/journal-bodies.ts';
import {
  encodeJournalEntry,
  type JournalEntry,
  journalHash,
  NO_HASH,
} from '../../../shared/protocol/journal-entry.ts';
import { readTuple } from '../../../shared/protocol/shape.ts';
import { aadWith, type Forgery, forge, stranger } from '../../support/forge.ts';
import { bytesOfHex } from '../../support/from-hex.ts';
import {
  codeBytes,
  EPOCH_S,
  issuer,
  presentedOf,
  quickFields,
  root,
  seed,
  signedTrustBundle,
  trustBundleOf,
  WORLD,
} from '../../support/protocol-fixture.ts';
import { kid, purse, strangersKid, terminal } from './golden-world.ts';
import { READERS } from './readers.ts';
import { payloadVariants, sign1Variants } from './sign1-variants.ts';
import { type InvalidVector, plain, type ValidVector, type VectorFile } from './vector-file.ts';

function validOf(object: string, name: string, input: string): ValidVector {
  const read = READERS[object]?.(input);
  if (read?.ok !== true) throw new TypeError(`${object} ${name}: refused`);
  return { name, input, decoded: plain(read.value) };
}

type Change = readonly [name: string, at: number, item: CborValue];
const changed = (payload: readonly CborValue[], changes: readonly Change[]) =>
  changes.map(([name, at, item]): readonly [string, CborValue] => [name, payload.with(at, item)]);

/** 1,024 bits of 0 as one zlib made them once: another zlib may make other bytes of the same bits. */
const STATUS_LIST = { bits: 1024, compressed: bytesOfHex('789c63601858000000800001') };
const bundleOf = (change: Parameters<typeof trustBundleOf>[0] = {}) =>
  signedTrustBundle(trustBundleOf({ statusList: STATUS_LIST, ...change }));

export function trustBundleFile(): VectorFile {
  const bytes = bundleOf();
  const payload = readTuple(decodeCbor(decodeSign1(bytes, 'without-kid').payload), 8);
  const honest: Forgery = { signer: root, aad: aadWith('trust'), kid: null, payload };
  const [first] = payload[3] as readonly (readonly CborValue[])[];
  if (first === undefined) throw new TypeError('an issuer');
  const revoked = bundleOf({ version: 2, revokedTerminals: [terminal.certificate.terminalId] });
  return {
    object: 'trust-bundle',
    section: '3 trust bundle',
    about:
      'The COSE_Sign1, hexadecimal, checked under the root of keys.json. What is not signed by it is not read.',
    context: { external_aad: toHex(honest.aad) },
    valid: [
      validOf('trust-bundle', 'with one issuer and limits in three currencies', toHex(bytes)),
      validOf('trust-bundle', 'that revokes a terminal', toHex(revoked)),
      validOf('trust-bundle', 'without issuers, which trusts nobody', toHex(bundleOf({ issuers: [] }))),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'trust', forged: 'forged' }),
      ...payloadVariants({ ...honest, signer: issuer }, [['by an issuer', payload]], 'forged'),
      ...payloadVariants({ ...honest, signer: stranger }, [['nonsense by a stranger', 'nonsense']], 'forged'),
      ...payloadVariants(
        honest,
        changed(payload, [
          ['a negative version', 0, -1],
          ['the end before the beginning', 2, EPOCH_S - 1],
          ['a kid twice', 3, [first, first]],
          ['a kid that is not of its key', 3, [first.with(0, new Uint8Array(4))]],
          ['an issuer key of small order', 3, [first.with(1, new Uint8Array(32))]],
          ['an issuer whose time is empty', 3, [first.with(3, first[2] ?? 0)]],
          ['a status list longer than the longest', 4, [16_777_217, new Uint8Array()]],
          ['a status list that is text', 4, [8, 'bits']],
          ['a revoked terminal of 7 bytes', 5, [new Uint8Array(7)]],
          ['no policy', 6, null],
          ['an empty policy', 6, []],
          ['a box key of 31 bytes', 7, new Uint8Array(31)],
        ]),
      ),
    ],
  };
}

const CODE = codeBytes(presentedOf(purse, quickFields()));
const DECISION = {
  trustVersion: 1,
  reachable: false,
  checks: new Uint8Array(19).fill(1),
  decided: 'offline',
  authorisation: null,
} as const;

/** A day at the till, chained: signed in, a sale, a decline. */
function chain(): readonly Uint8Array[] {
  const acts: readonly Pick<JournalEntry, 'kind' | 'actor' | 'body'>[] = [
    { kind: 'signed-in', actor: 'Desk', body: null },
    {
      kind: 'sale',
      actor: 'Desk',
      body: saleValue({
        amountMinor: 1250n,
        currency: 'EUR',
        code: CODE,
        invoice: null,
        decision: DECISION,
        orderId: null,
      }),
    },
    {
      kind: 'decline',
      actor: 'Desk',
      body: declineValue({
        refusal: {
          code: 'already-used',
          detail: { atMs: (EPOCH_S + 3601) * 1000, amountMinor: '1250', journalSeq: 2 },
        },
        amountMinor: 1250n,
        currency: 'EUR',
        scanDigest: seed('scan'),
        code: CODE,
        decision: { ...DECISION, checks: DECISION.checks.with(6, 3) },
      }),
    },
  ];
  const entries: Uint8Array[] = [];
  let previousHash = NO_HASH;
  for (const [i, act] of acts.entries()) {
    const atMs = (EPOCH_S + 3600 + i) * 1000;
    const entry = encodeJournalEntry({ epoch: 1, seq: i + 1, previousHash, atMs, ...act });
    previousHash = journalHash(entry);
    entries.push(entry);
  }
  return entries;
}

export function journalEntryFile(): VectorFile {
  const entries = chain();
  const wire = readTuple(decodeCbor(entries[0] ?? NO_HASH), 7);
  const bad = (name: string, value: CborValue): InvalidVector => ({
    name,
    input: toHex(encodeCbor(value)),
    refusal: 'malformed',
  });
  return {
    object: 'journal-entry',
    section: '5 journal',
    about: 'CBOR, hexadecimal. hash is derived: it is the previousHash of the entry after it.',
    context: {},
    valid: ['the first entry', 'a sale', 'a decline'].map((name, i) =>
      validOf('journal-entry', name, toHex(entries[i] ?? NO_HASH)),
    ),
    invalid: [
      ...changed(wire, [
        ['epoch 0', 0, 0],
        ['epoch 2^32', 0, 2 ** 32],
        ['seq 0', 1, 0],
        ['a seq of 2^53', 1, 2n ** 53n],
        ['a previous hash of 31 bytes', 2, new Uint8Array(31)],
        ['kind 0', 3, 0],
        ['a kind that is none', 3, 200],
        ['a kind that is text', 3, 'sale'],
        ['a time after the year 9999', 4, 253_402_300_800_000],
        ['a negative time', 4, -1],
        ['an actor of 65 bytes', 5, 'x'.repeat(65)],
        ['an actor that is null', 5, null],
      ]).map(([name, value]) => bad(name, value)),
      bad('one item more', [...wire, 0]),
      bad('one item less', wire.slice(0, 6)),
      bad('a map for the array', new Map()),
      { name: 'nothing', input: '', refusal: 'malformed' },
      { name: 'a byte after it', input: `${toHex(entries[0] ?? NO_HASH)}00`, refusal: 'malformed' },
    ],
  };
}

export function journalBatchFile(): VectorFile {
  const entries = chain();
  const last = entries.at(-1) ?? NO_HASH;
  const head = {
    terminalId: terminal.certificate.terminalId,
    epoch: 1,
    seq: entries.length,
    headHash: journalHash(last),
  };
  const payload: readonly CborValue[] = [
    Uint8Array.from(Buffer.from(head.terminalId, 'hex')),
    1,
    entries.length,
    head.headHash,
  ];
  const honest: Forgery = { signer: terminal.signer, aad: aadWith('head'), kid: null, payload };
  const batch = (headValue: CborValue, items: CborValue) => toHex(encodeCbor([headValue, items]));
  const bad = (name: string, input: string): InvalidVector => ({ name, input, refusal: 'malformed' });
  const forgedHead = (change: Partial<Forgery>) => forge({ ...honest, ...change });
  return {
    object: 'journal-batch',
    section: '6 sync',
    about:
      'CBOR of a signed head and entries, hexadecimal, checked under the key of the terminal of keys.json. The chain is checked by whoever holds the journal.',
    context: { external_aad: toHex(honest.aad) },
    valid: [
      validOf(
        'journal-batch',
        'of three entries',
        toHex(encodeJournalBatch({ head, entries }, WORLD, terminal.signer)),
      ),
      validOf('journal-batch', 'of one entry', batch(forgedHead({}), [last])),
    ],
    invalid: [
      bad('no entries', batch(forgedHead({}), [])),
      bad(
        '2,001 entries',
        batch(
          forgedHead({}),
          Array.from({ length: 2001 }, () => new Uint8Array(1)),
        ),
      ),
      bad('an entry that is no byte string', batch(forgedHead({}), [[1, 1]])),
      bad('entries that are no array', batch(forgedHead({}), last)),
      bad('a head alone', toHex(encodeCbor([forgedHead({})]))),
      bad('a head of epoch 0', batch(forgedHead({ payload: payload.with(1, 0) }), [last])),
      bad('a head of seq 0', batch(forgedHead({ payload: payload.with(2, 0) }), [last])),
      bad(
        'a head with a hash of 31 bytes',
        batch(forgedHead({ payload: payload.with(3, new Uint8Array(31)) }), [last]),
      ),
      bad('a head with a kid', batch(forgedHead({ kid }), [last])),
      {
        name: 'a head by another key',
        input: batch(forgedHead({ signer: stranger }), [last]),
        refusal: 'forged',
      },
      {
        name: 'a head signed as a receipt',
        input: batch(forgedHead({ aad: aadWith('receipt') }), [last]),
        refusal: 'forged',
      },
      {
        name: 'a head of the live world',
        input: batch(forgedHead({ aad: aadWith('head', undefined, 'live') }), [last]),
        refusal: 'forged',
      },
    ],
  };
}

export function acknowledgementFile(): VectorFile {
  const ack: Acknowledgement = {
    terminalId: terminal.certificate.terminalId,
    epoch: 1,
    seq: 3,
    headHash: journalHash(chain().at(-1) ?? NO_HASH),
    outcomes: [
      { number: 1, epoch: 1, seq: 2, state: 'settled', reason: null, lossBearer: 'nobody', proof: null },
      {
        number: 2,
        epoch: 1,
        seq: 3,
        state: 'rejected',
        reason: 'conflict',
        lossBearer: 'merchant',
        proof: null,
      },
    ],
    serverTimeMs: (EPOCH_S + 4000) * 1000,
  };
  const signed = (change: Partial<Acknowledgement>) =>
    signAcknowledgement({ ...ack, ...change }, WORLD, kid, issuer);
  const payload = readTuple(decodeCbor(decodeSign1(signed({}), 'with-kid').payload), 6);
  const honest: Forgery = { signer: issuer, aad: aadWith('ack'), kid, payload };
  const outcome = [1, 1, 2, 0, null, 0, null] as const;
  const outcomes = (name: string, at: number, item: CborValue): Change => [
    name,
    4,
    [outcome.with(at, item as never)],
  ];
  return {
    object: 'acknowledgement',
    section: '6 sync',
    about: 'The COSE_Sign1, hexadecimal, checked under the issuers of keys.json at its own server time.',
    context: { external_aad: toHex(honest.aad) },
    valid: [
      validOf('acknowledgement', 'with two outcomes', toHex(signed({}))),
      validOf(
        'acknowledgement',
        'of nothing yet',
        toHex(signed({ seq: 0, headHash: NO_HASH, outcomes: [] })),
      ),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'ack', forged: 'forged' }),
      ...payloadVariants({ ...honest, kid: strangersKid }, [['an unknown kid', payload]], 'untrusted'),
      ...payloadVariants(
        honest,
        [['a server time after the issuer’s', payload.with(5, 253_402_300_799_999)]],
        'untrusted',
      ),
      ...payloadVariants(
        honest,
        changed(payload, [
          ['a terminal id of 7 bytes', 0, new Uint8Array(7)],
          ['a negative seq', 2, -1],
          ['a hash of 31 bytes', 3, new Uint8Array(31)],
          ['outcomes that are null', 4, null],
          ['an outcome of six items', 4, [outcome.slice(0, 6)]],
          outcomes('outcome number 0', 0, 0),
          outcomes('an outcome of seq 0', 2, 0),
          outcomes('a state that is none', 3, 3),
          outcomes('rejected without a reason', 3, 2),
          outcomes('settled with a reason', 4, 0),
          outcomes('a bearer that is none', 5, 3),
          outcomes('a proof of 513 bytes', 6, new Uint8Array(513)),
        ]),
      ),
    ],
  };
}
