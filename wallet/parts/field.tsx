/** A labelled field with its hint and its error, tied together for those who hear the page. */
import { type InputHTMLAttributes, type ReactNode, useId } from 'react';

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | null;
  /** Stands inside the field, at its end. */
  readonly action?: ReactNode;
}

export function Field({ label, hint, error, action, ...input }: FieldProps) {
  const id = useId();
  const hasError = error !== undefined && error !== null;
  const note = hasError ? error : hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <input
          {...input}
          id={id}
          aria-invalid={hasError ? true : undefined}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
        />
        {action}
      </div>
      {note !== undefined && (
        <p id={`${id}-note`} className={hasError ? 'field-note error' : 'field-note'}>
          {note}
        </p>
      )}
    </div>
  );
}
