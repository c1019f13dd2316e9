/**
 * The one window: sandboxed, isolated, on our own pages for ever. It must never open another window, go to
 * another address, or take a dropped file for a page.
 */
import { BrowserWindow, nativeTheme, type WebContents } from 'electron';
import { APP_ORIGIN, isAppUrl } from './app-protocol.ts';
import { logInfo, logWarning } from './log.ts';
import { keepWindowPlace, readWindowPlace } from './window-place.ts';

export interface WindowOptions {
  readonly preload: string;
  readonly isKiosk: boolean;
  readonly language: string | null;
  /** File that keeps size and place. */
  readonly placeFile: string;
}

const SMALLEST = { width: 800, height: 560 };
/** A page that dies again and again is given time, not a tight loop. */
const RELOAD_PAUSE_MS = 500;
const LONGEST_RELOAD_PAUSE_MS = 10_000;
const SOUND_AFTER_MS = 30_000;

export function openWindow(options: WindowOptions): BrowserWindow {
  const place = readWindowPlace(options.placeFile);
  const window = new BrowserWindow({
    ...place.bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    kiosk: options.isKiosk,
    title: 'Fieldtill',
    show: false,
    // The page's own ground, so that nothing flashes before the first paint.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#101418' : '#f4f5f3',
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // The tones of a verdict must sound although nobody clicked: a scanner is no gesture.
      autoplayPolicy: 'no-user-gesture-required',
      // A till behind another window still takes scans and counts down.
      backgroundThrottling: false,
    },
  });
  if (place.isMaximized && !options.isKiosk) window.maximize();
  keepWindowPlace(window, options.placeFile);
  confine(window.webContents);
  reloadWhenGone(window);
  if (!options.isKiosk) offerFullScreen(window);
  window.once('ready-to-show', () => {
    window.show();
    logInfo('window-ready');
  });
  const query = options.language === null ? '' : `?lang=${encodeURIComponent(options.language)}`;
  void window.loadURL(`${APP_ORIGIN}/index.html${query}`);
  return window;
}

/** Applies to every web contents that ever comes to be, so nothing slips by that we did not make. */
export function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(() => {
    logWarning('navigation-denied', { kind: 'window' });
    return { action: 'deny' };
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('will-navigate', (event) => {
    // A reload of our own page is no navigation elsewhere; everything else is.
    if (event.url === contents.getURL() && isAppUrl(event.url)) return;
    logWarning('navigation-denied', { kind: 'page' });
    event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame) return;
    logWarning('navigation-denied', { kind: 'frame' });
    event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
}

/** F11 (renderer/keys.ts). Here, because a page may not ask for the whole screen. */
function offerFullScreen(window: BrowserWindow): void {
  window.webContents.on('before-input-event', (event, input) => {
    if (input.type !== 'keyDown' || input.key !== 'F11' || input.isAutoRepeat) return;
    event.preventDefault();
    window.setFullScreen(!window.isFullScreen());
  });
}

function reloadWhenGone(window: BrowserWindow): void {
  let pauseMs = RELOAD_PAUSE_MS;
  let loadedAtMs = performance.now();
  window.webContents.on('did-finish-load', () => {
    loadedAtMs = performance.now();
  });
  window.webContents.on('render-process-gone', (_event, details) => {
    logWarning('window-gone', { reason: details.reason, exitCode: details.exitCode });
    if (details.reason === 'clean-exit') return;
    if (performance.now() - loadedAtMs > SOUND_AFTER_MS) pauseMs = RELOAD_PAUSE_MS;
    setTimeout(() => {
      if (!window.isDestroyed()) window.webContents.reload();
    }, pauseMs);
    pauseMs = Math.min(LONGEST_RELOAD_PAUSE_MS, pauseMs * 2);
  });
  window.on('unresponsive', () => logWarning('window-unresponsive'));
}
