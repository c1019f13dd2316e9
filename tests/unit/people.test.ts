/** People, pure: PINs that are too easy, badges that are no picture, bodies of the journal read strictly. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { badgeText, readBadgeText } from '../../shared/people/badge.ts';
import { isWeakPin } from '../../shared/people/pin.ts';
import { PERMISSIONS, ROLES } from '../../shared/people/roles.ts';
import { approvalValue, readApprovalBody } from '../../shared/protocol/bodies/approval.ts';
import {
  PERSON_CHANGES,
  type PersonChange,
  personValue,
  readPersonBody,
} from '../../shared/protocol/bodies/person.ts';
import { readSettingBody, settingValue } from '../../shared/protocol/bodies/setting.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { decodeDigits, encodeDigits } from '../../shared/protocol/digits.ts';
import { Malformed } from '../../shared/protocol/malformed.ts';
import { decodePictureText, KIND } from '../../shared/protocol/picture.ts';
import { codeText, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });

describe('PINs', () => {
  it('one digit, a run up or down from anywhere, a piece repeated → weak', () => {
    const length = fc.integer({ min: 4, max: 8 });
    fc.assert(
      fc.property(fc.nat(9), fc.constantFrom(0, 1, 9), length, (start, step, n) => {
        expect(isWeakPin(Array.from({ length: n }, (_, i) => (start + i * step) % 10).join(''))).toBe(true);
      }),
    );
    fc.assert(fc.property(digits(2, 4), (piece) => isWeakPin(piece + piece)));
  });

  it('of all PINs of four and of six digits → few are refused, so a refusal tells nobody what is left', () => {
    const share = (length: number): number => {
      const all = 10 ** length;
      let weak = 0;
      for (let i = 0; i < all; i++) if (isWeakPin(String(i).padStart(length, '0'))) weak++;
      return weak / all;
    };
    expect(share(4)).toBeLessThan(0.015);
    expect(share(6)).toBeLessThan(0.002);
  });
});

describe('badges', () => {
  const secret = fc.uint8Array({ minLength: 16, maxLength: 16 });

  it('any secret → digits for every scanner, and back', () => {
    fc.assert(
      fc.property(secret, (bytes) => {
        const text = badgeText(bytes);
        expect(text).toMatch(/^[0-9]{52}$/);
        expect(readBadgeText(` ${text}\r\n`)).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  it('a badge where a payment is read → malformed; any picture, number or text where a badge is read → refused', () => {
    fc.assert(
      fc.property(secret, (bytes) => {
        expect(decodePictureText(badgeText(bytes))).toEqual({ ok: false, refusal: { code: 'malformed' } });
      }),
    );
    for (const kind of Object.values(KIND)) {
      const like = encodeDigits(encodeCbor([kind, new Uint8Array(16)]));
      expect(readBadgeText(like)).toEqual({ ok: false, refusal: { code: 'wrong-badge' } });
    }
    const payment = codeText(presentedOf(purseOf(), quickFields()));
    expect(readBadgeText(payment)).toEqual({ ok: false, refusal: { code: 'wrong-badge' } });
    fc.assert(fc.property(fc.string(), (text) => !readBadgeText(text).ok));
    fc.assert(
      fc.property(digits(1, 60), (text) => !readBadgeText(text).ok || decodeDigits(text).ok === true),
    );
  });

  it('one digit misread → unreadable', () => {
    fc.assert(
      fc.property(secret, fc.nat(51), fc.integer({ min: 1, max: 9 }), (bytes, at, by) => {
        const text = badgeText(bytes);
        const wrong = text.slice(0, at) + String((Number(text[at]) + by) % 10) + text.slice(at + 1);
        expect(readBadgeText(wrong)).toEqual({ ok: false, refusal: { code: 'unreadable' } });
      }),
    );
  });
});

describe('bodies', () => {
  const changes: readonly PersonChange[] = [
    { change: 'added', name: 'Noor', role: 'cashier' },
    { change: 'renamed', name: 'Noor A.' },
    { change: 'role-changed', role: 'auditor' },
    { change: 'switched-off' },
    { change: 'switched-on' },
    { change: 'pin-set' },
    { change: 'badge-set' },
    { change: 'badge-revoked' },
    { change: 'unlocked' },
  ];
  const overWire = (value: CborValue): CborValue => decodeCbor(encodeCbor(value));

  it('every change of a person → read as it was written', () => {
    expect(changes.map(({ change }) => change)).toEqual([...PERSON_CHANGES]);
    for (const change of changes)
      for (const by of ['c1', null])
        for (const approvedBy of ['c2', null]) {
          const body = { personId: 'p1', change, by, approvedBy };
          expect(readPersonBody(overWire(personValue(body)))).toEqual(body);
        }
  });

  it('leave and a switch of the shop → read as they were written', () => {
    for (const permission of PERMISSIONS) {
      const body = { permission, approver: 'c1', forPerson: 'c2' };
      expect(readApprovalBody(overWire(approvalValue(body)))).toEqual(body);
    }
    const body = { name: 'badge-needs-pin', isOn: true, approvedBy: null } as const;
    expect(readSettingBody(overWire(settingValue(body)))).toEqual(body);
  });

  it.each<[string, (value: CborValue) => unknown, CborValue]>([
    ['a role that is none', readPersonBody, ['p', 0, ['Noor', ROLES.length], null, null]],
    ['a change that is none', readPersonBody, ['p', PERSON_CHANGES.length, null, null, null]],
    ['a detail where none is', readPersonBody, ['p', 5, 'argon2', null, null]],
    ['no detail where one is', readPersonBody, ['p', 0, null, null, null]],
    ['one item too many', readPersonBody, ['p', 5, null, null, null, 'hash']],
    ['a person id too long', readPersonBody, ['p'.repeat(33), 5, null, null, null]],
    ['a name too long', readPersonBody, ['p', 1, 'n'.repeat(65), null, null]],
    ['a permission that is none', readApprovalBody, ['everything', 'c1', 'c2']],
    ['nobody who approved', readApprovalBody, ['refund', null, 'c2']],
    ['a switch that is none', readSettingBody, ['toString', 1, null]],
    ['a switch half on', readSettingBody, ['badge-needs-pin', 2, null]],
  ])('%s → malformed', (_what, read, value) => {
    expect(() => read(value)).toThrow(Malformed);
  });
});
