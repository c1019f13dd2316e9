/** The demo's steps: each is timed, told in one line, and either held or did not. After the first that did not, the rest is not tried. */

export interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
}

export class Steps {
  readonly done: Step[] = [];

  get allHeld(): boolean {
    return this.done.every(({ ok }) => ok);
  }

  /** @param work throws when the step did not hold; may return a word for the line */
  async step(name: string, work: () => Promise<string | undefined>): Promise<void> {
    const begin = performance.now();
    try {
      const word = await work();
      this.#tell(name, true, begin, word);
    } catch (error) {
      this.#tell(name, false, begin, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  #tell(name: string, ok: boolean, begin: number, word: string | undefined): void {
    const ms = Math.round(performance.now() - begin);
    this.done.push({ name, ok, ms });
    const line = `${ok ? '✓' : '✗'} ${name}${word === undefined ? '' : `: ${word}`}`;
    console.log(`${line.padEnd(100)} ${String(ms).padStart(6)} ms`);
  }
}

/** A step's own check. */
export function must(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}

/** Waits until something is so, looking again and again; for facts that other processes make true. */
export async function until<T>(
  sentence: string,
  look: () => Promise<T | undefined>,
  withinMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${sentence}: not within ${withinMs / 1000} s`);
}
