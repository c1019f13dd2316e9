/** Times and lengths of time for the eye, in the language of the window. Pure. */

/** "21:34", with the day before it when it was not today. @param nowMs for the day; now when not given */
export function formatTime(atMs: number, locale: string, nowMs = Date.now()): string {
  const at = new Date(atMs);
  const isToday = at.toDateString() === new Date(nowMs).toDateString();
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  return new Intl.DateTimeFormat(locale, isToday ? time : { day: 'numeric', month: 'short', ...time }).format(
    at,
  );
}

const STEPS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const;

/** "3 minutes", "2 days": the largest unit of which there are two, in the language's own plural forms. */
export function formatDuration(seconds: number, locale: string): string {
  const whole = Math.max(0, Math.round(seconds));
  const step = STEPS.find(({ seconds: size }) => whole >= 2 * size) ?? { unit: 'second', seconds: 1 };
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: step.unit,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(Math.round(whole / step.seconds));
}

/** "4:05", for a countdown. */
export function formatCountdown(seconds: number, locale: string): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const digits = new Intl.NumberFormat(locale, { useGrouping: false });
  const padded = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
  return `${digits.format(Math.floor(whole / 60))}:${padded.format(whole % 60)}`;
}
