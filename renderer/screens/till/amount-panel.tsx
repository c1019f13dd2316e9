/** The amount, large, and its keys. Typing digits anywhere does the same as pressing them here. */
import { Button } from '@mantine/core';
import { IconBackspace, IconCamera, IconQrcode } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ActionButton } from '../../parts/action-button.tsx';
import { KeyHint } from '../../parts/key-hint.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { useLanguage, useSay } from '../../words/say.ts';
import classes from './amount-panel.module.css';

interface AmountPanelProps {
  readonly dueMinor: bigint;
  readonly currency: string;
  readonly minorUnits: number;
  readonly isLocked: boolean;
  readonly hasInvoice: boolean;
  readonly isCameraOn: boolean;
  readonly onDigit: (digit: string) => void;
  readonly onPoint: () => void;
  readonly onErase: () => void;
  readonly onClear: () => void;
  readonly onCamera: () => void;
  readonly onInvoice: () => void;
}

const ROWS = ['7', '8', '9', '4', '5', '6', '1', '2', '3'] as const;

export function AmountPanel(props: AmountPanelProps) {
  const say = useSay();
  const { tag } = useLanguage();
  const text = moneyText(props.dueMinor.toString(), props.currency, tag);
  const numbers = new Intl.NumberFormat(tag);
  const isEmpty = props.dueMinor === 0n;
  return (
    <aside className={classes.panel} aria-label={say('till.amount')}>
      <div className={classes.label}>{say('till.amount')}</div>
      <output className={classes.amount} data-length={lengthOf(text)} data-empty={isEmpty || undefined}>
        <bdi className="numbers" data-testid="amount" data-minor={props.dueMinor.toString()}>
          {text}
        </bdi>
      </output>
      <div className={classes.keys} dir="ltr">
        {ROWS.map((digit) => (
          <PadKey key={digit} isLocked={props.isLocked} onPress={() => props.onDigit(digit)}>
            {numbers.format(Number(digit))}
          </PadKey>
        ))}
        <PadKey
          isLocked={props.isLocked}
          onPress={() => {
            props.onDigit('0');
            props.onDigit('0');
          }}
        >
          {numbers.format(0).repeat(2)}
        </PadKey>
        <PadKey isLocked={props.isLocked} onPress={() => props.onDigit('0')}>
          {numbers.format(0)}
        </PadKey>
        <PadKey
          isLocked={props.isLocked || props.minorUnits === 0}
          label={say('key.point')}
          onPress={props.onPoint}
        >
          {pointOf(tag)}
        </PadKey>
        <PadKey
          isLocked={props.isLocked}
          label={say('common.delete')}
          onPress={props.onErase}
          className={classes.erase}
        >
          <IconBackspace size={26} aria-hidden />
        </PadKey>
        <PadKey isLocked={false} onPress={props.onClear} className={classes.clear}>
          <span className={classes.clearWords}>
            {props.hasInvoice ? say('common.back') : say('till.clear')}
            <KeyHint action="back" />
          </span>
        </PadKey>
      </div>
      <div className={classes.actions}>
        {!props.isCameraOn && (
          <ActionButton
            action="camera"
            size="lg"
            fullWidth
            variant="filled"
            leftSection={<IconCamera size={22} aria-hidden />}
            onPress={props.onCamera}
            data-testid="camera-on"
          >
            {say('till.cameraStart')}
          </ActionButton>
        )}
        <ActionButton
          action="invoice"
          size="lg"
          fullWidth
          variant={props.isCameraOn ? 'filled' : 'light'}
          disabled={isEmpty || (props.isLocked && !props.hasInvoice)}
          leftSection={<IconQrcode size={22} aria-hidden />}
          onPress={props.onInvoice}
          data-testid="show-invoice"
        >
          {props.hasInvoice ? say('invoice.renew') : say('till.showInvoice')}
        </ActionButton>
      </div>
    </aside>
  );
}

interface PadKeyProps {
  readonly isLocked: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly label?: string;
  readonly className?: string | undefined;
}

function PadKey({ isLocked, onPress, children, label, className }: PadKeyProps) {
  return (
    <Button
      className={className === undefined ? (classes.key ?? '') : `${classes.key} ${className}`}
      variant="default"
      disabled={isLocked}
      aria-label={label}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPress}
    >
      {children}
    </Button>
  );
}

/** Long amounts get smaller letters instead of a second line. */
function lengthOf(text: string): 'short' | 'long' | 'longest' {
  if (text.length <= 10) return 'short';
  return text.length <= 15 ? 'long' : 'longest';
}

function pointOf(locale: string): string {
  const part = new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal');
  return part?.value ?? '.';
}
