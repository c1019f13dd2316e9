/**
 * The shape of the wallet's words. English sets the keys; another language with a key missing does not
 * compile. A name in braces stands for a value that the screen puts in, and must be in every language.
 */
import type { en } from './en.ts';

/** In the order in which a customer chooses them. */
export const LANGUAGES = ['en', 'zh-Hans', 'es', 'ar', 'fr', 'hi'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each in its own words: who cannot read this page must find the way out of it. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  'zh-Hans': '简体中文',
  es: 'Español',
  ar: 'العربية',
  fr: 'Français',
  hi: 'हिन्दी',
};

type Same<T> = { readonly [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

export type Words = Same<typeof en>;
