/**
 * Simulated time: what is to happen, in order, one thing after another. Real time never passes through here:
 * a night costs as little as a second. Whatever an act sets off by itself comes to rest before the next.
 */

interface Planned {
  readonly atMs: number;
  /** Of two at one moment the one that was planned first. */
  readonly order: number;
  readonly act: () => void | Promise<void>;
  isCancelled: boolean;
}

/** One turn of the event loop: all that was ready to run has run, and what came in meanwhile was heard. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Somebody who computes for longer than that does not come to rest at all. */
const MAX_TURNS = 1_000_000;

export class Timeline {
  /** Milliseconds since 1970: the world's true time. Whoever lives in it may have a clock that is off. */
  nowMs: number;
  #planned: Planned[] = [];
  #order = 0;
  readonly #isBusy: () => boolean;

  /** @param isBusy whether somebody still computes, on another thread perhaps, and waits for nobody */
  constructor(beginMs: number, isBusy: () => boolean) {
    this.nowMs = beginMs;
    this.#isBusy = isBusy;
  }

  /** @returns takes it back */
  readonly after = (delayMs: number, act: () => void | Promise<void>): (() => void) => {
    const planned = {
      // whole milliseconds, as real clocks tell
      atMs: this.nowMs + Math.max(0, Math.ceil(delayMs)),
      order: this.#order++,
      act,
      isCancelled: false,
    };
    this.#insert(planned);
    return () => {
      planned.isCancelled = true;
    };
  };

  #insert(planned: Planned): void {
    let low = 0;
    let high = this.#planned.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#planned[middle];
      // the list is kept from last to first, so that the next one is popped off its end
      const isLater =
        other !== undefined &&
        (other.atMs > planned.atMs || (other.atMs === planned.atMs && other.order > planned.order));
      if (isLater) low = middle + 1;
      else high = middle;
    }
    this.#planned.splice(low, 0, planned);
  }

  /** Runs the next thing to its end. @returns false when nothing is planned any more */
  async step(): Promise<boolean> {
    const next = this.#planned.pop();
    if (next === undefined) return false;
    if (next.isCancelled) return true;
    this.nowMs = next.atMs;
    await next.act();
    await this.rest();
    return true;
  }

  /**
   * For an act that waits for what happens later, such as an answer over the network: time goes on until it has it.
   *
   * @param isOver whether nobody is there any more who could have it
   * @returns undefined when that is so, or when nothing is planned any more
   */
  async during<T>(waiting: Promise<T>, isOver: () => boolean): Promise<T | undefined> {
    let isDone = false;
    const done = (): void => {
      isDone = true;
    };
    waiting.then(done, done);
    await this.rest();
    while (!isDone) if (isOver() || !(await this.step())) return undefined;
    return await waiting;
  }

  /** Goes on until the condition holds. @returns false when nothing is planned any more, or at that time */
  async goUntil(isSo: () => boolean | Promise<boolean>, endMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    for (;;) {
      if (await isSo()) return true;
      if (this.nowMs >= endMs || !(await this.step())) return false;
    }
  }

  async rest(): Promise<void> {
    await turn();
    for (let turns = 0; this.#isBusy(); turns++) {
      if (turns > MAX_TURNS) throw new Error('somebody in this world computes without end');
      await turn();
    }
  }
}
