/** A missing key does not compile (wallet/words/shape.ts); what types cannot see is checked here. */
import { describe, expect, it } from 'vitest';
import { fill, piecesOf } from '../../wallet/words/fill.ts';
import { directionOf, loadWords, localeOf, preferredLanguage } from '../../wallet/words/load.ts';
import { LANGUAGE_NAMES, LANGUAGES } from '../../wallet/words/shape.ts';

function texts(words: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') found.set(here, value);
    else for (const [below, text] of texts(value, here)) found.set(below, text);
  }
  return found;
}

const names = (text: string) =>
  piecesOf(text)
    .filter((_, at) => at % 2 === 1)
    .sort();
const english = texts(await loadWords('en'));
const spoken = await Promise.all(
  LANGUAGES.map(async (language) => [language, texts(await loadWords(language))] as const),
);

describe.each(spoken)('%s', (language, words) => {
  it('has the keys of English, none empty, each with the same values in it', () => {
    expect([...words.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of words) {
      expect(text.trim(), key).not.toBe('');
      expect(names(text), key).toEqual(names(english.get(key) ?? ''));
    }
  });
  it('is translated: hardly a text is the English one', () => {
    const same = [...words].filter(([key, text]) => text === english.get(key));
    if (language !== 'en') expect(same.length / words.size).toBeLessThan(0.05);
  });
  it('has no brace left over, and says two sentences to each refusal', () => {
    for (const [key, text] of words) {
      expect(
        piecesOf(text)
          .filter((_, at) => at % 2 === 0)
          .join(''),
        key,
      ).not.toMatch(/[{}]/);
      if (/^(purseRefusals|refusals)\..*\.(what|todo)$/.test(key)) expect(text, key).toMatch(/[.。।]$/);
    }
  });
  it('has a name in its own words', () => expect(LANGUAGE_NAMES[language]).not.toBe(''));
});

describe('words with values', () => {
  it('each value is isolated from the direction around it', () => {
    expect(fill('{merchant}: {amount} settled', { merchant: 'متجر', amount: '€5' })).toBe(
      '\u2068متجر\u2069: \u2068€5\u2069 settled',
    );
  });
});

describe('the language at first', () => {
  it.each([
    [['de-DE', 'fr-CH'], 'fr'],
    [['zh-TW'], 'zh-Hans'],
    [['ar-EG'], 'ar'],
    [['pt'], 'en'],
    [[], 'en'],
  ] as const)('%j → %s', (wanted, language) => expect(preferredLanguage(wanted)).toBe(language));
  it('right to left only for Arabic', () => {
    expect(LANGUAGES.filter((language) => directionOf(language) === 'rtl')).toEqual(['ar']);
  });
});

describe('the region for numbers and dates', () => {
  it.each([
    ['en', ['de-DE', 'en-GB'], 'en-GB'],
    ['fr', ['en-GB'], 'fr'],
    ['zh-Hans', ['zh-TW'], 'zh-Hans'],
    ['ar', ['ar-EG'], 'ar-EG'],
    ['en', ['xx-YY'], 'en'],
  ] as const)('%s with %j → %s', (language, wanted, locale) =>
    expect(localeOf(language, wanted)).toBe(locale),
  );
});
