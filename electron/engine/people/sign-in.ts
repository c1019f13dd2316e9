/**
 * Signing in at the till: a PIN by argon2id, tries that are counted on disk before the PIN is looked at,
 * and a wait that doubles. Each sign-in and each refusal is a journal entry.
 */
import { hash, verify } from '@node-rs/argon2';
import { toHex } from '../../../shared/bytes.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { Person } from '../db/people.ts';
import type { Store } from '../db/store.ts';
import { ARGON2ID } from '../keys.ts';
import type { EnginePorts } from '../ports.ts';
import { record } from '../record.ts';

/** Wrong PINs before the first wait; each further one doubles it. */
const FREE_TRIES = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 60 * 60_000;

/** A PIN's hash is all that a stolen disk gives; four digits are few, so the terminal counts tries. */
export function hashPin(pin: string): Promise<string> {
  return hash(pin, ARGON2ID);
}

export function newPersonId(randomBytes: EnginePorts['randomBytes']): string {
  return toHex(randomBytes(8));
}

function waitMs(failedTries: number): number {
  const over = failedTries - FREE_TRIES;
  return over < 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** over);
}

export async function signIn(
  store: Store,
  ports: EnginePorts,
  personId: string,
  pin: string,
): Promise<Result<Person, Refusal<'wrong-pin' | 'locked-out' | 'not-found'> | OpenRefusal>> {
  const person = store.people.byId(personId);
  const secret = store.people.secretOf(personId);
  if (person === undefined || secret === undefined) return refused({ code: 'not-found' });
  const nowMs = ports.clock.nowMs();
  if (nowMs < secret.lockedUntilMs) {
    return refused({
      code: 'locked-out',
      detail: { waitS: Math.ceil((secret.lockedUntilMs - nowMs) / 1000) },
    });
  }
  // counted first: pulling the plug after a wrong PIN wins no free try
  const failed = secret.failedTries + 1;
  const counted = store.write(() => store.people.setTries(personId, failed, nowMs + waitMs(failed)));
  if (!counted.ok) return counted;
  if (await verify(secret.pinHash, pin)) {
    const done = store.write(() => {
      store.people.setTries(personId, 0, 0);
      record(store, { kind: 'signed-in', atMs: nowMs, actor: person.name, body: personId });
    });
    return done.ok ? ok(person) : done;
  }
  const noted = store.write(() => {
    record(store, { kind: 'sign-in-refused', atMs: nowMs, actor: person.name, body: failed });
  });
  if (!noted.ok) return noted;
  return failed >= FREE_TRIES
    ? refused({ code: 'locked-out', detail: { waitS: Math.ceil(waitMs(failed) / 1000) } })
    : refused({ code: 'wrong-pin', detail: { triesLeft: FREE_TRIES - failed } });
}
