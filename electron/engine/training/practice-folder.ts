/**
 * Where practice shops lie: `training/1`, `training/2` …, each reset begins the next. Nothing in them is worth
 * keeping, so a damaged one is thrown away, and so are those before the newest. Nothing outside of this folder
 * is ever touched.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../../shared/result.ts';
import { openStore, type Store } from '../db/store.ts';

const NUMBER = /^[1-9][0-9]{0,8}$/;

function trainingFolder(dataFolder: string): string {
  return join(dataFolder, 'training');
}

function numbers(dataFolder: string): readonly number[] {
  const folder = trainingFolder(dataFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NUMBER.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** Opens the newest one; the others go. Only while none of this process is open. */
export async function openNewestPractice(
  dataFolder: string,
  migrationsFolder: string,
): Promise<Result<Store>> {
  const found = numbers(dataFolder);
  const folder = join(trainingFolder(dataFolder), String(found.at(-1) ?? 1));
  for (const old of found.slice(0, -1)) {
    rmSync(join(trainingFolder(dataFolder), String(old)), { recursive: true, force: true });
  }
  const opened = await openStore(folder, migrationsFolder);
  if (opened.ok || (opened.refusal.code !== 'storage-damaged' && opened.refusal.code !== 'storage-newer')) {
    return opened;
  }
  rmSync(folder, { recursive: true, force: true });
  return await openStore(folder, migrationsFolder);
}

/** The next one, empty; those before it may still be open and go at the next start. */
export async function openNextPractice(dataFolder: string, migrationsFolder: string): Promise<Result<Store>> {
  const next = (numbers(dataFolder).at(-1) ?? 0) + 1;
  const folder = join(trainingFolder(dataFolder), String(next));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return await openStore(folder, migrationsFolder);
}
