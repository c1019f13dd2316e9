/** Somebody new at the till, and those who were there before there was a journal of people. */
import { isAtLeast, type Role } from '../../../shared/people/roles.ts';
import { personValue } from '../../../shared/protocol/bodies/person.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { Person } from '../db/people.ts';
import type { Store } from '../db/store.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import { authorityOf, enterChange, isNameTaken } from './change-person.ts';
import { hashNewPin, newPersonId } from './pin.ts';

export async function addPerson(
  by: Attended,
  { name, role, pin }: { readonly name: string; readonly role: Role; readonly pin: string },
): Promise<Result<Person>> {
  if (!isAtLeast(authorityOf(by), role)) return refused({ code: 'not-allowed' });
  const hash = await hashNewPin(pin);
  if (!hash.ok) return hash;
  // after the hash, which takes its time: two of one name may be on their way
  if (isNameTaken(by, name, null)) return refused({ code: 'user-name-taken' });
  const { store, ports } = by.session;
  const personId = newPersonId(ports.randomBytes);
  const entered = enterChange(by, personId, { change: 'added', name, role }, () =>
    store.people.putSecret(personId, hash.value),
  );
  return entered.ok ? ok({ personId, name, role }) : entered;
}

/** Enters somebody whom the terminal itself brings: the first one, or one from before. Needs an open transaction. */
export function enterFirst(store: Store, { personId, name, role }: Person, atMs: number): void {
  const body = personValue({ personId, change: { change: 'added', name, role }, by: null, approvedBy: null });
  record(store, { kind: 'person-changed', atMs, actor: '', body });
}

/** People of a database from before roles ran the shop, so they are administrators. At every open; mostly none. */
export function adoptPeople(store: Store, nowMs: number): Result<void, OpenRefusal> {
  const waiting = store.people.toAdopt();
  if (waiting.length === 0) return ok(undefined);
  return store.write(() => {
    for (const { personId, name } of waiting) {
      enterFirst(store, { personId, name, role: 'administrator' }, nowMs);
      store.people.adopted(personId);
    }
  });
}
