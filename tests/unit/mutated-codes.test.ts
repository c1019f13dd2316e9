/**
 * Bad input, in numbers: more than 100,000 changed codes through the scanner's path (protocol §4, stages 1 to 3).
 * None is taken that means anything but a valid one, byte by byte; none throws. FIELDTILL_SEED repeats a run or
 * tries another.
 */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { seal, unseal } from '../../shared/protocol/box.ts';
import { signInvoice } from '../../shared/protocol/invoice.ts';
import {
  decodePictureBytes,
  decodePictureText,
  encodePicture,
  isShort,
  type Picture,
  pictureText,
  shortOf,
} from '../../shared/protocol/picture.ts';
import {
  checkCertificate,
  checkPaymentSignature,
  type PresentedCheck,
} from '../../shared/protocol/presented-code.ts';
import type { RefusalCode } from '../../shared/refusals.ts';
import { fastestOf } from '../support/fastest-of.ts';
import {
  asText,
  below,
  bytesOfText,
  mixCodes,
  mutateBytes,
  mutateField,
  mutateSeal,
  mutateText,
  type Random,
} from '../support/mutate-code.ts';
import {
  backEnd,
  EPOCH_S,
  payWith,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  signerOf,
  terminalOf,
  trustBundleOf,
  WORLD,
} from '../support/protocol-fixture.ts';
import { seededRandom } from '../support/seeded-random.ts';

const RUN_SEED = Number(process.env.FIELDTILL_SEED ?? 20_260_101);

const terminal = terminalOf();
const purses = ['one', 'two', 'three'].map((name, i) =>
  purseOf({ name, statusIndex: i, currency: i === 2 ? 'JPY' : 'EUR' }),
);
/** Of an issuer that nobody trusts; its own signatures are true. */
const foreign = purseOf({ name: 'foreign', signedBy: signerOf('foreign issuer') });
const check: PresentedCheck = {
  world: WORLD,
  backEnd,
  trust: trustBundleOf(),
  isKnownCertificate: () => false,
};

const codes = purses.flatMap((purse, i) => {
  const full = [
    presentedOf(purse, quickFields({ counter: i + 1 })),
    presentedOf(purse, quickFields({ counter: i + 2, spentMinor: 700n, iatS: EPOCH_S + 3629 })),
    {
      ...presentedOf(purse, quickFields()),
      payment: payWith(purse, {
        mode: 'bound',
        counter: i + 3,
        spentMinor: 900n,
        previous: seed('previous').subarray(0, 8),
        amountMinor: 1250n,
        iatS: EPOCH_S + 3600,
        invoiceDigest: seed('invoice').subarray(0, 16),
      }),
    },
  ];
  return full.flatMap((code) => [code, { ...code, certificate: shortOf(purse.certificate) }]);
});
const texts = codes.map(pictureText);
/** What a taken code may be, to the byte: one of ours, with its certificate whole or short. */
const ours = new Set(codes.map((code) => toHex(encodePicture(code))));
const foreignText = pictureText(presentedOf(foreign, quickFields()));
const sealed = codes.map((code, i) => ({
  kind: 'sealed' as const,
  ...seal(encodePicture(code), terminal.certificate.boxKey, seed(`ephemeral ${i}`)),
}));

const invoice = signInvoice(
  { nonce: seed('nonce').subarray(0, 8), amountMinor: 1250n, iatS: EPOCH_S, ttlS: 300, reference: 'Table 4' },
  WORLD,
  terminal.certificate.digest,
  terminal.signer,
);
const invoiceText = pictureText({ kind: 'invoice', certificate: terminal.certificate, invoice });

const known = new Map(
  purses.map(({ certificate }) => [toHex(certificate.digest.subarray(0, 8)), certificate]),
);

/** What the scanner's path makes of a text: the refusal, or the code that it takes, opened. */
function take(text: string): RefusalCode | Extract<Picture, { kind: 'presented' }> {
  const scanned = decodePictureText(text);
  if (!scanned.ok) return scanned.refusal.code;
  let picture: Picture = scanned.value;
  if (picture.kind === 'sealed') {
    const plain = unseal(picture, terminal.boxSecret);
    if (plain === undefined) return 'sealed-for-another';
    const inner = decodePictureBytes(plain);
    if (!inner.ok) return inner.refusal.code;
    picture = inner.value;
  }
  if (picture.kind !== 'presented') return 'wrong-kind';
  const certificate = isShort(picture.certificate)
    ? known.get(toHex(picture.certificate.short))
    : picture.certificate;
  if (certificate === undefined) return 'full-code-needed';
  const issued = checkCertificate(certificate, check);
  if (!issued.ok) return issued.refusal.code;
  const signed = checkPaymentSignature(certificate, picture.payment, check);
  return signed.ok ? picture : signed.refusal.code;
}

