/**
 * What proves that somebody is who they say is given anew: PIN and badge. The journal hears that it happened,
 * never what it is.
 */
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { Attended } from '../room.ts';
import { makeBadge } from './badge.ts';
import { enterChange, managed } from './change-person.ts';
import { hashNewPin } from './pin.ts';
import { prove } from './prove.ts';
import { endWait } from './wait.ts';

/**
 * At a till that its manager left open, whoever stands there could take the manager's place for good: on oneself it
 * takes the old PIN (`changePin`) or a colleague's leave.
 */
function isOnOneself({ person, approver }: Attended, personId: string): boolean {
  return (approver ?? person).personId === personId;
}

export async function setPin(
  core: EngineCore,
  by: Attended,
  personId: string,
  pin: string,
): Promise<Result<Record<string, never>>> {
  const found = managed(by, personId);
  if (!found.ok) return found;
  if (isOnOneself(by, personId)) return refused({ code: 'not-allowed' });
  const hash = await hashNewPin(pin);
  if (!hash.ok) return hash;
  const { people } = by.session.store;
  const entered = enterChange(by, personId, { change: 'pin-set' }, () =>
    people.putSecret(personId, hash.value),
  );
  if (entered.ok) endWait(core, personId);
  return entered;
}

/** One's own PIN, by whoever knows the old one. */
export async function changePin(
  core: EngineCore,
  by: Attended,
  pin: string,
  newPin: string,
): Promise<Result<Record<string, never>>> {
  const { session, person } = by;
  const hash = await hashNewPin(newPin);
  if (!hash.ok) return hash;
  const proven = await prove(
    core,
    session,
    { by: 'pin', personId: person.personId, pin },
    () => undefined, // what follows has a transaction of its own
  );
  if (!proven.ok) return proven;
  const { people } = session.store;
  return enterChange(by, person.personId, { change: 'pin-set' }, () =>
    people.putSecret(person.personId, hash.value),
  );
}

/** Forgives wrong tries, so that their wait ends. */
export function unlock(core: EngineCore, by: Attended, personId: string): Result<Record<string, never>> {
  const found = managed(by, personId);
  if (!found.ok) return found;
  if (isOnOneself(by, personId)) return refused({ code: 'not-allowed' });
  const { people } = by.session.store;
  const entered = enterChange(by, personId, { change: 'unlocked' }, () => people.setTries(personId, 0));
  if (entered.ok) endWait(core, personId);
  return entered;
}

export function issueBadge(by: Attended, personId: string): Result<{ digits: string }> {
  const found = managed(by, personId);
  if (!found.ok) return found;
  if (!found.value.isActive) return refused({ code: 'not-allowed' } satisfies Refusal);
  const { store, keys, ports } = by.session;
  const badge = makeBadge(keys, ports.randomBytes);
  const entered = enterChange(by, personId, { change: 'badge-set' }, () =>
    store.people.putBadge(personId, badge.hash),
  );
  return entered.ok ? ok({ digits: badge.digits }) : entered;
}

/** At once: the next scan of it is refused, and noted. */
export function revokeBadge(by: Attended, personId: string): Result<Record<string, never>> {
  const found = managed(by, personId);
  if (!found.ok) return found;
  if (!found.value.hasBadge) return ok({});
  const { people } = by.session.store;
  return enterChange(by, personId, { change: 'badge-revoked' }, () => people.revokeBadges(personId));
}
