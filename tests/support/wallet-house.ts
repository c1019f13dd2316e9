/** A clearing house that serves the real, built wallet, on a PostgreSQL of its own; and a shop that reads codes. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../scripts/build.ts';
import { ensureDatabase, startPostgres } from '../../scripts/postgres.ts';
import { PROJECT } from '../../scripts/tool.ts';
import { fromBase64Url, toBase64Url, toHex } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import type { PaymentId } from '../../shared/ids.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { boxPublicKey } from '../../shared/protocol/box.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeSign1, sign1Value, signDraft } from '../../shared/protocol/cose.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { parseEnrolmentCode } from '../../shared/protocol/enrolment-code.ts';
import { type Invoice, signInvoice } from '../../shared/protocol/invoice.ts';
import { saleValue } from '../../shared/protocol/journal-bodies.ts';
import { encodePicture, type PresentedCode, pictureText } from '../../shared/protocol/picture.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import { readReceipt, signReceipt } from '../../shared/protocol/receipt.ts';
import {
  readTerminalCertificate,
  type TerminalCertificate,
} from '../../shared/protocol/terminal-certificate.ts';
import { newSigner, random, startTestClearing, type TestClearing, WORLD } from './clearing.ts';
import { TestTill } from './clearing-till.ts';
import { openCode, openSealedCode } from './wallet-ports.ts';

export interface WalletHouse {
  readonly clearing: TestClearing;
  /** Where the wallet is; by name, so that the browser takes it for a secure place. */
  readonly origin: string;
  /** The files that it serves. */
  readonly walletFolder: string;
  readonly stop: () => Promise<void>;
}

/** Builds the wallet where it must, and serves a copy of it: a test may put a newer version in its place. */
export async function startWalletHouse(): Promise<WalletHouse> {
  await ensureBuilt(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'fieldtill-wallet-'));
  const walletFolder = join(folder, 'wallet');
  cpSync(join(PROJECT, 'out', 'wallet'), walletFolder, { recursive: true });
  const postgres = await startPostgres({ dataFolder: join(folder, 'data') });
  const clearing = await startTestClearing({
    databaseUrl: await ensureDatabase(postgres.url, 'wallet'),
    // the wallet's clock is the browser's
    clock: {
      get nowMs() {
        return Date.now();
      },
    },
    config: { walletFolder },
  });
  return {
    clearing,
    origin: clearing.origin.replace('127.0.0.1', 'localhost'),
    walletFolder,
    stop: async () => {
      await clearing.stop();
      await postgres.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The operator pays money into a customer's account. */
export async function payIn(
  { clearing }: WalletHouse,
  userName: string,
  amountMinor: bigint,
  currency: CurrencyCode = 'EUR',
): Promise<void> {
  const body = { transferId: toHex(random(16)), userName, amountMinor: amountMinor.toString(), currency };
  const answer = await clearing.call('deposit', { body, operator: true });
  if (answer.status !== 201) throw new Error(answer.body.code);
}

/** A shop's till that opens codes and sends journals, with nothing of an engine. */
export class Shop {
  readonly till: TestTill;
  readonly #boxSecret: Uint8Array;
  #signer: Signer;

  private constructor(till: TestTill, signer: Signer, boxSecret: Uint8Array) {
    this.till = till;
    this.#signer = signer;
    this.#boxSecret = boxSecret;
  }

  static async open(
    { clearing }: WalletHouse,
    displayName = 'Corner shop',
    currency: CurrencyCode = 'EUR',
  ): Promise<Shop> {
    const merchant = await clearing.call('createMerchant', {
      body: { displayName, currency },
      operator: true,
    });
    const { merchantId } = merchant.body;
    const code = await clearing.call('createEnrolmentCode', { body: { merchantId }, operator: true });
    const parsed = parseEnrolmentCode(code.body.code);
    if (!parsed.ok) throw new Error(parsed.refusal.code);
    const signer = newSigner();
    const boxSecret = random(32);
    const possession = {
      contextDigest: sha256(parsed.value.secret),
      publicKey: signer.publicKey,
      boxKey: boxPublicKey(boxSecret),
      iatS: Math.floor(Date.now() / 1000),
    };
    const proof = encodeSign1(signDraft(draftPossession(possession, WORLD), signer));
    const enrolled = await clearing.call('enrolTerminal', {
      body: { secret: toBase64Url(parsed.value.secret), possession: toBase64Url(proof) },
    });
    if (enrolled.status !== 201) throw new Error(enrolled.body.code);
    const bytes = fromBase64Url(enrolled.body.certificate) ?? new Uint8Array();
    const certificate = readTerminalCertificate(decodeCbor(bytes));
    return new Shop(new TestTill(clearing, merchantId, signer, certificate), signer, boxSecret);
  }

  get certificate(): TerminalCertificate {
    return this.till.certificate;
  }

  /** @param change.signer another key than the till's: a forgery */
  invoice(amountMinor: bigint, change: { reference?: string; ttlS?: number; signer?: Signer } = {}): Invoice {
    const { reference = '', ttlS = 300, signer = this.#signer } = change;
    const iatS = Math.floor(Date.now() / 1000);
    const fields = { nonce: random(8), amountMinor, iatS, ttlS, reference };
    return signInvoice(fields, WORLD, this.certificate.digest, signer);
  }

  invoiceText(invoice: Invoice): string {
    return pictureText({ kind: 'invoice', certificate: this.certificate, invoice });
  }

  receiptText(paymentId: PaymentId, chargedMinor: bigint): string {
    const { currency } = this.certificate;
    const iatS = Math.floor(Date.now() / 1000);
    const fields = { paymentId, chargedMinor, currency, iatS, journalSeq: 1 };
    const receipt = readReceipt(sign1Value(signReceipt(fields, WORLD, this.#signer)));
    return pictureText({ kind: 'receipt', certificate: this.certificate, receipt });
  }

  /** Gives back of the sale at this place of the till's journal; the entry is unsent. */
  creditNoteText(paymentId: PaymentId, original: number, amountMinor: bigint): string {
    const refund = this.till.giveBack(paymentId, original, amountMinor);
    return pictureText({ kind: 'refund', certificate: this.certificate, refund });
  }

  /** What the till reads from an open code, or from one that is sealed to it. */
  open(digits: string, form: 'open' | 'sealed'): PresentedCode {
    return form === 'open' ? openCode(digits) : openSealedCode(digits, this.#boxSecret);
  }

  /** Writes the sale into the till's journal, unsent. */
  sell(code: PresentedCode, amountMinor: bigint, invoice: Invoice | null = null): void {
    const body = saleValue({
      amountMinor,
      currency: this.certificate.currency,
      code: encodePicture(code),
      invoice: invoice?.bytes ?? null,
      decision: {
        trustVersion: 1,
        reachable: false,
        checks: new Uint8Array(16),
        decided: 'offline',
        authorisation: null,
      },
      orderId: null,
    });
    this.till.write('sale', body);
  }
}
