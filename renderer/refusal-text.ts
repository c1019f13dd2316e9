/**
 * The words of a refusal with its detail filled in: amounts in the till's currency, lengths of time and times
 * of day in the language of the window. Pure but for the language's own formats.
 */
import type { RefusalCode } from '../shared/refusals.ts';
import { formatDuration, formatTime } from './formats.ts';
import { keyCaptions } from './keys.ts';
import { moneyInSentence } from './parts/money-text.ts';
import { isDecisionCode } from './words/decision-codes.ts';
import type { Say } from './words/say.ts';

export interface RefusalText {
  readonly what: string;
  readonly todo: string;
  /** For decisions only: what the cashier can tell the customer. */
  readonly customer: string | null;
}

/** As it comes over the wire: the detail's fields depend on the code (shared/refusals.ts). */
export interface SaidRefusal {
  readonly code: string;
  readonly detail?: Readonly<Record<string, string | number>> | undefined;
}

interface Place {
  readonly say: Say;
  readonly locale: string;
  /** The till's currency; null before it is set up. */
  readonly currency: string | null;
}

/** A detail that did not come, so that no sentence shows a gap with braces. */
const MISSING = '–';

export function refusalText(refusal: SaidRefusal, place: Place): RefusalText {
  const code = refusal.code as RefusalCode;
  const params = fill(refusal, place);
  const say = place.say as (key: string, params: Record<string, string | number>) => string;
  return {
    what: say(`refusals.${code}.what`, params),
    todo: say(`refusals.${code}.todo`, params),
    customer: isDecisionCode(code) ? say(`refusals.${code}.customer`, params) : null,
  };
}

/** Every name that a refusal's words may use. Fields are named in shared/refusals.ts, units last. */
function fill({ detail = {} }: SaidRefusal, { locale, currency }: Place): Record<string, string | number> {
  const text = (name: string) => detail[name]?.toString();
  const seconds =
    number(detail.ageS) ??
    number(detail.aheadS) ??
    number(detail.sinceS) ??
    number(detail.behindS) ??
    distance(detail.differenceS) ??
    number(detail.waitS) ??
    hours(detail.ageH);
  const minor =
    text('amountMinor') ??
    text('capMinor') ??
    text('signedMinor') ??
    text('leftMinor') ??
    text('limitMinor') ??
    text('availableMinor') ??
    text('differenceMinor');
  const atMs = number(detail.atMs);
  return {
    ...keyCaptions,
    duration: seconds === undefined ? MISSING : formatDuration(seconds, locale),
    amount: minor === undefined || currency === null ? MISSING : moneyInSentence(minor, currency, locale),
    time: atMs === undefined ? MISSING : formatTime(atMs, locale),
    currency: text('purseCurrency') ?? MISSING,
    ownCurrency: currency ?? MISSING,
    count: number(detail.triesLeft) ?? number(detail.limit) ?? number(detail.count) ?? 0,
  };
}

function number(value: string | number | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A difference is told by its length; its direction does not change what to do. */
function distance(value: string | number | undefined): number | undefined {
  return typeof value === 'number' ? Math.abs(value) : undefined;
}

function hours(value: string | number | undefined): number | undefined {
  return typeof value === 'number' ? value * 3600 : undefined;
}
