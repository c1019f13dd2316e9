/** An amount on screen, kept apart from the direction of the writing around it. */
import type { MoneyWire } from '../../shared/money.ts';
import { useLanguage } from '../words/say.ts';
import { moneyText } from './money-text.ts';

export function Money({ of, className }: { readonly of: MoneyWire; readonly className?: string }) {
  const { tag } = useLanguage();
  return (
    <bdi className={className === undefined ? 'numbers' : `numbers ${className}`} data-minor={of.minor}>
      {moneyText(of.minor, of.currency, tag)}
    </bdi>
  );
}
