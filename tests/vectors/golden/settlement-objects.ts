/** Golden statements, proofs of what is in them, and rates (protocol §3, §7). */
import { toHex } from '../../../shared/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../../shared/protocol/cbor.ts';
import { decodeSign1 } from '../../../shared/protocol/cose.ts';
import { signExchangeRate } from '../../../shared/protocol/exchange-rate.ts';
import { readTuple } from '../../../shared/protocol/shape.ts';
import {
  encodeStatementProof,
  makeStatement,
  type StatementLeaf,
  signStatement,
} from '../../../shared/protocol/statement.ts';
import { aadWith, type Forgery } from '../../support/forge.ts';
import { EPOCH_S, issuer, seed, WORLD } from '../../support/protocol-fixture.ts';
import { kid, STATEMENT_SEQ, strangersKid, terminal } from './golden-world.ts';
import { READERS } from './readers.ts';
import { payloadVariants, sign1Variants } from './sign1-variants.ts';
import { plain, type ValidVector, type VectorFile } from './vector-file.ts';

type Change = readonly [name: string, at: number, item: CborValue];

function validOf(object: string, name: string, bytes: Uint8Array): ValidVector {
  const input = toHex(bytes);
  const read = READERS[object]?.(input);
  if (read?.ok !== true) throw new TypeError(`${object} ${name}: refused`);
  return { name, input, decoded: plain(read.value) };
}

const leaf = (seq: number, number: number, change: Partial<StatementLeaf> = {}): StatementLeaf => ({
  epoch: 1,
  seq,
  number,
  state: 'settled',
  reason: null,
  lossBearer: 'nobody',
  paymentId: seed(`payment ${number}`).subarray(0, 16),
  refundId: null,
  amountMinor: 1250n,
  currency: 'EUR',
  ...change,
});

const LEAVES: readonly StatementLeaf[] = [
  leaf(2, 1),
  leaf(3, 2, { state: 'rejected', reason: 'conflict', lossBearer: 'merchant', amountMinor: 900n }),
  leaf(6, 3, { refundId: seed('refund').subarray(0, 16), amountMinor: 250n }),
];
const place = { terminalId: terminal.certificate.terminalId, epoch: 1, fromSeq: 1, toSeq: 6 };
const signed = () => signStatement(makeStatement(place, LEAVES), WORLD, kid, issuer);

export function statementFile(): VectorFile {
  const bytes = signed();
  const payload = readTuple(decodeCbor(decodeSign1(bytes, 'with-kid').payload), 6);
  const honest: Forgery = { signer: issuer, aad: aadWith('statement'), kid, payload };
  const totals = [978, 1, 1250, 1, 250];
  const changes: readonly Change[] = [
    ['a terminal id of 7 bytes', 0, new Uint8Array(7)],
    ['epoch 0', 1, 0],
    ['an end before the beginning', 2, 7],
    ['a tree of no leaves', 4, [0, new Uint8Array(32)]],
    ['a root of 31 bytes', 4, [3, new Uint8Array(31)]],
    ['a currency that is none', 5, [totals.with(0, 1)]],
    ['a currency twice', 5, [totals, totals]],
    ['currencies out of order', 5, [totals, totals.with(0, 392)]],
    ['a negative sum', 5, [totals.with(2, -1)]],
  ];
  return {
    object: 'statement',
    section: '7 settlement',
    about: 'The COSE_Sign1, hexadecimal, checked under the issuers of keys.json.',
    context: { external_aad: toHex(honest.aad) },
    valid: [validOf('statement', 'over three outcomes', bytes)],
    invalid: [
      ...sign1Variants({ honest, type: 'statement', forged: 'forged' }),
      ...payloadVariants({ ...honest, kid: strangersKid }, [['an unknown kid', payload]], 'untrusted'),
      ...payloadVariants(
        honest,
        changes.map(([name, at, item]) => [name, payload.with(at, item)]),
      ),
    ],
  };
}

export function statementProofFile(): VectorFile {
  const proof = (seq: number) => encodeStatementProof(signed(), LEAVES, seq);
  const shown = (seq: number) =>
    readTuple(readTuple(decodeCbor(proof(seq)), 2)[1], seq === 6 || seq === 3 ? 1 : 2);
  const forged = (...list: (CborValue | undefined)[]) =>
    toHex(encodeCbor([signed(), list.filter((one) => one !== undefined)]));
  const changed = LEAVES.map((one) => (one.seq === 6 ? { ...one, amountMinor: 2n } : one));
  return {
    object: 'statement-proof',
    section: '7 settlement',
    about: `CBOR, hexadecimal: what it shows of entry ${STATEMENT_SEQ} of epoch 1 of the terminal of keys.json.`,
    context: { seq: STATEMENT_SEQ },
    valid: [validOf('statement-proof', 'that an entry is in no leaf', proof(STATEMENT_SEQ))],
    invalid: [
      { name: 'a leaf of another entry', input: toHex(proof(3)), refusal: 'malformed' },
      { name: 'the last leaf, after it', input: toHex(proof(6)), refusal: 'malformed' },
      {
        name: 'neighbours the wrong way round',
        input: forged(shown(STATEMENT_SEQ)[1], shown(STATEMENT_SEQ)[0]),
        refusal: 'malformed',
      },
      { name: 'no leaves', input: forged(), refusal: 'malformed' },
      {
        name: 'a leaf that is not in the tree',
        input: toHex(encodeStatementProof(signed(), changed, STATEMENT_SEQ)),
        refusal: 'malformed',
      },
    ],
  };
}

export function exchangeRateFile(): VectorFile {
  const rate = {
    from: 'EUR',
    to: 'JPY',
    mantissa: 16215n,
    scale: 2,
    validFromS: EPOCH_S,
    validUntilS: EPOCH_S + 86_400,
  } as const;
  const bytes = signExchangeRate(rate, WORLD, kid, issuer);
  const payload = readTuple(decodeCbor(decodeSign1(bytes, 'with-kid').payload), 6);
  const honest: Forgery = { signer: issuer, aad: aadWith('rate'), kid, payload };
  const changes: readonly Change[] = [
    ['from what it is to', 0, 392],
    ['a currency that is none', 1, 1],
    ['a rate of nothing', 2, 0],
    ['thirteen digits after the point', 3, 13],
    ['an end that is its beginning', 5, EPOCH_S],
  ];
  return {
    object: 'exchange-rate',
    section: '7 settlement',
    about: 'The COSE_Sign1, hexadecimal, checked under the issuers of keys.json.',
    context: { external_aad: toHex(honest.aad) },
    valid: [validOf('exchange-rate', '1 EUR is 162.15 JPY', bytes)],
    invalid: [
      ...sign1Variants({ honest, type: 'rate', forged: 'forged' }),
      ...payloadVariants({ ...honest, kid: strangersKid }, [['an unknown kid', payload]], 'untrusted'),
      ...payloadVariants(
        honest,
        changes.map(([name, at, item]) => [name, payload.with(at, item)]),
      ),
    ],
  };
}
