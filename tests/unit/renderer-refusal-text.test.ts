import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatDuration } from '../../renderer/formats.ts';
import { refusalText } from '../../renderer/refusal-text.ts';
import { flatten } from '../../renderer/words/flatten.ts';
import { languages, words } from '../../renderer/words/languages.ts';
import type { Say } from '../../renderer/words/say.ts';
import { type Refusal, refusalCodes } from '../../shared/refusals.ts';

/** One of each code that says something beside itself. */
const detailed: Refusal[] = [
  { code: 'expired', detail: { ageS: 142 } },
  { code: 'customer-clock-ahead', detail: { aheadS: 400 } },
  { code: 'certificate-expired', detail: { sinceS: 200_000 } },
  { code: 'already-used', detail: { atMs: 1_700_000_000_000, amountMinor: '1250', journalSeq: 3 } },
  { code: 'clock-turned-back', detail: { behindS: 90_000 } },
  { code: 'clock-jumped-forward', detail: { aheadS: 315_360_000 } },
  { code: 'clock-off-from-server', detail: { differenceS: -4000 } },
  { code: 'over-cap', detail: { capMinor: '2000' } },
  { code: 'amount-differs', detail: { signedMinor: '1000' } },
  { code: 'over-allowance', detail: { leftMinor: '320' } },
  { code: 'currency-mismatch', detail: { purseCurrency: 'USD' } },
  { code: 'limit-payment', detail: { limitMinor: '5000' } },
  { code: 'limit-purse-amount', detail: { limitMinor: '10000' } },
  { code: 'limit-purse-count', detail: { limit: 5 } },
  { code: 'limit-exposure-amount', detail: { limitMinor: '100000' } },
  { code: 'limit-exposure-count', detail: { limit: 200 } },
  { code: 'limit-trust-age', detail: { ageH: 96 } },
  { code: 'trust-delta-base', detail: { base: 3, held: 3 } },
  { code: 'declined-online', detail: { reason: 'x' } },
  { code: 'approval-needed', detail: { permission: 'x' } },
  { code: 'barcode-taken', detail: { itemId: 'x' } },
  { code: 'tender-over-due', detail: { amountMinor: '1500' } },
  { code: 'cash-short', detail: { amountMinor: '1500' } },
  { code: 'cash-not-payable', detail: { amountMinor: '1500' } },
  { code: 'rule-milder', detail: { rule: 'x' } },
  { code: 'over-refund', detail: { leftMinor: '200' } },
  { code: 'limit-refund', detail: { limitMinor: '2500' } },
  { code: 'limit-refund-day', detail: { leftMinor: '0' } },
  { code: 'order-holds-payments', detail: { amountMinor: '1500' } },
  { code: 'charged-otherwise', detail: { amountMinor: '1500' } },
  { code: 'locked-out', detail: { waitS: 45 } },
  { code: 'wrong-pin', detail: { triesLeft: 3 } },
  { code: 'too-many-requests', detail: { waitS: 30 } },
  { code: 'journal-gap', detail: { expectedSeq: 7 } },
  { code: 'journal-forked', detail: { lastSeq: 7 } },
  { code: 'not-enough-money', detail: { availableMinor: '500' } },
  { code: 'shift-open', detail: { atMs: 1_700_000_000_000 } },
  { code: 'reason-needed', detail: { differenceMinor: '-350' } },
  { code: 'orders-hold-cash', detail: { count: 2, amountMinor: '1500' } },
  { code: 'unsent-payments', detail: { count: 3, amountMinor: '4200' } },
  { code: 'bad-request', detail: { field: 'amount' } },
];

beforeAll(async () => {
  await i18next.init({
    lng: 'en',
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: Object.fromEntries(languages.map(({ tag }) => [tag, { translation: flatten(words[tag]) }])),
  });
});

describe.each(languages)('refusals in $name', ({ tag }) => {
  const sayIn = (): Say => i18next.getFixedT(tag) as unknown as Say;

  it('every code with its detail → sentences without gaps', () => {
    for (const code of refusalCodes) {
      const refusal = detailed.find((one) => one.code === code) ?? { code };
      const text = refusalText(refusal, { say: sayIn(), locale: tag, currency: 'EUR' });
      for (const sentence of [text.what, text.todo, text.customer ?? '']) {
        expect(sentence, code).not.toMatch(/[{}]|refusals\./);
        expect(sentence, code).not.toContain('–');
      }
    }
  });

  it('a code whose detail did not come → still sentences', () => {
    for (const code of refusalCodes) {
      const text = refusalText({ code }, { say: sayIn(), locale: tag, currency: null });
      expect(`${text.what}${text.todo}${text.customer}`, code).not.toMatch(/[{}]|undefined/);
    }
  });
});

describe('lengths of time', () => {
  it.each([
    [1, 'en', '1 second'],
    [119, 'en', '119 seconds'],
    [120, 'en', '2 minutes'],
    [7200, 'en', '2 hours'],
    [345_600, 'en', '4 days'],
    [3, 'ar', '3 ثوان'],
  ])('%i seconds in %s → %s', (seconds, locale, text) => {
    expect(formatDuration(seconds, locale)).toBe(text);
  });
});
