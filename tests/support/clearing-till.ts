/** A terminal of the test clearing house: keys, a journal of its own, signed requests, and nothing of an engine. */
import { fromBase64Url, toBase64Url } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE } from '../../shared/contract/clearing.ts';
import { signRequest } from '../../shared/contract/signed-request.ts';
import { sha256 } from '../../shared/hash.ts';
import type { PaymentId, TerminalId } from '../../shared/ids.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { type Acknowledgement, openAcknowledgement } from '../../shared/protocol/acknowledgement.ts';
import {
  type AuthorisationRequest,
  encodeAuthorisationRequest,
  openAuthorisation,
} from '../../shared/protocol/authorisation.ts';
import { refundValue } from '../../shared/protocol/bodies/refund.ts';
import { decodeCbor, type encodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeSign1, sign1Value, signDraft } from '../../shared/protocol/cose.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { parseEnrolmentCode } from '../../shared/protocol/enrolment-code.ts';
import { type Invoice, signInvoice } from '../../shared/protocol/invoice.ts';
import { encodeJournalBatch } from '../../shared/protocol/journal-batch.ts';
import { saleValue } from '../../shared/protocol/journal-bodies.ts';
import {
  encodeJournalEntry,
  type JournalKind,
  journalHash,
  NO_HASH,
} from '../../shared/protocol/journal-entry.ts';
import { type Payment, paymentIdOf } from '../../shared/protocol/payment.ts';
import { encodePicture, shortOf } from '../../shared/protocol/picture.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import { type Refund, type RefundFields, readRefund, signRefund } from '../../shared/protocol/refund.ts';
import {
  readTerminalCertificate,
  type TerminalCertificate,
} from '../../shared/protocol/terminal-certificate.ts';
import { newSigner, random, type TestClearing, WORLD } from './clearing.ts';
import type { TestPurse } from './clearing-customer.ts';
import { backEnd } from './protocol-fixture.ts';

/** What of a credit note is not as an honest terminal says it. */
type NoteChange = Partial<RefundFields> & {
  kind?: 'refund' | 'payment-voided';
  signer?: Signer;
  originalEpoch?: number;
};

/** An enrolled terminal with a journal of its own, and nothing of an engine. */
export class TestTill {
  readonly clearing: TestClearing;
  readonly merchantId: string;
  readonly signer: Signer;
  readonly certificate: TerminalCertificate;
  readonly entries: Uint8Array[] = [];
  epoch = 1;

  constructor(clearing: TestClearing, merchantId: string, signer: Signer, certificate: TerminalCertificate) {
    this.clearing = clearing;
    this.merchantId = merchantId;
    this.signer = signer;
    this.certificate = certificate;
  }

  static async enrol(
    clearing: TestClearing,
    options: { displayName?: string; currency?: CurrencyCode; merchantId?: string; code?: string } = {},
  ): Promise<TestTill> {
    const { displayName = 'Corner shop', currency = 'EUR' } = options;
    const merchantId =
      options.merchantId ??
      (await clearing.call('createMerchant', { body: { displayName, currency }, operator: true })).body
        .merchantId;
    const code =
      options.code ??
      (await clearing.call('createEnrolmentCode', { body: { merchantId }, operator: true })).body.code;
    const parsed = parseEnrolmentCode(code);
    if (!parsed.ok) throw new Error(parsed.refusal.code);
    const signer = newSigner();
    const { secret } = parsed.value;
    const answer = await clearing.call('enrolTerminal', {
      body: { secret: toBase64Url(secret), possession: terminalPossession(clearing, signer, secret) },
    });
    if (answer.status !== 201) throw new Error(answer.body.code);
    const bytes = fromBase64Url(answer.body.certificate) ?? new Uint8Array();
    return new TestTill(clearing, merchantId, signer, readTerminalCertificate(decodeCbor(bytes)));
  }

  get terminalId(): TerminalId {
    return this.certificate.terminalId;
  }

  /** Appends raw bytes as the next entry. */
  append(bytes: Uint8Array): number {
    this.entries.push(bytes);
    return this.entries.length;
  }

