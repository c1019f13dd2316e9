/**
 * What the people's room remembers of this process and nowhere else: who must wait, and what leave was given.
 * Durations are counted by the monotonic clock, so no change of the wall clock ends or lengthens one.
 */
import type { Permission } from '../../../shared/people/roles.ts';
import type { EngineCore } from '../core.ts';

/** Leave for one act of one permission. */
export interface Leave {
  readonly permission: Permission;
  readonly approverId: string;
  readonly forPersonId: string;
  /** By the monotonic clock. */
  readonly untilMs: number;
}

interface PeopleMemory {
  /** When this process first looked, by the monotonic clock: a wait from before it begins anew here. */
  readonly sinceMs: number;
  /** Person id → until when they must wait, by the monotonic clock. */
  readonly waits: Map<string, number>;
  /** Approval id → leave that was given and not taken. */
  readonly leaves: Map<string, Leave>;
}

const memories = new WeakMap<EngineCore, PeopleMemory>();

export function memoryOf(core: EngineCore): PeopleMemory {
  const known = memories.get(core);
  if (known !== undefined) return known;
  const sinceMs = core.options.ports.clock.monotonicMs();
  const fresh: PeopleMemory = { sinceMs, waits: new Map(), leaves: new Map() };
  memories.set(core, fresh);
  return fresh;
}
