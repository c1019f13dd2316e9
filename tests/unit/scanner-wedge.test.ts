import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultWedgeConfig, type WedgeConfig, wedgeConfigFault } from '../../renderer/scanner/wedge-key.ts';
import { decodeDigits, encodeDigits } from '../../shared/protocol/digits.ts';
import { madeDigits } from '../support/qr-scene.ts';
import { type Press, press, scannerKeys, WedgeBench } from '../support/typing.ts';

const isWhole = (digits: string) => decodeDigits(digits).ok;
const enter = (gapMs: number) => press('Enter', gapMs, 'Enter');
const typed = (digits: string, gapMs: number) => scannerKeys(digits, { gapMs, firstGapMs: gapMs });
const prefixed: WedgeConfig = { prefix: ['F9'], terminator: 'Enter' };
const silent: WedgeConfig = { prefix: [], terminator: 'none' };
/** A code of `bytes` bytes whose check digits are right. */
const codeOf = (bytes: number, fill: number) =>
  encodeDigits(new Uint8Array(bytes).map((_, i) => i * 31 + fill));
const full = codeOf(331, 7);

describe('a scanner without a prefix', () => {
  it('10 ms a key, 700 to 900 digits, then Enter → scanned, nothing reaches the page', () => {
    for (const length of [700, 804, 900]) {
      const digits = madeDigits(length, length);
      const bench = new WedgeBench(defaultWedgeConfig).press([
        ...scannerKeys(digits, { gapMs: 10 }),
        enter(10),
      ]);
      expect(bench.scanned).toEqual([digits]);
      expect(bench.page).toEqual([]);
    }
  });

  it('keys of a French layout (Digit1 is "&") → scanned as digits', () => {
    const bench = new WedgeBench(defaultWedgeConfig);
    bench.press([...scannerKeys(full, { gapMs: 8, layout: 'french' }), enter(8)]);
    expect(bench.scanned).toEqual([full]);
  });

  it('number-pad keys and number-pad Enter → scanned', () => {
    const bench = new WedgeBench(defaultWedgeConfig);
    bench.press([...scannerKeys(full, { gapMs: 8, layout: 'numpad' }), press('NumpadEnter', 8, 'Enter')]);
    expect(bench.scanned).toEqual([full]);
  });

  it('Shift and CapsLock between the keys → no matter', () => {
    const keys = scannerKeys(full, { gapMs: 6 }).flatMap((key) => [
      press('ShiftLeft', 2, 'Shift'),
      press('CapsLock', 1, 'CapsLock'),
      key,
    ]);
    const bench = new WedgeBench(defaultWedgeConfig).press([...keys, enter(6)]);
    expect(bench.scanned).toEqual([full]);
  });

  it('repeated keydowns of a held key → not counted', () => {
    const keys = scannerKeys(full, { gapMs: 9 }).flatMap((key, i) =>
      i > 10 && i % 50 === 0 ? [key, { ...key, gapMs: 1, repeat: true }] : [key],
    );
    const bench = new WedgeBench(defaultWedgeConfig).press([...keys, enter(9)]);
    expect(bench.scanned).toEqual([full]);
  });

  it('80 ms a key → scanned, and what had reached the page is taken back', () => {
    const bench = new WedgeBench(defaultWedgeConfig, isWhole);
    bench.press([...scannerKeys(full, { gapMs: 80 }), enter(80)]);
    expect(bench.scanned).toEqual([full]);
    expect(bench.page).toEqual([]);
  });

  it('a pace that wavers between 15 and 60 ms → scanned whole by its check digits', () => {
    const keys = scannerKeys(full, { gapMs: 15 }).map((key, i) => ({
      ...key,
      gapMs: i === 0 ? 900 : i < 9 ? 60 : 15,
    }));
    const bench = new WedgeBench(defaultWedgeConfig, isWhole).press([...keys, enter(15)]);
    expect(bench.scanned).toEqual([full]);
    expect(bench.page).toEqual([]);
  });

  it('an amount typed just before → scanned, the amount stays', () => {
    for (const gapMs of [20, 60, 150]) {
      const bench = new WedgeBench(defaultWedgeConfig, isWhole);
      bench.press([...typed('1250', 120), ...scannerKeys(full, { gapMs: 10, firstGapMs: gapMs }), enter(10)]);
      expect(bench.scanned).toEqual([full]);
      expect(bench.page.join('')).toBe('1250');
    }
  });

  it('an amount typed just before a slow scan → scanned, the amount is given back', () => {
    const bench = new WedgeBench(defaultWedgeConfig, isWhole);
    bench.press([...typed('75', 120), ...scannerKeys(full, { gapMs: 70, firstGapMs: 150 }), enter(70)]);
    expect(bench.scanned).toEqual([full]);
    expect(bench.page.join('')).toBe('75');
  });

  it('progress is told while digits come', () => {
    const bench = new WedgeBench(defaultWedgeConfig);
    bench.press(scannerKeys(full, { gapMs: 10 }).slice(0, 412));
    const told = bench.events.flatMap((event) => (event.kind === 'receiving' ? event.digits : []));
    expect(told[0]).toBe(6);
    expect(told.at(-1)).toBeGreaterThan(400);
    expect(told.length).toBeLessThan(60);
  });
});

