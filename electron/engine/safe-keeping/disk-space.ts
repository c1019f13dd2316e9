/** How much room the terminal's disk has left: a warning in time, and no new sale when the last of it is needed. */
import type { EnginePorts } from '../ports.ts';

const MB = 1_000_000;
const WARN_BELOW_MB = 500;
/** What syncing, exporting and closing a day may still need. */
const STOP_BELOW_MB = 100;

export type DiskLevel = 'ok' | 'low' | 'almost-full' | 'unknown';

export interface DiskSpace {
  readonly level: DiskLevel;
  readonly freeMb: number | null;
}

export function diskSpace({ disk }: Pick<EnginePorts, 'disk'>, folder: string): DiskSpace {
  const free = disk.freeBytes(folder);
  if (free === undefined) return { level: 'unknown', freeMb: null };
  const freeMb = Math.floor(free / MB);
  if (freeMb < STOP_BELOW_MB) return { level: 'almost-full', freeMb };
  return { level: freeMb < WARN_BELOW_MB ? 'low' : 'ok', freeMb };
}
