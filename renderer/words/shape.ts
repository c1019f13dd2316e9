/**
 * The shape of the words: English sets the keys, every other language must have the same ones, with the
 * plural forms that its own grammar asks for (Unicode CLDR). A missing key or form does not compile.
 */
import type { REFUSALS, RefusalCode, RefusalStage } from '../../shared/refusals.ts';

interface PluralForms {
  en: 'one' | 'other';
  'zh-Hans': 'other';
  es: 'one' | 'many' | 'other';
  ar: 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
  fr: 'one' | 'many' | 'other';
  hi: 'one' | 'other';
}

export type LanguageTag = keyof PluralForms;

/** One phrase per plural form; which one is spoken depends on `count`. */
export type Plural<L extends LanguageTag> = { readonly [F in PluralForms[L]]: string };

/** The same keys as in English, in the forms of language L. */
export type Translated<T, L extends LanguageTag> = T extends string
  ? string
  : T extends Plural<'en'>
    ? Plural<L>
    : { readonly [K in keyof T]: Translated<T[K], L> };

type StageOf<C extends RefusalCode> = (typeof REFUSALS)[C]['stage'];

/** The codes that a decision about a payment can end with; the others are about the till or a request. */
export type DecisionCode = {
  [C in RefusalCode]: StageOf<C> extends Exclude<RefusalStage, 'engine' | 'access' | 'request'> ? C : never;
}[RefusalCode];

type Phrase<L extends LanguageTag> = string | Plural<L>;

interface RefusalPhrases<L extends LanguageTag> {
  /** One sentence: what happened. */
  readonly what: Phrase<L>;
  /** One sentence: what the cashier does now. */
  readonly todo: Phrase<L>;
}

interface DecisionPhrases<L extends LanguageTag> extends RefusalPhrases<L> {
  /** One sentence that the cashier can turn to the customer. */
  readonly customer: Phrase<L>;
}

export type RefusalWords<L extends LanguageTag> = {
  readonly [C in RefusalCode]: C extends DecisionCode ? DecisionPhrases<L> : RefusalPhrases<L>;
};

/** The names of what stands between double braces. */
export type ParamsOf<T> = T extends `${string}{{${infer Name}}}${infer Rest}` ? Name | ParamsOf<Rest> : never;
