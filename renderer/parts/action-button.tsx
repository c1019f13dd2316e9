/** A button with its key: one press, by hand or by key, does the same, and the key stands on the button. */
import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { ariaChord, type KeyAction } from '../keys.ts';
import { useKeys } from '../pressed-keys.tsx';
import { KeyHint } from './key-hint.tsx';

interface ActionButtonProps extends ButtonProps {
  readonly action: Exclude<KeyAction, 'digits'>;
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly 'data-testid'?: string;
}

export function ActionButton({ action, onPress, children, disabled, ...props }: ActionButtonProps) {
  useKeys({ [action]: disabled || props.loading ? undefined : onPress });
  return (
    <Button
      {...props}
      disabled={disabled ?? false}
      onClick={onPress}
      // A pressed button must not keep the focus: the next Enter belongs to the sale.
      onMouseDown={(event) => event.preventDefault()}
      aria-keyshortcuts={ariaChord(action)}
      rightSection={<KeyHint action={action} />}
    >
      {children}
    </Button>
  );
}
