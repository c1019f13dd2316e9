/**
 * Published test material, read where it lies beside the project and never copied into it. Where it is absent, the
 * tests of it report themselves as skipped.
 */
import { existsSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../shared/material/', import.meta.url);

export function hasMaterial(path: string): boolean {
  return existsSync(new URL(path, FOLDER));
}

/** The caller names the shape; a file that has another fails its test. */
export function readMaterial<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T;
}
