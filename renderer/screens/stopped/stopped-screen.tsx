/** The till takes no payments: why, what to do, and that nothing is lost. Goes away by itself when it can. */
import { Loader } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { TerminalState } from '../../../shared/contract/terminal.ts';
import { Plate } from '../../parts/plate.tsx';
import { refusalText } from '../../refusal-text.ts';
import { useLanguage, useSay } from '../../words/say.ts';
import classes from './stopped-screen.module.css';

/** The engine starts in a fraction of this; what lasts longer needs a person. */
const PATIENCE_MS = 12_000;

export function StoppedScreen({ state }: { readonly state: TerminalState | null }) {
  const say = useSay();
  const { tag } = useLanguage();
  const isStarting = state === null || state.stopped === null || state.stopped.code === 'engine-stopped';
  const isPatient = usePatience(isStarting);
  const why = refusalText(state?.stopped ?? { code: 'engine-stopped' }, {
    say,
    locale: tag,
    currency: state?.terminal?.currency ?? null,
  });
  if (isStarting && isPatient) {
    return (
      <Plate title={say('stopped.starting')} icon={<Loader size={40} aria-hidden />} testId="starting">
        <p className={classes.line}>{say('stopped.startingHint')}</p>
      </Plate>
    );
  }
  return (
    <Plate
      title={say('stopped.title')}
      icon={<IconAlertTriangle size={44} aria-hidden />}
      testId="stopped"
      tone="amber"
    >
      <p className={classes.what} data-code={state?.stopped?.code ?? 'engine-stopped'}>
        {why.what}
      </p>
      <p className={classes.line}>{isStarting ? say('stopped.restart') : why.todo}</p>
      <p className={classes.safe}>{say('stopped.safe')}</p>
    </Plate>
  );
}

function usePatience(isAsked: boolean): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    setOver(false);
    if (!isAsked) return;
    const timer = setTimeout(() => setOver(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isAsked]);
  return !isOver;
}
