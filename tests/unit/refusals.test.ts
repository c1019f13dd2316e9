/** The list of refusals (house habit 3): closed, ordered by stage, and blind to the names that objects inherit. */
import { describe, expect, it } from 'vitest';
import { isRefusalCode, precedence, REFUSALS, refusalCodes } from '../../shared/refusals.ts';

describe('refusals', () => {
  it('codes → in the order of the stages, each stage in one piece', () => {
    const stages = refusalCodes.map((code) => REFUSALS[code].stage);
    const order = [...new Set(stages)];
    expect(order).toEqual([
      'decode',
      'certificate',
      'signature',
      'freshness',
      'clock',
      'revocation',
      'replay',
      'consistency',
      'amount',
      'limit',
      'online',
      'engine',
      'access',
      'request',
    ]);
    expect(stages).toEqual(stages.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  });

  it('precedence → the place in the list', () => {
    expect(refusalCodes.map(precedence)).toEqual(refusalCodes.map((_, i) => i));
    expect(precedence('limit-trust-age')).toBeLessThan(precedence('limit-payment'));
    expect(precedence('amount-differs')).toBeLessThan(precedence('over-cap'));
  });

  it('codes → short words with hyphens, for journals keep them for ever', () => {
    for (const code of refusalCodes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it.each(['', 'Forged', 'forged ', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '%j → no code',
    (text) => {
      expect(isRefusalCode(text)).toBe(false);
    },
  );
});
