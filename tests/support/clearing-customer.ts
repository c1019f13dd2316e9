/** A customer of the test clearing house and their purses: what a wallet does, without a wallet. */
import { fromBase64Url, fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import type { RouteAnswer } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeSign1, sign1Value, signDraft } from '../../shared/protocol/cose.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import type { Invoice } from '../../shared/protocol/invoice.ts';
import {
  draftPayment,
  type Payment,
  type PaymentFields,
  readPayment,
} from '../../shared/protocol/payment.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import { type PurseCertificate, readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { World } from '../../shared/protocol/world.ts';
import { type Answer, newSigner, random, type TestClearing, WORLD } from './clearing.ts';

export const PASSWORD = 'a long enough pass phrase';

/** A signed-in customer. */
export class TestCustomer {
  readonly clearing: TestClearing;
  readonly userName: string;
  readonly customerId: string;
  readonly cookie: string;

  constructor(clearing: TestClearing, userName: string, customerId: string, cookie: string) {
    this.clearing = clearing;
    this.userName = userName;
    this.customerId = customerId;
    this.cookie = cookie;
  }

  static async register(clearing: TestClearing, userName = `u${toHex(random(6))}`): Promise<TestCustomer> {
    const made = await clearing.call('registerCustomer', {
      body: { userName, password: PASSWORD, language: 'en' },
    });
    if (made.status !== 201) throw new Error(made.body.code);
    const signed = await clearing.call('signIn', { body: { userName, password: PASSWORD } });
    const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return new TestCustomer(clearing, userName, made.body.customerId, cookie);
  }

  async deposit(amountMinor: bigint, currency: CurrencyCode = 'EUR'): Promise<void> {
    const body = {
      transferId: toHex(random(16)),
      userName: this.userName,
      amountMinor: `${amountMinor}`,
      currency,
    };
    const answer = await this.clearing.call('deposit', { body, operator: true });
    if (answer.status !== 201) throw new Error(answer.body.code);
  }

  possession(key: Signer, change: { iatS?: number; context?: Uint8Array; world?: World } = {}): string {
    const draft = draftPossession(
      {
        contextDigest: sha256(change.context ?? fromHex(this.customerId) ?? new Uint8Array()),
        publicKey: key.publicKey,
        boxKey: new Uint8Array(32),
        iatS: change.iatS ?? Math.floor(this.clearing.clock.nowMs / 1000),
      },
      change.world ?? WORLD,
    );
    return toBase64Url(encodeSign1(signDraft(draft, key)));
  }

  requestPurse(options: {
    key: Signer;
    allowanceMinor: bigint;
    currency?: CurrencyCode;
    requestId?: string;
    possession?: string;
  }): Promise<Answer<RouteAnswer<'issuePurse'>>> {
    return this.clearing.call('issuePurse', {
      cookie: this.cookie,
      body: {
        requestId: options.requestId ?? toHex(random(16)),
        currency: options.currency ?? 'EUR',
        allowanceMinor: `${options.allowanceMinor}`,
        possession: options.possession ?? this.possession(options.key),
      },
    });
  }

  /** Deposits the allowance and gets a purse of it. */
  async purse(allowanceMinor = 10_000n, currency: CurrencyCode = 'EUR'): Promise<TestPurse> {
    await this.deposit(allowanceMinor, currency);
    const key = newSigner();
    const answer = await this.requestPurse({ key, allowanceMinor, currency });
    if (answer.status !== 201) throw new Error(answer.body.code);
    const bytes = fromBase64Url(answer.body.certificate) ?? new Uint8Array();
    return new TestPurse(this, key, readPurseCertificate(decodeCbor(bytes)));
  }
}

export class TestPurse {
  readonly customer: TestCustomer;
  readonly key: Signer;
  readonly certificate: PurseCertificate;

  constructor(customer: TestCustomer, key: Signer, certificate: PurseCertificate) {
    this.customer = customer;
    this.key = key;
    this.certificate = certificate;
  }

  sign(fields: PaymentFields, key = this.key): Payment {
    return readPayment(sign1Value(signDraft(draftPayment(fields, WORLD, this.certificate.digest), key)));
  }

  quick(counter: number, change: Partial<Extract<PaymentFields, { mode: 'quick' }>> = {}): Payment {
    return this.sign({
      mode: 'quick',
      counter,
      spentMinor: 0n,
      previous: sha256(Uint8Array.of(counter)).subarray(0, 8),
      capMinor: 5000n,
      iatS: Math.floor(this.customer.clearing.clock.nowMs / 1000),
      ttlS: 30,
      nonce: sha256(Uint8Array.of(counter, 1)).subarray(0, 8),
      ...change,
    });
  }

  bound(counter: number, invoice: Invoice, amountMinor = invoice.amountMinor): Payment {
    return this.sign({
      mode: 'bound',
      counter,
      spentMinor: 0n,
      previous: sha256(Uint8Array.of(counter)).subarray(0, 8),
      amountMinor,
      iatS: Math.floor(this.customer.clearing.clock.nowMs / 1000),
      invoiceDigest: invoice.digest,
    });
  }
}
