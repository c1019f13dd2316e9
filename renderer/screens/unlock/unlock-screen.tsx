/** Opens the till's keys with the passphrase, at each start of a machine without a keychain. */
import { PasswordInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { ActionSubmit } from '../../parts/action-submit.tsx';
import { Plate } from '../../parts/plate.tsx';
import { RefusalNote } from '../../parts/refusal-note.tsx';
import type { SaidRefusal } from '../../refusal-text.ts';
import { callTerminal } from '../../terminal-client.ts';
import { useSay } from '../../words/say.ts';

export function UnlockScreen() {
  const say = useSay();
  const [passphrase, setPassphrase] = useState('');
  const [isWorking, setWorking] = useState(false);
  const [refusal, setRefusal] = useState<SaidRefusal | null>(null);

  const unlock = async (event: FormEvent) => {
    event.preventDefault();
    if (passphrase === '' || isWorking) return;
    setWorking(true);
    setRefusal(null);
    const answer = await callTerminal('keys.unlock', { passphrase });
    setWorking(false);
    setPassphrase('');
    if (!answer.ok) setRefusal(answer.refusal);
  };

  return (
    <Plate title={say('unlock.title')} icon={<IconLock size={30} aria-hidden />} testId="unlock">
      <p>{say('unlock.why')}</p>
      <form onSubmit={(event) => void unlock(event)}>
        <PasswordInput
          label={say('unlock.passphrase')}
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
          autoFocus
          mb="md"
          data-testid="passphrase"
        />
        <RefusalNote refusal={refusal} />
        <ActionSubmit isWorking={isWorking}>{say('unlock.submit')}</ActionSubmit>
      </form>
    </Plate>
  );
}
