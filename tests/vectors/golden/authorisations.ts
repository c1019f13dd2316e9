/** Golden authorisations: the clearing house's signed answers about one payment (protocol §6). */
import { toHex } from '../../../shared/bytes.ts';
import { paymentIdFrom } from '../../../shared/ids.ts';
import { type Authorisation, signAuthorisation } from '../../../shared/protocol/authorisation.ts';
import { type CborValue, decodeCbor } from '../../../shared/protocol/cbor.ts';
import { decodeSign1 } from '../../../shared/protocol/cose.ts';
import { readTuple } from '../../../shared/protocol/shape.ts';
import { aadWith, type Forgery } from '../../support/forge.ts';
import { EPOCH_S, issuer, seed, WORLD } from '../../support/protocol-fixture.ts';
import { kid, strangersKid, terminal } from './golden-world.ts';
import { READERS } from './readers.ts';
import { payloadVariants, sign1Variants } from './sign1-variants.ts';
import { plain, type ValidVector, type VectorFile } from './vector-file.ts';

const APPROVED: Authorisation = {
  terminalId: terminal.certificate.terminalId,
  paymentId: paymentIdFrom(seed('sixteen').subarray(0, 16)),
  amountMinor: 1250n,
  currency: 'EUR',
  declined: null,
  serverTimeMs: (EPOCH_S + 3600) * 1000,
};

function validOf(name: string, change: Partial<Authorisation>): ValidVector {
  const input = toHex(signAuthorisation({ ...APPROVED, ...change }, WORLD, kid, issuer));
  const read = READERS.authorisation?.(input);
  if (read?.ok !== true) throw new TypeError(`authorisation ${name}: refused`);
  return { name, input, decoded: plain(read.value) };
}

export function authorisationFile(): VectorFile {
  const bytes = signAuthorisation(APPROVED, WORLD, kid, issuer);
  const payload = readTuple(decodeCbor(decodeSign1(bytes, 'with-kid').payload), 7);
  const honest: Forgery = { signer: issuer, aad: aadWith('authorisation'), kid, payload };
  const changes: readonly (readonly [name: string, at: number, item: CborValue])[] = [
    ['a terminal id of 7 bytes', 0, new Uint8Array(7)],
    ['a payment id of 15 bytes', 1, new Uint8Array(15)],
    ['an amount of nothing', 2, 0],
    ['a currency that is none', 3, 1],
    ['a verdict that is none', 4, 2],
    ['declined without a reason', 4, 1],
    ['approved with a reason', 5, 9],
    ['a reason that is none', 5, 99],
    ['a negative time', 6, -1],
  ];
  return {
    object: 'authorisation',
    section: '6 sync',
    about: 'The COSE_Sign1, hexadecimal, checked under the issuers of keys.json at its own server time.',
    context: { external_aad: toHex(honest.aad) },
    valid: [validOf('approved', {}), validOf('declined as overspent', { declined: 'overspent' })],
    invalid: [
      ...sign1Variants({ honest, type: 'authorisation', forged: 'forged' }),
      ...payloadVariants({ ...honest, kid: strangersKid }, [['an unknown kid', payload]], 'untrusted'),
      ...payloadVariants(
        honest,
        [['a server time after the issuer’s', payload.with(6, 253_402_300_799_999)]],
        'untrusted',
      ),
      ...payloadVariants(
        honest,
        changes.map(([name, at, item]) => [name, payload.with(at, item)]),
      ),
    ],
  };
}
