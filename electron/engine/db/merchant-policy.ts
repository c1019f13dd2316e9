/** The rules of this shop: a view of the `setting-changed` entries, beside its switches. */
import { fromBase64Url, toBase64Url } from '../../../shared/bytes.ts';
import type { MerchantRules } from '../../../shared/decision/merchant-rules.ts';
import { merchantRulesValue, readMerchantRules } from '../../../shared/protocol/bodies/merchant-rules.ts';
import { decodeCbor, encodeCbor } from '../../../shared/protocol/cbor.ts';
import type { Connection } from './connection.ts';

const NAME = 'merchant-policy';

export class MerchantPolicyTable {
  readonly #get;
  readonly #put;
  /** As in the table: this process alone writes it, and every payment asks. Null before the first look. */
  #known: { readonly rules: MerchantRules | undefined } | null = null;

  constructor(connection: Connection) {
    this.#get = connection.prepare<[string], string>('SELECT value FROM shop_setting WHERE name = ?').pluck();
    this.#put = connection.prepare<[string, string]>(
      'INSERT INTO shop_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
  }

  /** Only views/shop-settings.ts writes here. */
  put(rules: MerchantRules): void {
    this.#put.run(NAME, toBase64Url(encodeCbor(merchantRulesValue(rules))));
    this.#known = { rules };
  }

  /** Undefined where the shop has none. The same object until they change. */
  rules(): MerchantRules | undefined {
    if (this.#known === null) {
      const text = this.#get.get(NAME);
      const bytes = text === undefined ? undefined : fromBase64Url(text);
      this.#known = { rules: bytes && readMerchantRules(decodeCbor(bytes)) };
    }
    return this.#known.rules;
  }
}
