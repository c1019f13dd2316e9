/** A customer as their wallet sees them: accounts, purses, and the root key to pin. */
import { toBase64Url, toHex } from '../../shared/bytes.ts';
import type { CustomerView } from '../../shared/contract/clearing.ts';
import { type CustomerRow, readHoldings } from '../db/customers.ts';
import { listPurses } from '../db/purses.ts';
import type { House } from '../house.ts';
import { purseView } from '../purses/purse-view.ts';

export async function customerView(house: House, customer: CustomerRow): Promise<CustomerView> {
  const holdings = await readHoldings(house.database, customer.customerId);
  const purses = await listPurses(house.database, customer.customerId);
  return {
    customerId: toHex(customer.customerId),
    userName: customer.userName,
    language: customer.language,
    rootPublicKey: toBase64Url(house.keys.root.publicKey),
    world: house.config.world,
    accounts: holdings.map(({ currency, availableMinor, reservedMinor }) => ({
      currency,
      availableMinor: availableMinor.toString(),
      reservedMinor: reservedMinor.toString(),
    })),
    purses: purses.map(purseView),
  };
}