describe('a scanner with a prefix', () => {
  it('prefix, 80 ms a key, Enter → scanned, nothing reaches the page', () => {
    const bench = new WedgeBench(prefixed);
    bench.press([press('F9', 500, 'F9'), ...scannerKeys(full, { gapMs: 80, firstGapMs: 80 }), enter(80)]);
    expect(bench.scanned).toEqual([full]);
    expect(bench.page).toEqual([]);
  });

  it('a prefix of two keys, ended by Tab → scanned', () => {
    const bench = new WedgeBench({ prefix: ['Backquote', 'KeyQ'], terminator: 'Tab' });
    bench.press([press('Backquote', 500, '`'), press('KeyQ', 20, 'q')]);
    bench.press([...scannerKeys(full, { gapMs: 20, firstGapMs: 20 }), press('Tab', 20, 'Tab')]);
    expect(bench.scanned).toEqual([full]);
    expect(bench.page).toEqual([]);
  });

  it('a person presses the prefix key alone → given back', () => {
    const bench = new WedgeBench(prefixed).press([press('F9', 500, 'F9')]).wait(1000);
    expect(bench.page).toEqual(['F9']);
    expect(bench.events).toEqual([]);
  });

  it('a person presses the prefix key and a few more → given back in order', () => {
    const bench = new WedgeBench({ prefix: ['Backquote'], terminator: 'Enter' });
    bench.press([press('Backquote', 500, '`'), ...typed('12', 150)]).wait(2000);
    expect(bench.page.join('')).toBe('`12');
    expect(bench.events).toEqual([]);
  });

  it('the prefix key, then Enter → both reach the page', () => {
    const bench = new WedgeBench(prefixed).press([press('F9', 500, 'F9'), enter(90)]).wait(1000);
    expect(bench.page).toEqual(['F9', 'Enter']);
  });

  it('a picture that holds letters, shortcuts and function keys → not-digits, none of them pressed', () => {
    const bench = new WedgeBench(prefixed).press([
      press('F9', 500, 'F9'),
      press('KeyA', 10, 'a'),
      { code: 'KeyQ', key: 'q', gapMs: 10, chord: true },
      press('F8', 10, 'F8'),
      ...typed('12', 10),
      enter(10),
    ]);
    expect(bench.outcomes).toEqual(['not-digits']);
    expect(bench.page).toEqual([]);
  });

  it('a picture that holds line ends → what follows the first is dropped, not pressed', () => {
    const bench = new WedgeBench(prefixed).press([
      press('F9', 500, 'F9'),
      ...typed('1', 10),
      enter(10),
      ...typed('999', 10),
      enter(10),
      enter(10),
    ]);
    bench.wait(1000);
    expect(bench.page).toEqual([]);
    expect(bench.press([...typed('50', 400), enter(200)]).wait(500).page).toEqual(['5', '0', 'Enter']);
  });

  it('a second prefix in the middle → cut-off, then the second code is scanned', () => {
    const bench = new WedgeBench(prefixed);
    bench.press([press('F9', 500, 'F9'), ...typed(full.slice(0, 300), 10)]);
    bench.press([press('F9', 60, 'F9'), ...typed(full, 10), enter(10)]);
    expect(bench.outcomes).toEqual(['cut-off', 'scanned']);
    expect(bench.scanned).toEqual([full]);
  });
});

describe('a scanner that sends no terminator', () => {
  it('a pause ends the code → scanned', () => {
    const bench = new WedgeBench(silent).press(scannerKeys(full, { gapMs: 10 })).wait(130);
    expect(bench.scanned).toEqual([full]);
  });

  it('80 ms a key → the pause that ends it is 200 ms', () => {
    const bench = new WedgeBench(silent, isWhole).press(scannerKeys(full, { gapMs: 80 }));
    expect(bench.wait(190).scanned).toEqual([]);
    expect(bench.wait(20).scanned).toEqual([full]);
  });

  it('it sends Enter after all → scanned, the Enter is not pressed', () => {
    const bench = new WedgeBench(silent).press([...scannerKeys(full, { gapMs: 10 }), enter(10)]).wait(500);
    expect(bench.scanned).toEqual([full]);
    expect(bench.page).toEqual([]);
  });
});

