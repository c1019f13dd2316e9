/**
 * Makes key presses for the wedge scanner's tests: what scanners send and what hands do, with times. A `page`
 * stands in for the focused field: it shows what a person would see in it.
 */
import { createWedge, type Wedge, type WedgeEvent, type WedgeStep } from '../../renderer/scanner/wedge.ts';
import type { WedgeConfig, WedgeKey } from '../../renderer/scanner/wedge-key.ts';

export interface Press {
  code: string;
  key: string;
  /** Milliseconds after the key before. */
  gapMs: number;
  repeat?: boolean;
  chord?: boolean;
}

/** Top-row keys by what a French layout makes of them without Shift. */
const frenchTopRow = ['à', '&', 'é', '"', "'", '(', '-', 'è', '_', 'ç'];

/** The keys of a scanner that sends `digits` at one pace. */
export function scannerKeys(
  digits: string,
  options: { gapMs: number; firstGapMs?: number; layout?: 'us' | 'french' | 'numpad' },
): Press[] {
  return [...digits].map((digit, i) => ({
    code: options.layout === 'numpad' ? `Numpad${digit}` : `Digit${digit}`,
    key: options.layout === 'french' ? (frenchTopRow[Number(digit)] ?? digit) : digit,
    gapMs: i === 0 ? (options.firstGapMs ?? 1000) : options.gapMs,
  }));
}

/** One key that is no digit: a letter, Enter, F9 … by its physical name. */
export function press(code: string, gapMs: number, key = code.replace(/^Key|^Numpad/, '')): Press {
  return { code, key, gapMs };
}

/** What a person and the till have seen after some presses. */
export class WedgeBench {
  readonly events: WedgeEvent[] = [];
  /** Keys that reached the page, given at once or held and given back, less those taken back. */
  readonly page: string[] = [];
  private readonly wedge: Wedge;
  private atMs = 10_000;
  private wakeAtMs: number | null = null;

  constructor(config: WedgeConfig, isWhole: (digits: string) => boolean = () => false) {
    this.wedge = createWedge(config, isWhole);
  }

  /** Presses the keys one after another, with the timer going off between them as a browser's does. */
  press(presses: readonly Press[]): this {
    for (const { gapMs, code, key, repeat = false, chord = false } of presses) {
      this.wait(gapMs);
      const pressed: WedgeKey = { code, key, atMs: this.atMs, repeat, chord };
      const step = this.wedge.keydown(pressed);
      this.take(step);
      if (!step.swallow) this.page.push(key);
    }
    return this;
  }

  /** Lets time pass without keys. */
  wait(ms: number): this {
    const untilMs = this.atMs + ms;
    while (this.wakeAtMs !== null && this.wakeAtMs < untilMs) {
      this.atMs = this.wakeAtMs;
      this.take(this.wedge.tick(this.atMs));
    }
    this.atMs = untilMs;
    return this;
  }

  interrupt(): this {
    this.take(this.wedge.interrupt());
    return this;
  }

  /** The texts of the finished scans. */
  get scanned(): string[] {
    return this.events.flatMap((event) => (event.kind === 'scanned' ? event.text : []));
  }

  /** The kinds of all events but progress, in order. */
  get outcomes(): string[] {
    return this.events.map((event) => event.kind).filter((kind) => kind !== 'receiving');
  }

  private take(step: WedgeStep): void {
    for (const action of step.actions) {
      if (action.kind === 'event') this.events.push(action.event);
      else if (action.kind === 'give-back') this.page.push(...action.keys.map((key) => key.key));
      else this.page.splice(-action.count);
    }
    if (step.wakeAtMs !== null && step.wakeAtMs === this.wakeAtMs && step.wakeAtMs < this.atMs) {
      throw new Error('the wedge asks to be woken in the past again and again');
    }
    this.wakeAtMs = step.wakeAtMs;
  }
}
