/** Every key of the words as a path, and what each needs filled in; derived from English. */
import type { en } from './en.ts';
import type { ParamsOf, Plural } from './shape.ts';

type English = typeof en;

type Paths<T> = {
  [K in keyof T & string]: T[K] extends string | Plural<'en'> ? K : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

type At<T, P extends string> = P extends `${infer Head}.${infer Rest}`
  ? Head extends keyof T
    ? At<T[Head], Rest>
    : never
  : P extends keyof T
    ? T[P]
    : never;

export type WordKey = Paths<English>;

type PhraseAt<K extends WordKey> = At<English, K>;

type ParamNames<K extends WordKey> =
  PhraseAt<K> extends Plural<'en'>
    ? ParamsOf<PhraseAt<K>['one'] | PhraseAt<K>['other']> | 'count'
    : ParamsOf<PhraseAt<K>>;

/** What `say` wants beside the key: nothing, or a value for each name between braces. */
export type ParamsFor<K extends WordKey> = [ParamNames<K>] extends [never]
  ? []
  : [params: { readonly [N in ParamNames<K>]: N extends 'count' ? number : string | number }];
