/** Online or offline, by the clearing house's last answer. Calm: offline is a place to pay from, not a fault. */
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';

export function StatusChip() {
  const { contact } = useSnapshot();
  const wallet = useWallet();
  const { words } = useSpeech();
  return (
    <button
      type="button"
      className={`chip ${contact}`}
      data-testid="connection"
      data-state={contact}
      title={words.status.retry}
      onClick={() => wallet.syncNow()}
    >
      <Icon name={contact} />
      <span className="visually-hidden">{words.status.label}: </span>
      <span role="status">{words.status[contact]}</span>
    </button>
  );
}
