/** People who sign in at this till, their PIN's hash and their failed tries, which outlive a restart. */
import { invariant } from '../../../shared/assert.ts';
import { ROLES, type Role } from '../../../shared/people/roles.ts';
import type { Connection } from './connection.ts';

export interface Person {
  readonly personId: string;
  readonly name: string;
  readonly role: Role;
}

/** What a person is known by, and how often somebody failed to be them. */
export interface Secret {
  readonly pinHash: string;
  readonly failedTries: number;
  readonly lockedUntilMs: number;
}

interface PersonRow {
  person_id: string;
  name: string;
  role: bigint;
}

interface SecretRow {
  pin_hash: string;
  failed_tries: bigint;
  locked_until_ms: bigint;
}

function toPerson(row: PersonRow): Person {
  const role = ROLES[Number(row.role)];
  invariant(role !== undefined, 'a person without a role');
  return { personId: row.person_id, name: row.name, role };
}

export function personWire({ personId, name, role }: Person): { personId: string; name: string; role: Role } {
  return { personId, name, role };
}

export class PeopleTable {
  readonly #put;
  readonly #putSecret;
  readonly #get;
  readonly #getSecret;
  readonly #list;
  readonly #setTries;

  constructor(connection: Connection) {
    this.#put = connection.prepare<[string, string, bigint]>(
      `INSERT INTO person (person_id, name, role, is_active) VALUES (?, ?, ?, 1)
       ON CONFLICT (person_id) DO UPDATE SET name = excluded.name, role = excluded.role`,
    );
    this.#putSecret = connection.prepare<[string, string]>(
      `INSERT INTO person_secret (person_id, pin_hash) VALUES (?, ?)
       ON CONFLICT (person_id) DO UPDATE SET pin_hash = excluded.pin_hash, failed_tries = 0, locked_until_ms = 0`,
    );
    this.#get = connection.prepare<[string], PersonRow>(
      'SELECT person_id, name, role FROM person WHERE person_id = ? AND is_active = 1',
    );
    this.#getSecret = connection.prepare<[string], SecretRow>(
      'SELECT pin_hash, failed_tries, locked_until_ms FROM person_secret WHERE person_id = ?',
    );
    this.#list = connection.prepare<[], PersonRow>(
      'SELECT person_id, name, role FROM person WHERE is_active = 1 ORDER BY name, person_id',
    );
    this.#setTries = connection.prepare<[bigint, bigint, string]>(
      'UPDATE person_secret SET failed_tries = ?, locked_until_ms = ? WHERE person_id = ?',
    );
  }

  put({ personId, name, role }: Person): void {
    this.#put.run(personId, name, BigInt(ROLES.indexOf(role)));
  }

  /** A new PIN forgets the failed tries at the old one. */
  putSecret(personId: string, pinHash: string): void {
    this.#putSecret.run(personId, pinHash);
  }

  byId(personId: string): Person | undefined {
    const row = this.#get.get(personId);
    return row === undefined ? undefined : toPerson(row);
  }

  secretOf(personId: string): Secret | undefined {
    const row = this.#getSecret.get(personId);
    if (row === undefined) return undefined;
    return {
      pinHash: row.pin_hash,
      failedTries: Number(row.failed_tries),
      lockedUntilMs: Number(row.locked_until_ms),
    };
  }

  list(): readonly Person[] {
    return this.#list.all().map(toPerson);
  }

  setTries(personId: string, failedTries: number, lockedUntilMs: number): void {
    this.#setTries.run(BigInt(failedTries), BigInt(lockedUntilMs), personId);
  }
}
