import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AmountEntry,
  emptyAmount,
  eraseLast,
  minorOf,
  typeDigit,
  typePoint,
} from '../../renderer/amount-entry.ts';

function typed(keys: string, minorUnits: number): AmountEntry {
  return [...keys].reduce(
    (entry, key) =>
      key === '.'
        ? typePoint(entry, minorUnits)
        : key === '<'
          ? eraseLast(entry)
          : typeDigit(entry, key, minorUnits),
    emptyAmount,
  );
}

describe('an amount as it is keyed in', () => {
  it.each([
    ['1250', 2, 1250n],
    ['12.5', 2, 1250n],
    ['12.50', 2, 1250n],
    ['12.', 2, 1200n],
    ['.5', 2, 50n],
    ['12.505', 2, 1250n],
    ['12.5.1', 2, 1251n],
    ['1250', 0, 1250n],
    ['12.50', 0, 1250n],
    ['1.5', 3, 1500n],
    ['12345', 3, 12345n],
    ['0012', 2, 12n],
    ['', 2, 0n],
    ['12<', 2, 1n],
    ['12.5<', 2, 1200n],
    ['12.<', 2, 12n],
    ['<', 2, 0n],
  ])('"%s" with %i minor units → %d', (keys, minorUnits, minor) => {
    expect(minorOf(typed(keys, minorUnits), minorUnits)).toBe(minor);
  });

  it('a thirteenth digit → not taken', () => {
    expect(minorOf(typed('1234567890123', 2), 2)).toBe(123456789012n);
  });

  it('any keys → whole minor units of twelve digits at most, never an error', () => {
    const keys = fc.array(fc.constantFrom(...'0123456789.<'), { maxLength: 60 });
    fc.assert(
      fc.property(keys, fc.constantFrom(0, 2, 3, 4), (pressed, minorUnits) => {
        const minor = minorOf(typed(pressed.join(''), minorUnits), minorUnits);
        expect(minor >= 0n && minor < 10n ** 12n).toBe(true);
      }),
    );
  });
});
