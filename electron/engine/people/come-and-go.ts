/**
 * Who stands at the till: coming, changing over in one go, leaving. The cart is none of this room's: it stays,
 * and each of its lines keeps who added it. The journal knows who left and who came.
 */
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { Person } from '../db/people.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import type { Session } from '../session.ts';
import { forgetApprovals } from './approvals.ts';
import { type Proof, prove } from './prove.ts';

function noteLeaving({ store, ports }: Session, { personId, name }: Person): void {
  record(store, { kind: 'signed-out', atMs: ports.clock.nowMs(), actor: name, body: personId });
}

function stand(core: EngineCore, person: Person | undefined): void {
  forgetApprovals(core);
  core.setPerson(person);
  core.tellLater();
}

/** Signs in; whoever was signed in until now leaves. */
export async function come(core: EngineCore, proof: Proof): Promise<Result<Person>> {
  const { session } = core;
  if (session === undefined) return refused(notOpen(core));
  const { store, ports } = session;
  const proven = await prove(core, session, proof, ({ personId, name }) => {
    if (core.person !== undefined) noteLeaving(session, core.person);
    record(store, { kind: 'signed-in', atMs: ports.clock.nowMs(), actor: name, body: personId });
  });
  if (!proven.ok) return proven;
  stand(core, proven.value);
  return ok(proven.value);
}

function notOpen(core: EngineCore): Refusal<'passphrase-needed' | 'not-enrolled'> {
  return { code: core.phase() === 'locked' ? 'passphrase-needed' : 'not-enrolled' };
}

/** What whoever leaves should know; undefined when all is sent. */
export function unsentPayments({ store, enrolment }: Session): Refusal<'unsent-payments'> | undefined {
  const { count, sumMinor } = store.tallies.read('unsent', enrolment.certificate.currency);
  if (count === 0) return undefined;
  return { code: 'unsent-payments', detail: { count, amountMinor: sumMinor.toString() } };
}

export function leave(
  core: EngineCore,
  { session, person }: Attended,
): Result<Record<string, never>, OpenRefusal> {
  const written = session.store.write(() => noteLeaving(session, person));
  if (!written.ok) return written;
  stand(core, undefined);
  return ok({});
}
