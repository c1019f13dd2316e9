/** What this device does for the wallet: keeps its data, tells news, holds the newest version. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { canInstall, install, onInstallable } from '../state/install.ts';
import type { Updates } from '../state/updates.ts';
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';

export function DeviceCard({ updates }: { readonly updates: Updates }) {
  const wallet = useWallet();
  const { isPersisted } = useSnapshot();
  const { words } = useSpeech();
  const isInstallable = useSyncExternalStore(onInstallable, canInstall);
  const isUpdateReady = useSyncExternalStore(updates.subscribe, updates.isReady);
  useEffect(() => {
    if (isPersisted === null) void wallet.persist();
  }, [wallet, isPersisted]);
  return (
    <ul className="card list">
      <li className="setting">
        <span className="setting-text">
          <strong>{words.me.kept}</strong>
          <span className="muted">
            {isPersisted === true ? words.me.keptYes : words.me.keptNo}
            {isPersisted !== true && <> · {words.me.protectHint}</>}
          </span>
        </span>
        {isPersisted !== true && (
          <button type="button" className="button" onClick={() => void wallet.persist()}>
            {words.me.protect}
          </button>
        )}
      </li>
      {isInstallable && (
        <li className="setting">
          <strong>{words.me.installApp}</strong>
          <button type="button" className="button" onClick={() => void install()}>
            {words.me.install}
          </button>
        </li>
      )}
      <NoticesSetting />
      <li className="setting">
        <span className="setting-text">
          <strong>
            {words.me.version} <bdi>{__WALLET_VERSION__}</bdi>
          </strong>
          <span className="muted">{isUpdateReady ? words.me.update : words.me.upToDate}</span>
        </span>
        {isUpdateReady && (
          <button type="button" className="button" data-testid="update" onClick={() => void updates.apply()}>
            {words.me.updateNow}
          </button>
        )}
      </li>
    </ul>
  );
}

function NoticesSetting() {
  const { words } = useSpeech();
  const isKnown = 'Notification' in globalThis;
  const [permission, setPermission] = useState(() => (isKnown ? Notification.permission : 'denied'));
  const states = {
    granted: words.me.noticesOn,
    denied: words.me.noticesBlocked,
    default: words.me.noticesOff,
  };
  return (
    <li className="setting">
      <span className="setting-text">
        <strong>{words.me.notices}</strong>
        <span className="muted">{states[permission]}</span>
      </span>
      {permission === 'default' && (
        <button
          type="button"
          className="button"
          onClick={() => void Notification.requestPermission().then(setPermission)}
        >
          {words.me.allow}
        </button>
      )}
    </li>
  );
}
