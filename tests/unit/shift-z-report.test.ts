/** Z reports: anybody can check one, a chain of them, and a paper's picture (docs/shifts.md). */
import fc from 'fast-check';
import { create } from 'qrcode';
import { describe, expect, it } from 'vitest';
import { idBytes } from '../../shared/ids.ts';
import { decodePictureText } from '../../shared/protocol/picture.ts';
import { isHeadOf, readZHeadText, signZHead, zHeadText } from '../../shared/protocol/z-head.ts';
import {
  NO_DIGEST,
  readZReport,
  signZReport,
  verifyZReport,
  type ZReport,
  type ZReportFields,
} from '../../shared/protocol/z-report.ts';
import {
  cashDue,
  type Drawer,
  OTHERS_KEY,
  salesOf,
  type TallyRow,
  takingsByCurrency,
  taxKey,
} from '../../shared/shift/takings.ts';
import { firstChainBreak } from '../../shared/shift/z-chain.ts';
import { backEnd, EPOCH_S, seed, terminalOf, WORLD } from '../support/protocol-fixture.ts';

const { certificate, signer } = terminalOf('terminal', 'x'.repeat(32));
const NONE = { count: 0, sumMinor: 0n };

const sale = (sumMinor: bigint, isOutside = false): TallyRow => ({
  heading: 'tender',
  key: 'cash',
  isOutside,
  currency: 'EUR',
  count: 1,
  sumMinor,
});

function fieldsOf(change: Partial<ZReportFields> = {}): ZReportFields {
  return {
    number: 1,
    terminalId: idBytes(certificate.terminalId),
    currency: 'EUR',
    previousDigest: NO_DIGEST,
    journal: { epoch: 1, seq: 10, hash: seed('head') },
    openedAtMs: EPOCH_S * 1000,
    openedBy: 'Desk',
    closedAtMs: EPOCH_S * 1000,
    closedBy: 'Desk',
    approvedBy: null,
    differenceApprovedBy: null,
    unsentApprovedBy: null,
    drawer: {
      floatMinor: 0n,
      given: NONE,
      change: NONE,
      refunds: NONE,
      paidIn: NONE,
      paidOut: NONE,
      openings: 0,
    },
    counted: { totalMinor: 0n, pieces: null },
    counts: 1,
    firstCountMinor: 0n,
    reason: '',
    parkedOrders: 0,
    takings: takingsByCurrency([], 'EUR'),
    outside: [],
    fates: [],
    unsent: NONE,
    grandTotals: [],
    ...change,
  };
}

const reportOf = (change: Partial<ZReportFields> = {}): ZReport =>
  readZReport(signZReport(fieldsOf(change), WORLD, signer));

/** Reports that sold so much each, chained as a terminal chains them. */
function chainOf(sales: readonly bigint[], change: (fields: ZReportFields) => ZReportFields = (f) => f) {
  const reports: ZReport[] = [];
  let sumMinor = 0n;
  for (const [i, one] of sales.entries()) {
    sumMinor += one;
    const fields = fieldsOf({
      number: i + 1,
      previousDigest: reports.at(-1)?.digest ?? NO_DIGEST,
      journal: { epoch: 1, seq: 10 * (i + 1), hash: seed(`head ${i}`) },
      takings: takingsByCurrency([sale(one)], 'EUR'),
      grandTotals: [{ currency: 'EUR', sales: { count: i + 1, sumMinor }, refunds: NONE }],
    });
    reports.push(readZReport(signZReport(change(fields), WORLD, signer)));
  }
  return reports;
}

