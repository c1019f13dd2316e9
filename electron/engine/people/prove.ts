/**
 * Is somebody who they say: by PIN, by badge, or by both where the shop wants both. A try is counted on disk
 * before the PIN is looked at, so pulling the plug after a wrong one wins no free try; whether it was to sign
 * in or to approve makes no difference.
 */
import { verify } from '@node-rs/argon2';
import type * as z from 'zod/mini';
import type { proof } from '../../../shared/contract/terminal/people.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { Person } from '../db/people.ts';
import { record } from '../record.ts';
import type { Session } from '../session.ts';
import { badgeHash } from './badge.ts';
import { beginWait, endWait, FREE_TRIES, waitLeftMs, waitMs } from './wait.ts';

export type Proof = z.infer<typeof proof>;

type ProofRefusal =
  | Refusal<'wrong-pin' | 'locked-out' | 'not-found' | 'unreadable' | 'wrong-badge' | 'pin-needed'>
  | OpenRefusal;

function noteRefused(session: Session, person: Person, failedTries: number): Result<void, OpenRefusal> {
  const { store, ports } = session;
  return store.write(() => {
    const atMs = ports.clock.nowMs();
    record(store, { kind: 'sign-in-refused', atMs, actor: person.name, body: failedTries });
  });
}

function lockedOut(leftMs: number): { ok: false; refusal: Refusal<'locked-out'> } {
  return refused({ code: 'locked-out', detail: { waitS: Math.ceil(leftMs / 1000) } });
}

async function provePin(
  core: EngineCore,
  session: Session,
  personId: string,
  pin: string,
  then: (person: Person) => void,
): Promise<Result<Person, ProofRefusal>> {
  const { people } = session.store;
  const person = people.byId(personId);
  const secret = people.secretOf(personId);
  if (person === undefined || secret === undefined) return refused({ code: 'not-found' });
  const leftMs = waitLeftMs(core, personId, secret.failedTries);
  if (leftMs > 0) return lockedOut(leftMs);
  const failed = secret.failedTries + 1;
  const counted = session.store.write(() => people.setTries(personId, failed));
  if (!counted.ok) return counted;
  beginWait(core, personId, failed);
  if (await verify(secret.pinHash, pin)) return succeed(core, session, personId, then);
  const noted = noteRefused(session, person, failed);
  if (!noted.ok) return noted;
  return failed >= FREE_TRIES
    ? lockedOut(waitMs(failed))
    : refused({ code: 'wrong-pin', detail: { triesLeft: FREE_TRIES - failed } });
}

async function proveBadge(
  core: EngineCore,
  session: Session,
  scan: string,
  pin: string | null,
  then: (person: Person) => void,
): Promise<Result<Person, ProofRefusal>> {
  const { people, shopSettings } = session.store;
  const hash = badgeHash(session.keys, scan);
  if (!hash.ok) return hash;
  const badge = people.badgeOf(hash.value);
  const person = badge === undefined ? undefined : people.byId(badge.personId);
  if (badge === undefined || person === undefined) return refused({ code: 'wrong-badge' });
  if (!badge.isActive) {
    // somebody holds a badge that was taken from them: the journal should know
    const noted = noteRefused(session, person, people.secretOf(person.personId)?.failedTries ?? 0);
    return noted.ok ? refused({ code: 'wrong-badge' }) : noted;
  }
  if (pin !== null) return provePin(core, session, person.personId, pin, then);
  if (shopSettings.isOn('badge-needs-pin')) return refused({ code: 'pin-needed' });
  return succeed(core, session, person.personId, then);
}

function succeed(
  core: EngineCore,
  session: Session,
  personId: string,
  then: (person: Person) => void,
): Result<Person, ProofRefusal> {
  const { people } = session.store;
  // read again: they may have been switched off while the PIN was looked at
  const person = people.byId(personId);
  if (person === undefined) return refused({ code: 'not-found' });
  const done = session.store.write(() => {
    people.setTries(personId, 0);
    then(person);
  });
  if (!done.ok) return done;
  endWait(core, personId);
  return ok(person);
}

/**
 * @param then what becomes true by it, in the transaction that forgets the failed tries
 */
export function prove(
  core: EngineCore,
  session: Session,
  given: Proof,
  then: (person: Person) => void,
): Promise<Result<Person, ProofRefusal>> {
  return given.by === 'pin'
    ? provePin(core, session, given.personId, given.pin, then)
    : proveBadge(core, session, given.badge, given.pin, then);
}
