/** The head of the till: which shop, who sells, whether there is a network, and how much waits to be sent. */
import { UnstyledButton } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';
import type { TerminalState } from '../../shared/contract/terminal.ts';
import { useKeys } from '../pressed-keys.tsx';
import { callTerminal } from '../terminal-client.ts';
import { useSay } from '../words/say.ts';
import { ActionButton } from './action-button.tsx';
import { Corner } from './corner.tsx';
import classes from './header.module.css';
import { KeyHint } from './key-hint.tsx';
import { SyncChip } from './sync-chip.tsx';

interface HeaderProps {
  readonly state: TerminalState;
  readonly terminal: NonNullable<TerminalState['terminal']>;
  readonly isListOpen: boolean;
  readonly isCovered: boolean;
  readonly onList: () => void;
  readonly onSync: () => void;
}

export function Header({ state, terminal, isListOpen, isCovered, onList, onSync }: HeaderProps) {
  const say = useSay();
  const lock = () => void callTerminal('people.lock', {});
  useKeys({ switchCashier: lock });
  return (
    <header className={classes.header}>
      <div className={classes.who}>
        <div className={classes.shop}>
          <bdi>{terminal.displayName}</bdi>
          {terminal.world === 'test' && <span className={classes.world}>{say('common.testMoney')}</span>}
        </div>
        <UnstyledButton
          className={classes.cashier}
          onClick={lock}
          onMouseDown={(event) => event.preventDefault()}
          aria-keyshortcuts="F9"
          title={say('status.switchCashier')}
          data-testid="switch-cashier"
        >
          <IconUser size={16} aria-hidden />
          <bdi className={classes.name}>{state.cashier?.name}</bdi>
          <KeyHint action="switchCashier" />
        </UnstyledButton>
      </div>
      <SyncChip sync={state.sync} onSync={onSync} />
      <ActionButton
        action="payments"
        variant={isListOpen ? 'light' : 'default'}
        onPress={onList}
        data-testid="payments"
      >
        {isListOpen ? say('common.selling') : say('payments.title')}
      </ActionButton>
      <Corner isCovered={isCovered} />
    </header>
  );
}