describe('verifyZReport', () => {
  it('of this terminal → what it says; of another, of the live world → forged; no report → malformed', () => {
    const { bytes } = reportOf();
    const verify = (world: 'live' | 'test', by = certificate) => verifyZReport(bytes, by, world, backEnd);
    expect(verify(WORLD)).toMatchObject({ ok: true, value: { number: 1, dueMinor: 0n } });
    expect(verify('live')).toEqual({ ok: false, refusal: { code: 'forged' } });
    expect(verify(WORLD, terminalOf('another').certificate)).toEqual({
      ok: false,
      refusal: { code: 'forged' },
    });
    expect(verifyZReport(bytes.subarray(1), certificate, WORLD, backEnd)).toEqual({
      ok: false,
      refusal: { code: 'malformed' },
    });
  });

  it('any byte changed → never taken', () => {
    const { bytes } = reportOf();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const other = Uint8Array.from(bytes);
        other[at] = (other[at] ?? 0) ^ change;
        expect(verifyZReport(other, certificate, WORLD, backEnd).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('any drawer → its cash due is what it adds up to, read back as written', () => {
    const minor = fc.bigInt({ min: 0n, max: 10n ** 12n });
    const tally = fc.record({ count: fc.nat(), sumMinor: minor });
    const drawer: fc.Arbitrary<Drawer> = fc.record({
      floatMinor: minor,
      given: tally,
      change: tally,
      refunds: tally,
      paidIn: tally,
      paidOut: tally,
      openings: fc.nat(),
    });
    fc.assert(
      fc.property(drawer, minor, (any, totalMinor) => {
        const report = reportOf({ drawer: any, counted: { totalMinor, pieces: null } });
        expect(report.drawer).toEqual(any);
        expect(report.dueMinor).toBe(cashDue(any));
        expect(report.differenceMinor).toBe(totalMinor - cashDue(any));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a chain of Z reports', () => {
  it('as the terminal made them → no break; without the first → number', () => {
    const reports = chainOf([100n, 200n, 0n, 50n]);
    expect(firstChainBreak(reports)).toBeUndefined();
    expect(firstChainBreak(reports.slice(1))).toEqual({ number: 2, what: 'number' });
  });

  it('one missing → number; one swapped for another → digest; one twice → number', () => {
    const [a, b, c] = chainOf([100n, 200n, 300n]);
    const [, other] = chainOf([100n, 250n]);
    if (a === undefined || b === undefined || c === undefined || other === undefined) throw new Error('none');
    expect(firstChainBreak([a, c])).toEqual({ number: 3, what: 'number' });
    expect(firstChainBreak([a, other, c])).toEqual({ number: 3, what: 'digest' });
    expect(firstChainBreak([a, b, b])).toEqual({ number: 2, what: 'number' });
  });

  it.each<[string, (fields: ZReportFields) => ZReportFields, string]>([
    ['a journal that stood still', (f) => ({ ...f, journal: { ...f.journal, seq: 10 } }), 'journal'],
    ['grand totals that leave a shift out', (f) => ({ ...f, grandTotals: [] }), 'totals'],
    [
      'another terminal',
      (f) => (f.number === 1 ? f : { ...f, terminalId: seed('t').subarray(0, 8) }),
      'terminal',
    ],
  ])('%s → %s', (_what, change, what) => {
    expect(firstChainBreak(chainOf([100n, 200n], change))?.what).toBe(what);
  });

  it('the journal went on in a new epoch, after a restore → no break', () => {
    const reports = chainOf([100n, 200n], (f) =>
      f.number === 1 ? f : { ...f, journal: { ...f.journal, epoch: 2, seq: 1 } },
    );
    expect(firstChainBreak(reports)).toBeUndefined();
  });

  it('any takings → the totals of all reports together are the grand total', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 8 }),
        (sales) => {
          const reports = chainOf(sales);
          const all = reports
            .flatMap(({ takings }) => takings)
            .reduce((sum, one) => sum + salesOf(one).sumMinor, 0n);
          expect(reports.at(-1)?.grandTotals[0]?.sales.sumMinor).toBe(all);
          expect(firstChainBreak(reports)).toBeUndefined();
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('the picture on a Z report’s paper', () => {
  const report = reportOf();
  const text = zHeadText(signZHead(report, WORLD, signer), certificate);

  it('read → the terminal, and the head of this report and of no other', () => {
    const read = readZHeadText(text, WORLD, backEnd);
    expect(read.ok && read.value.certificate.displayName).toBe('x'.repeat(32));
    expect(read.ok && isHeadOf(read.value.head, report)).toBe(true);
    expect(read.ok && isHeadOf(read.value.head, reportOf({ reason: 'x' }))).toBe(false);
    expect(readZHeadText(text, 'live', backEnd)).toEqual({ ok: false, refusal: { code: 'forged' } });
  });

  it('a digit misread → unreadable; a receipt’s kind, a payment’s place → malformed', () => {
    const misread = `${text.slice(0, 50)}${(Number(text[50]) + 1) % 10}${text.slice(51)}`;
    expect(readZHeadText(misread, WORLD, backEnd)).toEqual({ ok: false, refusal: { code: 'unreadable' } });
    expect(decodePictureText(text)).toEqual({ ok: false, refusal: { code: 'malformed' } });
  });

  it('with the longest shop name → version 15 at level M', () => {
    const { version } = create([{ data: text, mode: 'numeric' }], { errorCorrectionLevel: 'M' });
    expect(version).toBe(15);
  });
});

describe('takings', () => {
  const rate = (i: number) => taxKey({ taxRateId: `r${i}`, name: 'Rate', basisPoints: i, isIncluded: true });

  it('more rows than a report lists → the rest in one row, the sum unchanged', () => {
    const rows = Array.from(
      { length: 700 },
      (_, i): TallyRow => ({ ...sale(BigInt(i)), heading: 'person', key: `p${i}` }),
    );
    const [takings] = takingsByCurrency(rows, null);
    expect(takings?.people).toHaveLength(500);
    expect(takings?.people.at(-1)?.key).toBe(OTHERS_KEY);
    expect(takings?.people.reduce((sum, { sumMinor }) => sum + sumMinor, 0n)).toBe((699n * 700n) / 2n);
  });

  it('more tax rates than a report lists → one row for the others, and it can still be read back', () => {
    const rows = Array.from({ length: 600 }, (_, i): readonly TallyRow[] => [
      { ...sale(5n), heading: 'tax', key: rate(i) },
      { ...sale(100n), heading: 'tax-net', key: rate(i) },
    ]).flat();
    const report = reportOf({ takings: takingsByCurrency(rows, 'EUR') });
    const taxes = report.takings[0]?.taxes ?? [];
    expect(taxes).toHaveLength(500);
    expect(taxes.reduce((sum, { taxMinor }) => sum + taxMinor, 0n)).toBe(3000n);
    expect(taxes.reduce((sum, { netMinor }) => sum + netMinor, 0n)).toBe(60_000n);
  });

  it('two currencies → never one sum', () => {
    const all = takingsByCurrency([sale(5n), { ...sale(7n), currency: 'JPY' }], 'EUR');
    expect(all.map((one) => [one.currency, salesOf(one).sumMinor])).toEqual([
      ['EUR', 5n],
      ['JPY', 7n],
    ]);
  });
});
