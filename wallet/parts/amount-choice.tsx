/** Picks an amount: a few round ones, or one that is typed. */
import { useId, useState } from 'react';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { typedAmount } from '../core/typed-amount.ts';
import { useSpeech } from '../words/speech.tsx';
import { Field } from './field.tsx';
import { Money } from './money.tsx';

export interface AmountChoiceProps {
  readonly legend: string;
  readonly currency: CurrencyCode;
  readonly choices: readonly bigint[];
  /** The most that may be typed, minor units. */
  readonly limitMinor: bigint;
  readonly value: bigint | null;
  /** null while what is typed is no amount, or too much. */
  readonly onChange: (minor: bigint | null) => void;
}

export function AmountChoice({ legend, currency, choices, limitMinor, value, onChange }: AmountChoiceProps) {
  const { words, fill, money } = useSpeech();
  const name = useId();
  const [typed, setTyped] = useState<string | null>(() =>
    value !== null && !choices.includes(value) ? '' : null,
  );
  const isTyping = typed !== null;
  const isWrong = isTyping && typed !== '' && value === null;
  const type = (text: string) => {
    setTyped(text);
    const minor = typedAmount(text, currency);
    onChange(minor !== undefined && minor <= limitMinor ? minor : null);
  };
  return (
    <fieldset className="amounts" data-testid="amounts">
      <legend>{legend}</legend>
      <div className="amount-chips">
        {choices.map((choice) => (
          <label key={choice.toString()} className="amount-chip">
            <input
              type="radio"
              name={name}
              value={choice.toString()}
              checked={!isTyping && value === choice}
              onChange={() => {
                setTyped(null);
                onChange(choice);
              }}
            />
            <span className="amount-face">
              <Money minor={choice} currency={currency} />
            </span>
          </label>
        ))}
        <label className="amount-chip">
          <input
            type="radio"
            name={name}
            value="other"
            checked={isTyping}
            onChange={() => {
              setTyped('');
              onChange(null);
            }}
          />
          <span className="amount-face">{words.pay.other}</span>
        </label>
      </div>
      {isTyping && (
        <Field
          label={fill(words.pay.otherLabel, { currency })}
          inputMode="decimal"
          autoComplete="off"
          enterKeyHint="done"
          data-testid="amount-typed"
          value={typed}
          onChange={(event) => type(event.target.value)}
          error={
            isWrong ? fill(words.pay.otherWrong, { limit: money({ minor: limitMinor, currency }) }) : null
          }
        />
      )}
    </fieldset>
  );
}
