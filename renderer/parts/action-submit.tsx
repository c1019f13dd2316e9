/** The one button of a form, with Enter on it: Enter in any of its fields presses it, as browsers have it. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { KeyHint } from './key-hint.tsx';

interface ActionSubmitProps {
  readonly isWorking: boolean;
  readonly children: ReactNode;
  readonly disabled?: boolean;
}

export function ActionSubmit({ isWorking, children, disabled = false }: ActionSubmitProps) {
  return (
    <Button
      type="submit"
      size="lg"
      fullWidth
      loading={isWorking}
      disabled={disabled}
      rightSection={<KeyHint action="main" />}
      data-testid="submit"
    >
      {children}
    </Button>
  );
}
