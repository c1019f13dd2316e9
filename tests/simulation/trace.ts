/**
 * What happened, event by event: kind, actor and outcome code, nothing else. No wall clock and no id may come
 * in here, so that one seed gives one hash on every machine.
 */
import { createHash } from 'node:crypto';

/** Events that a violation is shown with. */
const REMEMBERED = 12;

export class Trace {
  readonly #hash = createHash('sha256');
  readonly #tell: ((line: string) => void) | null;
  readonly #now: () => number;
  readonly #last: string[] = [];
  count = 0;

  /** @param tell told every event as one line; null where nobody listens. @param now simulated time */
  constructor(tell: ((line: string) => void) | null, now: () => number) {
    this.#tell = tell;
    this.#now = now;
  }

  event(kind: string, actor: string, code: string): void {
    this.count += 1;
    const line = `${this.count} ${kind} ${actor} ${code}`;
    this.#hash.update(`${line}\n`);
    this.#last.push(line);
    if (this.#last.length > REMEMBERED) this.#last.shift();
    this.#tell?.(`${new Date(this.#now()).toISOString()} ${line}`);
  }

  /** The newest events, the newest last. */
  recent(): readonly string[] {
    return [...this.#last];
  }

  /** Hexadecimal; nothing can be added after it. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
