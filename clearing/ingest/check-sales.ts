/**
 * Everything about sales that needs no lock: issuer, signatures, binding, caps, validity. The first check
 * that fails is the reason given. What passes here is genuine; whether it is settled is settle.ts's to say.
 */
import { hash } from 'node:crypto';
import { equalBytes, toHex } from '../../shared/bytes.ts';
import { idBytes } from '../../shared/ids.ts';
import type { RejectReason } from '../../shared/protocol/acknowledgement.ts';
import { sigStructure } from '../../shared/protocol/cose.ts';
import { invoiceAad } from '../../shared/protocol/invoice.ts';
import { paymentAad, paymentIdBytes } from '../../shared/protocol/payment.ts';
import { isShort } from '../../shared/protocol/picture.ts';
import { checkCertificate } from '../../shared/protocol/presented-code.ts';
import { aadOf } from '../../shared/protocol/world.ts';
import { findTerminal, type TerminalRow } from '../db/merchants.ts';
import type { RegisteredPurse } from '../db/purses.ts';
import type { House } from '../house.ts';
import type { PurseRegister } from './purse-register.ts';
import type { Sale } from './read-entry.ts';
import type { SignatureClaim } from './verify-all.ts';

/** A payment that its purse's wallet signed. */
export interface GenuineSale {
  readonly sale: Sale;
  readonly purse: RegisteredPurse;
  /** 16 bytes. */
  readonly paymentId: Uint8Array;
}

export type CheckedSale =
  | { readonly verdict: 'good'; readonly genuine: GenuineSale }
  /** `genuine` when the wallet did sign it: then the customer is told too. */
  | { readonly verdict: 'rejected'; readonly reason: RejectReason; readonly genuine: GenuineSale | null };

function rejected(reason: RejectReason, genuine: GenuineSale | null = null): CheckedSale {
  return { verdict: 'rejected', reason, genuine };
}

interface Claimed {
  readonly sale: Sale;
  readonly purse: RegisteredPurse;
  /** Positions in the list of claims. */
  readonly paymentClaim: number;
  readonly invoiceClaim: number | null;
  /** Of a sale from paper: what the terminal that took it says that it charged. */
  readonly chargeClaim: number | null;
}

/** A certificate that this house has not issued: why not. */
function unknownPurse(house: House, sale: Sale, issuers: Issuers): CheckedSale {
  if (isShort(sale.certificate)) return rejected('unknown-purse');
  const { world } = house.config;
  const check = { world, backEnd: house.backEnd, trust: { issuers }, isKnownCertificate: () => false };
  const issued = checkCertificate(sale.certificate, check);
  if (issued.ok) return rejected('unknown-purse');
  return rejected(issued.refusal.code === 'untrusted' ? 'unknown-issuer' : 'bad-signature');
}

type Issuers = Awaited<ReturnType<House['trust']['current']>>['bundle']['issuers'];

/** What the purse and the sale say of each other, in the order of reasons. */
function contentReason(
  { sale, purse }: GenuineSale,
  terminal: TerminalRow,
  toleranceS: number,
): RejectReason | null {
  const { payment, amountMinor } = sale;
  if (sale.currency !== purse.currency || sale.currency !== terminal.merchant.currency)
    return 'currency-mismatch';
  if (payment.mode === 'bound') {
    const { invoice } = sale;
    if (invoice === null || !equalBytes(invoice.digest, payment.invoiceDigest)) return 'invoice-mismatch';
    if (invoice.amountMinor !== amountMinor || payment.amountMinor !== amountMinor) return 'invoice-mismatch';
  } else if (amountMinor > payment.capMinor) {
    return 'over-cap';
  }
  if (amountMinor > purse.perPaymentCapMinor || payment.counter > purse.paymentCountCap) return 'over-cap';
  const soldAtS = Math.floor(sale.soldAtMs / 1000);
  if (payment.iatS >= purse.expiresAtS || soldAtS >= purse.expiresAtS + toleranceS) return 'expired';
  return null;
}

