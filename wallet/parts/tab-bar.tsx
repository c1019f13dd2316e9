/** The four pages, at the thumb. */
import { hrefOf, type Route } from '../state/use-route.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';

const TABS = ['pay', 'scan', 'history', 'me'] as const;

export function TabBar({ route }: { readonly route: Route }) {
  const { words } = useSpeech();
  return (
    <nav className="tabs" aria-label={words.tabs.label}>
      {TABS.map((tab) => (
        <a
          key={tab}
          href={hrefOf(tab)}
          className="tab"
          aria-current={route === tab ? 'page' : undefined}
          data-testid={`tab-${tab}`}
        >
          <Icon name={tab} />
          <span>{words.tabs[tab]}</span>
        </a>
      ))}
    </nav>
  );
}
