/** Where the window stood last, and how large. A file that is damaged or of another screen counts as none. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type BrowserWindow, type Rectangle, screen } from 'electron';
import * as z from 'zod/mini';

const storedPlace = z.strictObject({
  bounds: z.strictObject({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }),
  isMaximized: z.boolean(),
});

export interface WindowPlace {
  readonly bounds: Partial<Rectangle>;
  readonly isMaximized: boolean;
}

const FIRST: WindowPlace = { bounds: { width: 1280, height: 800 }, isMaximized: false };
const QUIET_MS = 400;

export function readWindowPlace(file: string): WindowPlace {
  let parsed: ReturnType<typeof storedPlace.safeParse>;
  try {
    parsed = storedPlace.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return FIRST;
  }
  if (!parsed.success) return FIRST;
  const { bounds } = parsed.data;
  const area = screen.getDisplayMatching(bounds).workArea;
  const isVisible =
    bounds.x < area.x + area.width &&
    bounds.y < area.y + area.height &&
    bounds.x + bounds.width > area.x &&
    bounds.y + bounds.height > area.y;
  return isVisible ? parsed.data : FIRST;
}

export function keepWindowPlace(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | undefined;
  const write = () => {
    if (window.isDestroyed() || window.isKiosk() || window.isFullScreen()) return;
    const place: z.infer<typeof storedPlace> = {
      bounds: window.getNormalBounds(),
      isMaximized: window.isMaximized(),
    };
    try {
      writeFileSync(file, JSON.stringify(place), { mode: 0o600 });
    } catch {
      // A place that is not kept costs nobody anything; a full disk is the engine's to report.
      clearTimeout(timer);
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(write, QUIET_MS);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('close', () => {
    clearTimeout(timer);
    write();
  });
}
