/** The big list of naughty strings through every door that takes text: a refusal or the very same text, never a throw. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { fromBase64Url, fromHex, toBase64Url, toHex, utf8 } from '../../shared/bytes.ts';
import { clearingRoutes } from '../../shared/contract/clearing.ts';
import { isTerminalCall, terminalCalls } from '../../shared/contract/terminal.ts';
import { parsePaymentId, parsePurseId } from '../../shared/ids.ts';
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { fromWire, parseMinor } from '../../shared/money.ts';
import { decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { decodeDigits } from '../../shared/protocol/digits.ts';
import { parseEnrolmentCode } from '../../shared/protocol/enrolment-code.ts';
import { MAX_REFERENCE_BYTES, signInvoice } from '../../shared/protocol/invoice.ts';
import {
  decodeJournalEntry,
  encodeJournalEntry,
  MAX_ACTOR_BYTES,
  NO_HASH,
} from '../../shared/protocol/journal-entry.ts';
import { decodePictureBytes, decodePictureText } from '../../shared/protocol/picture.ts';
import { MAX_DISPLAY_NAME_BYTES } from '../../shared/protocol/terminal-certificate.ts';
import { isRefusalCode } from '../../shared/refusals.ts';
import { hasMaterial, readMaterial } from '../support/material.ts';
import { EPOCH_S, seed, terminalOf, WORLD } from '../support/protocol-fixture.ts';

const FILE = 'blns/blns.json';

describe.skipIf(!hasMaterial(FILE))('naughty strings', () => {
  const strings = hasMaterial(FILE) ? readMaterial<readonly string[]>(FILE) : [];
  const shop = terminalOf();

  it('the list → 485 strings', () => {
    expect(strings).toHaveLength(485);
  });

  it('as a scan → unreadable, in every form that a scan comes in', () => {
    for (const text of strings) {
      expect(decodePictureText(text), text).toEqual({ ok: false, refusal: { code: 'unreadable' } });
      expect(decodeDigits(text).ok, text).toBe(false);
      const bytes = decodePictureBytes(utf8(text));
      expect(bytes.ok ? 'ok' : bytes.refusal.code, text).toBe('malformed');
    }
  });

  it('as an enrolment code → unreadable', () => {
    for (const text of [...strings, ...strings.map((string) => `FT1-${string}`)]) {
      expect(['unreadable', 'malformed']).toContain(refusalOf(parseEnrolmentCode(text)));
    }
  });

  function refusalOf(result: ReturnType<typeof parseEnrolmentCode>): string {
    return result.ok ? 'ok' : result.refusal.code;
  }

  it('as an amount, a currency, an identifier, a code of refusal, a call → only what is exactly that', () => {
    for (const text of strings) {
      const minor = parseMinor(text);
      if (minor !== undefined) expect(minor.toString()).toBe(text);
      expect(fromWire({ minor: '1', currency: text })).toBeUndefined();
      for (const isKnown of [isCurrencyCode(text), isRefusalCode(text), isTerminalCall(text)]) {
        expect(isKnown, text).toBe(false);
      }
      expect(parsePurseId(text) ?? parsePaymentId(text)).toBeUndefined();
      const [hex, base64] = [fromHex(text), fromBase64Url(text)];
      if (hex !== undefined) expect(toHex(hex)).toBe(text.toLowerCase());
      if (base64 !== undefined) expect(toBase64Url(base64)).toBe(text);
    }
  });

  it('as text in a signed object → kept to the byte, where it is short enough', () => {
    let kept = 0;
    for (const text of strings) {
      expect(decodeCbor(encodeCbor(text))).toBe(text);
      const bytes = utf8(text).length;
      if (bytes <= MAX_ACTOR_BYTES) {
        const entry = {
          epoch: 1,
          seq: 1,
          previousHash: NO_HASH,
          kind: 'sale',
          atMs: 0,
          actor: text,
          body: text,
        } as const;
        expect(decodeJournalEntry(encodeJournalEntry(entry))).toEqual({ ok: true, value: entry });
      }
      if (bytes <= MAX_DISPLAY_NAME_BYTES) {
        expect(terminalOf('naughty', text).certificate.displayName).toBe(text);
      }
      if (bytes > MAX_REFERENCE_BYTES) continue;
      const fields = {
        nonce: seed('n').subarray(0, 8),
        amountMinor: 1n,
        iatS: EPOCH_S,
        ttlS: 1,
        reference: text,
      };
      expect(signInvoice(fields, WORLD, shop.certificate.digest, shop.signer).reference).toBe(text);
      kept++;
    }
    expect(kept).toBeGreaterThan(150);
  });

  it('as what people type at the contracts’ edges → taken or refused, never thrown', () => {
    const amount = { minor: '1', currency: 'EUR' };
    for (const text of strings) {
      const tries: readonly (readonly [z.ZodMiniType, unknown])[] = [
        [terminalCalls['payments.accept'].params, { amount, scan: text }],
        [terminalCalls['payments.accept'].params, { amount: { minor: text, currency: text }, scan: text }],
        [terminalCalls['invoices.issue'].params, { amount, reference: text }],
        [clearingRoutes.registerCustomer.body, { userName: text, password: text, language: text }],
        [clearingRoutes.createMerchant.body, { displayName: text, currency: 'EUR' }],
        [
          clearingRoutes.deposit.body,
          { transferId: text, userName: text, amountMinor: text, currency: text },
        ],
      ];
      for (const [schema, value] of tries) expect(typeof z.safeParse(schema, value).success).toBe('boolean');
      const named = z.safeParse(clearingRoutes.createMerchant.body, { displayName: text, currency: 'EUR' });
      if (named.success)
        expect(utf8(named.data.displayName).length).toBeLessThanOrEqual(MAX_DISPLAY_NAME_BYTES);
    }
  });
});
