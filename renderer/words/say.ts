/**
 * Words on screen: the language of the window and what is said in it. The choice is kept on this machine; a
 * language given at the start wins until somebody chooses another.
 */
import i18next from 'i18next';
import { useSyncExternalStore } from 'react';
import type { ParamsFor, WordKey } from './en-keys.ts';
import { flatten } from './flatten.ts';
import { type Language, languageFor, languages, words } from './languages.ts';

const STORED = 'fieldtill.language';

let current: Language = languageFor([]);
const listeners = new Set<() => void>();

/** Call once, before the first paint. */
export function startWords(): void {
  const address = new URL(window.location.href);
  const asked = address.searchParams.get('lang');
  const stored = localStorage.getItem(STORED);
  const wished = [asked, stored, ...navigator.languages].filter((tag) => tag !== null);
  void i18next.init({
    lng: languageFor(wished).tag,
    fallbackLng: false,
    initAsync: false,
    keySeparator: false,
    nsSeparator: false,
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    resources: Object.fromEntries(languages.map(({ tag }) => [tag, { translation: flatten(words[tag]) }])),
  });
  apply(languageFor(wished));
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(STORED, language.tag);
  // A language of the start would come back at a reload.
  history.replaceState(null, '', window.location.pathname);
  apply(language);
}

function apply(language: Language): void {
  current = language;
  void i18next.changeLanguage(language.tag);
  document.documentElement.lang = language.tag;
  document.documentElement.dir = language.direction;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => current);
}

export type Say = <K extends WordKey>(key: K, ...params: ParamsFor<K>) => string;

const sayByLanguage = new Map<string, Say>();

/** A new function for each language, so that what it is given to is shown anew. */
function sayIn(tag: string): Say {
  const known = sayByLanguage.get(tag);
  if (known) return known;
  const translate = i18next.getFixedT(tag) as (key: string, params: object) => string;
  const say: Say = (key, ...params) => translate(key, { ...params[0] });
  sayByLanguage.set(tag, say);
  return say;
}

/** `say('status.unsent', { count: 3 })`, in the language of the window. */
export function useSay(): Say {
  return sayIn(useLanguage().tag);
}
