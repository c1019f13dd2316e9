/**
 * ISO 7064 MOD 97-10 by the book, with one big integer: the second opinion on shared/protocol/digits.ts, and
 * what mends the check digits of a code whose body was changed.
 */
export function checkDigitsOf(body: string): string {
  return String(98n - ((BigInt(body) * 100n) % 97n)).padStart(2, '0');
}
