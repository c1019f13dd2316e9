/**
 * The terminal's store: its tables over one connection, and the only way to write: `write`, one durable
 * transaction. When it returns, what it wrote is on disk (WAL, synchronous=FULL).
 */
import { ok, type Result, refused } from '../../../shared/result.ts';
import { CatalogueTable } from './catalogue.ts';
import { CertificatesTable } from './certificates.ts';
import type { Connection } from './connection.ts';
import { DoubleSpendsTable } from './double-spends.ts';
import { EndedCodesTable } from './ended-codes.ts';
import { InvoicesTable } from './invoices.ts';
import { JournalTable } from './journal.ts';
import { MerchantPolicyTable } from './merchant-policy.ts';
import { type OpenRefusal, openDatabase, storageRefusal } from './open.ts';
import { OpenOrdersTable } from './open-orders.ts';
import { OrdersTable } from './orders.ts';
import { PaymentSearchTable } from './payment-search.ts';
import { PaymentsTable } from './payments.ts';
import { PeopleTable } from './people.ts';
import { ProgressTable } from './progress.ts';
import { RefundsTable } from './refunds.ts';
import { SettingsTable } from './settings.ts';
import { ShiftsTable } from './shifts.ts';
import { ShopSettingsTable } from './shop-settings.ts';
import { TalliesTable } from './tallies.ts';
import { WholeDatabase } from './whole-database.ts';

/** Entries whose chain is checked at every start; the whole chain is checked on demand. */
const CHECKED_AT_START = 500;

export class Store {
  readonly journal: JournalTable;
  readonly payments: PaymentsTable;
  readonly paymentSearch: PaymentSearchTable;
  readonly tallies: TalliesTable;
  readonly catalogue: CatalogueTable;
  readonly certificates: CertificatesTable;
  readonly doubleSpends: DoubleSpendsTable;
  readonly endedCodes: EndedCodesTable;
  readonly invoices: InvoicesTable;
  readonly openOrders: OpenOrdersTable;
  readonly orders: OrdersTable;
  readonly people: PeopleTable;
  readonly progress: ProgressTable;
  readonly refunds: RefundsTable;
  readonly settings: SettingsTable;
  readonly shifts: ShiftsTable;
  readonly shopSettings: ShopSettingsTable;
  readonly merchantPolicy: MerchantPolicyTable;
  /** For comparing, rebuilding and copying; operations use the tables above. */
  readonly whole: WholeDatabase;
  readonly #connection: Connection;
  readonly #inTransaction: (work: () => unknown) => unknown;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#inTransaction = connection.transaction((work: () => unknown) => work()).immediate;
    this.settings = new SettingsTable(connection);
    this.journal = new JournalTable(connection, this.settings);
    this.payments = new PaymentsTable(connection);
    this.paymentSearch = new PaymentSearchTable(connection);
    this.tallies = new TalliesTable(connection);
    this.catalogue = new CatalogueTable(connection);
    this.certificates = new CertificatesTable(connection);
    this.doubleSpends = new DoubleSpendsTable(connection);
    this.endedCodes = new EndedCodesTable(connection);
    this.invoices = new InvoicesTable(connection);
    this.openOrders = new OpenOrdersTable(connection);
    this.orders = new OrdersTable(connection);
    this.people = new PeopleTable(connection);
    this.shifts = new ShiftsTable(connection);
    this.shopSettings = new ShopSettingsTable(connection);
    this.merchantPolicy = new MerchantPolicyTable(connection);
    this.progress = new ProgressTable(connection);
    this.refunds = new RefundsTable(connection);
    this.whole = new WholeDatabase(connection);
  }

  /**
   * Runs the work in one transaction and commits it durably. A failing disk is a refusal, and then nothing
   * of the work is there; after it the store must not be written to again until it was opened anew.
   */
  write<T>(work: () => T): Result<T, OpenRefusal> {
    try {
      return ok(this.#inTransaction(work) as T);
    } catch (error) {
      const refusal = storageRefusal(error);
      if (refusal === undefined) {
        this.journal.reload();
        throw error;
      }
      return refused(refusal);
    }
  }

  close(): void {
    this.#connection.close();
  }
}

/** Opens the store of a folder and checks the end of its chain before anything is taken with it. */
export async function openStore(
  dataFolder: string,
  migrationsFolder: string,
): Promise<Result<Store, OpenRefusal>> {
  const opened = await openDatabase(dataFolder, migrationsFolder);
  if (!opened.ok) return opened;
  const store = new Store(opened.value);
  if (store.journal.firstBreak(CHECKED_AT_START) === undefined) return ok(store);
  store.close();
  return refused({ code: 'storage-damaged' });
}
