/**
 * The terminal's engine: takes the contract's calls, checks who asks, and gives them to the room that answers.
 * The same object serves the window's process, the headless terminal, tests and the simulation. A bug or a
 * failing disk stops it: it then takes no payment and keeps the journal as it is.
 */
import { InvariantViolation } from '../../shared/assert.ts';
import { isTerminalCall, type TerminalCall, terminalCalls } from '../../shared/contract/terminal.ts';
import { may } from '../../shared/people/roles.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { afterTheSaleCalls } from './after-the-sale/calls.ts';
import { catalogueCalls } from './catalogue/calls.ts';
import { clockCalls } from './clock/calls.ts';
import { EngineCore, type EngineOptions } from './core.ts';
import { epochOf, seqOf } from './db/journal.ts';
import { openStore } from './db/store.ts';
import { enrolmentCalls } from './enrolment/calls.ts';
import { openKeys } from './keys.ts';
import { orderCalls } from './orders/calls.ts';
import { paymentCalls } from './payments/calls.ts';
import { adoptPeople } from './people/add-person.ts';
import { namesApproval, takeApproval } from './people/approvals.ts';
import { peopleCalls } from './people/calls.ts';
import type { Attended, RoomCalls } from './room.ts';
import { safeKeepingCalls } from './safe-keeping/calls.ts';
import { diskSpace } from './safe-keeping/disk-space.ts';
import { type RebuildReport, rebuildViews } from './safe-keeping/rebuild.ts';
import { settingCalls } from './settings/calls.ts';
import { shiftCalls } from './shifts/calls.ts';
import { syncCalls } from './sync/calls.ts';
import { trainingCalls } from './training/calls.ts';
import { keepTrainingApart } from './training/kept-apart.ts';
import { readEnrolment } from './trust/trust.ts';

/** What ends a day. */
const CLOSING_CALLS: ReadonlySet<string> = new Set(['shifts.close']);

/** The payments' calls answer though nobody is signed in; all else that touches a session needs one open. */
export class Engine {
  readonly #core: EngineCore;
  readonly #calls: RoomCalls<TerminalCall>;

  private constructor(options: EngineOptions) {
    const core = new EngineCore(options);
    this.#core = core;
    this.#calls = {
      ...enrolmentCalls(core),
      ...peopleCalls(core),
      ...settingCalls(core),
      ...catalogueCalls(core),
      ...trainingCalls(core),
      ...paymentCalls(core),
      ...orderCalls(core),
      ...clockCalls(core),
      ...safeKeepingCalls(core),
      ...syncCalls(core),
      ...afterTheSaleCalls(core),
      ...shiftCalls(core, takeApproval),
    };
  }

  /** Opens the folder. A folder that cannot be used gives an engine that is stopped and says why. */
  static async open(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    const core = engine.#core;
    const store = await openStore(options.dataFolder, options.migrationsFolder);
    if (!store.ok) {
      core.stop(store.refusal);
      return engine;
    }
    core.holdStore(store.value);
    const adopted = adoptPeople(store.value, options.ports.clock.nowMs());
    if (!adopted.ok) {
      core.stop(adopted.refusal);
      return engine;
    }
    if (readEnrolment(store.value) !== undefined && options.sealing.kind === 'keychain') {
      const keys = await openKeys(store.value, options.sealing, null);
      if (keys.ok) core.begin(keys.value);
      else core.stop(keys.refusal);
    }
    return engine;
  }

  close(): void {
    this.#core.close();
  }

  /** Recomputes the whole chain: how many entries, and where it first breaks ("epoch/seq"), if it does. */
  verifyJournal(): Result<{ entries: number; brokenAt: string | null }> {
    const { store, stopped } = this.#core;
    if (store === undefined) return refused(stopped ?? { code: 'engine-stopped' });
    const brokenAt = store.journal.firstBreak();
    return ok({
      entries: store.journal.count(),
      brokenAt: brokenAt === undefined ? null : `${epochOf(brokenAt)}/${seqOf(brokenAt)}`,
    });
  }

  /**
   * Makes every view anew from the journal and compares; with `repair` puts them in place, and then this engine
   * must be closed and opened anew.
   */
  async rebuildViews(repair: boolean): Promise<Result<RebuildReport>> {
    const { store, stopped, options } = this.#core;
    if (store === undefined) return refused(stopped ?? { code: 'engine-stopped' });
    return await rebuildViews(store, options.dataFolder, options.migrationsFolder, repair);
  }

  /** One call of the contract: name and parameters as they came, checked here. Never throws for an input. */
  async call(name: unknown, params: unknown): Promise<Result<unknown>> {
    const core = this.#core;
    if (!isTerminalCall(name)) return refused({ code: 'bad-request', detail: { field: 'call' } });
    const read = terminalCalls[name].params.safeParse(params);
    if (!read.success) {
      return refused({ code: 'bad-request', detail: { field: read.error.issues[0]?.path.join('.') ?? '' } });
    }
    if (core.stopped !== undefined && name !== 'state.get') return refused(core.stopped);
    const apart = keepTrainingApart(core, name);
    if (!apart.ok) return apart;
    const by = this.#attended(name, read.data);
    if (!by.ok) return by;
    if (
      terminalCalls[name].needs === 'sell' &&
      diskSpace(core.options.ports, core.options.dataFolder).level === 'almost-full'
    ) {
      return refused({ code: 'disk-almost-full' });
    }
    try {
      const handler = this.#calls[name] as (params: unknown, by: Attended | null) => Promise<Result<unknown>>;
      const result = await handler(read.data, by.value);
      if (!result.ok && isStorageFailure(result.refusal)) core.stop(result.refusal);
      // a day that was closed is worth a copy at once
      if (result.ok && CLOSING_CALLS.has(name)) core.backups?.soon();
      return result;
    } catch (error) {
      core.bug(name, error);
      if (error instanceof InvariantViolation) return refused({ code: 'engine-stopped' });
      throw error;
    }
  }

  /** Who asks, where the call needs somebody: signed in, and with the permission or with leave for this act. */
  #attended(name: TerminalCall, params: unknown): Result<Attended | null> {
    const core = this.#core;
    const { needs } = terminalCalls[name];
    if (needs === null) return ok(null);
    const { session, person } = core;
    if (session === undefined) {
      return refused({ code: core.phase() === 'locked' ? 'passphrase-needed' : 'not-enrolled' });
    }
    if (person === undefined) return refused({ code: 'not-signed-in' });
    // leave is also taken where the permission is there: a role's limit may be narrower than the approver's
    if (needs === 'person' || (may(person.role, needs) && !namesApproval(core, params, needs)))
      return ok({ session, person, approver: null });
    const approver = takeApproval(core, params, needs);
    return approver.ok ? ok({ session, person, approver: approver.value }) : approver;
  }
}

function isStorageFailure(refusal: Refusal): boolean {
  return (
    refusal.code === 'storage-failed' ||
    refusal.code === 'storage-damaged' ||
    refusal.code === 'storage-in-use'
  );
}
