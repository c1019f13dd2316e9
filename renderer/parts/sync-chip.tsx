/**
 * The calm mark of the network: selling works without one. Says how many payments wait to be sent and how
 * much unsettled money the till holds of what it may, and sends now when asked.
 */
import { IconCloudCheck, IconCloudOff, IconCloudSearch } from '@tabler/icons-react';
import type { SyncState } from '../../shared/contract/terminal.ts';
import type { WordKey } from '../words/en-keys.ts';
import { useLanguage, useSay } from '../words/say.ts';
import { ActionButton } from './action-button.tsx';
import { exposurePercent } from './exposure.ts';
import { moneyInSentence } from './money-text.ts';
import classes from './sync-chip.module.css';

const LOOKS = {
  online: { icon: IconCloudCheck, word: 'status.online' },
  offline: { icon: IconCloudOff, word: 'status.offline' },
  unknown: { icon: IconCloudSearch, word: 'status.unknown' },
} as const satisfies Record<SyncState['reachability'], { icon: typeof IconCloudOff; word: WordKey }>;

export function SyncChip({ sync, onSync }: { readonly sync: SyncState; readonly onSync: () => void }) {
  const say = useSay();
  const { icon: Icon, word } = LOOKS[sync.reachability];
  return (
    <div className={classes.chip} data-reachability={sync.reachability} data-testid="chip">
      <Icon size={24} aria-hidden className={classes.icon} />
      <div className={classes.said} role="status" data-unsent={sync.unsentPayments}>
        <div className={classes.words}>
          <span>{say(word)}</span>
          <span className={classes.dash} aria-hidden="true">
            –
          </span>
          <span>
            {sync.unsentPayments === 0
              ? say('status.allSent')
              : say('status.unsent', { count: sync.unsentPayments })}
          </span>
        </div>
        <ExposureBar exposure={sync.exposure} />
      </div>
      <ActionButton
        action="sync"
        size="sm"
        variant="subtle"
        loading={sync.isRunning}
        onPress={onSync}
        className={classes.button ?? ''}
        data-testid="sync-now"
      >
        {say('status.syncNow')}
      </ActionButton>
    </div>
  );
}

function ExposureBar({ exposure }: Pick<SyncState, 'exposure'>) {
  const say = useSay();
  const { tag } = useLanguage();
  if (exposure === null) return null;
  const { sum, limit } = exposure;
  const percent = exposurePercent(sum.minor, limit.minor);
  const label = say('status.atRisk', {
    sum: moneyInSentence(sum.minor, sum.currency, tag),
    limit: moneyInSentence(limit.minor, limit.currency, tag),
  });
  return (
    <div title={label}>
      <meter className={classes.unseen} aria-label={label} min={0} max={100} value={percent} />
      <div className={classes.bar} data-full={percent >= 80 || undefined} aria-hidden="true">
        <div className={classes.level} style={{ inlineSize: `${percent}%` }} />
      </div>
    </div>
  );
}
