/**
 * The paper copy of a payment: its pictures are joined in any order, nobody can change what was charged, and its size
 * bears a receipt printer.
 */
import fc from 'fast-check';
import { create } from 'qrcode';
import { describe, expect, it } from 'vitest';
import { sign1Value, signDraft } from '../../shared/protocol/cose.ts';
import { decodeDigits, encodeDigits } from '../../shared/protocol/digits.ts';
import { signInvoice } from '../../shared/protocol/invoice.ts';
import {
  encodePaperCopy,
  MAX_PAPER_BYTES,
  openPaperCopy,
  type PaperCopy,
  readCharge,
  signCharge,
} from '../../shared/protocol/paper-copy.ts';
import { joinPaper, MAX_ONE_PICTURE_BYTES, paperTexts } from '../../shared/protocol/paper-parts.ts';
import { draftPayment, paymentIdOf, readPayment } from '../../shared/protocol/payment.ts';
import { decodePictureText } from '../../shared/protocol/picture.ts';
import { mutateBytes } from '../support/mutate-code.ts';
import {
  codeText,
  EPOCH_S,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  terminalOf,
  WORLD,
} from '../support/protocol-fixture.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { presentedCheck } from '../vectors/golden/golden-world.ts';
import { boundCopy, quickCopy } from '../vectors/golden/paper-copies.ts';

const copies = [quickCopy(), boundCopy()];
const LARGEST = 9_007_199_254_740_991n;

/** As many bytes as the fields can take. */
function widest(): PaperCopy {
  const purse = purseOf({
    allowanceMinor: LARGEST,
    perPaymentCapMinor: LARGEST,
    statusIndex: 16_777_215,
  });
  const terminal = terminalOf('x'.repeat(32));
  const { certificate, signer } = terminal;
  const nonce = seed('nonce').subarray(0, 8);
  const invoice = signInvoice(
    { nonce, amountMinor: LARGEST, iatS: EPOCH_S, ttlS: 86_400, reference: 'x'.repeat(24) },
    WORLD,
    certificate.digest,
    signer,
  );
  const fields = {
    mode: 'bound',
    counter: 65_535,
    spentMinor: LARGEST,
    previous: nonce,
    amountMinor: LARGEST,
    iatS: EPOCH_S,
    invoiceDigest: invoice.digest,
  } as const;
  const payment = readPayment(
    sign1Value(signDraft(draftPayment(fields, WORLD, purse.certificate.digest), purse.wallet)),
  );
  const charge = {
    paymentId: paymentIdOf(payment.sign1, WORLD, purse.certificate.digest),
    amountMinor: LARGEST,
    currency: purse.certificate.currency,
    atMs: 253_402_300_799_999,
    epoch: 0xffff_ffff,
    journalSeq: Number.MAX_SAFE_INTEGER,
    trustVersion: Number.MAX_SAFE_INTEGER,
  };
  return {
    purse: purse.certificate,
    payment,
    invoice,
    terminal: certificate,
    charge: readCharge(sign1Value(signCharge(charge, WORLD, signer))),
  };
}

function versionOf(text: string): number {
  return create([{ data: text, mode: 'numeric' }], { errorCorrectionLevel: 'M' }).version;
}

describe('9 Safe keeping: a paper copy', () => {
  it('of any payment → joined from its pictures in any order, as it was signed', () => {
    for (const copy of copies) {
      const bytes = encodePaperCopy(copy);
      const texts = paperTexts(bytes);
      for (const scans of [texts, texts.toReversed(), [...texts, ...texts]]) {
        expect(joinPaper(scans)).toEqual({ ok: true, value: [bytes] });
      }
      const opened = openPaperCopy(bytes, presentedCheck);
      expect(opened.ok && opened.value.charge).toEqual(copy.charge);
    }
  });

  it('any bytes of one or two pictures, many papers shuffled → each once', () => {
    const paper = fc
      .uint8Array({ minLength: MAX_ONE_PICTURE_BYTES + 1, maxLength: MAX_PAPER_BYTES })
      .map((bytes) => Uint8Array.from(bytes));
    const papers = fc.uniqueArray(paper, { minLength: 1, maxLength: 4, selector: (one) => one.join() });
    fc.assert(
      fc.property(papers, fc.integer(), (all, salt) => {
        const scans = all.flatMap(paperTexts).toSorted((a, b) => scramble(a, salt) - scramble(b, salt));
        const joined = joinPaper(scans);
        const sorted = (list: readonly Uint8Array[]) => list.map((one) => one.join()).toSorted();
        expect(joined.ok && sorted(joined.value)).toEqual(sorted(all));
      }),
      { numRuns: 30 },
    );
  });

  it('half of it, halves of two papers, a payment code → refused by name', () => {
    const [quick, bound] = copies.map((copy) => paperTexts(encodePaperCopy(copy)));
    expect(quick).toHaveLength(1);
    expect(bound).toHaveLength(2);
    const [first = '', second = ''] = bound ?? [];
    const missing = { ok: false, refusal: { code: 'paper-incomplete', detail: { missing: 1 } } };
    expect(joinPaper([first])).toEqual(missing);
    expect(joinPaper([second, second])).toEqual(missing);
    const [, other = ''] = paperTexts(encodePaperCopy(widest()));
    expect(joinPaper([first, other])).toEqual(missing);
    expect(joinPaper([codeText(presentedOf(purseOf(), quickFields()))])).toEqual({
      ok: false,
      refusal: { code: 'wrong-kind' },
    });
    expect(joinPaper(['7'.repeat(20)])).toEqual({ ok: false, refusal: { code: 'unreadable' } });
    // and a terminal that looks for a payment takes none of it
    for (const text of [...(quick ?? []), first]) {
      expect(decodePictureText(text)).toEqual({ ok: false, refusal: { code: 'malformed' } });
    }
  });

  it('changed anywhere, check digits mended → refused', () => {
    const random = seededRandom(9);
    const [quick = new Uint8Array(), bound = new Uint8Array()] = copies.map(encodePaperCopy);
    for (let i = 0; i < 1500; i++) {
      const [bytes, other] = i % 2 === 0 ? [quick, bound] : [bound, quick];
      const changed = mutateBytes(random, bytes, other);
      if (changed.join() === bytes.join()) continue;
      const digits = decodeDigits(encodeDigits(changed));
      const opened = openPaperCopy(digits.ok ? digits.value : changed, presentedCheck);
      expect(opened.ok, `change ${i}`).toBe(false);
    }
  });

  it('sizes → one picture of a quick payment, two at the most, none above version 20', () => {
    const sizes = [...copies, widest()].map((copy) => {
      const bytes = encodePaperCopy(copy);
      return [bytes.length, ...paperTexts(bytes).map(versionOf)];
    });
    expect(sizes).toEqual([
      [594, 19],
      [704, 15, 15],
      [786, 16, 16],
    ]);
    expect(versionOf(encodeDigits(new Uint8Array(MAX_ONE_PICTURE_BYTES)))).toBe(20);
    expect(versionOf(encodeDigits(new Uint8Array(MAX_ONE_PICTURE_BYTES + 1)))).toBe(21);
  });
});

/** Some order that a number decides. */
function scramble(text: string, salt: number): number {
  let sum = salt | 0;
  for (const letter of text) sum = Math.imul(sum ^ letter.charCodeAt(0), 16_777_619);
  return sum;
}
