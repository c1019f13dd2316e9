/**
 * The wallet's ports for tests: a clock that is set by hand, repeatable randomness, keys from fixed seeds and
 * a store in memory that can be cut before or after a change is on disk.
 */
import { toHex } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import type { PurseId } from '../../shared/ids.ts';
import { boxPublicKey, unseal } from '../../shared/protocol/box.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { type InvoiceFields, signInvoice } from '../../shared/protocol/invoice.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import {
  decodePictureBytes,
  decodePictureText,
  type InvoicePicture,
  type PresentedCode,
} from '../../shared/protocol/picture.ts';
import { ok, refused } from '../../shared/result.ts';
import type { PaymentPorts, PurseStore } from '../../wallet/core/payment-ports.ts';
import { newPurseState, type PurseState } from '../../wallet/core/purse-state.ts';
import type { TerminalCheck } from '../../wallet/core/trusted-terminal.ts';
import {
  backEnd,
  EPOCH_S,
  type PurseOptions,
  purseOf,
  terminalOf,
  trustBundleOf,
  WORLD,
} from './protocol-fixture.ts';

/** Where the device loses its power: with nothing written, or written and nothing after it done. */
export type Cut = 'before-commit' | 'after-commit';

export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/** What is "on disk" survives a cut. */
export class MemoryPurses implements PurseStore {
  readonly disk = new Map<PurseId, PurseState>();
  /** The next change is cut here, then the power is back. */
  cut: Cut | null = null;

  readonly change: PurseStore['change'] = async (purseId, plan) => {
    const state = this.disk.get(purseId);
    if (state === undefined) return refused({ code: 'not-found' });
    const planned = plan(state);
    const cut = this.cut;
    this.cut = null;
    if (cut === 'before-commit') throw new PowerCut();
    if (!planned.ok) return planned;
    this.disk.set(purseId, planned.value.state);
    if (cut === 'after-commit') throw new PowerCut();
    return ok(planned.value.value);
  };
}

export const CHECK: TerminalCheck = { trust: trustBundleOf(), world: WORLD, backEnd };

export interface TestWallet {
  readonly ports: PaymentPorts;
  readonly purses: MemoryPurses;
  readonly purseId: PurseId;
  readonly clock: { nowMs: number };
  /** All that the wallet ever signed, shown or not, in order. */
  readonly signed: Uint8Array[];
  state(): PurseState;
  setState(state: PurseState): void;
}

/** A wallet with one purse (of protocol-fixture.ts). */
export function testWallet(options: PurseOptions = {}): TestWallet {
  const { certificate, wallet } = purseOf(options);
  const purses = new MemoryPurses();
  purses.disk.set(
    certificate.purseId,
    newPurseState(certificate, { customerId: '00'.repeat(8), world: WORLD }),
  );
  const clock = { nowMs: (EPOCH_S + 3600) * 1000 };
  const signed: Uint8Array[] = [];
  let drawn = 0;
  const ports: PaymentPorts = {
    nowMs: () => clock.nowMs,
    random: (length) => {
      drawn += 1;
      return sha256(new TextEncoder().encode(`draw ${drawn}`)).slice(0, length);
    },
    signerOf: async (publicKey) => {
      if (toHex(publicKey) !== toHex(wallet.publicKey)) return refused({ code: 'storage-damaged' });
      return ok({ publicKey, sign: async (message) => recorded(wallet, message, signed) });
    },
    purses,
  };
  return {
    ports,
    purses,
    purseId: certificate.purseId,
    clock,
    signed,
    state: () => {
      const state = purses.disk.get(certificate.purseId);
      if (state === undefined) throw new RangeError('no such purse');
      return state;
    },
    setState: (state) => {
      purses.disk.set(certificate.purseId, state);
    },
  };
}

function recorded(wallet: Signer, message: Uint8Array, into: Uint8Array[]): Uint8Array {
  into.push(message);
  return wallet.sign(message);
}

/** What a terminal reads from an open code. */
export function openCode(text: string): PresentedCode {
  const picture = decodePictureText(text);
  if (!picture.ok || picture.value.kind !== 'presented') throw new TypeError('not a presented code');
  return picture.value;
}

/** What the terminal reads from a code that was sealed to it. */
export function openSealedCode(text: string, boxSecret: Uint8Array): PresentedCode {
  const picture = decodePictureText(text);
  if (!picture.ok || picture.value.kind !== 'sealed') throw new TypeError('not a sealed code');
  const plain = unseal(picture.value, boxSecret);
  if (plain === undefined) throw new TypeError(`not sealed to ${toHex(boxPublicKey(boxSecret))}`);
  const inner = decodePictureBytes(plain);
  if (!inner.ok || inner.value.kind !== 'presented') throw new TypeError('no presented code inside');
  return inner.value;
}

export function paymentIn(text: string): Payment {
  return openCode(text).payment;
}

export const SHOP = terminalOf();

/** An invoice of the shop (or of another terminal). */
export function invoiceOf(
  change: Partial<InvoiceFields> = {},
  terminal: ReturnType<typeof terminalOf> = SHOP,
  signer: Signer = terminal.signer,
): InvoicePicture {
  const fields: InvoiceFields = {
    nonce: new Uint8Array(8),
    amountMinor: 1250n,
    iatS: EPOCH_S + 3600,
    ttlS: 300,
    reference: 'Table 4',
    ...change,
  };
  return {
    kind: 'invoice',
    certificate: terminal.certificate,
    invoice: signInvoice(fields, WORLD, terminal.certificate.digest, signer),
  };
}
