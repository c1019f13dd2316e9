/**
 * When the program may open its window: as soon as Electron is ready. Only an unpacked one that a test started
 * waits until the test's tool is attached as well; a window that opens in that moment may stand still for ever.
 */
import { app } from 'electron';

/** What Playwright calls once it is attached (it brings its own waiting only to an Electron that it finds itself). */
const ATTACHED = '__playwright_run';

/** FIELDTILL_START=when-attached, unpacked only. */
export function startSignal(): Promise<unknown> {
  if (app.isPackaged || process.env.FIELDTILL_START !== 'when-attached') return app.whenReady();
  return new Promise<void>((resolve) => {
    Object.assign(globalThis, {
      [ATTACHED]: async () => {
        await app.whenReady();
        resolve();
      },
    });
  });
}
