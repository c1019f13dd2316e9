/** One short line at the foot of the window that goes by itself; never the only sign of anything about money. */
import { IconInfoCircle } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import classes from './notice.module.css';

interface Said {
  readonly text: string;
  /** For tests and styles; not shown. */
  readonly code: string;
  readonly number: number;
}

const SHOWN_MS = 6000;

export interface Noticing {
  readonly notice: Said | null;
  readonly notify: (text: string, code: string) => void;
  readonly dismiss: () => void;
}

export function useNotice(): Noticing {
  const [notice, setNotice] = useState<Said | null>(null);
  const notify = useCallback((text: string, code: string) => {
    setNotice((before) => ({ text, code, number: (before?.number ?? 0) + 1 }));
  }, []);
  useEffect(() => {
    if (notice === null) return;
    const timer = setTimeout(() => setNotice(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  const dismiss = useCallback(() => setNotice(null), []);
  return { notice, notify, dismiss };
}

export function Notice({ notice }: { readonly notice: Said | null }) {
  return (
    <div role="status" className={classes.place}>
      {notice !== null && (
        <div key={notice.number} className={classes.notice} data-notice={notice.code}>
          <IconInfoCircle size={22} aria-hidden />
          {notice.text}
        </div>
      )}
    </div>
  );
}
