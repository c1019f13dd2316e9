/**
 * One real PostgreSQL for a whole vitest run, in a new folder that goes away at the end. Never shared
 * between runs, so that two runs at once do not meet.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../scripts/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const place = mkdtempSync(join(tmpdir(), 'fieldtill-postgres-'));
  const server = await startPostgres({ dataFolder: join(place, 'data') });
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.destroy();
    rmSync(place, { recursive: true, force: true });
  };
}
