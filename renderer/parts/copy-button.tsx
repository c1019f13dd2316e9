/** Copies a code, and says that it did. */
import type { ButtonProps } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useSay } from '../words/say.ts';
import { ActionButton } from './action-button.tsx';
import { copyText } from './copy-text.ts';

interface CopyButtonProps extends ButtonProps {
  readonly text: string;
  readonly children: string;
}

const SAID_MS = 2000;

export function CopyButton({ text, children, ...props }: CopyButtonProps) {
  const say = useSay();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <ActionButton
      {...props}
      action="copy"
      leftSection={isCopied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
      onPress={() => {
        copyText(text);
        setCopied(true);
      }}
    >
      <span aria-live="polite">{isCopied ? say('common.copied') : children}</span>
    </ActionButton>
  );
}
