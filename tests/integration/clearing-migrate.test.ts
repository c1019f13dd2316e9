/** Migrations go forward only, once, and never over a database that is not theirs. */
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS_FOLDER, MigrationRefused, migrate } from '../../clearing/db/migrate.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;
const names = readdirSync(MIGRATIONS_FOLDER).sort();

beforeEach(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-migrations-'));
  cpSync(MIGRATIONS_FOLDER, folder, { recursive: true });
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

describe('migrations', () => {
  it('an empty database → every step, in order; again → none', async () => {
    expect(await migrate(database.url)).toEqual(names);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('two processes at once → each step once', async () => {
    const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
    expect(applied.flat()).toEqual(names);
  });

  it('a new step → applied alone', async () => {
    await migrate(database.url);
    writeFileSync(join(folder, '9000-more.sql'), 'CREATE TABLE more (n int)');
    expect(await migrate(database.url, folder)).toEqual(['9000-more.sql']);
    await expect(migrate(database.url)).rejects.toThrow('newer than this program');
  });

  it('a step that fails → nothing of any step', async () => {
    writeFileSync(join(folder, '9000-broken.sql'), 'CREATE TABLE more (n int); SELECT nonsense');
    await expect(migrate(database.url, folder)).rejects.toThrow('nonsense');
    expect(await migrate(database.url)).toEqual(names);
  });

  it('a step changed, missing, renamed or before an applied one → refused', async () => {
    await migrate(database.url);
    const [first = '', second = ''] = names;
    writeFileSync(join(folder, first), '-- changed');
    await expect(migrate(database.url, folder)).rejects.toThrow('was changed');
    cpSync(MIGRATIONS_FOLDER, folder, { recursive: true });
    rmSync(join(folder, second));
    await expect(migrate(database.url, folder)).rejects.toThrow(MigrationRefused);
    cpSync(MIGRATIONS_FOLDER, folder, { recursive: true });
    writeFileSync(join(folder, '0015-between.sql'), 'SELECT 1');
    await expect(migrate(database.url, folder)).rejects.toThrow(MigrationRefused);
    renameSync(join(folder, '0015-between.sql'), join(folder, 'notes.sql'));
    await expect(migrate(database.url, folder)).rejects.toThrow('not a step');
  });
});
