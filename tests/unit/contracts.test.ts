/** The edges of the contracts (house habit 4): what a person types is bounded in the protocol's bytes. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { clearingRoutes } from '../../shared/contract/clearing.ts';
import { isTerminalCall, isTerminalEvent, terminalCalls } from '../../shared/contract/terminal.ts';
import { NO_HASH } from '../../shared/protocol/journal-entry.ts';

const accepts = (schema: z.ZodMiniType, value: unknown): boolean => z.safeParse(schema, value).success;

const enrol = (cashierName: string) =>
  accepts(terminalCalls['enrolment.enrol'].params, {
    code: 'FT1-x',
    passphrase: null,
    cashierName,
    cashierPin: '1234',
  });
const invoice = (reference: string) =>
  accepts(terminalCalls['invoices.issue'].params, { amount: { minor: '1', currency: 'EUR' }, reference });
const merchant = (displayName: string) =>
  accepts(clearingRoutes.createMerchant.body, { displayName, currency: 'EUR' });

describe('texts that enter signed objects', () => {
  it.each([
    ['cashier name, 64 bytes', enrol, 64],
    ['invoice reference, 24 bytes', invoice, 24],
    ['display name, 32 bytes', merchant, 32],
  ] as const)('%s → up to so many bytes of UTF-8, not characters', (_what, accepted, bytes) => {
    expect(accepted('x'.repeat(bytes))).toBe(true);
    expect(accepted('x'.repeat(bytes + 1))).toBe(false);
    expect(accepted('店'.repeat(Math.floor(bytes / 3)))).toBe(true);
    expect(accepted('店'.repeat(Math.floor(bytes / 3) + 1))).toBe(false);
    expect(accepted('shop \ud800')).toBe(false);
  });

  it('empty name → refused; empty reference → taken', () => {
    expect(enrol('')).toBe(false);
    expect(merchant('')).toBe(false);
    expect(invoice('')).toBe(true);
  });
});

describe('amounts on the wire', () => {
  const deposit = (amountMinor: unknown) =>
    accepts(clearingRoutes.deposit.body, {
      transferId: '0'.repeat(32),
      userName: 'amal',
      amountMinor,
      currency: 'EUR',
    });

  it('the largest amount → taken; one more, though of as many digits → refused', () => {
    expect(deposit('9007199254740991')).toBe(true);
    expect(deposit('9007199254740992')).toBe(false);
  });

  it.each(['', '-1', '+1', '01', '1.0', '1e3', ' 1', '1\n', '1,000', '٣', '0x1', 1, 1n, null])(
    'amount %o → refused',
    (amount) => {
      expect(deposit(amount)).toBe(false);
    },
  );
});

describe('names of calls', () => {
  it.each(['', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'sql', 0, null, undefined, NO_HASH])(
    '%o → no call, no event',
    (name) => {
      expect(isTerminalCall(name)).toBe(false);
      expect(isTerminalEvent(name)).toBe(false);
    },
  );

  it('unknown field → refused', () => {
    const params = { amount: { minor: '1', currency: 'EUR' }, scan: '1', approve: true };
    expect(accepts(terminalCalls['payments.accept'].params, params)).toBe(false);
  });
});