type Mutation = (random: Random, text: string, other: string) => string;

const onBytes =
  (change: (random: Random, a: Uint8Array, b: Uint8Array) => Uint8Array): Mutation =>
  (random, text, other) =>
    asText(change(random, bytesOfText(text), bytesOfText(other)));

const MUTATIONS: readonly (readonly [name: string, runs: number, change: Mutation])[] = [
  ['digits changed, check digits mended', 40_000, mutateText],
  ['bytes changed', 30_000, onBytes(mutateBytes)],
  ['one field changed', 25_000, onBytes(mutateField)],
  ['header or signature changed', 6_000, onBytes(mutateSeal)],
  ['two codes mixed', 9_000, onBytes(mixCodes)],
];

function pickOne<T>(random: Random, items: readonly T[]): T {
  const item = items[below(random, items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

describe('more than 100,000 changed codes', () => {
  const tally = new Map<string, number>();
  let total = 0;

  /** Takes the text; fails on anything taken that is not one of ours. */
  function judge(text: string, what: string): void {
    const taken = take(text);
    const outcome = typeof taken === 'string' ? taken : 'taken';
    total++;
    tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
    if (typeof taken !== 'string' && !ours.has(toHex(encodePicture(taken)))) {
      expect.fail(`taken, though ${what}: ${text} (seed ${RUN_SEED})`);
    }
  }

  it('the codes that they are made of → taken, the foreign one → untrusted', () => {
    for (const text of [...texts, ...sealed.map(pictureText)])
      expect(take(text)).toMatchObject({ kind: 'presented' });
    expect(take(foreignText)).toBe('untrusted');
  });

  it.each(MUTATIONS)(
    '%s, %d of them → refused, or a valid code to the byte',
    (name, runs, change) => {
      const random = seededRandom(RUN_SEED + runs);
      const ground = [...texts, foreignText, invoiceText];
      for (let run = 0; run < runs; run++) {
        judge(change(random, pickOne(random, ground), pickOne(random, ground)), name);
      }
    },
    120_000,
  );

  it('several changes at once, 5000 of them → refused, or a valid code to the byte', () => {
    const random = seededRandom(RUN_SEED);
    for (let run = 0; run < 5000; run++) {
      let bytes = mutateField(random, bytesOfText(pickOne(random, texts)));
      for (let more = below(random, 3); more > 0; more--) bytes = mutateBytes(random, bytes, bytes);
      if (bytes.length > 0) judge(asText(bytes), 'several changes');
    }
  }, 60_000);

  it('sealed codes changed, outside and inside the box → refused, or a valid code to the byte', () => {
    const random = seededRandom(RUN_SEED);
    for (let run = 0; run < 1200; run++) {
      const one = pickOne(random, sealed);
      const other = pickOne(random, sealed);
      const inner = bytesOfText(pickOne(random, texts));
      const changed: Picture = {
        ...one,
        ...(run % 3 === 0 ? { box: mutateBytes(random, one.box, other.box) } : {}),
        ...(run % 3 === 1 ? { ephemeralKey: other.ephemeralKey } : {}),
        ...(run % 3 === 2
          ? seal(mutateField(random, inner), terminal.certificate.boxKey, seed(`again ${run}`))
          : {}),
      };
      judge(pictureText(changed), 'sealed and changed');
    }
  }, 60_000);

  it('the tally → more than 100,000, and every refusal of the path was met', () => {
    expect(total).toBeGreaterThan(100_000);
    const expected: readonly (RefusalCode | 'taken')[] = [
      'unreadable',
      'malformed',
      'unsupported',
      'wrong-kind',
      'sealed-for-another',
      'full-code-needed',
      'untrusted',
      'certificate-forged',
      'forged',
      'taken',
    ];
    expect(expected.filter((outcome) => !tally.has(outcome))).toEqual([]);
  });
});

describe('what is no code at all', () => {
  it.each([
    ['4,296 characters', 'A'.repeat(4296)],
    ['4,296 digits', '7'.repeat(4296)],
    ['NUL', '\u0000'],
    ['NUL inside', `1${'\u0000'}00000`],
    ['half a surrogate', '\ud800'],
    ['a million spaces', ' '.repeat(1_000_000)],
    ['ten million digits', '1'.repeat(10_000_000)],
    ['100,000 nested arrays', asText(new Uint8Array(100_000).fill(0x81))],
  ])('%s → unreadable, in under 10 ms', (_what, text) => {
    expect(fastestOf(5, () => expect(take(text)).toBe('unreadable'))).toBeLessThan(10);
  });

  it('500 nested arrays, which a picture could hold → malformed', () => {
    expect(take(asText(new Uint8Array(500).fill(0x81)))).toBe('malformed');
  });
});
