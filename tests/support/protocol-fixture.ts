/**
 * A small world of the protocol for tests and figures: root, issuer, a purse and its wallet, a terminal, a
 * trust bundle. All keys come from fixed seeds and all times from parameters, so every byte repeats.
 */
import * as crypto from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { sha256 } from '../../shared/hash.ts';
import { issuerKeyIdFrom } from '../../shared/ids.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { boxPublicKey } from '../../shared/protocol/box.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { sign1Value, signDraft } from '../../shared/protocol/cose.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { nodeBackEnd, nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import {
  draftPayment,
  type Payment,
  type PaymentFields,
  readPayment,
} from '../../shared/protocol/payment.ts';
import { encodePicture, type PresentedCode, pictureText, shortOf } from '../../shared/protocol/picture.ts';
import { POLICY_FINDINGS, type Policy } from '../../shared/protocol/policy.ts';
import {
  issuePurseCertificate,
  type PurseCertificate,
  readPurseCertificate,
} from '../../shared/protocol/purse-certificate.ts';
import {
  issueTerminalCertificate,
  readTerminalCertificate,
  type TerminalCertificate,
} from '../../shared/protocol/terminal-certificate.ts';
import { signTrustBundle, type TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import type { World } from '../../shared/protocol/world.ts';

export const WORLD: World = 'test';
/** 2026-01-01T00:00:00Z, in seconds. */
export const EPOCH_S = 1_767_225_600;

export function seed(name: string): Uint8Array {
  return sha256(new TextEncoder().encode(`fieldtill test seed ${name}`));
}

export function signerOf(name: string): Signer {
  return nodeSigner(crypto, seed(name));
}

export function kidOf(signer: Signer): Uint8Array {
  return sha256(signer.publicKey).subarray(0, 4);
}

export const backEnd = nodeBackEnd(crypto);
export const root = signerOf('root');
export const issuer = signerOf('issuer');

/** Generous limits in three currencies with 0, 2 and 3 minor units. */
export function policyOf(change: Partial<Policy> = {}): Policy {
  const limits = (currency: CurrencyCode, unit: bigint) => ({
    currency,
    quickPayment: { lower: 50n * unit, upper: 100n * unit },
    boundPayment: { lower: 500n * unit, upper: 1000n * unit },
    purseDayAmount: { lower: 500n * unit, upper: 1000n * unit },
    purseDayCount: { lower: 50, upper: 100 },
    exposureAmount: { lower: 5000n * unit, upper: 10_000n * unit },
    exposureCount: { lower: 500, upper: 1000 },
    refundPayment: { lower: 50n * unit, upper: 100n * unit },
    refundDayAmount: { lower: 200n * unit, upper: 400n * unit },
    randomSelection: { targetPercent: 0, thresholdMinor: 20n * unit, maxTargetPercent: 0 },
  });
  const actions = Object.fromEntries(
    POLICY_FINDINGS.map((finding) => [
      finding,
      finding.endsWith(':between') || finding === 'random-selection'
        ? ({ online: 'go-online', offline: 'approve' } as const)
        : finding.endsWith(':above') && finding !== 'limit-trust-age:above'
          ? ({ online: 'go-online', offline: 'decline' } as const)
          : ({ online: 'decline', offline: 'decline' } as const),
    ]),
  ) as Policy['actions'];
  return {
    clockToleranceS: 60,
    quickTtlMaxS: 60,
    invoiceTtlS: 300,
    trustAge: [
      { fromH: 7 * 24, percent: 50 },
      { fromH: 14 * 24, percent: 20 },
      { fromH: 30 * 24, percent: 0 },
    ],
    actions,
    currencies: [limits('EUR', 100n), limits('JPY', 150n), limits('KWD', 1000n)],
    ...change,
  };
}

export function trustBundleOf(change: Partial<TrustBundle> = {}): TrustBundle {
  return {
    version: 1,
    iatS: EPOCH_S,
    expS: EPOCH_S + 60 * 86_400,
    issuers: [
      {
        kid: issuerKeyIdFrom(kidOf(issuer)),
        publicKey: issuer.publicKey,
        notBeforeS: EPOCH_S - 86_400,
        notAfterS: EPOCH_S + 365 * 86_400,
      },
    ],
    statusList: { bits: 1024, compressed: new Uint8Array(deflateSync(new Uint8Array(128))) },
    revokedTerminals: [],
    policy: policyOf(),
    clearingBoxKey: boxPublicKey(seed('clearing box')),
    ...change,
  };
}

export function signedTrustBundle(bundle: TrustBundle = trustBundleOf()): Uint8Array {
  return signTrustBundle(bundle, WORLD, root);
}

export interface PurseOptions {
  readonly name?: string;
  readonly currency?: CurrencyCode;
  readonly allowanceMinor?: bigint;
  readonly perPaymentCapMinor?: bigint;
  readonly statusIndex?: number;
  readonly iatS?: number;
  readonly expS?: number;
  readonly signedBy?: Signer;
}

/** A purse certificate whose key is `signerOf(name)`. */
export function purseOf(options: PurseOptions = {}): { certificate: PurseCertificate; wallet: Signer } {
  const name = options.name ?? 'purse';
  const wallet = signerOf(name);
  const signedBy = options.signedBy ?? issuer;
  const bytes = issuePurseCertificate(
    {
      purseId: seed(`${name} id`).subarray(0, 8),
      iatS: options.iatS ?? EPOCH_S,
      expS: options.expS ?? EPOCH_S + 30 * 86_400,
      publicKey: wallet.publicKey,
      currency: options.currency ?? 'EUR',
      allowanceMinor: options.allowanceMinor ?? 20_000n,
      perPaymentCapMinor: options.perPaymentCapMinor ?? 10_000n,
      paymentCountCap: 200,
      statusIndex: options.statusIndex ?? 7,
      tier: 1,
    },
    WORLD,
    kidOf(signedBy),
    signedBy,
  );
  return { certificate: readPurseCertificate(decodeCbor(bytes)), wallet };
}

export function payWith(
  purse: { certificate: PurseCertificate; wallet: Signer },
  fields: PaymentFields,
): Payment {
  const sign1 = signDraft(draftPayment(fields, WORLD, purse.certificate.digest), purse.wallet);
  return readPayment(sign1Value(sign1));
}

/** A quick payment with the counter, at the time; the rest by default. */
export function quickFields(change: Partial<Extract<PaymentFields, { mode: 'quick' }>> = {}): PaymentFields {
  return {
    mode: 'quick',
    counter: 1,
    spentMinor: 0n,
    previous: new Uint8Array(8),
    capMinor: 5000n,
    iatS: EPOCH_S + 3600,
    ttlS: 30,
    nonce: seed('nonce').subarray(0, 8),
    ...change,
  };
}

export function presentedOf(
  purse: { certificate: PurseCertificate; wallet: Signer },
  fields: PaymentFields,
  form: 'full' | 'short' = 'full',
): PresentedCode {
  return {
    kind: 'presented',
    certificate: form === 'full' ? purse.certificate : shortOf(purse.certificate),
    payment: payWith(purse, fields),
  };
}

export function codeText(code: PresentedCode): string {
  return pictureText(code);
}

export function codeBytes(code: PresentedCode): Uint8Array {
  return encodePicture(code);
}

export function terminalOf(
  name = 'terminal',
  displayName = 'Corner shop',
): { certificate: TerminalCertificate; signer: Signer; boxSecret: Uint8Array } {
  const signer = signerOf(name);
  const boxSecret = seed(`${name} box`);
  const bytes = issueTerminalCertificate(
    {
      terminalId: seed(`${name} id`).subarray(0, 8),
      iatS: EPOCH_S,
      expS: EPOCH_S + 365 * 86_400,
      publicKey: signer.publicKey,
      merchantId: seed('merchant id').subarray(0, 8),
      displayName,
      boxKey: boxPublicKey(boxSecret),
      currency: 'EUR',
    },
    WORLD,
    kidOf(issuer),
    issuer,
  );
  return { certificate: readTerminalCertificate(decodeCbor(bytes)), signer, boxSecret };
}
