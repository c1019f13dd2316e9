/** Sign in, or create an account. The only page that needs a network. */
import { type FormEvent, useState } from 'react';
import type { Refusal } from '../../shared/refusals.ts';
import { Field } from '../parts/field.tsx';
import { LanguageChoice } from '../parts/language-choice.tsx';
import { RefusalNote } from '../parts/refusal-note.tsx';
import { Heading } from '../parts/screen.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { StatusChip } from '../parts/status-chip.tsx';
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';

const USER_NAME = /^[a-z0-9][a-z0-9._-]{2,31}$/;
/** The clearing house asks for as many. */
const MIN_PASSWORD = 10;

type Mode = 'sign-in' | 'create';

export function Welcome() {
  const wallet = useWallet();
  const { words, language } = useSpeech();
  const { contact } = useSnapshot();
  const [mode, setMode] = useState<Mode>('sign-in');
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const [isShown, setShown] = useState(false);
  const [isWorking, setWorking] = useState(false);
  const [hasTried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  const nameError = USER_NAME.test(userName) ? null : words.welcome.userNameWrong;
  const tooShort = [...password].length < MIN_PASSWORD ? words.welcome.passwordShort : null;
  const missing = password === '' ? words.welcome.passwordNeeded : null;
  const passwordError = mode === 'create' ? tooShort : missing;

  const submit = async () => {
    setTried(true);
    setRefusal(null);
    if (nameError !== null || passwordError !== null) return;
    setWorking(true);
    const credentials = { userName, password };
    const done =
      mode === 'create' ? await wallet.register(credentials, language) : await wallet.signIn(credentials);
    setWorking(false);
    if (!done.ok) setRefusal(done.refusal);
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!isWorking) void submit();
  };

  return (
    <>
      <header className="bar">
        <span className="wordmark">
          <img src="/icon.svg" alt="" width="28" height="28" />
          {words.app.name}
        </span>
        {contact !== 'checking' && <StatusChip />}
      </header>
      <main id="content" className="page welcome">
        <Heading>{words.welcome.title}</Heading>
        <p className="lead">{words.welcome.intro}</p>
        <form className="card stack" onSubmit={send} noValidate>
          <Segmented
            label={words.welcome.signIn}
            testId="welcome-mode"
            value={mode}
            options={[
              { value: 'sign-in', label: words.welcome.signIn },
              { value: 'create', label: words.welcome.create },
            ]}
            onChange={(next) => {
              setMode(next);
              setRefusal(null);
              setTried(false);
            }}
          />
          <Field
            label={words.welcome.userName}
            {...(mode === 'create' ? { hint: words.welcome.userNameHint } : {})}
            error={hasTried ? nameError : null}
            value={userName}
            onChange={(event) => setUserName(event.target.value.trim().toLowerCase())}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            data-testid="user-name"
          />
          <Field
            label={words.welcome.password}
            {...(mode === 'create' ? { hint: words.welcome.passwordHint } : {})}
            error={hasTried ? passwordError : null}
            type={isShown ? 'text' : 'password'}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete={mode === 'create' ? 'new-password' : 'current-password'}
            dir="ltr"
            data-testid="password"
            action={
              <button type="button" className="text-button" onClick={() => setShown(!isShown)}>
                {isShown ? words.welcome.hide : words.welcome.show}
              </button>
            }
          />
          {refusal !== null && <RefusalNote refusal={refusal} />}
          <button
            type="submit"
            className="button primary wide"
            aria-disabled={isWorking}
            data-testid="welcome-submit"
          >
            {isWorking
              ? words.welcome.working
              : mode === 'create'
                ? words.welcome.create
                : words.welcome.signIn}
          </button>
        </form>
        <LanguageChoice />
      </main>
    </>
  );
}
