/**
 * A wallet's store of purses, in memory: what is on its disk survives, what is not is lost with the power. The
 * device can lose its power right before a change is on disk or right after, with nothing after it done.
 */
import type { PurseId } from '../../shared/ids.ts';
import { ok, refused } from '../../shared/result.ts';
import type { PurseStore } from '../../wallet/core/payment-ports.ts';
import type { PurseState } from '../../wallet/core/purse-state.ts';

export type PowerCut = 'before-commit' | 'after-commit';

/** A promise that nobody keeps: whoever waits for it is dead. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

export class PurseShelf implements PurseStore {
  #disk = new Map<PurseId, PurseState>();
  /** Said to be on disk and not there (a planted mistake); empty on an honest device. */
  readonly #unwritten = new Map<PurseId, PurseState>();
  readonly #died: (cut: PowerCut) => void;
  /** A planted mistake: changes are on disk only at the next `flush`. */
  readonly #isLazy: boolean;
  /** The next change to a purse is cut here. */
  cut: PowerCut | null = null;

  constructor(died: (cut: PowerCut) => void, isLazy: boolean) {
    this.#died = died;
    this.#isLazy = isLazy;
  }

  /** Newest state of each, in the order in which they came. */
  all(): readonly PurseState[] {
    return [...this.#disk].map(([purseId, state]) => this.#unwritten.get(purseId) ?? state);
  }

  get(purseId: PurseId): PurseState | undefined {
    return this.#unwritten.get(purseId) ?? this.#disk.get(purseId);
  }

  /** Never replaces a purse that is there. */
  add(state: PurseState): void {
    if (!this.#disk.has(state.purseId)) this.#disk.set(state.purseId, state);
  }

  flush(): void {
    for (const [purseId, state] of this.#unwritten) this.#disk.set(purseId, state);
    this.#unwritten.clear();
  }

  losePower(): void {
    this.#unwritten.clear();
    this.cut = null;
  }

  backUp(): ReadonlyMap<PurseId, PurseState> {
    return new Map(this.#disk);
  }

  /** Somebody put an old copy of the device's storage in place. @returns purses whose book went back */
  restore(backup: ReadonlyMap<PurseId, PurseState>): readonly PurseId[] {
    const wentBack = [...backup].filter(([id, old]) => (this.#disk.get(id)?.counter ?? 0) > old.counter);
    for (const [purseId, state] of backup) this.#disk.set(purseId, state);
    this.#unwritten.clear();
    return wentBack.map(([purseId]) => purseId);
  }

  readonly change: PurseStore['change'] = (purseId, plan) => {
    const state = this.get(purseId);
    if (state === undefined) return Promise.resolve(refused({ code: 'not-found' as const }));
    const planned = plan(state);
    const { cut } = this;
    const isChange = planned.ok && planned.value.state.counter !== state.counter;
    if (isChange && cut === 'before-commit') {
      this.#died(cut);
      return never();
    }
    if (!planned.ok) return Promise.resolve(planned);
    if (this.#isLazy) this.#unwritten.set(purseId, planned.value.state);
    else this.#disk.set(purseId, planned.value.state);
    if (isChange && cut === 'after-commit') {
      this.#died(cut);
      return never();
    }
    return Promise.resolve(ok(planned.value.value));
  };
}
