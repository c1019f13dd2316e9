/**
 * The shop's terminal, without a till: it signs invoices, opens what customers seal to it, asks for authorisation and
 * keeps a journal. Keys and journal are in memory, so each start needs a new enrolment; a shop that means it keeps both
 * on a disk, and writes each entry there before it acts on it.
 */
import { callRoute } from '../../clearing/client/http.ts';
import { fromBase64Url, toBase64Url } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE } from '../../shared/contract/clearing.ts';
import { signRequest } from '../../shared/contract/signed-request.ts';
import { sha256 } from '../../shared/hash.ts';
import { openAcknowledgement } from '../../shared/protocol/acknowledgement.ts';
import { encodeAuthorisationRequest, openAuthorisation } from '../../shared/protocol/authorisation.ts';
import { boxPublicKey, unseal } from '../../shared/protocol/box.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeSign1, signDraft } from '../../shared/protocol/cose.ts';
import { type Signer, tweetnaclBackEnd, tweetnaclSigner } from '../../shared/protocol/ed25519.ts';
import { type EnrolmentCode, parseEnrolmentCode } from '../../shared/protocol/enrolment-code.ts';
import { type Invoice, signInvoice } from '../../shared/protocol/invoice.ts';
import { encodeJournalBatch } from '../../shared/protocol/journal-batch.ts';
import { saleValue } from '../../shared/protocol/journal-bodies.ts';
import { encodeJournalEntry, journalHash, NO_HASH } from '../../shared/protocol/journal-entry.ts';
import {
  decodePictureBytes,
  type InvoicePicture,
  isShort,
  type SealedCode,
} from '../../shared/protocol/picture.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import {
  readTerminalCertificate,
  type TerminalCertificate,
} from '../../shared/protocol/terminal-certificate.ts';
import { openTrustBundle, type TrustBundle } from '../../shared/protocol/trust-bundle.ts';

export interface Ports {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly random: (length: number) => Uint8Array;
}

/** An invoice lives so long: a customer finds their phone and reads it through. */
const INVOICE_LIFE_S = 300;

export class OnlineTerminal {
  readonly #ports: Ports;
  readonly #signer: Signer;
  readonly #boxSecret: Uint8Array;
  readonly #code: EnrolmentCode;
  readonly #trust: TrustBundle;
  readonly certificate: TerminalCertificate;
  readonly #entries: Uint8Array[] = [];

  private constructor(
    ports: Ports,
    keys: { readonly signer: Signer; readonly boxSecret: Uint8Array },
    code: EnrolmentCode,
    trust: TrustBundle,
    certificate: TerminalCertificate,
  ) {
    this.#ports = ports;
    this.#signer = keys.signer;
    this.#boxSecret = keys.boxSecret;
    this.#code = code;
    this.#trust = trust;
    this.certificate = certificate;
  }

  /** @param codeText from the operator of the clearing house; it works once */
  static async enrol(codeText: string, ports: Ports): Promise<OnlineTerminal> {
    const code = parseEnrolmentCode(codeText);
    if (!code.ok) throw new Error('not an enrolment code');
    const { secret, clearingOrigin, world, rootPublicKey } = code.value;
    const signer = tweetnaclSigner(ports.random(32));
    const boxSecret = ports.random(32);
    const possession = draftPossession(
      {
        contextDigest: sha256(secret),
        publicKey: signer.publicKey,
        boxKey: boxPublicKey(boxSecret),
        iatS: Math.floor(ports.nowMs() / 1000),
      },
      world,
    );
    const { value } = await callRoute(clearingOrigin, 'enrolTerminal', {
      body: {
        secret: toBase64Url(secret),
        possession: toBase64Url(encodeSign1(signDraft(possession, signer))),
      },
    });
    const bundle = fromBase64Url(value.trustBundle) ?? new Uint8Array();
    const trust = openTrustBundle(bundle, rootPublicKey, world, tweetnaclBackEnd);
    if (!trust.ok) throw new Error(`the clearing house is not the one of the code: ${trust.refusal.code}`);
    const certificate = readTerminalCertificate(
      decodeCbor(fromBase64Url(value.certificate) ?? new Uint8Array()),
    );
    return new OnlineTerminal(ports, { signer, boxSecret }, code.value, trust.value, certificate);
  }

