/** The first start: the enrolment code, the first cashier, and a passphrase where there is no keychain. */
import { PasswordInput, Textarea, TextInput } from '@mantine/core';
import { IconBuildingStore } from '@tabler/icons-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { TerminalState } from '../../../shared/contract/terminal.ts';
import { keyCaptions } from '../../keys.ts';
import { ActionSubmit } from '../../parts/action-submit.tsx';
import { Plate } from '../../parts/plate.tsx';
import { RefusalNote } from '../../parts/refusal-note.tsx';
import type { SaidRefusal } from '../../refusal-text.ts';
import { callTerminal } from '../../terminal-client.ts';
import { useSay } from '../../words/say.ts';
import { type SetUpFault, type SetUpFields, setUpFaults } from './set-up-faults.ts';
import classes from './set-up-screen.module.css';

const EMPTY: SetUpFields = {
  code: '',
  cashierName: '',
  pin: '',
  pinAgain: '',
  passphrase: '',
  passphraseAgain: '',
};

export function SetUpScreen({ keyProtection }: Pick<TerminalState, 'keyProtection'>) {
  const say = useSay();
  const needsPassphrase = keyProtection === 'passphrase';
  const [fields, setFields] = useState(EMPTY);
  const [faults, setFaults] = useState<Partial<Record<keyof SetUpFields, SetUpFault>>>({});
  const [isWorking, setWorking] = useState(false);
  const [refusal, setRefusal] = useState<SaidRefusal | null>(null);
  const put = (part: Partial<SetUpFields>) => setFields((before) => ({ ...before, ...part }));
  usePastedCode((code) => put({ code }));

  const enrol = async (event: FormEvent) => {
    event.preventDefault();
    if (isWorking) return;
    const found = setUpFaults(fields, needsPassphrase);
    setFaults(found);
    setRefusal(null);
    if (Object.keys(found).length > 0) return;
    setWorking(true);
    const answer = await callTerminal('enrolment.enrol', {
      code: fields.code.trim(),
      passphrase: needsPassphrase ? fields.passphrase : null,
      cashierName: fields.cashierName.trim(),
      cashierPin: fields.pin,
    });
    setWorking(false);
    if (!answer.ok) setRefusal(answer.refusal);
  };

  const field = (name: keyof SetUpFields) => {
    const fault = faults[name];
    return {
      value: fields[name],
      error: fault === undefined ? undefined : say(`setUp.${fault}`),
      autoComplete: 'off',
      'data-testid': name,
      onChange: (event: { currentTarget: { value: string } }) => put({ [name]: event.currentTarget.value }),
    };
  };

  return (
    <Plate
      title={say('setUp.title')}
      icon={<IconBuildingStore size={30} aria-hidden />}
      testId="set-up"
      isWide
    >
      <p className={classes.intro}>{say('setUp.intro')}</p>
      <form className={classes.form} onSubmit={(event) => void enrol(event)} noValidate>
        <section className={classes.step}>
          <Textarea
            {...field('code')}
            label={say('setUp.code')}
            description={say('setUp.codeHint', { pasteKey: keyCaptions.pasteKey })}
            rows={2}
            spellCheck={false}
            autoFocus
            classNames={{ input: classes.code ?? '' }}
            dir="ltr"
          />
          <p className={classes.why}>{say('setUp.whyCode')}</p>
        </section>
        <section className={classes.step}>
          <div className={classes.fields}>
            <TextInput {...field('cashierName')} label={say('setUp.cashierName')} maxLength={64} />
            <PasswordInput
              {...field('pin')}
              label={say('setUp.pin')}
              placeholder={say('setUp.pinHint')}
              inputMode="numeric"
              maxLength={8}
            />
            <PasswordInput
              {...field('pinAgain')}
              label={say('setUp.pinAgain')}
              inputMode="numeric"
              maxLength={8}
            />
          </div>
          <p className={classes.why}>{say('setUp.whyCashier')}</p>
        </section>
        <section className={classes.step}>
          {needsPassphrase && (
            <div className={classes.fields}>
              <PasswordInput
                {...field('passphrase')}
                label={say('setUp.passphrase')}
                placeholder={say('setUp.passphraseHint')}
                maxLength={1024}
              />
              <PasswordInput
                {...field('passphraseAgain')}
                label={say('setUp.passphraseAgain')}
                maxLength={1024}
              />
            </div>
          )}
          <p className={classes.why}>{say(needsPassphrase ? 'setUp.whyPassphrase' : 'setUp.whyKeychain')}</p>
        </section>
        <RefusalNote refusal={refusal} />
        <ActionSubmit isWorking={isWorking}>{say('setUp.submit')}</ActionSubmit>
        <p className={classes.working} role="status">
          {isWorking && say('setUp.working')}
        </p>
      </form>
    </Plate>
  );
}

/** A code that is pasted beside the fields goes into its field. */
function usePastedCode(put: (code: string) => void): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text/plain').trim() ?? '';
      if (!text.startsWith('FT1-')) return;
      event.preventDefault();
      put(text);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  });
}
