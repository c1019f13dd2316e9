import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultWedgeConfig, type WedgeConfig } from '../../renderer/scanner/wedge-key.ts';
import { decodeDigits, encodeDigits } from '../../shared/protocol/digits.ts';
import { type Press, press, scannerKeys, WedgeBench } from '../support/typing.ts';

const isWhole = (digits: string) => decodeDigits(digits).ok;
const enter = (gapMs: number) => press('Enter', gapMs, 'Enter');
const prefixed: WedgeConfig = { prefix: ['F9'], terminator: 'Enter' };
const silent: WedgeConfig = { prefix: [], terminator: 'none' };
/** A code of `bytes` bytes whose check digits are right. */
const codeOf = (bytes: number, fill: number) =>
  encodeDigits(new Uint8Array(bytes).map((_, i) => i * 31 + fill));
const full = codeOf(331, 7);

describe('anything at all', () => {
  const config = fc.constantFrom<WedgeConfig>(
    defaultWedgeConfig,
    prefixed,
    silent,
    { prefix: ['F9'], terminator: 'none' },
    { prefix: ['Backquote', 'KeyQ'], terminator: 'Tab' },
  );

  it('any scanner pace up to 190 ms, any code, two scans back to back → both, and nothing on the page', () => {
    fc.assert(
      fc.property(
        config,
        fc.integer({ min: 1, max: 190 }),
        fc.integer({ min: 1, max: 340 }),
        fc.integer({ min: 30, max: 340 }),
        fc.integer({ min: 0, max: 250 }),
        fc.constantFrom('us' as const, 'french' as const, 'numpad' as const),
        fc.integer({ min: 0, max: 400 }),
        (setup, gapMs, bytes, otherBytes, fill, layout, between) => {
          // Without a prefix a slow scan is only known after 32 digits, and without an end only by a pause.
          fc.pre(setup.prefix.length > 0 || gapMs <= 35 || bytes >= 14);
          const pause = setup.terminator === 'none' ? 220 + between : Math.max(gapMs, between);
          const codes = [codeOf(bytes, fill), codeOf(otherBytes, fill + 1)];
          const keys = codes.flatMap((code): Press[] => [
            ...setup.prefix.map((prefix, i) => ({
              code: prefix,
              key: prefix,
              gapMs: i === 0 ? pause : gapMs,
            })),
            ...scannerKeys(code, { gapMs, firstGapMs: setup.prefix.length > 0 ? gapMs : pause, layout }),
            ...(setup.terminator === 'none' ? [] : [press(setup.terminator, gapMs, setup.terminator)]),
          ]);
          const bench = new WedgeBench(setup, isWhole).press(keys).wait(1500);
          expect(bench.scanned).toEqual(codes);
          expect(bench.page).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('letters and shortcuts of a person within a scan → the scan is whole, or says that it is not', () => {
    const stranger = fc.record({
      at: fc.integer({ min: 12, max: 600 }),
      press: fc.constantFrom<Press>(
        press('KeyA', 2, 'a'),
        press('Escape', 2, 'Escape'),
        { code: 'KeyL', key: 'l', gapMs: 2, chord: true },
        press('ArrowDown', 2, 'ArrowDown'),
      ),
    });
    fc.assert(
      fc.property(
        fc.array(stranger, { maxLength: 4 }),
        fc.integer({ min: 3, max: 30 }),
        (strangers, gapMs) => {
          const keys = scannerKeys(full, { gapMs });
          for (const { at, press: pressed } of strangers) keys.splice(at, 0, pressed);
          const bench = new WedgeBench(defaultWedgeConfig, isWhole).press([...keys, enter(gapMs)]);
          expect(bench.scanned).toEqual([full]);
          expect(bench.page.filter((key) => /\d/.test(key))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a digit typed into the middle of a scan → one scanned text that its check digits refuse', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 700 }), fc.integer({ min: 0, max: 9 }), (at, digit) => {
        const keys = scannerKeys(full, { gapMs: 10 });
        keys.splice(at, 0, { code: `Digit${digit}`, key: String(digit), gapMs: 4 });
        const bench = new WedgeBench(defaultWedgeConfig, isWhole).press([...keys, enter(10)]);
        expect(bench.scanned).toHaveLength(1);
        expect(bench.scanned.map(isWhole)).toEqual([false]);
      }),
      { numRuns: 100 },
    );
  });

  it('any keys at any times → no throw, no key twice, and the next scan works', () => {
    const anyPress = fc.record({
      code: fc.constantFrom(
        'Digit1',
        'Digit0',
        'Numpad7',
        'KeyA',
        'Enter',
        'Tab',
        'F9',
        'ShiftLeft',
        'Backquote',
      ),
      key: fc.constantFrom('1', 'a', 'Enter', 'Shift', '&'),
      gapMs: fc.integer({ min: 0, max: 320 }),
      repeat: fc.boolean(),
      chord: fc.boolean(),
    });
    fc.assert(
      fc.property(config, fc.array(anyPress, { maxLength: 120 }), (setup, presses) => {
        const bench = new WedgeBench(setup, isWhole).press(presses).wait(2000);
        const given = bench.page.length;
        expect(given).toBeLessThanOrEqual(presses.length);
        bench.events.length = 0;
        const keys = [
          ...setup.prefix.map((code) => ({ code, key: code, gapMs: 10 })),
          ...scannerKeys(full, { gapMs: 10, firstGapMs: 10 }),
          ...(setup.terminator === 'none' ? [] : [press(setup.terminator, 10, setup.terminator)]),
        ];
        expect(bench.press(keys).wait(1000).scanned).toEqual([full]);
        expect(bench.page.length).toBe(given);
      }),
      { numRuns: 1000 },
    );
  });
});
