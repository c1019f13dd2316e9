/** How this shop wants its till: a view of the `setting-changed` entries. */
import type { ShopSetting } from '../../../shared/shop-settings.ts';
import type { Connection } from './connection.ts';

export class ShopSettingsTable {
  readonly #get;
  readonly #put;

  constructor(connection: Connection) {
    this.#get = connection.prepare<[string], string>('SELECT value FROM shop_setting WHERE name = ?').pluck();
    this.#put = connection.prepare<[string, string]>(
      'INSERT INTO shop_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
  }

  /** Only views/shop-settings.ts writes here. */
  put(name: ShopSetting, value: string): void {
    this.#put.run(name, value);
  }

  /** Whether a switch is on; off where it was never touched. */
  isOn(name: ShopSetting): boolean {
    return this.#get.get(name) === 'on';
  }
}
