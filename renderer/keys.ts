/**
 * Every key of the window, once: what is pressed, what is written on the button, what the list of keys says.
 * Letters alone never do anything: a scanner or a person typing must not set things off.
 */
import type { WordKey } from './words/en-keys.ts';

export interface KeyEntry {
  /** What `chordOf` makes of the press; several where keyboards differ. None: typed text, see typing. */
  readonly chords: readonly string[];
  /** On the button and in the list of keys. */
  readonly caption: string;
  /** A second way, for keyboards without F keys. */
  readonly otherCaption?: string;
  readonly word: WordKey;
}

export const keys = {
  digits: { chords: [], caption: '0 – 9', word: 'key.digits' },
  point: { chords: ['.', ',', 'NumpadDecimal'], caption: '.', word: 'key.point' },
  main: { chords: ['Enter', 'NumpadEnter'], caption: 'Enter', word: 'key.main' },
  back: { chords: ['Escape'], caption: 'Esc', word: 'key.back' },
  erase: { chords: ['Backspace', 'Delete'], caption: '⌫', word: 'key.erase' },
  camera: { chords: ['Space'], caption: 'Space', word: 'key.camera' },
  invoice: { chords: ['F12', 'Alt+Digit0'], caption: 'F12', otherCaption: 'Alt+0', word: 'key.invoice' },
  copy: { chords: ['Ctrl+KeyC'], caption: 'Ctrl+C', word: 'key.copy' },
  payments: { chords: ['F4', 'Alt+Digit4'], caption: 'F4', otherCaption: 'Alt+4', word: 'key.payments' },
  sync: { chords: ['F5', 'Alt+Digit5'], caption: 'F5', otherCaption: 'Alt+5', word: 'key.sync' },
  switchCashier: {
    chords: ['F9', 'Alt+Digit9'],
    caption: 'F9',
    otherCaption: 'Alt+9',
    word: 'key.switchCashier',
  },
  up: { chords: ['ArrowUp'], caption: '↑', word: 'key.up' },
  down: { chords: ['ArrowDown'], caption: '↓', word: 'key.down' },
  more: { chords: ['PageDown'], caption: 'Page ↓', word: 'key.more' },
  language: { chords: ['Alt+KeyL'], caption: 'Alt+L', word: 'key.language' },
  appearance: { chords: ['Alt+KeyT'], caption: 'Alt+T', word: 'key.appearance' },
  sound: { chords: ['Alt+KeyM'], caption: 'Alt+M', word: 'key.sound' },
  /** Handled by electron/main/window.ts. */
  fullScreen: { chords: [], caption: 'F11', word: 'key.fullScreen' },
  help: { chords: ['F1', 'Alt+Digit1'], caption: 'F1', otherCaption: 'Alt+1', word: 'key.help' },
} as const satisfies Record<string, KeyEntry>;

export type KeyAction = keyof typeof keys;

/** The keys that words speak of, for their placeholders. */
export const keyCaptions = {
  invoiceKey: keys.invoice.caption,
  syncKey: keys.sync.caption,
  listKey: keys.payments.caption,
  pasteKey: 'Ctrl+V',
} as const;

export interface KeyPress {
  readonly code: string;
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Letters and digits by physical key, so that shortcuts lie in the same place on every layout. */
export function chordOf(press: KeyPress): string {
  const control = press.ctrlKey || press.metaKey ? 'Ctrl+' : '';
  const alt = press.altKey ? 'Alt+' : '';
  const isPoint = press.key === '.' || press.key === ',';
  return control + alt + (isPoint && press.code !== 'NumpadDecimal' ? press.key : press.code);
}

const byChord = new Map<string, KeyAction>();
for (const [action, entry] of Object.entries(keys)) {
  for (const chord of entry.chords) byChord.set(chord, action as KeyAction);
}

export function actionOf(press: KeyPress): KeyAction | undefined {
  return byChord.get(chordOf(press));
}

/** For aria-keyshortcuts: the names of the UI Events specification. */
export function ariaChord(action: KeyAction): string | undefined {
  const chord = keys[action].chords[0];
  return chord
    ?.replace('Ctrl+', 'Control+')
    .replace(/Key([A-Z])$/, '$1')
    .replace(/Digit([0-9])$/, '$1');
}
