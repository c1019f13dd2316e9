/** The languages of the window: their names in themselves, their direction, and the way to one from a tag. */
import { ar } from './ar.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { hi } from './hi.ts';
import type { LanguageTag, Translated } from './shape.ts';
import { zhHans } from './zh-hans.ts';

type WordsByLanguage = { readonly [L in LanguageTag]: Translated<typeof en, L> };

export const words: WordsByLanguage = { en, 'zh-Hans': zhHans, es, ar, fr, hi };

export interface Language {
  readonly tag: LanguageTag;
  /** As its speakers write it. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
}

export const languages: readonly Language[] = [
  { tag: 'en', name: 'English', direction: 'ltr' },
  { tag: 'zh-Hans', name: '简体中文', direction: 'ltr' },
  { tag: 'es', name: 'Español', direction: 'ltr' },
  { tag: 'ar', name: 'العربية', direction: 'rtl' },
  { tag: 'fr', name: 'Français', direction: 'ltr' },
  { tag: 'hi', name: 'हिन्दी', direction: 'ltr' },
];

const english: Language = { tag: 'en', name: 'English', direction: 'ltr' };

/** The first of the wished tags (BCP 47) that there are words for; English when there is none. */
export function languageFor(wished: readonly string[]): Language {
  for (const tag of wished) {
    const found =
      languages.find((language) => language.tag.toLowerCase() === tag.toLowerCase()) ??
      languages.find((language) => primary(language.tag) === primary(tag));
    if (found) return found;
  }
  return english;
}

function primary(tag: string): string {
  return tag.split('-')[0]?.toLowerCase() ?? '';
}
