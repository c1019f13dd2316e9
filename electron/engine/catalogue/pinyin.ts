/**
 * How Chinese names are typed on a keyboard without Chinese: whole syllables and first letters. The dictionary is
 * loaded when the first such name is indexed, never for a search.
 */

const HAN = /\p{Script=Han}+/gu;
const ANY_HAN = /\p{Script=Han}/u;

/** Syllables of each run of Chinese characters in a text. */
export type Pinyin = (text: string) => readonly (readonly string[])[];

const noPinyin: Pinyin = () => [];
let loaded: Promise<Pinyin> | undefined;

async function load(): Promise<Pinyin> {
  const { pinyin } = await import('pinyin-pro');
  return (text) =>
    (text.match(HAN) ?? []).map((run) => pinyin(run, { toneType: 'none', type: 'array', v: true }));
}

/** The readings for these texts; nothing is loaded where none is Chinese. */
export async function pinyinFor(texts: Iterable<string>): Promise<Pinyin> {
  for (const text of texts) {
    if (ANY_HAN.test(text)) {
      loaded ??= load();
      return loaded;
    }
  }
  return noPinyin;
}
