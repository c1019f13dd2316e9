/**
 * Words to search by: folded, so that "cafe" finds "Café", "احمد" finds "أحمد" and "٣" finds 3. What is indexed
 * and what is typed go through the same folding; the result has no character that a query language could mean.
 */

/** Letters that are one letter to who types them, though Unicode does not take them apart. */
const SAME: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ٱ: 'ا',
  ى: 'ي',
  ی: 'ي',
  ة: 'ه',
  ک: 'ك',
};
/** Latin and Greek accents, Arabic vowel signs and stretching, the Devanagari nukta, and what has no shape. */
const DROPPED = /[\u0300-\u036f\u064b-\u065f\u0670\u0640\u093c\p{Cf}]/gu;
const FOLDABLE = new RegExp(`[${Object.keys(SAME).join('')}]`, 'gu');
const DIGIT = /\p{Nd}/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** ASCII digits for the decimal digits of any script: each script has its ten in a row. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return digit;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}

/** @returns the words of a text, folded, in order */
export function searchWords(text: string): readonly string[] {
  const folded = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(DROPPED, '')
    .replace(FOLDABLE, (letter) => SAME[letter] ?? letter)
    .replace(DIGIT, asciiDigit);
  return folded.match(WORD) ?? [];
}
