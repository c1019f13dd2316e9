/**
 * The log of the window's program: what happened, by name, with numbers and codes. It must never hold a
 * scanned code, a key, a passphrase, a PIN or a person's payment; callers can pass only flat facts.
 */
import { join } from 'node:path';
import { app } from 'electron';
import log from 'electron-log/node';

type Fact = string | number | boolean | null;

/** Every event that may be written; a new one is added here, where a reader sees what a log can hold. */
export type LogEvent =
  | 'start'
  | 'quit'
  | 'second-start'
  | 'window-ready'
  | 'window-gone'
  | 'window-unresponsive'
  | 'engine-started'
  | 'engine-ready'
  | 'engine-ended'
  | 'engine-silent'
  | 'engine-message-refused'
  | 'engine-said'
  | 'call-refused'
  | 'result-refused'
  | 'permission-denied'
  | 'navigation-denied'
  | 'sealing';

const MAX_BYTES = 1_000_000;

/** Call once, after the folder for user data is known. */
export function openLog(): void {
  log.transports.file.resolvePathFn = () => join(app.getPath('userData'), 'logs', 'window.log');
  log.transports.file.maxSize = MAX_BYTES;
  log.transports.file.format = '{iso} {level} {text}';
  log.transports.console.level = process.env.FIELDTILL_LOG === 'console' ? 'info' : 'warn';
}

export function logInfo(event: LogEvent, facts: Record<string, Fact> = {}): void {
  log.info(event, JSON.stringify(facts));
}

export function logWarning(event: LogEvent, facts: Record<string, Fact> = {}): void {
  log.warn(event, JSON.stringify(facts));
}
