/** Golden Z reports and their heads. */
import { toHex } from '../../../shared/bytes.ts';
import { idBytes } from '../../../shared/ids.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../../shared/protocol/cbor.ts';
import { sign1Value } from '../../../shared/protocol/cose.ts';
import { signZHead } from '../../../shared/protocol/z-head.ts';
import {
  NO_DIGEST,
  readZReport,
  signZReport,
  type ZReportFields,
} from '../../../shared/protocol/z-report.ts';
import type { Takings } from '../../../shared/shift/takings.ts';
import { aadWith, type Forgery } from '../../support/forge.ts';
import { EPOCH_S, seed, WORLD } from '../../support/protocol-fixture.ts';
import { terminal } from './golden-world.ts';
import { READERS } from './readers.ts';
import { payloadVariants, sign1Variants } from './sign1-variants.ts';
import { plain, type ValidVector, type VectorFile } from './vector-file.ts';

const { certificate, signer } = terminal;
const NONE = { count: 0, sumMinor: 0n };

const emptyTakings: Takings = {
  currency: 'EUR',
  tenders: [],
  people: [],
  declines: [],
  taxes: [],
  orders: NONE,
  withoutOrder: NONE,
  refunds: NONE,
  voids: NONE,
  discounts: NONE,
  overrides: NONE,
  tips: NONE,
  rounding: NONE,
  imported: NONE,
};

const emptyShift: ZReportFields = {
  number: 1,
  terminalId: idBytes(certificate.terminalId),
  currency: 'EUR',
  previousDigest: NO_DIGEST,
  journal: { epoch: 1, seq: 4, hash: seed('head of an empty shift') },
  openedAtMs: EPOCH_S * 1000,
  openedBy: 'Desk',
  closedAtMs: (EPOCH_S + 28_800) * 1000,
  closedBy: 'Desk',
  approvedBy: null,
  differenceApprovedBy: null,
  unsentApprovedBy: null,
  drawer: {
    floatMinor: 0n,
    given: NONE,
    change: NONE,
    refunds: NONE,
    paidIn: NONE,
    paidOut: NONE,
    openings: 0,
  },
  counted: { totalMinor: 0n, pieces: null },
  counts: 1,
  firstCountMinor: 0n,
  reason: '',
  parkedOrders: 0,
  takings: [emptyTakings],
  outside: [],
  fates: [],
  unsent: NONE,
  grandTotals: [],
};

const fullShift: ZReportFields = {
  ...emptyShift,
  number: 2,
  previousDigest: seed('digest of the report before'),
  journal: { epoch: 1, seq: 93, hash: seed('head of a full shift') },
  closedBy: 'Night desk',
  differenceApprovedBy: '00112233445566aa',
  drawer: {
    floatMinor: 10_000n,
    given: { count: 2, sumMinor: 2500n },
    change: { count: 1, sumMinor: 810n },
    refunds: { count: 1, sumMinor: 300n },
    paidIn: { count: 1, sumMinor: 5000n },
    paidOut: { count: 1, sumMinor: 2000n },
    openings: 1,
  },
  counted: {
    totalMinor: 14_380n,
    pieces: [
      { valueMinor: 5000n, pieces: 2 },
      { valueMinor: 2000n, pieces: 2 },
      { valueMinor: 20n, pieces: 19 },
    ],
  },
  counts: 2,
  firstCountMinor: 14_400n,
  reason: 'a coin fell',
  parkedOrders: 1,
  takings: [
    {
      ...emptyTakings,
      tenders: [
        { key: 'cash', count: 2, sumMinor: 1690n },
        { key: 'offline-code', count: 3, sumMinor: 4750n },
      ],
      people: [{ key: 'Desk', count: 5, sumMinor: 6440n }],
      declines: [{ key: 'expired', count: 1, sumMinor: 990n }],
      taxes: [
        {
          taxRateId: 'std',
          name: 'Standard',
          basisPoints: 1900,
          isIncluded: true,
          netMinor: 1421n,
          taxMinor: 269n,
        },
      ],
      orders: { count: 2, sumMinor: 1690n },
      withoutOrder: { count: 3, sumMinor: 4750n },
      refunds: { count: 1, sumMinor: 300n },
      rounding: { count: 1, sumMinor: -2n },
    },
  ],
  outside: [{ ...emptyTakings, tenders: [{ key: 'online-code', count: 1, sumMinor: 100n }] }],
  fates: [{ fate: 'settled', currency: 'EUR', count: 4, sumMinor: 4850n }],
  unsent: { count: 3, sumMinor: 4750n },
  grandTotals: [
    { currency: 'EUR', sales: { count: 6, sumMinor: 6540n }, refunds: { count: 1, sumMinor: 300n } },
  ],
};

