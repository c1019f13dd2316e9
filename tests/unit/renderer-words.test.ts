import { describe, expect, it } from 'vitest';
import { isDecisionCode } from '../../renderer/words/decision-codes.ts';
import { flatten } from '../../renderer/words/flatten.ts';
import { languageFor, languages, words } from '../../renderer/words/languages.ts';
import { paymentState } from '../../shared/contract/terminal/payments.ts';
import { LOSS_BEARERS, REJECT_REASONS } from '../../shared/protocol/acknowledgement.ts';
import { refusalCodes } from '../../shared/refusals.ts';

const english = flatten(words.en);

/** "status.unsent_few" and "status.unsent_one" are forms of one phrase. */
function phraseOf(key: string): string {
  return key.replace(/_(zero|one|two|few|many|other)$/, '');
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort();
}

describe.each(languages)('the words in $name', ({ tag }) => {
  const flat = flatten(words[tag]);
  const own = new Set(Object.keys(flat).map(phraseOf));

  it('same phrases as in English → none missing, none left over', () => {
    expect([...own].sort()).toEqual([...new Set(Object.keys(english).map(phraseOf))].sort());
  });

  it('every phrase → not empty, no white space at its ends', () => {
    for (const [key, text] of Object.entries(flat)) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe('');
    }
  });

  it('a phrase in several forms → exactly the forms of the language', () => {
    const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    const plurals = new Map<string, string[]>();
    for (const key of Object.keys(flat)) {
      const form = key.slice(phraseOf(key).length + 1);
      if (form !== '') plurals.set(phraseOf(key), [...(plurals.get(phraseOf(key)) ?? []), form]);
    }
    expect(plurals.size).toBeGreaterThan(3);
    for (const [phrase, found] of plurals) expect(found.sort(), phrase).toEqual([...forms].sort());
  });

  it('a phrase with gaps → the same gaps as in English', () => {
    for (const [key, text] of Object.entries(flat)) {
      const phrase = phraseOf(key);
      const wanted = placeholders(english[phrase] ?? english[`${phrase}_other`] ?? '');
      const found = placeholders(text);
      // "one try", "two tries" may be words without a number.
      if (key !== phrase) expect(wanted, key).toEqual(expect.arrayContaining(found));
      else expect(found, key).toEqual(wanted);
    }
  });

  it('every refusal code → what happened, what to do, and for a decision a sentence for the customer', () => {
    for (const code of refusalCodes) {
      for (const part of ['what', 'todo', ...(isDecisionCode(code) ? ['customer'] : [])]) {
        expect(own, `${code}.${part}`).toContain(`refusals.${code}.${part}`);
      }
    }
  });

  it('every state, reason and bearer → a word', () => {
    for (const state of paymentState.options) expect(own).toContain(`paymentState.${state}`);
    for (const reason of REJECT_REASONS) expect(own).toContain(`rejectReason.${reason}`);
    for (const bearer of LOSS_BEARERS) expect(own).toContain(`lossBearer.${bearer}`);
  });

  it('another language than English → no sentence left in English', () => {
    if (tag === 'en') return;
    const same = Object.keys(flat).filter(
      (key) => flat[key] === english[key] && (flat[key]?.length ?? 0) > 4,
    );
    expect(same).toEqual([]);
  });
});

describe('the language that a tag asks for', () => {
  it.each([
    [['ar-EG'], 'ar'],
    [['zh-CN'], 'zh-Hans'],
    [['zh-Hans-SG'], 'zh-Hans'],
    [['pt-BR', 'fr-CA'], 'fr'],
    [['xx'], 'en'],
    [[], 'en'],
  ])('%j → %s', (wished, tag) => {
    expect(languageFor(wished).tag).toBe(tag);
  });
});
