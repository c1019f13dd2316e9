/**
 * The customer's device: it has the purse's key, looks at what it is asked to pay, and signs. Its state is in memory; an
 * app keeps the counter on the device, and writes it there before a payment leaves.
 */
import type { CustomerClient, CustomerTransaction } from '../../clearing/client/customer.ts';
import { fromBase64Url, fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import { idBytes } from '../../shared/ids.ts';
import { seal } from '../../shared/protocol/box.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { encodeSign1, sign1Value, signDraft, verifySign1 } from '../../shared/protocol/cose.ts';
import { type Signer, tweetnaclBackEnd, tweetnaclSigner } from '../../shared/protocol/ed25519.ts';
import { type Invoice, invoiceAad } from '../../shared/protocol/invoice.ts';
import { draftPayment, paymentIdOf, readPayment } from '../../shared/protocol/payment.ts';
import { decodePictureBytes, encodePicture, isShort } from '../../shared/protocol/picture.ts';
import { draftPossession } from '../../shared/protocol/possession.ts';
import { type PurseCertificate, readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { TerminalCertificate } from '../../shared/protocol/terminal-certificate.ts';
import { issuerOf, openTrustBundle } from '../../shared/protocol/trust-bundle.ts';
import { aadOf, type World } from '../../shared/protocol/world.ts';
import type { Ports } from './online-terminal.ts';

export class Device {
  readonly #clearing: CustomerClient;
  readonly #origin: string;
  readonly #ports: Ports;
  readonly #signer: Signer;
  #world: World = 'live';
  #root = new Uint8Array();
  #certificate: PurseCertificate | undefined;
  #counter = 0;
  #spentMinor = 0n;
  #previous: Uint8Array = new Uint8Array(8);

  constructor(clearing: CustomerClient, origin: string, ports: Ports) {
    this.#clearing = clearing;
    this.#origin = origin;
    this.#ports = ports;
    this.#signer = tweetnaclSigner(ports.random(32));
  }

  #nowS(): number {
    return Math.floor(this.#ports.nowMs() / 1000);
  }

  /** Signs in and gets a purse for a key that stays here. */
  async open(
    signIn: { readonly userName: string; readonly password: string },
    allowanceMinor: bigint,
    currency: string,
  ): Promise<void> {
    const me = await this.#clearing.signIn(signIn.userName, signIn.password);
    this.#world = me.world;
    this.#root = fromBase64Url(me.rootPublicKey) ?? new Uint8Array();
    const possession = draftPossession(
      {
        contextDigest: sha256(fromHex(me.customerId) ?? new Uint8Array()),
        publicKey: this.#signer.publicKey,
        boxKey: new Uint8Array(32),
        iatS: this.#nowS(),
      },
      me.world,
    );
    const issued = await this.#clearing.issuePurse({
      requestId: toHex(this.#ports.random(16)),
      currency,
      allowanceMinor: allowanceMinor.toString(),
      possession: toBase64Url(encodeSign1(signDraft(possession, this.#signer))),
    });
    const bytes = fromBase64Url(issued.certificate) ?? new Uint8Array();
    this.#certificate = readPurseCertificate(decodeCbor(bytes));
  }

  /**
   * Answers an order when the customer says yes to what its invoice says.
   *
   * @param confirm shown the name and the amount of the signed invoice, never those beside it
   */
  async pay(
    orderId: string,
    confirm: (merchant: string, amountMinor: bigint, reference: string) => boolean,
  ): Promise<CustomerTransaction> {
    const purse = this.#certificate;
    if (purse === undefined) throw new Error('no purse yet');
    const request = await this.#clearing.paymentRequest(orderId);
    const picture = decodePictureBytes(fromBase64Url(request.invoice) ?? new Uint8Array());
    if (!picture.ok || picture.value.kind !== 'invoice' || isShort(picture.value.certificate))
      throw new Error('no invoice');
    const { certificate, invoice } = picture.value;
    await this.#check(certificate, invoice);
    if (certificate.currency !== purse.currency) throw new Error('another currency');
    if (!confirm(certificate.displayName, invoice.amountMinor, invoice.reference))
      throw new Error('not wanted');

    this.#counter += 1;
    const draft = draftPayment(
      {
        mode: 'bound',
        counter: this.#counter,
        spentMinor: this.#spentMinor,
        previous: this.#previous,
        amountMinor: invoice.amountMinor,
        iatS: this.#nowS(),
        invoiceDigest: invoice.digest,
      },
      this.#world,
      purse.digest,
    );
    const payment = readPayment(sign1Value(signDraft(draft, this.#signer)));
    this.#spentMinor += invoice.amountMinor;
    this.#previous = idBytes(paymentIdOf(payment.sign1, this.#world, purse.digest)).subarray(0, 8);
    const code = encodePicture({ kind: 'presented', certificate: purse, payment });
    const sealed = seal(code, certificate.boxKey, this.#ports.random(32));
    return await this.#clearing.answerOrder(orderId, { kind: 'sealed', ...sealed });
  }

  transaction(orderId: string): Promise<CustomerTransaction> {
    return this.#clearing.paymentTransaction(orderId);
  }

  /** The terminal is one of the clearing house's, by the pinned root, and the invoice is the terminal's. */
  async #check(certificate: TerminalCertificate, invoice: Invoice): Promise<void> {
    const answer = await fetch(`${this.#origin}/v1/trust-bundle`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const trust = openTrustBundle(bytes, this.#root, this.#world, tweetnaclBackEnd);
    if (!trust.ok) throw new Error('no trust bundle of this clearing house');
    const issuer = issuerOf(trust.value, certificate.kid);
    const nowS = this.#nowS();
    const isGood =
      issuer !== undefined &&
      certificate.iatS <= nowS + 300 &&
      nowS < certificate.expS &&
      nowS <= invoice.iatS + invoice.ttlS &&
      verifySign1(tweetnaclBackEnd, issuer.publicKey, certificate.sign1, aadOf(this.#world, 'terminal')) &&
      verifySign1(
        tweetnaclBackEnd,
        certificate.publicKey,
        invoice.sign1,
        invoiceAad(this.#world, certificate.digest),
      );
    if (!isGood) throw new Error('this invoice is not to be believed');
  }
}
