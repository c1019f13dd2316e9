/** Golden digits, CBOR and strict Ed25519 (protocol §2). */
import { toHex } from '../../../shared/bytes.ts';
import { type CborValue, encodeCbor } from '../../../shared/protocol/cbor.ts';
import { encodeDigits } from '../../../shared/protocol/digits.ts';
import { checkDigitsOf } from '../../support/check-digits.ts';
import { flipped, SMALL_ORDER_POINTS, withLargeS } from '../../support/forge.ts';
import { bytesOfHex } from '../../support/from-hex.ts';
import { seed, signerOf } from '../../support/protocol-fixture.ts';
import { REFUSED_CBOR } from '../../support/refused-cbor.ts';
import { type InvalidVector, plain, type VectorFile } from './vector-file.ts';

const mended = (body: string): string => body + checkDigitsOf(body);

export function digitsFile(): VectorFile {
  const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37 + 11) & 0xff);
  const samples: readonly (readonly [string, Uint8Array])[] = [
    ...Array.from({ length: 15 }, (_, i): readonly [string, Uint8Array] => [
      `${i + 1} bytes`,
      pattern(i + 1),
    ]),
    ['seven bytes of 0', new Uint8Array(7)],
    ['seven bytes of 255', new Uint8Array(7).fill(255)],
    ['one byte of 255', new Uint8Array(1).fill(255)],
    ['277 bytes', pattern(277)],
  ];
  const good = encodeDigits(pattern(8));
  const check = Number(checkDigitsOf('1050'));
  const unreadable = (name: string, input: string): InvalidVector => ({ name, input, refusal: 'unreadable' });
  return {
    object: 'digits',
    section: '2 encoding, digits',
    about: 'The text of a picture; value is the bytes that it stands for.',
    context: {},
    valid: samples.map(([name, value]) => ({
      name,
      input: encodeDigits(value),
      decoded: { value: toHex(value) },
    })),
    invalid: [
      unreadable('nothing', ''),
      unreadable('no bytes', mended('1')),
      unreadable('a wrong check digit', flippedDigit(good, good.length - 1)),
      unreadable('a digit misread', flippedDigit(good, 4)),
      unreadable('two neighbours swapped', `${good.slice(0, 3)}${good[4]}${good[3]}${good.slice(5)}`),
      unreadable('a digit lost', good.slice(0, 5) + good.slice(6)),
      unreadable('seven bytes that are 2^56', mended('172057594037927936')),
      unreadable('a last byte that is 256', mended('1256')),
      unreadable('two last bytes that are 65,536', mended('165536')),
      unreadable('one digit over whole groups', mended(`1${'0'.repeat(18)}`)),
      unreadable('check digits of 97 more', `1050${String((check + 97) % 100).padStart(2, '0')}`),
      unreadable('white space inside', `${good.slice(0, 5)} ${good.slice(5)}`),
      unreadable('white space around it', ` ${good}`),
      unreadable('Arabic digits', [...good].map((digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)]).join('')),
      { name: 'version 0', input: mended('0050'), refusal: 'unsupported' },
      { name: 'version 2', input: mended('2050'), refusal: 'unsupported' },
    ],
  };
}

function flippedDigit(text: string, at: number): string {
  return text.slice(0, at) + ((Number(text[at]) + 1) % 10) + text.slice(at + 1);
}

export function cborFile(): VectorFile {
  const values: readonly (readonly [string, CborValue])[] = [
    ['nought', 0],
    ['23', 23],
    ['24', 24],
    ['255 and 256', [255, 256]],
    ['65,535 and 65,536', [65_535, 65_536]],
    ['2^32 − 1 and 2^32', [2 ** 32 - 1, 2 ** 32]],
    ['2^53 − 1', Number.MAX_SAFE_INTEGER],
    ['2^53', 2n ** 53n],
    ['2^64 − 1', 2n ** 64n - 1n],
    ['negative integers', [-1, -24, -25, -256, -257, -65_537]],
    ['byte strings', [new Uint8Array(), new Uint8Array(24)]],
    ['texts', ['', 'a', '店', '\u{1f600}', '\ufeff', '\u0000']],
    ['true, false and null', [true, false, null]],
    [
      'keys sorted by their bytes',
      new Map<number | string, CborValue>([
        [10, 0],
        [100, 0],
        [-1, 0],
        ['z', 0],
        ['aa', 0],
      ]),
    ],
    ['sixteen levels', bytesDepth(16)],
  ];
  return {
    object: 'cbor',
    section: '2 encoding, deterministic CBOR',
    about: 'Hexadecimal. Maps are shown as lists of key and item, integers beyond 2^53 − 1 as text.',
    context: {},
    valid: values.map(([name, value]) => ({
      name,
      input: toHex(encodeCbor(value)),
      decoded: { value: plain(value) },
    })),
    invalid: REFUSED_CBOR.map(([name, input]) => ({ name, input, refusal: 'malformed' })),
  };
}

function bytesDepth(levels: number): CborValue {
  return Array.from({ length: levels }).reduce<CborValue>((inner) => [inner], 0);
}

export function ed25519File(): VectorFile {
  const signer = signerOf('ed25519');
  const message = new TextEncoder().encode('a message');
  const signature = signer.sign(message);
  const input = (key: Uint8Array, sig: Uint8Array, text: Uint8Array = message) =>
    toHex(key) + toHex(sig) + toHex(text);
  const withR = (r: Uint8Array) => Uint8Array.from([...r, ...signature.subarray(32)]);
  const bad = (name: string, text: string): InvalidVector => ({ name, input: text, refusal: 'forged' });
  const empty = new Uint8Array();
  return {
    object: 'ed25519',
    section: '2 strict Ed25519',
    about: 'Public key (32 bytes), signature (64 bytes) and message, one after the other, hexadecimal.',
    context: {},
    valid: [
      { name: 'a message', input: input(signer.publicKey, signature), decoded: { message: toHex(message) } },
      {
        name: 'no message',
        input: input(signer.publicKey, signer.sign(empty), empty),
        decoded: { message: '' },
      },
    ],
    invalid: [
      bad('S + L for S', input(signer.publicKey, withLargeS(signature))),
      bad('one bit of R changed', input(signer.publicKey, flipped(signature, 0))),
      bad('one bit of S changed', input(signer.publicKey, flipped(signature, 33))),
      bad('one bit of the message changed', input(signer.publicKey, signature, flipped(message, 0))),
      bad('another key', input(signerOf('another').publicKey, signature)),
      bad('a key that is no point', input(bytesOfHex(`02${'00'.repeat(31)}`), signature)),
      ...SMALL_ORDER_POINTS.flatMap(([name, hex]) => [
        bad(`R is ${name}`, input(signer.publicKey, withR(bytesOfHex(hex)))),
        bad(`A is ${name}`, input(bytesOfHex(hex), signature)),
        // S = 0 and R = A of small order: true for many messages to a verifier that lets them by
        bad(
          `A and R are ${name}, S is nought`,
          input(bytesOfHex(hex), Uint8Array.from([...bytesOfHex(hex), ...new Uint8Array(32)]), seed('any')),
        ),
      ]),
    ],
  };
}
