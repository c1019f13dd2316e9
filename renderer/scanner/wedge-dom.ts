/**
 * Binds the wedge scanner to a window, before every field, dialog and shortcut in it. Must never let a digit
 * of a scan reach the page, and must give a person's keys back as if nothing had stood between.
 */
import { createWedge, type WedgeAction, type WedgeEvent, type WedgeStep } from './wedge.ts';
import type { WedgeConfig, WedgeKey } from './wedge-key.ts';

/**
 * `taken-back`: `digits` keys that the page had been given belonged to a scan. Fields are put back here; who
 * counts keys by itself (the amount pad) undoes its last `digits` of them.
 */
export type WedgeDomEvent = WedgeEvent | { readonly kind: 'taken-back'; readonly digits: number };

/** What a field held before a key was given to it. */
interface Delivery {
  readonly field: HTMLInputElement | HTMLTextAreaElement | null;
  readonly value: string;
  readonly caret: number | null;
}

/** A timer this late means that the page was busy: keys that came in the meantime are handled first. */
const lateMs = 15;
/** As many deliveries as can be asked back. */
const maxDeliveries = 32;

/** Listens until the returned function is called. `isWhole` as in wedge.ts. */
export function attachWedge(
  target: Window,
  config: WedgeConfig,
  isWhole: (digits: string) => boolean,
  onEvent: (event: WedgeDomEvent) => void,
): () => void {
  const wedge = createWedge(config, isWhole);
  const ownEvents = new WeakSet<Event>();
  const swallowed = new Set<string>();
  let deliveries: Delivery[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const act = (action: WedgeAction) => {
    if (action.kind === 'event') return onEvent(action.event);
    if (action.kind === 'give-back') {
      for (const key of action.keys) {
        // Its keyup, if it is still down, is the page's again.
        swallowed.delete(key.code);
        deliveries.push(deliver(target.document, key, ownEvents));
      }
      deliveries = deliveries.slice(-maxDeliveries);
      return;
    }
    const undone = deliveries.splice(-action.count);
    for (const delivery of undone.reverse()) restore(delivery);
    onEvent({ kind: 'taken-back', digits: action.count });
  };
  const apply = (step: WedgeStep): boolean => {
    for (const action of step.actions) act(action);
    clearTimeout(timer);
    if (step.wakeAtMs !== null) schedule(step.wakeAtMs);
    return step.swallow;
  };
  const schedule = (wakeAtMs: number) => {
    const wake = () => {
      const late = performance.now() - wakeAtMs > lateMs;
      if (late) timer = setTimeout(() => apply(wedge.tick(performance.now())), 0);
      else apply(wedge.tick(performance.now()));
    };
    timer = setTimeout(wake, Math.max(0, Math.ceil(wakeAtMs - performance.now())));
  };

  const onKeydown = (event: KeyboardEvent) => {
    if (ownEvents.has(event)) return;
    if (apply(wedge.keydown(keyOf(event)))) {
      swallowed.add(event.code);
      stop(event);
    }
  };
  const onKeyup = (event: KeyboardEvent) => {
    if (swallowed.delete(event.code)) stop(event);
  };
  const onInterrupt = () => {
    apply(wedge.interrupt());
  };
  target.addEventListener('keydown', onKeydown, { capture: true });
  target.addEventListener('keyup', onKeyup, { capture: true });
  target.addEventListener('pointerdown', onInterrupt, { capture: true });
  target.addEventListener('paste', onInterrupt, { capture: true });
  target.addEventListener('blur', onInterrupt);
  return () => {
    apply(wedge.interrupt());
    clearTimeout(timer);
    target.removeEventListener('keydown', onKeydown, { capture: true });
    target.removeEventListener('keyup', onKeyup, { capture: true });
    target.removeEventListener('pointerdown', onInterrupt, { capture: true });
    target.removeEventListener('paste', onInterrupt, { capture: true });
    target.removeEventListener('blur', onInterrupt);
  };
}

function keyOf(event: KeyboardEvent): WedgeKey {
  const altGraph = event.getModifierState('AltGraph');
  return {
    code: event.code,
    key: event.key,
    atMs: event.timeStamp,
    repeat: event.repeat,
    chord: event.ctrlKey || event.altKey || event.metaKey || altGraph || event.isComposing,
  };
}

function stop(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Gives the page a key that was held: its keydown, and its character where the focus takes text. */
function deliver(page: Document, key: WedgeKey, ownEvents: WeakSet<Event>): Delivery {
  const focus = page.activeElement ?? page.body;
  const field = focus instanceof HTMLInputElement || focus instanceof HTMLTextAreaElement ? focus : null;
  const before: Delivery = { field, value: field?.value ?? '', caret: caretOf(field) };
  const event = new KeyboardEvent('keydown', {
    key: key.key,
    code: key.code,
    bubbles: true,
    cancelable: true,
    composed: true,
  });
  ownEvents.add(event);
  const wanted = focus.dispatchEvent(event);
  // The one way to insert text that keeps the browser's own undo, input events and number fields right.
  if (wanted && key.key.length === 1 && takesText(page.activeElement)) {
    page.execCommand('insertText', false, key.key);
  }
  return before;
}

function takesText(element: Element | null): boolean {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
    return !element.readOnly && !element.disabled;
  }
  return element instanceof HTMLElement && element.isContentEditable;
}

function caretOf(field: HTMLInputElement | HTMLTextAreaElement | null): number | null {
  // Number and date fields have no caret to ask for.
  return field?.selectionStart ?? null;
}

/** Puts a field back to what it held, so that React and other listeners hear of it. */
function restore({ field, value, caret }: Delivery): void {
  if (!field?.isConnected || field.value === value) return;
  const owner =
    field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(owner, 'value')?.set?.call(field, value);
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'historyUndo' }));
  if (caret !== null) field.setSelectionRange(caret, caret);
}
