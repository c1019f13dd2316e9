/**
 * Brings key presses to whoever handles them: the newest part of the window that has a handler, within the
 * top layer. A dialog is a layer, so nothing behind it can be set off. A key that a focused control needs for
 * itself (Enter on a button, letters in a field) stays with that control.
 */
import { createContext, type ReactNode, useContext, useEffect, useRef } from 'react';
import { actionOf, type KeyAction } from './keys.ts';
import { digitOf } from './scanner/wedge-key.ts';

type Handlers = { readonly [A in Exclude<KeyAction, 'digits'>]?: (() => void) | undefined } & {
  /** One decimal digit, by its physical key. */
  readonly digits?: ((digit: string) => void) | undefined;
};

interface Registered {
  readonly layer: number;
  readonly handlers: { current: Handlers };
}

const registered: Registered[] = [];
const LayerContext = createContext(0);

/** Handles these keys while mounted. An undefined handler leaves the key to others. */
export function useKeys(handlers: Handlers): void {
  const layer = useContext(LayerContext);
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const entry: Registered = { layer, handlers: latest };
    registered.push(entry);
    return () => {
      registered.splice(registered.indexOf(entry), 1);
    };
  }, [layer]);
}

/** What is inside stands above everything else: keys reach nothing behind it. */
export function KeyLayer({ children }: { readonly children: ReactNode }) {
  const layer = useContext(LayerContext) + 1;
  return (
    <LayerContext value={layer}>
      <Floor />
      {children}
    </LayerContext>
  );
}

/** Makes the layer stand even when nothing in it handles a key. */
function Floor() {
  useKeys({});
  return null;
}

/** Listens for the whole window; once, at its root. After the wedge scanner, which keeps a scan's keys. */
export function listenToKeys(target: Window): () => void {
  const onKeydown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (belongsToControl(event)) return;
    const digit = event.ctrlKey || event.altKey || event.metaKey ? null : digitOf(event.code);
    const isHandled = digit === null ? run(actionOf(event), event.repeat) : typeDigit(digit);
    if (isHandled) event.preventDefault();
  };
  target.addEventListener('keydown', onKeydown);
  return () => target.removeEventListener('keydown', onKeydown);
}

function topLayer(): Registered[] {
  const top = Math.max(0, ...registered.map((entry) => entry.layer));
  return registered.filter((entry) => entry.layer === top).reverse();
}

function typeDigit(digit: string): boolean {
  const handler = topLayer().find((entry) => entry.handlers.current.digits)?.handlers.current.digits;
  handler?.(digit);
  return handler !== undefined;
}

/** A held key repeats only where that makes sense. */
const REPEATING: readonly KeyAction[] = ['erase', 'up', 'down', 'more'];

function run(action: KeyAction | undefined, isRepeat: boolean): boolean {
  if (action === undefined || action === 'digits') return false;
  const handler = topLayer().find((entry) => entry.handlers.current[action])?.handlers.current[action];
  if (handler === undefined) return false;
  if (!isRepeat || REPEATING.includes(action)) handler();
  return true;
}

/** F keys, Alt and Ctrl chords work from everywhere; the rest stays with a control that takes it. */
function belongsToControl(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !/^F[0-9]+$/.test(event.code);
  const isField = target.matches('input, textarea, select, [contenteditable]');
  if (isField) return event.code !== 'Escape' && (isPlain || event.code === 'KeyC');
  const isPress = event.code === 'Enter' || event.code === 'NumpadEnter' || event.code === 'Space';
  return isPress && target.closest('button, a, [role="menuitem"], [role="option"]') !== null;
}
