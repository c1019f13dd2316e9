/** The session ended: the password alone opens it again; what is on the device was never locked. */
import { type FormEvent, useState } from 'react';
import type { Refusal } from '../../shared/refusals.ts';
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Field } from './field.tsx';
import { RefusalNote } from './refusal-note.tsx';

export function SignInAgain() {
  const wallet = useWallet();
  const { profile } = useSnapshot();
  const { words } = useSpeech();
  const [password, setPassword] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  if (profile === null) return null;
  const { userName } = profile;
  const send = async () => {
    const done = await wallet.signIn({ userName, password });
    if (!done.ok) setRefusal(done.refusal);
  };
  return (
    <form
      className="card stack"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (password !== '') void send();
      }}
    >
      <p>{words.status.signInAgain}</p>
      <input type="hidden" name="username" autoComplete="username" value={userName} readOnly />
      <Field
        label={words.welcome.password}
        type="password"
        autoComplete="current-password"
        dir="ltr"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {refusal !== null && <RefusalNote refusal={refusal} />}
      <button type="submit" className="button primary wide">
        {words.welcome.signIn}
      </button>
    </form>
  );
}
