/** Statements: the tree of RFC 9162, and what a proof can and cannot make anybody believe. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import { terminalIdFrom } from '../../shared/ids.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { isInTree, merklePath, merkleRoot } from '../../shared/protocol/merkle.ts';
import { readTuple } from '../../shared/protocol/shape.ts';
import {
  encodeStatementProof,
  makeStatement,
  openStatementProof,
  type StatementLeaf,
  signStatement,
} from '../../shared/protocol/statement.ts';
import { bytesOfHex } from '../support/from-hex.ts';
import { backEnd, issuer, seed, trustBundleOf, WORLD } from '../support/protocol-fixture.ts';

const trust = trustBundleOf();
const kid = sha256(issuer.publicKey).subarray(0, 4);
const terminalId = terminalIdFrom(seed('a terminal').subarray(0, 8));

/** The inputs of certificate-transparency's own tests, and the roots that are published for them. */
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const CT_ROOTS: readonly [number, string][] = [
  [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
];

const leaf = (seq: number, change: Partial<StatementLeaf> = {}): StatementLeaf => ({
  epoch: 1,
  seq,
  number: seq,
  state: 'settled',
  reason: null,
  lossBearer: 'nobody',
  paymentId: seed(`payment ${seq}`).subarray(0, 16),
  refundId: null,
  amountMinor: 100n,
  currency: 'EUR',
  ...change,
});

function statementOf(leaves: readonly StatementLeaf[], fromSeq: number, toSeq: number) {
  return signStatement(makeStatement({ terminalId, epoch: 1, fromSeq, toSeq }, leaves), WORLD, kid, issuer);
}

const open = (proof: Uint8Array, seq: number) =>
  openStatementProof(proof, { terminalId, epoch: 1, seq }, trust, WORLD, backEnd);

describe('Merkle tree', () => {
  it.each(CT_ROOTS)('%i published leaves → the published root', (count, root) => {
    expect(toHex(merkleRoot(CT_LEAVES.slice(0, count).map(bytesOfHex)))).toBe(root);
  });

  it('every leaf of trees of 1 to 40 → in the tree at its place only', () => {
    for (let count = 1; count <= 40; count++) {
      const leaves = Array.from({ length: count }, (_, i) => utf8(`leaf ${i}`));
      const root = merkleRoot(leaves);
      for (const [i, bytes] of leaves.entries()) {
        const path = merklePath(leaves, i);
        expect(isInTree(bytes, i, path, count, root)).toBe(true);
        expect(isInTree(bytes, (i + 1) % (count + 1), path, count, root)).toBe(false);
        expect(isInTree(utf8('another'), i, path, count, root)).toBe(false);
        expect(isInTree(bytes, i, [...path, root], count, root)).toBe(false);
        if (path.length > 0) expect(isInTree(bytes, i, path.slice(1), count, root)).toBe(false);
      }
    }
  });
});

describe('statement proofs', () => {
  it('any journal, any entry → the proof says whether it has an outcome, and which', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 60 }),
        (seqs, asked) => {
          const leaves = seqs.toSorted((a, b) => a - b).map((seq) => leaf(seq));
          const answer = open(encodeStatementProof(statementOf(leaves, 1, 60), leaves, asked), asked);
          expect(answer.ok && (answer.value.outcome?.seq ?? null)).toBe(seqs.includes(asked) ? asked : null);
        },
      ),
      { numRuns: 60 },
    );
  });

  const leaves = [2, 3, 5, 8, 9].map((seq) => leaf(seq));
  const signed = statementOf(leaves, 1, 10);

  it('a proof for one entry, shown for another → malformed', () => {
    const proof = encodeStatementProof(signed, leaves, 6);
    expect(open(proof, 6)).toMatchObject({ ok: true, value: { outcome: null } });
    expect(open(proof, 7)).toMatchObject({ ok: true, value: { outcome: null } });
    for (const seq of [1, 2, 3, 5, 8, 9, 10, 11, 0]) expect(open(proof, seq)).toMatchObject({ ok: false });
  });

  it('neighbours that are none, a leaf left out, one leaf in the middle → malformed', () => {
    const shown = (seq: number) => readTuple(decodeCbor(encodeStatementProof(signed, leaves, seq)), 2)[1];
    const items = (seq: number) => shown(seq) as readonly CborValue[];
    const forged = (...list: (CborValue | undefined)[]) =>
      encodeCbor([signed, list.filter((one) => one !== undefined)]);
    // 3 and 8 hide 5
    expect(open(forged(items(3)[0], items(8)[0]), 5)).toMatchObject({ ok: false });
    expect(open(forged(items(8)[0], items(3)[0]), 5)).toMatchObject({ ok: false });
    expect(open(forged(items(3)[0]), 5)).toMatchObject({ ok: false });
    expect(open(forged(items(9)[0]), 10)).toMatchObject({ ok: true, value: { outcome: null } });
    expect(open(forged(items(8)[0]), 10)).toMatchObject({ ok: false });
    expect(open(forged(), 5)).toMatchObject({ ok: false });
  });

  it('another terminal, another epoch, beyond from … to, a changed leaf → malformed', () => {
    const proof = encodeStatementProof(signed, leaves, 5);
    expect(open(proof, 5)).toMatchObject({ ok: true, value: { outcome: { seq: 5, amountMinor: 100n } } });
    const other = { terminalId: terminalIdFrom(new Uint8Array(8)), epoch: 1, seq: 5 };
    expect(openStatementProof(proof, other, trust, WORLD, backEnd).ok).toBe(false);
    expect(openStatementProof(proof, { terminalId, epoch: 2, seq: 5 }, trust, WORLD, backEnd).ok).toBe(false);
    const richer = encodeStatementProof(
      signed,
      leaves.map((one) => (one.seq === 5 ? { ...one, amountMinor: 900n } : one)),
      5,
    );
    expect(open(richer, 5).ok).toBe(false);
    expect(
      openStatementProof(proof, { terminalId, epoch: 1, seq: 5 }, { issuers: [] }, WORLD, backEnd),
    ).toEqual({
      ok: false,
      refusal: { code: 'untrusted' },
    });
  });

  it('proofs with one byte changed → never another answer', () => {
    const proof = encodeStatementProof(signed, leaves, 5);
    for (let i = 0; i < proof.length; i += 3) {
      const answer = open(
        proof.map((byte, at) => (at === i ? byte ^ 1 : byte)),
        5,
      );
      if (answer.ok)
        expect(answer.value.outcome).toMatchObject({ seq: 5, amountMinor: 100n, state: 'settled' });
    }
  });

  it('totals → by currency in the order of the numbers, without what was rejected', () => {
    const mixed = [
      leaf(1),
      leaf(2, { currency: 'JPY', amountMinor: 70n }),
      leaf(3, { state: 'rejected', reason: 'conflict', lossBearer: 'merchant' }),
      leaf(4, { refundId: new Uint8Array(16), amountMinor: 30n }),
      leaf(5, { amountMinor: null, currency: null, paymentId: null }),
    ];
    expect(makeStatement({ terminalId, epoch: 1, fromSeq: 1, toSeq: 5 }, mixed).totals).toEqual([
      { currency: 'JPY', paymentCount: 1, paymentsMinor: 70n, refundCount: 0, refundsMinor: 0n },
      { currency: 'EUR', paymentCount: 1, paymentsMinor: 100n, refundCount: 1, refundsMinor: 30n },
    ]);
  });
});