  previousHash(): Uint8Array {
    const last = this.entries.at(-1);
    return last === undefined ? NO_HASH : journalHash(last);
  }

  write(kind: JournalKind, body: Parameters<typeof encodeCbor>[0], atMs = this.clearing.clock.nowMs): number {
    return this.append(
      encodeJournalEntry({
        epoch: this.epoch,
        seq: this.entries.length + 1,
        previousHash: this.previousHash(),
        kind,
        atMs,
        actor: 'cashier',
        body,
      }),
    );
  }

  invoice(amountMinor: bigint): Invoice {
    const iatS = Math.floor(this.clearing.clock.nowMs / 1000);
    const fields = { nonce: random(8), amountMinor, iatS, ttlS: 300, reference: '' };
    return signInvoice(fields, WORLD, this.certificate.digest, this.signer);
  }

  /** @returns the entry's seq */
  sale(
    purse: TestPurse,
    payment: Payment,
    amountMinor: bigint,
    change: {
      form?: 'full' | 'short';
      invoice?: Invoice | null;
      currency?: CurrencyCode;
      atMs?: number;
      trustVersion?: number;
    } = {},
  ): number {
    const certificate = change.form === 'short' ? shortOf(purse.certificate) : purse.certificate;
    const body = saleValue({
      amountMinor,
      currency: change.currency ?? this.certificate.currency,
      code: encodePicture({ kind: 'presented', certificate, payment }),
      invoice: change.invoice?.bytes ?? null,
      decision: {
        trustVersion: change.trustVersion ?? 1,
        reachable: false,
        checks: new Uint8Array(16),
        decided: 'offline',
        authorisation: null,
      },
      orderId: null,
    });
    return this.write('sale', body, change.atMs);
  }

  /**
   * A credit note for the sale at `original`.
   *
   * @param change fields of the note that differ from what an honest terminal says, and its signer
   * @returns the entry's seq
   */
  refund(
    purse: TestPurse,
    payment: Payment,
    original: number,
    amountMinor: bigint,
    change: NoteChange = {},
  ): number {
    const paymentId = paymentIdOf(payment.sign1, WORLD, purse.certificate.digest);
    this.giveBack(paymentId, original, amountMinor, change);
    return this.entries.length;
  }

  /** The same, by payment id. @returns the note */
  giveBack(paymentId: PaymentId, original: number, amountMinor: bigint, change: NoteChange = {}): Refund {
    const { kind = 'refund', signer = this.signer, originalEpoch = this.epoch, ...fields } = change;
    const signed: RefundFields = {
      paymentId,
      amountMinor,
      currency: this.certificate.currency,
      iatS: Math.floor(this.clearing.clock.nowMs / 1000),
      epoch: this.epoch,
      journalSeq: this.entries.length + 1,
      ...fields,
    };
    const note = readRefund(sign1Value(signRefund(signed, WORLD, signer)));
    const body = refundValue({
      note,
      original: { epoch: originalEpoch, seq: original },
      amountMinor,
      currency: note.currency,
      reason: 'Broken cup',
      approvedBy: null,
    });
    this.write(kind, body);
    return note;
  }

  /** A batch of the entries from…to, under a signed head. */
  batch(fromSeq = 1, toSeq = this.entries.length): Uint8Array<ArrayBuffer> {
    const entries = this.entries.slice(fromSeq - 1, toSeq);
    const headHash = journalHash(entries.at(-1) ?? new Uint8Array());
    const head = { terminalId: this.terminalId, epoch: this.epoch, seq: toSeq, headHash };
    return encodeJournalBatch({ head, entries }, WORLD, this.signer);
  }

  url(stream: 'journal' | 'outcomes' | 'terminalEvents', query = ''): URL {
    const path = clearingStreams[stream].path.replace(':terminalId', this.terminalId);
    return new URL(path + query, this.clearing.origin);
  }

