/** Who takes part in the golden vectors: the same keys in every file, each from a seed that is told. */
import { toHex } from '../../../shared/bytes.ts';
import { boxPublicKey } from '../../../shared/protocol/box.ts';
import type { PresentedCheck } from '../../../shared/protocol/presented-code.ts';
import type { PurseCertificate } from '../../../shared/protocol/purse-certificate.ts';
import { stranger } from '../../support/forge.ts';
import {
  backEnd,
  EPOCH_S,
  issuer,
  kidOf,
  purseOf,
  root,
  seed,
  terminalOf,
  trustBundleOf,
  WORLD,
} from '../../support/protocol-fixture.ts';
import type { VectorFile } from './vector-file.ts';

export const NOW_S = EPOCH_S + 3600;
export const TOLERANCE_S = 60;
/** The nonce with which every signed time was asked for. */
export const TIME_NONCE = seed('time nonce').subarray(0, 16);
export const purse = purseOf();
/** Another purse, of another key. */
export const otherPurse = purseOf({ name: 'other purse', statusIndex: 8 });
export const terminal = terminalOf();
export const trust = trustBundleOf();
export const kid = kidOf(issuer);
export const strangersKid = kidOf(stranger);

export const presentedCheck: PresentedCheck = {
  world: WORLD,
  backEnd,
  trust,
  isKnownCertificate: () => false,
};

/** Certificates that a terminal would have met before, for short codes. */
export function knownCertificate(short: Uint8Array): PurseCertificate | undefined {
  return [purse.certificate].find(({ digest }) => toHex(digest.subarray(0, 8)) === toHex(short));
}

const secretOf = (name: string) => `SHA-256 of "fieldtill test seed ${name}"`;

/** Everything with which another implementation can make these vectors anew. */
export const keysFile: VectorFile = {
  object: 'keys',
  section: '1 actors and keys',
  about:
    'Not a vector: the keys of all the other files. A secret is the SHA-256 of the text "fieldtill test seed " and a name. The world is "test": every external_aad begins with offline-payment/1-test/.',
  context: {
    nowS: NOW_S,
    clockToleranceS: TOLERANCE_S,
    keys: (
      [
        ['root', root.publicKey],
        ['issuer', issuer.publicKey],
        ['purse', purse.wallet.publicKey],
        ['other purse', otherPurse.wallet.publicKey],
        ['terminal', terminal.signer.publicKey],
        ['stranger', stranger.publicKey],
      ] as const
    ).map(([name, publicKey]) => ({
      name,
      secret: toHex(seed(name)),
      secretIs: secretOf(name),
      publicKey: toHex(publicKey),
    })),
    boxKeys: ['terminal box', 'clearing box'].map((name) => ({
      name,
      secret: toHex(seed(name)),
      secretIs: secretOf(name),
      publicKey: toHex(boxPublicKey(seed(name))),
    })),
    issuers: trust.issuers.map((key) => ({ ...key, publicKey: toHex(key.publicKey) })),
  },
  valid: [],
  invalid: [],
};

/** The entry that the golden statement proof speaks of. */
export const STATEMENT_SEQ = 5;
