/** A sale, two parts of it back, another sale undone, a copy: whichever write the plug is pulled at, what was shown is there. */
import { expect } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import { decodePictureText } from '../../../shared/protocol/picture.ts';
import { PIN } from '../enrolled-terminal.ts';
import { type CrashScenario, must, nowEngineOptions, prepareTerminal, saleCode } from './scenario.ts';

const SOLD = '800';
const REASON = { reason: 'Broken cup', approval: null };
const eur = (minor: string) => ({ minor, currency: 'EUR' });

export const scenario: CrashScenario = {
  name: 'refund',
  prepare: prepareTerminal,
  act: async (folder, told) => {
    const engine = await Engine.open(nowEngineOptions(folder));
    await must(engine, 'people.signIn', { personId: 'c1', pin: PIN });
    const sell = async (name: string) => {
      const sale = await must(engine, 'payments.accept', { amount: eur(SOLD), scan: saleCode(name) });
      return { epoch: sale.payment.epoch, journalSeq: sale.payment.journalSeq };
    };
    const original = await sell('given back');
    for (const part of ['300', '500']) {
      const wish = { original, amount: eur(part), method: 'credit-note', ...REASON } as const;
      told((await must(engine, 'refunds.make', wish)).digits ?? '');
    }
    const undone = await sell('undone');
    told((await must(engine, 'refunds.void', { original: undone, ...REASON })).digits ?? '');
    await must(engine, 'papers.reprint', { what: 'receipt', original: undone, approval: null });
    engine.close();
  },
  check: async (engine, told) => {
    const { rows } = await must(engine, 'payments.list', { before: null, limit: 100 });
    const sold = rows.filter(({ amount }) => amount.minor === SOLD);
    const notes: string[] = [];
    for (const { epoch, journalSeq, amount, refunded, isVoided } of sold) {
      const refunds = await must(engine, 'refunds.list', { original: { epoch, journalSeq } });
      const sum = refunds.reduce((total, refund) => total + BigInt(refund.amount.minor), 0n);
      expect(refunded.minor).toBe(sum.toString());
      expect(sum).toBeLessThanOrEqual(BigInt(amount.minor));
      expect(isVoided).toBe(refunds.some(({ what }) => what === 'void'));
      for (const refund of refunds) {
        const place = { epoch: refund.epoch, journalSeq: refund.journalSeq };
        const { digits } = await must(engine, 'refunds.note', place);
        expect(decodePictureText(digits)).toMatchObject({ ok: true, value: { kind: 'refund' } });
        notes.push(digits);
      }
      // the till goes on: what is left can be given back, and no more
      const left = BigInt(amount.minor) - sum;
      const over = { original: { epoch, journalSeq }, method: 'credit-note', ...REASON } as const;
      const tooMuch = await engine.call('refunds.make', { ...over, amount: eur(`${left + 1n}`) });
      expect(tooMuch).toMatchObject({ ok: false, refusal: { code: 'over-refund' } });
    }
    for (const digits of told) expect(notes.filter((note) => note === digits)).toHaveLength(1);
    // one may be on disk that the till did not come to show; no more
    expect(notes.length - told.length).toBeLessThanOrEqual(1);
  },
};
