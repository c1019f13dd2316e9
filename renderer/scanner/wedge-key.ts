/**
 * A key press as the wedge scanner sees it: by the physical key, so that a scanner set for one country works
 * on a till set for another. Must never read a digit from the character that a layout made of the key.
 */

/** A keydown, as far as it matters here; `atMs` is the event's own time, not when it was handled. */
export interface WedgeKey {
  /** KeyboardEvent.code, the physical key. */
  readonly code: string;
  /** KeyboardEvent.key, what the layout makes of it: only to give a typed key back unchanged. */
  readonly key: string;
  readonly atMs: number;
  /** The keyboard repeats a key that is held down. */
  readonly repeat: boolean;
  /** Ctrl, Alt, AltGr or Meta is down, or an input method is composing: a shortcut or text, never a scan. */
  readonly chord: boolean;
}

/** How the scanner is set up. */
export interface WedgeConfig {
  /** Physical keys that it sends before each code; none is allowed, and a digit is not. */
  readonly prefix: readonly string[];
  /** What it sends after each code; with `none` a pause ends the code. */
  readonly terminator: 'Enter' | 'Tab' | 'none';
}

export const defaultWedgeConfig: WedgeConfig = { prefix: [], terminator: 'Enter' };

/** What is wrong with a configuration that came from outside; null when it can be used. */
export function wedgeConfigFault(config: WedgeConfig): 'prefix-too-long' | 'prefix-key-not-usable' | null {
  if (config.prefix.length > 4) return 'prefix-too-long';
  const usable = config.prefix.every((code) => digitOf(code) === null && !isModifier(code) && !isEnd(code));
  return usable ? null : 'prefix-key-not-usable';
}

/** The digit on a physical key, in the top row or on the number pad; null for any other key. */
export function digitOf(code: string): string | null {
  const match = /^(?:Digit|Numpad)([0-9])$/.exec(code);
  return match?.[1] ?? null;
}

/** Keys that change others: pressed by scanners for some layouts, and by people, without meaning anything here. */
export function isModifier(code: string): boolean {
  return /^(?:Shift|Control|Alt|Meta|OS)(?:Left|Right)$|^(?:CapsLock|NumLock|ScrollLock|Fn|FnLock)$/.test(
    code,
  );
}

/** Whether the key ends a code under `terminator`; where a pause does, a stray Enter or Tab does so too. */
export function isTerminator(code: string, terminator: WedgeConfig['terminator']): boolean {
  if (terminator === 'Enter') return code === 'Enter' || code === 'NumpadEnter';
  return terminator === 'Tab' ? code === 'Tab' : isEnd(code);
}

function isEnd(code: string): boolean {
  return code === 'Enter' || code === 'NumpadEnter' || code === 'Tab';
}
