/** The frame of the screens that ask for one thing: a card in the middle, with the window's small menu. */
import type { ReactNode } from 'react';
import { Corner } from './corner.tsx';
import classes from './plate.module.css';

interface PlateProps {
  readonly title: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly testId: string;
  readonly tone?: 'calm' | 'amber';
  readonly isWide?: boolean;
}

export function Plate({ title, icon, children, testId, tone = 'calm', isWide = false }: PlateProps) {
  return (
    <main className={classes.screen} data-screen={testId}>
      <div className={classes.card} data-wide={isWide || undefined}>
        <div className={classes.head}>
          <span className={classes.icon} data-tone={tone}>
            {icon}
          </span>
          <h1 className={classes.title}>{title}</h1>
          <Corner />
        </div>
        {children}
      </div>
    </main>
  );
}
