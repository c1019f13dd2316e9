/**
 * The clearing house's process: settings from the environment, run until told to stop. SIGTERM and SIGINT
 * let requests that run come to their end; a second one does not wait.
 */
import { readSettings, SettingsRefused } from './config.ts';
import { MigrationRefused } from './db/migrate.ts';
import { KeyStoreRefused } from './keys.ts';
import { startClearing } from './start.ts';
import { HouseRefused } from './trust/publish.ts';

const STOP_TIMEOUT_MS = 20_000;

/** Somebody can mend these without reading a stack. */
function isPlain(error: unknown): error is Error {
  return [SettingsRefused, MigrationRefused, KeyStoreRefused, HouseRefused].some(
    (kind) => error instanceof kind,
  );
}

try {
  const running = await startClearing(readSettings(process.env));
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // a parent that started us with a channel learns where we listen, and takes us along when it ends
  process.send?.({ type: 'listening', origin: running.origin });
  if (process.connected) process.on('disconnect', stop);
} catch (error) {
  console.error(isPlain(error) ? error.message : error);
  process.exit(1);
}
