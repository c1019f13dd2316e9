/** Loads the words of one language; the others stay on the disk until they are asked for. */
import { LANGUAGES, type Language, type Words } from './shape.ts';

const LOADERS: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => (await import('./en.ts')).en,
  'zh-Hans': async () => (await import('./zh-Hans.ts')).zhHans,
  es: async () => (await import('./es.ts')).es,
  ar: async () => (await import('./ar.ts')).ar,
  fr: async () => (await import('./fr.ts')).fr,
  hi: async () => (await import('./hi.ts')).hi,
};

export function loadWords(language: Language): Promise<Words> {
  return LOADERS[language]();
}

export function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text);
}

/** The first of the browser's languages that there are words for. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0] ?? '';
    if (base === 'zh') return 'zh-Hans';
    if (isLanguage(base)) return base;
  }
  return 'en';
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/**
 * The customer's own region for numbers, dates and money, where their browser names one in this language.
 * @param wanted as in navigator.languages
 */
export function localeOf(language: Language, wanted: readonly string[]): string {
  const regional = wanted.find(
    (tag) => preferredLanguage([tag]) === language && tag.toLowerCase().startsWith(language.slice(0, 2)),
  );
  // traditional characters belong to other words than these
  return regional === undefined || language === 'zh-Hans' ? language : regional;
}
