/**
 * What the people's room remembers of this process and nowhere else: who must wait, and what leave was given.
 * Durations are counted by the monotonic clock, so no change of the wall clock ends or lengthens one. The shop in
 * which somebody practises has a memory of its own.
 */
import { invariant } from '../../../shared/assert.ts';
import type { Permission } from '../../../shared/people/roles.ts';
import type { EngineCore } from '../core.ts';
import type { Store } from '../db/store.ts';

/** Leave for one act of one permission. */
export interface Leave {
  readonly permission: Permission;
  readonly approverId: string;
  readonly forPersonId: string;
  /** By the monotonic clock. */
  readonly untilMs: number;
}

interface PeopleMemory {
  /** Person id → until when they must wait, by the monotonic clock. */
  readonly waits: Map<string, number>;
  /** Approval id → leave that was given and not taken. */
  readonly leaves: Map<string, Leave>;
}

const starts = new WeakMap<EngineCore, number>();
const memories = new WeakMap<Store, PeopleMemory>();

/** Called once, when the engine is made: a wait from before it begins anew here. */
export function beginMemory(core: EngineCore): void {
  starts.set(core, core.options.ports.clock.monotonicMs());
}

/** When this process began, by the monotonic clock. */
export function beganMs(core: EngineCore): number {
  const ms = starts.get(core);
  invariant(ms !== undefined, 'a memory that was never begun');
  return ms;
}

export function memoryOf(core: EngineCore): PeopleMemory {
  const store = core.session?.store;
  if (store === undefined) return { waits: new Map(), leaves: new Map() }; // nobody can be here
  const known = memories.get(store);
  if (known !== undefined) return known;
  const fresh: PeopleMemory = { waits: new Map(), leaves: new Map() };
  memories.set(store, fresh);
  return fresh;
}
