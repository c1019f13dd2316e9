/** What waits to be sent, how the last tries went, and how much unsettled money the till holds. */
import type { TerminalState } from '../../../shared/contract/terminal.ts';
import { formatTime } from '../../formats.ts';
import { exposurePercent } from '../../parts/exposure.ts';
import { Money } from '../../parts/money.tsx';
import { moneyInSentence } from '../../parts/money-text.ts';
import { refusalText } from '../../refusal-text.ts';
import { useLanguage, useSay } from '../../words/say.ts';
import classes from './payments-screen.module.css';

export function SyncPanel({ sync, trust }: Pick<TerminalState, 'sync' | 'trust'>) {
  const say = useSay();
  const { tag } = useLanguage();
  const problem =
    sync.lastProblem === null ? null : refusalText(sync.lastProblem, { say, locale: tag, currency: null });
  return (
    <section className={classes.card}>
      <h2 className={classes.cardTitle}>{say('sync.title')}</h2>
      <dl className={classes.facts}>
        <Fact name={say('sync.unsentSum')}>
          {sync.unsentPayments === 0 || sync.unsentSum === null ? (
            say('sync.nothingUnsent')
          ) : (
            <>
              <Money of={sync.unsentSum} /> – {say('status.unsent', { count: sync.unsentPayments })}
            </>
          )}
        </Fact>
        {sync.exposure !== null && (
          <Fact name={say('sync.exposure')}>
            <Money of={sync.exposure.sum} />{' '}
            {say('sync.exposureLimit', {
              limit: moneyInSentence(sync.exposure.limit.minor, sync.exposure.limit.currency, tag),
            })}
            <div className={classes.bar} aria-hidden="true">
              <div
                className={classes.level}
                style={{
                  inlineSize: `${exposurePercent(sync.exposure.sum.minor, sync.exposure.limit.minor)}%`,
                }}
              />
            </div>
          </Fact>
        )}
        <Fact name={say('sync.lastContact')}>
          {sync.lastContactAtMs === null ? say('sync.never') : formatTime(sync.lastContactAtMs, tag)}
        </Fact>
        {sync.nextTryAtMs !== null && (
          <Fact name={say('sync.nextTry')}>{formatTime(sync.nextTryAtMs, tag)}</Fact>
        )}
        {sync.tries > 0 && (
          <Fact name={say('sync.tries')}>
            <span className="numbers">{new Intl.NumberFormat(tag).format(sync.tries)}</span>
          </Fact>
        )}
        {problem !== null && (
          <Fact name={say('sync.problem')}>
            {problem.what} {problem.todo}
          </Fact>
        )}
        {trust !== null && <Fact name={say('sync.trust')}>{formatTime(trust.iatMs, tag)}</Fact>}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
