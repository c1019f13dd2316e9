/** The wallet's few pictograms, drawn as lines. Never the only bearer of a meaning: a word stands beside each. */

const PATHS = {
  pay: 'M3 7.5A2.5 2.5 0 0 1 5.5 5H18a2 2 0 0 1 2 2v1M3 7.5V17a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2v-7a2 2 0 0 0-2-2H5.5M17 13.5h.01',
  scan: 'M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2M20 16v2a2 2 0 0 1-2 2h-2M8 20H6a2 2 0 0 1-2-2v-2M4 12h16',
  history: 'M12 8v4l2.5 2.5M4.5 9A8 8 0 1 1 4 12.8M4 5v4h4',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 20c.6-3.6 3.4-5 7-5s6.4 1.4 7 5',
  online: 'M5 12.5 10 17.5 19 7',
  offline: 'M4 4l16 16M8.5 15.5a5 5 0 0 1 5-1M5 12a10 10 0 0 1 3.5-2.3M12.5 8.6A10 10 0 0 1 19 12M12 19h.01',
  checking: 'M12 5v3M12 16v3M5 12h3M16 12h3',
  copy: 'M9 9h9a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2zM15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3',
  done: 'M5 12.5 10 17.5 19 7',
  refused: 'M7 7l10 10M17 7 7 17',
  waiting: 'M7 4h10M7 20h10M8 4c0 4 3 5 4 8-1 3-4 4-4 8M16 4c0 4-3 5-4 8 1 3 4 4 4 8',
  receipt: 'M6 3v18l2.5-1.5L11 21l2.5-1.5L16 21l2-1.5V3zM9 8h6M9 12h6',
  lapsed: 'M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  shield: 'M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6zM9 12l2 2 4-4',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6l1.4 1.4M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4',
  alert: 'M12 4 3 19.5h18zM12 10v4M12 17h.01',
  plus: 'M12 5v14M5 12h14',
  paste:
    'M9 5H7a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V7a2 2 0 0 0-2-2h-2M9 5a2 2 0 0 1 2-2h2a2 2 0 0 1 2 2v1H9z',
  picture:
    'M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1M4 16l4.5-4.5 4 4L15 13l5 4.5M15.5 9h.01',
  camera: 'M4 8h3l1.5-2.5h7L17 8h3v11H4zM12 16.5a3.250 3.250 0 1 0 0-6.5 3.250 3.250 0 0 0 0 6.5',
  hidden:
    'M4 4l16 16M10 6.3A9 9 0 0 1 12 6c5 0 8 4.5 9 6a16 16 0 0 1-2.7 3.3M6.5 7.7A15 15 0 0 0 3 12c1 1.5 4 6 9 6a9 9 0 0 0 4-.900',
  globe:
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3.5 9h17M3.5 15h17M12 3c-2.5 2.5-3.5 5.5-3.5 9s1 6.5 3.5 9c2.5-2.5 3.5-5.5 3.5-9S14.5 5.5 12 3',
} as const;

export type IconName = keyof typeof PATHS;

/** Those that point along the line of reading, and turn round in Arabic. */
const TURNING: readonly IconName[] = ['back', 'forward'];

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      className={TURNING.includes(name) ? 'icon turning' : 'icon'}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
