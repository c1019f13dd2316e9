/** Golden deltas of the trust bundle, signed times and answers to proofs (protocol §3, §6). */
import { toHex } from '../../../shared/bytes.ts';
import { type CborValue, decodeCbor } from '../../../shared/protocol/cbor.ts';
import { decodeSign1 } from '../../../shared/protocol/cose.ts';
import { type ProofAnswer, signProofAnswer } from '../../../shared/protocol/proof-answer.ts';
import { readTuple } from '../../../shared/protocol/shape.ts';
import { signTime } from '../../../shared/protocol/signed-time.ts';
import { makeTrustDelta, signTrustDelta, type TrustContent } from '../../../shared/protocol/trust-delta.ts';
import { aadWith, type Forgery } from '../../support/forge.ts';
import {
  EPOCH_S,
  issuer,
  policyOf,
  root,
  seed,
  trustBundleOf,
  WORLD,
} from '../../support/protocol-fixture.ts';
import { kid, strangersKid, TIME_NONCE, terminal } from './golden-world.ts';
import { READERS } from './readers.ts';
import { payloadVariants, sign1Variants } from './sign1-variants.ts';
import { plain, type ValidVector, type VectorFile } from './vector-file.ts';

type Change = readonly [name: string, at: number, item: CborValue];

function validOf(object: string, name: string, bytes: Uint8Array): ValidVector {
  const input = toHex(bytes);
  const read = READERS[object]?.(input);
  if (read?.ok !== true) throw new TypeError(`${object} ${name}: refused`);
  return { name, input, decoded: plain(read.value) };
}

const { statusList: _, ...fields } = trustBundleOf();
const BASE: TrustContent = { ...fields, statusBits: new Uint8Array(128) };

function deltaTo(change: Partial<TrustContent>): Uint8Array {
  const delta = makeTrustDelta(BASE, { ...BASE, version: 2, iatS: EPOCH_S + 3600, ...change });
  if (delta === undefined) throw new TypeError('no delta');
  return signTrustDelta(delta, WORLD, root);
}

/** Purse 7 is revoked. */
const revoking = () =>
  deltaTo({ statusBits: Uint8Array.from({ length: 128 }, (_v, i) => (i === 0 ? 0x80 : 0)) });

export function trustDeltaFile(): VectorFile {
  const bytes = revoking();
  const payload = readTuple(decodeCbor(decodeSign1(bytes, 'without-kid').payload), 12);
  const honest: Forgery = { signer: root, aad: aadWith('trust-delta'), kid: null, payload };
  const id = new Uint8Array(8);
  const changes: readonly Change[] = [
    ['a base that is the version', 0, 2],
    ['the end before the beginning', 3, EPOCH_S],
    ['issuers that are text', 4, 'none'],
    ['a status list longer than the longest', 5, 2_097_153],
    ['an index beyond the list', 6, [1024]],
    ['an index twice', 6, [7, 7]],
    ['indexes out of order', 6, [8, 7]],
    ['a revoked terminal of 7 bytes', 7, [new Uint8Array(7)]],
    ['a revoked terminal twice', 7, [id, id]],
    ['an empty policy', 9, []],
    ['a box key of 31 bytes', 10, new Uint8Array(31)],
    ['a result of 31 bytes', 11, new Uint8Array(31)],
  ];
  return {
    object: 'trust-delta',
    section: '3 trust bundle',
    about:
      'The COSE_Sign1, hexadecimal, checked under the root of keys.json. All build on version 1: the bundle of trust-bundle.json with a status list of 128 zero bytes.',
    context: { external_aad: toHex(honest.aad) },
    valid: [
      validOf('trust-delta', 'that revokes a purse', bytes),
      validOf(
        'trust-delta',
        'that changes everything',
        deltaTo({
          statusBits: new Uint8Array(1024).fill(1, 200, 202),
          revokedTerminals: [terminal.certificate.terminalId],
          issuers: [],
          policy: policyOf({ clockToleranceS: 30 }),
          clearingBoxKey: seed('another box'),
        }),
      ),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'trust-delta', forged: 'forged' }),
      ...payloadVariants({ ...honest, signer: issuer }, [['by an issuer', payload]], 'forged'),
      ...payloadVariants(
        honest,
        changes.map(([name, at, item]) => [name, payload.with(at, item)]),
      ),
    ],
  };
}

export function signedTimeFile(): VectorFile {
  const serverTimeMs = (EPOCH_S + 3600) * 1000;
  const payload: readonly CborValue[] = [TIME_NONCE, serverTimeMs];
  const honest: Forgery = { signer: issuer, aad: aadWith('time'), kid, payload };
  return {
    object: 'signed-time',
    section: '6 sync',
    about:
      'The COSE_Sign1, hexadecimal, checked under the issuers of keys.json at its own time, for the nonce in context.',
    context: { external_aad: toHex(honest.aad), nonce: toHex(TIME_NONCE) },
    valid: [
      validOf(
        'signed-time',
        'over a nonce',
        signTime({ nonce: TIME_NONCE, serverTimeMs }, WORLD, kid, issuer),
      ),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'time', forged: 'forged' }),
      ...payloadVariants(
        honest,
        [
          ['another nonce', payload.with(0, seed('another').subarray(0, 16))],
          ['a time after the issuer’s', payload.with(1, 253_402_300_799_999)],
        ],
        'untrusted',
      ),
      ...payloadVariants({ ...honest, kid: strangersKid }, [['an unknown kid', payload]], 'untrusted'),
      ...payloadVariants(honest, [
        ['a nonce of 15 bytes', payload.with(0, TIME_NONCE.subarray(1))],
        ['a negative time', payload.with(1, -1)],
        ['one item more', [...payload, 0]],
      ]),
    ],
  };
}

export function proofAnswerFile(): VectorFile {
  const answer: ProofAnswer = {
    terminalId: terminal.certificate.terminalId,
    proofDigest: seed('a proof'),
    isProven: true,
    trustVersion: 2,
    serverTimeMs: (EPOCH_S + 3600) * 1000,
  };
  const signed = (change: Partial<ProofAnswer>) =>
    signProofAnswer({ ...answer, ...change }, WORLD, kid, issuer);
  const payload = readTuple(decodeCbor(decodeSign1(signed({}), 'with-kid').payload), 5);
  const honest: Forgery = { signer: issuer, aad: aadWith('proof-answer'), kid, payload };
  const changes: readonly Change[] = [
    ['a terminal id of 7 bytes', 0, new Uint8Array(7)],
    ['a digest of 31 bytes', 1, new Uint8Array(31)],
    ['a verdict that is none', 2, 2],
    ['proven in no version', 3, null],
    ['not proven in a version', 2, 0],
    ['a negative time', 4, -1],
  ];
  return {
    object: 'proof-answer',
    section: '6 sync',
    about: 'The COSE_Sign1, hexadecimal, checked under the issuers of keys.json at its own server time.',
    context: { external_aad: toHex(honest.aad) },
    valid: [
      validOf('proof-answer', 'proven', signed({})),
      validOf('proof-answer', 'not proven', signed({ isProven: false, trustVersion: null })),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'proof-answer', forged: 'forged' }),
      ...payloadVariants({ ...honest, kid: strangersKid }, [['an unknown kid', payload]], 'untrusted'),
      ...payloadVariants(
        honest,
        [['a server time after the issuer’s', payload.with(4, 253_402_300_799_999)]],
        'untrusted',
      ),
      ...payloadVariants(
        honest,
        changes.map(([name, at, item]) => [name, payload.with(at, item)]),
      ),
    ],
  };
}
