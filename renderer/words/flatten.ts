/**
 * Turns a language's nested words into the flat keys that i18next looks up: `status.unsent_one`. Pure.
 */

interface Words {
  readonly [key: string]: string | Words;
}

/** Unicode CLDR's names of plural forms, which a phrase in several forms has as its keys. */
const FORMS: readonly string[] = ['zero', 'one', 'two', 'few', 'many', 'other'];

function isPlural(words: Words): boolean {
  return typeof words.other === 'string' && Object.keys(words).every((key) => FORMS.includes(key));
}

/** @returns phrases by key; the forms of a plural as `key_form` */
export function flatten(words: Words, prefix = ''): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, value] of Object.entries(words)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof value === 'string') {
      flat[path] = value;
    } else if (isPlural(value)) {
      for (const [form, phrase] of Object.entries(value)) {
        if (typeof phrase === 'string') flat[`${path}_${form}`] = phrase;
      }
    } else {
      Object.assign(flat, flatten(value, path));
    }
  }
  return flat;
}