  headers(
    method: string,
    url: URL,
    body: { bytes: Uint8Array; contentEncoding?: string } | null,
  ): Record<string, string> {
    return signRequest(
      {
        method,
        url,
        body: body === null ? null : { ...body, contentType: CBOR_TYPE },
        keyId: this.terminalId,
        createdS: Math.floor(this.clearing.clock.nowMs / 1000),
        nonce: random(16),
      },
      this.signer,
    );
  }

  async post(bytes: Uint8Array<ArrayBuffer>, contentEncoding?: string): Promise<TillAnswer> {
    const url = this.url('journal');
    const body = { bytes, ...(contentEncoding === undefined ? {} : { contentEncoding }) };
    return await this.#answer(
      await fetch(url, { method: 'POST', headers: this.headers('POST', url, body), body: bytes }),
    );
  }

  async send(fromSeq = 1, toSeq = this.entries.length): Promise<TillAnswer> {
    return await this.post(this.batch(fromSeq, toSeq));
  }

  /** Asks for a payment. @returns 'approved', the reason of a decline, or the problem's code */
  async authorise(
    purse: TestPurse,
    payment: Payment,
    amountMinor: bigint,
    change: Partial<AuthorisationRequest> = {},
  ): Promise<{ verdict: string; bytes: Uint8Array<ArrayBuffer> }> {
    const body = encodeAuthorisationRequest({
      code: encodePicture({ kind: 'presented', certificate: purse.certificate, payment }),
      amountMinor,
      currency: this.certificate.currency,
      invoice: null,
      isForced: false,
      ...change,
    });
    const url = new URL(clearingStreams.authorisations.path, this.clearing.origin);
    const headers = this.headers('POST', url, { bytes: body });
    const answer = await fetch(url, { method: 'POST', headers, body });
    const bytes = await answer.bytes();
    if (answer.status !== 200) {
      return { verdict: JSON.parse(new TextDecoder().decode(bytes)).code, bytes };
    }
    const opened = openAuthorisation(bytes, await this.clearing.trust(), WORLD, backEnd);
    if (!opened.ok) throw new Error(opened.refusal.code);
    const { terminalId, amountMinor: minor, declined } = opened.value;
    if (terminalId !== this.terminalId || minor !== amountMinor) throw new Error('an answer for another');
    return { verdict: declined ?? 'approved', bytes };
  }

  async outcomes(after = 0): Promise<TillAnswer> {
    const url = this.url('outcomes', `?after=${after}`);
    return await this.#answer(await fetch(url, { headers: this.headers('GET', url, null) }));
  }

  async #answer(answer: Response): Promise<TillAnswer> {
    const bytes = await answer.bytes();
    if (answer.status !== 200) {
      const problem = JSON.parse(new TextDecoder().decode(bytes));
      return { status: answer.status, code: problem.code, detail: problem.detail, ack: undefined, bytes };
    }
    const opened = openAcknowledgement(bytes, await this.clearing.trust(), WORLD, backEnd);
    if (!opened.ok) throw new Error(opened.refusal.code);
    return { status: 200, code: undefined, detail: undefined, ack: opened.value, bytes };
  }
}

export interface TillAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly detail: Record<string, string | number> | undefined;
  readonly ack: Acknowledgement | undefined;
  readonly bytes: Uint8Array;
}

/** "1:settled 2:rejected/conflict": outcomes by their entries' seq. */
export function outcomesText(answer: TillAnswer): string {
  const outcomes = answer.ack?.outcomes ?? [];
  return outcomes
    .map(({ seq, state, reason }) => `${seq}:${state}${reason === null ? '' : `/${reason}`}`)
    .join(' ');
}

export function terminalPossession(
  clearing: TestClearing,
  signer: Signer,
  secret: Uint8Array,
  iatS = Math.floor(clearing.clock.nowMs / 1000),
): string {
  const draft = draftPossession(
    { contextDigest: sha256(secret), publicKey: signer.publicKey, boxKey: random(32), iatS },
    WORLD,
  );
  return toBase64Url(encodeSign1(signDraft(draft, signer)));
}
