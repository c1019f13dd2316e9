/**
 * Identifiers. Inside the protocol they are bytes; everywhere else they are lower-case hexadecimal
 * text of a fixed length, branded so that one kind is never taken for another.
 */
import { fromHex, toHex } from './bytes.ts';

declare const brand: unique symbol;
type HexId<Name extends string> = string & { readonly [brand]: Name };

/** 8 bytes; `cti` of a purse certificate. */
export type PurseId = HexId<'purse'>;
/** 8 bytes; `cti` of a terminal certificate. */
export type TerminalId = HexId<'terminal'>;
/** 8 bytes. */
export type MerchantId = HexId<'merchant'>;
/** 16 bytes; first half of SHA-256 over the payment's Sig_structure. */
export type PaymentId = HexId<'payment'>;
/** 16 bytes; first half of SHA-256 over the refund's Sig_structure. */
export type RefundId = HexId<'refund'>;
/** 4 bytes; first bytes of SHA-256 over the issuer's public key. */
export type IssuerKeyId = HexId<'issuer-key'>;

const BYTES = { purse: 8, terminal: 8, merchant: 8, payment: 16, issuerKey: 4 } as const;

function parse(text: string, bytes: number): string | undefined {
  return text.length === bytes * 2 && /^[0-9a-f]*$/.test(text) ? text : undefined;
}

export const parsePurseId = (text: string): PurseId | undefined =>
  parse(text, BYTES.purse) as PurseId | undefined;
export const parseTerminalId = (text: string): TerminalId | undefined =>
  parse(text, BYTES.terminal) as TerminalId | undefined;
export const parseMerchantId = (text: string): MerchantId | undefined =>
  parse(text, BYTES.merchant) as MerchantId | undefined;
export const parsePaymentId = (text: string): PaymentId | undefined =>
  parse(text, BYTES.payment) as PaymentId | undefined;

function fromBytes(bytes: Uint8Array, length: number): string {
  if (bytes.length !== length) throw new RangeError(`an identifier of ${length} bytes, not ${bytes.length}`);
  return toHex(bytes);
}

export const purseIdFrom = (bytes: Uint8Array): PurseId => fromBytes(bytes, BYTES.purse) as PurseId;
export const terminalIdFrom = (bytes: Uint8Array): TerminalId =>
  fromBytes(bytes, BYTES.terminal) as TerminalId;
export const merchantIdFrom = (bytes: Uint8Array): MerchantId =>
  fromBytes(bytes, BYTES.merchant) as MerchantId;
export const paymentIdFrom = (bytes: Uint8Array): PaymentId => fromBytes(bytes, BYTES.payment) as PaymentId;
export const refundIdFrom = (bytes: Uint8Array): RefundId => fromBytes(bytes, BYTES.payment) as RefundId;
export const issuerKeyIdFrom = (bytes: Uint8Array): IssuerKeyId =>
  fromBytes(bytes, BYTES.issuerKey) as IssuerKeyId;

export function idBytes(
  id: PurseId | TerminalId | MerchantId | PaymentId | RefundId | IssuerKeyId,
): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(id);
  if (bytes === undefined) throw new RangeError('an identifier that is not hexadecimal');
  return bytes;
}
