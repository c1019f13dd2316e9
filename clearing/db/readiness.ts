/** Whether PostgreSQL answers. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

const TIMEOUT_MS = 2000;

export async function isDatabaseReady(db: Database): Promise<boolean> {
  const asked = sql`SELECT 1`.execute(db).then(
    () => true,
    () => false,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((settle) => {
    timer = setTimeout(() => settle(false), TIMEOUT_MS);
  });
  const isReady = await Promise.race([asked, late]);
  clearTimeout(timer);
  return isReady;
}