function validOf(object: string, name: string, input: string): ValidVector {
  const read = READERS[object]?.(input);
  if (read?.ok !== true) throw new TypeError(`${object} ${name}: refused`);
  return { name, input, decoded: plain(read.value) };
}

type Change = readonly [name: string, at: number, item: CborValue];

function changed(payload: readonly CborValue[], changes: readonly Change[]) {
  return [
    ...changes.map(([name, at, item]): readonly [string, CborValue] => [name, payload.with(at, item)]),
    ['one item more', [...payload, 0]] as const,
    ['one item less', payload.slice(0, -1)] as const,
    ['a payload that is a map', new Map()] as const,
  ];
}

function arrayOf(value: CborValue | undefined): readonly CborValue[] {
  if (!Array.isArray(value)) throw new TypeError('no array');
  return value;
}

export function zReportFile(): VectorFile {
  const aad = aadWith('z-report');
  const payload = arrayOf(decodeCbor(readZReport(signZReport(fullShift, WORLD, signer)).sign1.payload));
  const honest: Forgery = { signer, aad, kid: null, payload };
  const drawer = arrayOf(payload[7]);
  const count = arrayOf(payload[8]);
  const [takings] = arrayOf(payload[10]);
  return {
    object: 'z-report',
    section: '3 Z report',
    about:
      'The COSE_Sign1, hexadecimal, checked under the key and the id of the terminal certificate of invoice.json. digest is what the next report names.',
    context: { external_aad: toHex(aad), terminalId: certificate.terminalId },
    valid: [
      validOf('z-report', 'of an empty shift', toHex(signZReport(emptyShift, WORLD, signer))),
      validOf('z-report', 'of a full shift', toHex(signZReport(fullShift, WORLD, signer))),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'z-report', forged: 'forged' }),
      ...payloadVariants(
        honest,
        changed(payload, [
          ['number 0', 0, 0],
          ['a terminal id of 7 bytes', 1, seed('id').subarray(0, 7)],
          ['a currency that is none', 2, 1],
          ['a digest of 31 bytes before it', 3, seed('digest').subarray(1)],
          ['journal seq 0', 4, [1, 0, seed('hash')]],
          ['a negative time', 5, [-1, 'Desk', 0, 'Desk']],
          ['one leave', 6, [null]],
          ['a leave that is no text', 6, [null, 1, null]],
          ['a negative float', 7, drawer.with(0, -1)],
          ['a drawer that does not add up', 7, drawer.with(0, 10_001)],
          ['cash due that is not the drawer’s', 8, count.with(0, 14_391)],
          ['pieces that do not make the sum', 8, count.with(1, [14_380, [[5000, 2]]])],
          [
            'a coin in two rows',
            8,
            count.with(1, [
              200,
              [
                [100, 1],
                [100, 1],
              ],
            ]),
          ],
          ['no count', 8, count.with(2, 0)],
          ['a reason of 201 bytes', 8, count.with(4, 'x'.repeat(201))],
          ['a sum of 2^63', 10, [arrayOf(takings).with(5, [1, 2n ** 63n])]],
          ['a tender without its sum', 10, [arrayOf(takings).with(1, [['cash', 2]])]],
          ['33 currencies', 11, Array.from({ length: 33 }, () => takings ?? null)],
          ['an outcome that is none', 12, [[5, 978, 1, 1]]],
          ['unsent payments without their sum', 13, [3]],
          [
            'a grand total without its currency',
            14,
            [
              [
                [6, 6540],
                [1, 300],
              ],
            ],
          ],
        ]),
      ),
      ...payloadVariants(
        honest,
        [['another terminal’s id', payload.with(1, seed('id').subarray(0, 8))]],
        'forged',
      ),
    ],
  };
}

export function zHeadFile(): VectorFile {
  const aad = aadWith('z-head');
  const report = readZReport(signZReport(fullShift, WORLD, signer));
  const head = signZHead(report, WORLD, signer);
  const payload = arrayOf(decodeCbor(head.payload));
  const honest: Forgery = { signer, aad, kid: null, payload };
  return {
    object: 'z-head',
    section: '3 Z report',
    about:
      'The COSE_Sign1, hexadecimal, checked under the key of the terminal certificate of invoice.json. digest is that of the report in z-report.json.',
    context: { external_aad: toHex(aad) },
    valid: [validOf('z-head', 'of a full shift', toHex(encodeCbor(sign1Value(head))))],
    invalid: [
      ...sign1Variants({ honest, type: 'z-head', forged: 'forged' }),
      ...payloadVariants(
        honest,
        changed(payload, [
          ['number 0', 0, 0],
          ['a negative time', 1, -1],
          ['epoch 0', 2, 0],
          ['journal seq 0', 3, 0],
          ['a hash of 31 bytes', 4, seed('hash').subarray(1)],
          ['a digest of 33 bytes', 5, new Uint8Array(33)],
        ]),
      ),
    ],
  };
}
