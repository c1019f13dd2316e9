/** Words to search by: what is typed without accents, marks or the right digits finds what is written with them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textQuery } from '../../electron/engine/db/catalogue-words.ts';
import { searchWords } from '../../shared/catalogue/search-words.ts';

describe('folding', () => {
  it.each([
    ['Café Crème', 'cafe creme'],
    ['STRAẞE', 'strasse'],
    ['Ærø', 'aero'],
    ['İstanbul', 'istanbul'],
    ['قَهْوَة', 'قهوه'],
    ['أحمد', 'احمد'],
    ['ســلام', 'سلام'],
    ['٣ قطع', '3 قطع'],
    ['१२', '12'],
    ['ﬁsh', 'fish'],
    ['Ｂｅｅｒ', 'beer'],
    ['co\u00adop', 'coop'],
  ])('%s → %s', (written, typed) => {
    expect(searchWords(written)).toEqual(searchWords(typed));
  });

  it('Hindi keeps its vowel signs: शक्कर is one word', () => {
    expect(searchWords('शक्कर चाय')).toHaveLength(2);
  });
});

describe('asking the index', () => {
  it('anything typed → nothing but marked words inside of quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (typed) => {
        const query = textQuery(typed);
        for (const part of [query?.wordStarts, query?.anywhere]) {
          if (part !== undefined)
            expect(part).toMatch(/^("[ws][\p{L}\p{N}\p{M}]{1,24}"\*)( "[ws][\p{L}\p{N}\p{M}]{1,24}"\*)*$/u);
        }
      }),
    );
  });

  it.each(['', ' ', '"*', '--', '()^:'])('%j → nothing to search by', (typed) => {
    expect(textQuery(typed)).toBeUndefined();
  });
});
