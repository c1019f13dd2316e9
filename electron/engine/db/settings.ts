/** Named values that are not acts: sealed keys, the trust bundle, how far sync has come. */
import type { Connection } from './connection.ts';

export type SettingName =
  | 'sealed-keys'
  | 'sealed-keys-salt'
  | 'terminal-certificate'
  | 'root-public-key'
  | 'world'
  | 'clearing-origin'
  | 'trust-bundle'
  | 'trust-deltas'
  | 'proof-position'
  | 'server-time-ms'
  | 'clock-fault'
  | 'journal-floor-ms'
  | 'journal-floor-position'
  | 'acknowledged-position'
  | 'last-contact-ms'
  | 'practice-seed'
  | 'practice-catalogue-revision'
  | 'sync-tries'
  | 'backup-at-ms'
  | 'backup-position'
  | 'second-copy-path'
  | 'second-copy-state'
  | 'learn-from'
  | 'learn-hash';

export class SettingsTable {
  readonly #get;
  readonly #set;
  /** What was read or written by this process, which alone has the database. A failed write stops the engine. */
  readonly #known = new Map<SettingName, Uint8Array | undefined>();

  constructor(connection: Connection) {
    this.#get = connection.prepare<[string], { value: Uint8Array }>(
      'SELECT value FROM setting WHERE name = ?',
    );
    this.#set = connection.prepare<[string, Uint8Array]>(
      'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
  }

  bytes(name: SettingName): Uint8Array | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    const value = this.#get.get(name)?.value;
    const bytes = value === undefined ? undefined : new Uint8Array(value);
    this.#known.set(name, bytes);
    return bytes;
  }

  setBytes(name: SettingName, value: Uint8Array): void {
    this.#set.run(name, value);
    this.#known.set(name, value);
  }

  text(name: SettingName): string | undefined {
    const value = this.bytes(name);
    return value === undefined ? undefined : new TextDecoder().decode(value);
  }

  setText(name: SettingName, value: string): void {
    this.setBytes(name, new TextEncoder().encode(value));
  }

  /** A whole number kept as decimal text; `otherwise` where it was never set. */
  integer(name: SettingName, otherwise: bigint): bigint {
    const text = this.text(name);
    return text === undefined ? otherwise : BigInt(text);
  }

  setInteger(name: SettingName, value: bigint): void {
    this.setText(name, value.toString());
  }
}
