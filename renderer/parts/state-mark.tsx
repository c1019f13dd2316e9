/** The state of a payment: colour, picture and word, never colour alone. */
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleCheckFilled,
  IconCircleX,
  IconSend,
  IconShieldCheck,
} from '@tabler/icons-react';
import type { PaymentState } from '../../shared/contract/terminal.ts';
import { useSay } from '../words/say.ts';
import classes from './state-mark.module.css';

const LOOKS = {
  'approved-offline': { icon: IconCircleCheck, tone: 'waiting' },
  sent: { icon: IconSend, tone: 'waiting' },
  settled: { icon: IconCircleCheckFilled, tone: 'good' },
  'settled-guaranteed': { icon: IconShieldCheck, tone: 'good' },
  rejected: { icon: IconAlertTriangle, tone: 'bad' },
  declined: { icon: IconCircleX, tone: 'quiet' },
} as const satisfies Record<PaymentState, { icon: typeof IconSend; tone: string }>;

export function StateMark({ state }: { readonly state: PaymentState }) {
  const say = useSay();
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <span className={classes.mark} data-tone={tone} data-state={state}>
      <Icon size={19} aria-hidden className={classes.icon} />
      {say(`paymentState.${state}`)}
    </span>
  );
}
