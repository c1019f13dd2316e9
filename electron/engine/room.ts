/**
 * A room of the engine: the handlers of some calls of the contract. Who may ask was checked before a handler
 * runs (engine.ts), so a handler that needs somebody gets them.
 */
import type { CallNeeds, CallParams, CallResult, TerminalCall } from '../../shared/contract/terminal.ts';
import type { Result } from '../../shared/result.ts';
import type { Person } from './db/people.ts';
import type { Session } from './session.ts';

/** Who asks, and in what. */
export interface Attended {
  readonly session: Session;
  readonly person: Person;
  /** Who gave leave for this act, where `person` alone may not do it. */
  readonly approver: Person | null;
}

type By<C extends TerminalCall> = CallNeeds<C> extends null ? null : Attended;

export type RoomCalls<C extends TerminalCall> = {
  readonly [K in C]: (
    params: CallParams<K>,
    by: By<K>,
  ) => Result<CallResult<K>> | Promise<Result<CallResult<K>>>;
};