  invoice(amountMinor: bigint, reference: string): InvoicePicture {
    const invoice = signInvoice(
      {
        nonce: this.#ports.random(8),
        amountMinor,
        iatS: Math.floor(this.#ports.nowMs() / 1000),
        ttlS: INVOICE_LIFE_S,
        reference,
      },
      this.#code.world,
      this.certificate.digest,
      this.#signer,
    );
    return { kind: 'invoice', certificate: this.certificate, invoice };
  }

  /** Opens the customer's answer, has it authorised, journals the sale and sends it. @returns 'settled' or the reason why not */
  async charge(invoice: Invoice, response: SealedCode): Promise<string> {
    const code = unseal(response, this.#boxSecret);
    const picture = code === undefined ? undefined : decodePictureBytes(code);
    if (code === undefined || picture === undefined || !picture.ok || picture.value.kind !== 'presented')
      return 'malformed';
    if (isShort(picture.value.certificate)) return 'full-code-needed';
    const { amountMinor } = invoice;
    const { currency } = this.certificate;
    const asked = encodeAuthorisationRequest({
      code: new Uint8Array(code),
      amountMinor,
      currency,
      invoice: invoice.bytes,
      isForced: false,
    });
    const answer = await this.#post(clearingStreams.authorisations.path, asked);
    const opened = openAuthorisation(answer, this.#trust, this.#code.world, tweetnaclBackEnd);
    if (!opened.ok) return opened.refusal.code;
    if (opened.value.terminalId !== this.certificate.terminalId || opened.value.amountMinor !== amountMinor)
      return 'forged';
    if (opened.value.declined !== null) return opened.value.declined;
    return await this.#journal(
      saleValue({
        amountMinor,
        currency,
        code: new Uint8Array(code),
        invoice: invoice.bytes,
        decision: {
          trustVersion: this.#trust.version,
          reachable: true,
          checks: new Uint8Array(16),
          decided: 'online',
          authorisation: answer,
        },
        orderId: null,
      }),
    );
  }

  async #journal(body: ReturnType<typeof saleValue>): Promise<string> {
    const last = this.#entries.at(-1);
    const seq = this.#entries.length + 1;
    const entry = encodeJournalEntry({
      epoch: 1,
      seq,
      previousHash: last === undefined ? NO_HASH : journalHash(last),
      kind: 'sale',
      atMs: this.#ports.nowMs(),
      actor: 'online shop',
      body,
    });
    this.#entries.push(entry);
    const head = { terminalId: this.certificate.terminalId, epoch: 1, seq, headHash: journalHash(entry) };
    const batch = encodeJournalBatch({ head, entries: [entry] }, this.#code.world, this.#signer);
    const path = clearingStreams.journal.path.replace(':terminalId', this.certificate.terminalId);
    const acknowledged = openAcknowledgement(
      await this.#post(path, batch),
      this.#trust,
      this.#code.world,
      tweetnaclBackEnd,
    );
    if (!acknowledged.ok) return acknowledged.refusal.code;
    const outcome = acknowledged.value.outcomes.find((one) => one.seq === seq);
    return outcome?.reason ?? outcome?.state ?? 'unknown';
  }

  async #post(path: string, body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const url = new URL(path, this.#code.clearingOrigin);
    const headers = signRequest(
      {
        method: 'POST',
        url,
        body: { bytes: body, contentType: CBOR_TYPE },
        keyId: this.certificate.terminalId,
        createdS: Math.floor(this.#ports.nowMs() / 1000),
        nonce: this.#ports.random(16),
      },
      this.#signer,
    );
    const answer = await fetch(url, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`the clearing house answered ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  }
}
