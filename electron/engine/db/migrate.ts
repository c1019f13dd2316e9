/** Moves the schema forward, step by step, each in its own transaction. Never back, never skipping one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../../../shared/assert.ts';
import type { Connection } from './connection.ts';

interface Migration {
  readonly number: number;
  readonly file: string;
}

function migrations(folder: string): readonly Migration[] {
  const found = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => ({ number: Number(file.slice(0, 4)), file }))
    .sort((a, b) => a.number - b.number);
  for (const [i, { number, file }] of found.entries()) {
    invariant(/^[0-9]{4}-[a-z0-9-]+\.sql$/.test(file), `a migration named ${file}`);
    invariant(number === (i + 1) * 10, `migration ${file} is out of step: expected ${(i + 1) * 10}`);
  }
  return found;
}

export function latestMigration(folder: string): number {
  return migrations(folder).at(-1)?.number ?? 0;
}

export function migrate(connection: Connection, folder: string): void {
  const current = Number(connection.pragma('user_version', { simple: true }));
  for (const { number, file } of migrations(folder)) {
    if (number <= current) continue;
    const sql = readFileSync(join(folder, file), 'utf8');
    connection.transaction(() => {
      connection.exec(sql);
      connection.pragma(`user_version = ${number}`);
    })();
  }
}
