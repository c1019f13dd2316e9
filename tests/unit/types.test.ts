/** What must not compile (house habit 1 and 4): currencies in one sum, one kind of identifier for another. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

/** With slashes, as imports have them on every system. */
const PROJECT = fileURLToPath(new URL('../../', import.meta.url)).replaceAll('\\', '/');
const TSC = join(PROJECT, 'node_modules/typescript/bin/tsc');

const IMPORTS = `
import { add, compare, money, subtract, zero, type Money } from '${PROJECT}shared/money.ts';
import { type CurrencyCode, currencyOf } from '${PROJECT}shared/iso-4217.ts';
import type { MerchantId, PaymentId, PurseId, TerminalId } from '${PROJECT}shared/ids.ts';
import { idBytes, parsePurseId, purseIdFrom, terminalIdFrom } from '${PROJECT}shared/ids.ts';
import { type Refusal, REFUSALS, type RefusalCode } from '${PROJECT}shared/refusals.ts';
import { ok, refused, type Result } from '${PROJECT}shared/result.ts';
import { unreachable } from '${PROJECT}shared/assert.ts';
import { encodeCbor } from '${PROJECT}shared/protocol/cbor.ts';
import { aadOf } from '${PROJECT}shared/protocol/world.ts';
declare const terminal: TerminalId;
declare const purse: PurseId;
declare const payment: PaymentId;
declare const merchant: MerchantId;
declare const anyMoney: Money;
declare function ofPurse(id: PurseId): void;
export { add, aadOf, anyMoney, compare, currencyOf, encodeCbor, idBytes, merchant, money, ofPurse, ok, parsePurseId, payment, purse, purseIdFrom, REFUSALS, refused, subtract, terminal, terminalIdFrom, unreachable, zero };
export type { CurrencyCode, Refusal, RefusalCode, Result };
`;

const MUST_NOT_COMPILE: Readonly<Record<string, string>> = {
  'two currencies added': `add(money(1n, 'EUR'), money(1n, 'JPY'));`,
  'two currencies subtracted': `subtract(zero('EUR'), money(1n, 'USD'));`,
  'two currencies compared': `compare(money(1n, 'EUR'), money(1n, 'KWD'));`,
  'a sum taken for another currency': `export const yen: Money<'JPY'> = add(money(1n, 'EUR'), money(1n, 'EUR'));`,
  'an amount that is a number': `money(1, 'EUR');`,
  'an amount that is a text': `money('1', 'EUR');`,
  'amounts added like numbers': `export const sum = money(1n, 'EUR') + money(1n, 'EUR');`,
  'minor units and a number added': `export const sum = money(1n, 'EUR').minor + 1;`,
  'an amount changed in place': `const amount = money(1n, 'EUR'); amount.minor = 2n;`,
  'a currency that is none': `money(1n, 'XXX');`,
  'a currency in lower case': `currencyOf('eur');`,
  'a currency of any text': `declare const text: string; currencyOf(text);`,
  'a terminal where a purse belongs': `ofPurse(terminal);`,
  'a merchant where a purse belongs': `ofPurse(merchant);`,
  'a payment where a purse belongs': `ofPurse(payment);`,
  'any text where a purse belongs': `ofPurse('0011223344556677');`,
  'a purse made of a terminal': `export const id: PurseId = terminalIdFrom(new Uint8Array(8));`,
  'a parsed id that was not looked at': `ofPurse(parsePurseId('00'));`,
  'the bytes of any text': `idBytes('00');`,
  'a refusal of no code': `export const refusal: Refusal = { code: 'no' };`,
  'a refusal without its detail': `export const refusal: Refusal = { code: 'expired' };`,
  'a refusal with another’s detail': `export const refusal: Refusal = { code: 'expired', detail: { capMinor: '1' } };`,
  'a refusal with a detail that it has not': `export const refusal: Refusal = { code: 'revoked', detail: { ageS: 1 } };`,
  'money in a detail as a number': `export const refusal: Refusal = { code: 'over-cap', detail: { capMinor: 1 } };`,
  'the value of a result that was not looked at': `declare const result: Result<bigint>; export const value: bigint = result.value;`,
  'a refusal that the function does not have': `export function f(): Result<1, Refusal<'forged'>> { return refused({ code: 'expired', detail: { ageS: 1 } }); }`,
  'a switch over refusals that forgets one': `
    export function f(code: 'forged' | 'expired'): number {
      switch (code) { case 'forged': return 1; default: return unreachable(code); }
    }`,
  'a date in CBOR': `encodeCbor(new Date());`,
  'undefined in CBOR': `encodeCbor([undefined]);`,
  'an object in CBOR': `encodeCbor({ a: 1 });`,
  'an aad of no object': `aadOf('test', 'payments');`,
  'an aad of no world': `aadOf('training', 'payment');`,
};

const MUST_COMPILE: Readonly<Record<string, string>> = {
  'one currency added': `export const sum: Money<'EUR'> = add(money(1n, 'EUR'), money(1n, 'EUR'));`,
  'amounts of any currency, which are checked when run': `export const sum: Money = add(anyMoney, anyMoney);`,
  'a purse where a purse belongs': `ofPurse(purse); ofPurse(purseIdFrom(new Uint8Array(8)));`,
  'a refusal with its detail': `export const refusal: Refusal = { code: 'expired', detail: { ageS: 1 } };`,
  'a switch over refusals that is whole': `
    export function f(code: 'forged' | 'expired'): number {
      switch (code) { case 'forged': return 1; case 'expired': return 2; default: return unreachable(code); }
    }`,
};

const folder = mkdtempSync(join(tmpdir(), 'fieldtill-types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles all snippets at once, one file each; the numbers of the files that do not compile. */
function failing(snippets: readonly string[]): ReadonlySet<number> {
  for (const [i, snippet] of snippets.entries()) {
    writeFileSync(join(folder, `snippet-${i}.mts`), `${IMPORTS}\n${snippet}\n`);
  }
  const config = {
    extends: join(PROJECT, 'tsconfig.json'),
    compilerOptions: { types: ['node'], typeRoots: [join(PROJECT, 'node_modules/@types')] },
    include: [join(folder, '*.mts')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const output = compile();
  const foreign = output
    .split('\n')
    .filter((line) => /error TS/.test(line) && !/snippet-[0-9]+\.mts/.test(line));
  expect(foreign).toEqual([]);
  return new Set([...output.matchAll(/snippet-([0-9]+)\.mts\(/g)].map(([, number]) => Number(number)));
}

function compile(): string {
  try {
    return execFileSync(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
  } catch (error) {
    // what does not compile is what is asked for: the compiler says where and ends with 1 or 2
    if (error instanceof Error && 'stdout' in error) return String(error.stdout);
    throw error;
  }
}

describe('types', () => {
  const bad = Object.entries(MUST_NOT_COMPILE);
  const good = Object.entries(MUST_COMPILE);
  const found = failing([...bad, ...good].map(([, snippet]) => snippet));

  it.each(bad.map(([name], i) => ({ name, i })))('$name → does not compile', ({ i }) => {
    expect(found.has(i)).toBe(true);
  });

  it.each(good.map(([name], i) => ({ name, i: i + bad.length })))('$name → compiles', ({ i }) => {
    expect(found.has(i)).toBe(false);
  });
});
