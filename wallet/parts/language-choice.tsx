/** The language, each in its own words, so that who cannot read this page finds theirs. */
import { useId } from 'react';
import { isLanguage } from '../words/load.ts';
import { LANGUAGE_NAMES, LANGUAGES } from '../words/shape.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';

export function LanguageChoice() {
  const { words, language, choose } = useSpeech();
  const id = useId();
  return (
    <div className="choice-row">
      <label htmlFor={id}>
        <Icon name="globe" />
        {words.app.language}
      </label>
      <select
        id={id}
        data-testid="language"
        value={language}
        onChange={(event) => {
          if (isLanguage(event.target.value)) choose(event.target.value);
        }}
      >
        {LANGUAGES.map((tag) => (
          <option key={tag} value={tag} lang={tag}>
            {LANGUAGE_NAMES[tag]}
          </option>
        ))}
      </select>
    </div>
  );
}
