/** Who is at the till: a name, then a PIN, by hand or by keys. Tries that are left and waits are said. */
import { ActionIcon, Button } from '@mantine/core';
import { IconBackspace, IconUser } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import type { CallResult, TerminalState } from '../../../shared/contract/terminal.ts';
import { formatDuration } from '../../formats.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { Plate } from '../../parts/plate.tsx';
import { RefusalNote } from '../../parts/refusal-note.tsx';
import { useNow } from '../../parts/use-now.ts';
import { useKeys } from '../../pressed-keys.tsx';
import type { SaidRefusal } from '../../refusal-text.ts';
import { callTerminal } from '../../terminal-client.ts';
import { useLanguage, useSay } from '../../words/say.ts';
import classes from './sign-in-screen.module.css';

type Cashier = CallResult<'people.list'>[number];

const SHORTEST_PIN = 4;
const LONGEST_PIN = 8;
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

export function SignInScreen({ terminal }: Pick<TerminalState, 'terminal'>) {
  const say = useSay();
  const cashiers = useCashiers();
  const [chosenId, setChosenId] = useState<string | null>(null);
  const chosen = cashiers.find(({ personId }) => personId === chosenId) ?? cashiers[0];
  const step = (by: number) => {
    const at = cashiers.findIndex(({ personId }) => personId === chosen?.personId);
    setChosenId(cashiers[(at + by + cashiers.length) % cashiers.length]?.personId ?? null);
  };
  useKeys({ up: () => step(-1), down: () => step(1) });

  return (
    <Plate title={say('signIn.title')} icon={<IconUser size={30} aria-hidden />} testId="sign-in" isWide>
      <div className={classes.columns}>
        <div>
          <p className={classes.shop}>
            <bdi>{terminal?.displayName}</bdi>
          </p>
          <div className={classes.cashiers} role="radiogroup" aria-label={say('signIn.choose')}>
            {cashiers.map((cashier) => (
              <Button
                key={cashier.personId}
                role="radio"
                aria-checked={cashier.personId === chosen?.personId}
                variant={cashier.personId === chosen?.personId ? 'filled' : 'default'}
                size="lg"
                justify="start"
                leftSection={<IconUser size={22} aria-hidden />}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => setChosenId(cashier.personId)}
                data-testid="cashier"
              >
                <bdi>{cashier.name}</bdi>
              </Button>
            ))}
          </div>
        </div>
        {chosen && <PinPad key={chosen.personId} cashier={chosen} />}
      </div>
    </Plate>
  );
}

function useCashiers(): readonly Cashier[] {
  const [cashiers, setCashiers] = useState<readonly Cashier[]>([]);
  useEffect(() => {
    void callTerminal('people.list', {}).then((answer) => {
      if (answer.ok) setCashiers(answer.value);
    });
  }, []);
  return cashiers;
}

function PinPad({ cashier }: { readonly cashier: Cashier }) {
  const say = useSay();
  const { tag } = useLanguage();
  const [pin, setPin] = useState('');
  const [isWorking, setWorking] = useState(false);
  const [refusal, setRefusal] = useState<SaidRefusal | null>(null);
  const [waitUntilMs, setWaitUntilMs] = useState(0);
  const waitS = Math.ceil((waitUntilMs - useNow(500)) / 1000);
  const isWaiting = waitS > 0;

  const type = useCallback((digit: string) => {
    setRefusal((known) => (known?.code === 'locked-out' ? known : null));
    setPin((before) => (before + digit).slice(0, LONGEST_PIN));
  }, []);
  const erase = useCallback(() => setPin((before) => before.slice(0, -1)), []);
  const signIn = async () => {
    if (pin.length < SHORTEST_PIN || isWorking || isWaiting) return;
    setWorking(true);
    const answer = await callTerminal('people.signIn', { personId: cashier.personId, pin });
    setWorking(false);
    setPin('');
    if (answer.ok) return;
    setRefusal(answer.refusal);
    const wait =
      'detail' in answer.refusal && 'waitS' in answer.refusal.detail ? answer.refusal.detail.waitS : 0;
    if (wait > 0) setWaitUntilMs(Date.now() + wait * 1000);
  };
  useKeys({ digits: type, erase, back: () => setPin('') });

  return (
    <div className={classes.pad}>
      <div className={classes.pinFor} id="pin-label">
        {say('signIn.pinFor', { name: `\u2068${cashier.name}\u2069` })}
      </div>
      <div
        className={classes.dots}
        role="status"
        aria-labelledby="pin-label"
        aria-label={say('signIn.entered', { count: pin.length })}
        data-testid="pin"
      >
        {Array.from({ length: Math.max(SHORTEST_PIN, pin.length) }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: dots are all alike and never move
          <span key={at} className={classes.dot} data-filled={at < pin.length || undefined} />
        ))}
      </div>
      <RefusalNote refusal={refusal?.code === 'locked-out' && !isWaiting ? null : refusal} />
      <div className={classes.keys} dir="ltr">
        {DIGITS.map((digit) => (
          <PadKey key={digit} digit={digit} onPress={type} />
        ))}
        <span />
        <PadKey digit="0" onPress={type} />
        <ActionIcon
          className={classes.key ?? ''}
          size="xl"
          variant="default"
          aria-label={say('common.delete')}
          onMouseDown={(event) => event.preventDefault()}
          onClick={erase}
        >
          <IconBackspace size={24} aria-hidden />
        </ActionIcon>
      </div>
      <ActionButton
        action="main"
        size="lg"
        fullWidth
        loading={isWorking}
        disabled={pin.length < SHORTEST_PIN || isWaiting}
        onPress={() => void signIn()}
        data-testid="submit"
      >
        {isWaiting ? say('signIn.waitFor', { duration: formatDuration(waitS, tag) }) : say('signIn.submit')}
      </ActionButton>
    </div>
  );
}

interface PadKeyProps {
  readonly digit: string;
  readonly onPress: (digit: string) => void;
}

function PadKey({ digit, onPress }: PadKeyProps) {
  const { tag } = useLanguage();
  return (
    <Button
      className={classes.key ?? ''}
      variant="default"
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onPress(digit)}
    >
      {new Intl.NumberFormat(tag).format(Number(digit))}
    </Button>
  );
}