type Charger = Pick<TerminalRow, 'publicKey' | 'certificateDigest'>;

/**
 * Who charged each sale: this terminal, or of a paper the terminal that it names. Undefined when that is none of
 * this merchant's, or its certificate is not the one that we issued. A revoked one counts: it may well be the dead one.
 */
async function findChargers(
  house: House,
  terminal: TerminalRow,
  sales: readonly Sale[],
): Promise<readonly (Charger | undefined)[]> {
  const known = new Map<string, TerminalRow | undefined>();
  for (const { paper } of sales) {
    const id = paper?.terminal.terminalId;
    if (id !== undefined && !known.has(id)) known.set(id, await findTerminal(house.database, idBytes(id)));
  }
  return sales.map(({ paper }): Charger | undefined => {
    if (paper === null) return terminal;
    const other = known.get(paper.terminal.terminalId);
    const isOurs =
      other !== undefined &&
      equalBytes(other.merchant.merchantId, terminal.merchant.merchantId) &&
      equalBytes(other.certificateDigest, paper.terminal.digest);
    return isOurs ? other : undefined;
  });
}

/** One verdict for each sale, in their order. Signatures are verified together, over all cores. */
export async function checkSales(
  house: House,
  register: PurseRegister,
  terminal: TerminalRow,
  sales: readonly Sale[],
): Promise<readonly CheckedSale[]> {
  if (sales.length === 0) return [];
  const { world } = house.config;
  const { bundle } = await house.trust.recent();
  const purses = await register.find(sales.map(({ certificate }) => certificate));
  const claims: SignatureClaim[] = [];
  const claim = (publicKey: Uint8Array, sign1: Sale['payment']['sign1'], aad: Uint8Array): number =>
    claims.push({
      publicKey,
      message: sigStructure(sign1.protectedHeader, aad, sign1.payload),
      signature: sign1.signature,
    }) - 1;

  const chargers = await findChargers(house, terminal, sales);

  const claimed = sales.map((sale, i): Claimed | 'not-charged' | null => {
    const purse = purses[i];
    if (purse === undefined) return null;
    const { payment, invoice, paper } = sale;
    const charger = chargers[i];
    if (charger === undefined) return 'not-charged';
    const paymentClaim = claim(purse.publicKey, payment.sign1, paymentAad(world, purse.certificateDigest));
    const invoiceClaim =
      payment.mode === 'bound' && invoice !== null
        ? claim(charger.publicKey, invoice.sign1, invoiceAad(world, charger.certificateDigest))
        : null;
    const chargeClaim =
      paper === null ? null : claim(charger.publicKey, paper.charge.sign1, aadOf(world, 'paper'));
    return { sale, purse, paymentClaim, invoiceClaim, chargeClaim };
  });
  const verdicts = await house.verifyAll(claims);

  return claimed.map((known, i): CheckedSale => {
    const sale = sales[i];
    if (known === null || sale === undefined)
      return sale === undefined ? rejected('malformed') : unknownPurse(house, sale, bundle.issuers);
    if (known === 'not-charged' || verdicts[known.paymentClaim] !== true) return rejected('bad-signature');
    const { purse } = known;
    const signed = claims[known.paymentClaim]?.message ?? new Uint8Array();
    const paymentId = paymentIdBytes(signed, (bytes) => hash('sha256', bytes, 'buffer'));
    // nobody is told of a charge that no terminal of this merchant made
    if (known.chargeClaim !== null && verdicts[known.chargeClaim] !== true) return rejected('bad-signature');
    if (sale.paper !== null && sale.paper.charge.paymentId !== toHex(paymentId))
      return rejected('bad-signature');
    const genuine: GenuineSale = { sale, purse, paymentId };
    // an invoice that this terminal did not sign binds nothing
    if (known.invoiceClaim !== null && verdicts[known.invoiceClaim] !== true)
      return rejected('invoice-mismatch', genuine);
    const reason = contentReason(genuine, terminal, bundle.policy.clockToleranceS);
    return reason === null ? { verdict: 'good', genuine } : rejected(reason, genuine);
  });
}