describe('scans that go wrong', () => {
  it('cut off in the middle → cut-off, and the next scan works', () => {
    const bench = new WedgeBench(defaultWedgeConfig).press(scannerKeys(full.slice(0, 250), { gapMs: 10 }));
    bench.wait(800);
    expect(bench.events.at(-1)).toEqual({ kind: 'cut-off', digits: 250 });
    bench.press([...scannerKeys(full, { gapMs: 10 }), enter(10)]);
    expect(bench.outcomes).toEqual(['cut-off', 'scanned']);
    expect(bench.scanned).toEqual([full]);
    expect(bench.page).toEqual([]);
  });

  it('more digits than a QR code holds → too-long, without keeping them', () => {
    const bench = new WedgeBench(defaultWedgeConfig);
    bench.press([...scannerKeys(madeDigits(9000, 1), { gapMs: 2 }), enter(2)]);
    expect(bench.outcomes).toEqual(['too-long']);
  });

  it('the page was busy when the timer went off → the keys handled late still make one scan', () => {
    // All keys wait in the queue while the timer fires first: their own times tell that they are one scan.
    const bench = new WedgeBench(defaultWedgeConfig, isWhole);
    const [first, second, ...rest] = scannerKeys(full, { gapMs: 10 });
    if (!first || !second) throw new Error('no keys');
    bench.press([first]).wait(40);
    bench.press([{ ...second, gapMs: -30 }, ...rest, enter(10)]);
    expect(bench.scanned).toEqual([full]);
    expect(bench.page).toEqual([]);
  });
});

describe('a person', () => {
  it('one digit → on the page 35 ms later', () => {
    const bench = new WedgeBench(defaultWedgeConfig).press(typed('5', 100));
    expect(bench.page).toEqual([]);
    expect(bench.wait(36).page).toEqual(['5']);
  });

  it('a digit and at once a letter → in that order', () => {
    const bench = new WedgeBench(defaultWedgeConfig).press([...typed('5', 100), press('KeyA', 20, 'a')]);
    expect(bench.page).toEqual(['5', 'a']);
  });

  it('a digit and at once a click → given back before the click', () => {
    const bench = new WedgeBench(defaultWedgeConfig).press(typed('5', 100)).interrupt();
    expect(bench.page).toEqual(['5']);
  });

  it('a digit held down → its repeats reach the page', () => {
    const held = Array.from({ length: 20 }, () => ({ code: 'Digit0', key: '0', gapMs: 30, repeat: true }));
    const bench = new WedgeBench(defaultWedgeConfig).press([...typed('0', 100), ...held]).wait(100);
    expect(bench.page.join('')).toBe('0'.repeat(21));
  });

  it('Ctrl, Alt or Meta with a digit → a shortcut, at once', () => {
    const bench = new WedgeBench(defaultWedgeConfig);
    bench.press([{ code: 'Digit1', key: '1', gapMs: 100, chord: true }]);
    expect(bench.page).toEqual(['1']);
  });

  it('number pad without NumLock → the cursor moves at once', () => {
    const bench = new WedgeBench(defaultWedgeConfig).press([press('Numpad4', 100, 'ArrowLeft')]);
    expect(bench.page).toEqual(['ArrowLeft']);
  });

  it('any amount typed by hand, in bursts too → never a scan, every key arrives in order', () => {
    // Hands leave 40 ms and more between most digits, and two or three may roll closer together.
    const gap = fc.oneof(fc.integer({ min: 40, max: 600 }), fc.integer({ min: 3, max: 40 }));
    const digit = fc.record({ digit: fc.integer({ min: 0, max: 9 }), gapMs: gap });
    fc.assert(
      fc.property(
        fc.array(digit, { maxLength: 20 }),
        fc.constantFrom(defaultWedgeConfig, prefixed, silent),
        fc.integer({ min: 5, max: 400 }),
        (digits, config, enterGapMs) => {
          let rolled = 0;
          const presses = digits.map(({ digit: value, gapMs }): Press => {
            rolled = gapMs <= 40 ? rolled + 1 : 0;
            const slow = rolled > 3 ? 60 : gapMs;
            if (rolled > 3) rolled = 0;
            return { code: `Numpad${value}`, key: String(value), gapMs: slow };
          });
          const bench = new WedgeBench(config).press([...presses, enter(enterGapMs)]).wait(1000);
          expect(bench.events).toEqual([]);
          expect(bench.page).toEqual([...presses.map((pressed) => pressed.key), 'Enter']);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('configuration', () => {
  it('a digit, a modifier or Enter as prefix → prefix-key-not-usable', () => {
    for (const code of ['Digit4', 'Numpad0', 'ShiftLeft', 'Enter', 'Tab']) {
      expect(wedgeConfigFault({ prefix: [code], terminator: 'Enter' })).toBe('prefix-key-not-usable');
    }
    expect(wedgeConfigFault(prefixed)).toBeNull();
  });

  it('five keys → prefix-too-long', () => {
    expect(wedgeConfigFault({ prefix: Array(5).fill('F9'), terminator: 'Enter' })).toBe('prefix-too-long');
  });
});
