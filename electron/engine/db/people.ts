/**
 * People who sign in at this till: who they are (a view), and beside it what proves it: the PIN's hash with its
 * failed tries, which outlive a restart, and the hashes of badges.
 */
import { invariant } from '../../../shared/assert.ts';
import { ROLES, type Role } from '../../../shared/people/roles.ts';
import type { Connection } from './connection.ts';

export interface Person {
  readonly personId: string;
  readonly name: string;
  readonly role: Role;
}

/** A person as those see them who manage people. */
export interface PersonRecord extends Person {
  readonly isActive: boolean;
  readonly hasBadge: boolean;
}

/** What a person is known by, and how often somebody failed to be them. */
export interface Secret {
  readonly pinHash: string;
  readonly failedTries: number;
}

interface PersonRow {
  person_id: string;
  name: string;
  role: bigint;
  is_active: bigint;
  has_badge: bigint;
}

interface SecretRow {
  pin_hash: string;
  failed_tries: bigint;
}

interface BadgeRow {
  person_id: string;
  is_active: bigint;
}

interface AdoptRow {
  person_id: string;
  name: string;
}

function toRecord(row: PersonRow): PersonRecord {
  const role = ROLES[Number(row.role)];
  invariant(role !== undefined, 'a person without a role');
  return {
    personId: row.person_id,
    name: row.name,
    role,
    isActive: row.is_active === 1n,
    hasBadge: row.has_badge === 1n,
  };
}

export function personWire({ personId, name, role }: Person): { personId: string; name: string; role: Role } {
  return { personId, name, role };
}

export class PeopleTable {
  readonly #add;
  readonly #rename;
  readonly #setRole;
  readonly #setActive;
  readonly #setHasBadge;
  readonly #get;
  readonly #all;
  readonly #putSecret;
  readonly #getSecret;
  readonly #setTries;
  readonly #putBadge;
  readonly #getBadge;
  readonly #revokeBadges;
  readonly #toAdopt;
  readonly #adopted;

  constructor(connection: Connection) {
    this.#add = connection.prepare<[string, string, bigint]>(
      'INSERT INTO person (person_id, name, role, is_active, has_badge) VALUES (?, ?, ?, 1, 0)',
    );
    this.#rename = connection.prepare<[string, string]>('UPDATE person SET name = ? WHERE person_id = ?');
    this.#setRole = connection.prepare<[bigint, string]>('UPDATE person SET role = ? WHERE person_id = ?');
    this.#setActive = connection.prepare<[bigint, string]>(
      'UPDATE person SET is_active = ? WHERE person_id = ?',
    );
    this.#setHasBadge = connection.prepare<[bigint, string]>(
      'UPDATE person SET has_badge = ? WHERE person_id = ?',
    );
    this.#get = connection.prepare<[string], PersonRow>('SELECT * FROM person WHERE person_id = ?');
    this.#all = connection.prepare<[], PersonRow>('SELECT * FROM person ORDER BY name, person_id');
    this.#putSecret = connection.prepare<[string, string]>(
      `INSERT INTO person_secret (person_id, pin_hash) VALUES (?, ?)
       ON CONFLICT (person_id) DO UPDATE SET pin_hash = excluded.pin_hash, failed_tries = 0`,
    );
    this.#getSecret = connection.prepare<[string], SecretRow>(
      'SELECT pin_hash, failed_tries FROM person_secret WHERE person_id = ?',
    );
    this.#setTries = connection.prepare<[bigint, string]>(
      'UPDATE person_secret SET failed_tries = ? WHERE person_id = ?',
    );
    this.#putBadge = connection.prepare<[Uint8Array, string]>(
      'INSERT INTO person_badge (hash, person_id, is_active) VALUES (?, ?, 1)',
    );
    this.#getBadge = connection.prepare<[Uint8Array], BadgeRow>(
      'SELECT person_id, is_active FROM person_badge WHERE hash = ?',
    );
    this.#revokeBadges = connection.prepare<[string]>(
      'UPDATE person_badge SET is_active = 0 WHERE person_id = ?',
    );
    this.#toAdopt = connection.prepare<[], AdoptRow>('SELECT person_id, name FROM person_to_adopt');
    this.#adopted = connection.prepare<[string]>('DELETE FROM person_to_adopt WHERE person_id = ?');
  }

  // the view: only views/people.ts writes here

  add(personId: string, name: string, role: Role): void {
    this.#add.run(personId, name, BigInt(ROLES.indexOf(role)));
  }

  rename(personId: string, name: string): void {
    this.#rename.run(name, personId);
  }

  setRole(personId: string, role: Role): void {
    this.#setRole.run(BigInt(ROLES.indexOf(role)), personId);
  }

  setActive(personId: string, isActive: boolean): void {
    this.#setActive.run(isActive ? 1n : 0n, personId);
  }

  setHasBadge(personId: string, hasBadge: boolean): void {
    this.#setHasBadge.run(hasBadge ? 1n : 0n, personId);
  }

  /** Whoever may sign in. */
  byId(personId: string): Person | undefined {
    const found = this.recordOf(personId);
    return found?.isActive === true ? found : undefined;
  }

  list(): readonly Person[] {
    return this.all().filter(({ isActive }) => isActive);
  }

  /** Also those who are switched off. */
  recordOf(personId: string): PersonRecord | undefined {
    const row = this.#get.get(personId);
    return row === undefined ? undefined : toRecord(row);
  }

  all(): readonly PersonRecord[] {
    return this.#all.all().map(toRecord);
  }

  // what proves who they are: beside the journal

  /** A new PIN forgets the failed tries at the old one. */
  putSecret(personId: string, pinHash: string): void {
    this.#putSecret.run(personId, pinHash);
  }

  secretOf(personId: string): Secret | undefined {
    const row = this.#getSecret.get(personId);
    return row === undefined ? undefined : { pinHash: row.pin_hash, failedTries: Number(row.failed_tries) };
  }

  setTries(personId: string, failedTries: number): void {
    this.#setTries.run(BigInt(failedTries), personId);
  }

  /** The person's only badge from now on. */
  putBadge(personId: string, hash: Uint8Array): void {
    this.#revokeBadges.run(personId);
    this.#putBadge.run(hash, personId);
  }

  revokeBadges(personId: string): void {
    this.#revokeBadges.run(personId);
  }

  /** Whose badge this is or was. */
  badgeOf(hash: Uint8Array): { readonly personId: string; readonly isActive: boolean } | undefined {
    const row = this.#getBadge.get(hash);
    return row === undefined ? undefined : { personId: row.person_id, isActive: row.is_active === 1n };
  }

  /** People of a database from before roles, who are not in the journal yet. */
  toAdopt(): readonly { readonly personId: string; readonly name: string }[] {
    return this.#toAdopt.all().map((row) => ({ personId: row.person_id, name: row.name }));
  }

  adopted(personId: string): void {
    this.#adopted.run(personId);
  }
}
