/**
 * The program that owns the window and the engine's process. It decides nothing about payments and holds no
 * key of its own but the one that the keychain guards for the engine.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, type BrowserWindow, Menu, session } from 'electron';
import { declareAppScheme, serveApp } from './app-protocol.ts';
import { startOnNode, startUtilityProcess } from './engine-host.ts';
import { enginePlace } from './engine-place.ts';
import { EngineProcess } from './engine-process.ts';
import { readSealing } from './keychain.ts';
import { logInfo, logWarning, openLog } from './log.ts';
import { applicationMenu } from './menu.ts';
import { restrictPermissions } from './permissions.ts';
import { parseStartFlags } from './start-flags.ts';
import { startSignal } from './start-signal.ts';
import { TerminalRelay } from './terminal-relay.ts';
import { confine, openWindow } from './window.ts';

const flags = parseStartFlags(process.argv.slice(1), process.cwd());
const BUILT = join(import.meta.dirname, '..');

let window: BrowserWindow | null = null;
let engine: EngineProcess | null = null;

if (flags.userDataFolder !== null) app.setPath('userData', flags.userDataFolder);
// Who starts it with --no-sandbox (root, in a test) cannot have one; the window asks for its own all the same.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
declareAppScheme();
Menu.setApplicationMenu(applicationMenu());

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    logInfo('second-start');
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('web-contents-created', (_event, contents) => confine(contents));
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    const running = engine;
    if (running === null) return;
    event.preventDefault();
    engine = null;
    // The engine closes its store; then the way out is free.
    running.stop().finally(() => app.quit());
  });
  startSignal().then(open).catch(fail);
} else {
  app.quit();
}

async function open(): Promise<void> {
  openLog();
  logInfo('start', { version: app.getVersion(), electron: process.versions.electron ?? '' });
  const userData = app.getPath('userData');
  restrictPermissions(session.defaultSession);
  serveApp(join(BUILT, 'renderer'));
  const relay = new TerminalRelay(
    () => engine,
    () => window?.webContents ?? null,
    takeGivenPassphrase(),
  );
  relay.listen();
  window = openWindow({
    preload: join(BUILT, 'preload', 'preload.cjs'),
    isKiosk: flags.isKiosk,
    language: flags.language,
    placeFile: join(userData, 'window.json'),
  });
  window.on('closed', () => {
    window = null;
  });
  await startEngine(userData, relay);
}

async function startEngine(userData: string, relay: TerminalRelay): Promise<void> {
  const dataFolder = join(userData, 'data');
  const sealing = await readSealing(userData, !existsSync(dataFolder));
  logInfo('sealing', { kind: sealing.kind });
  const place = enginePlace();
  if (sealing.kind === 'lost' || place === null) {
    // Nothing to start again: a person has to act, and the journal stays as it is.
    relay.engineEnded({ code: sealing.kind === 'lost' ? 'storage-failed' : 'engine-stopped' });
    return;
  }
  const started = new EngineProcess({
    start: (events) =>
      place.host === 'node'
        ? startOnNode(place.entry, place.nodePath, events)
        : startUtilityProcess(place.entry, events),
    startMessage: {
      type: 'start',
      dataFolder,
      migrationsFolder: join(app.getAppPath(), 'migrations'),
      sealing,
    },
    onReady: () => void relay.engineReady(),
    onEvent: (event, payload) => relay.forward(event, payload),
    onEnded: () => relay.engineEnded(),
  });
  engine = started;
  started.start();
}

/** Takes it out of the environment, which every process that is started from here would inherit. */
function takeGivenPassphrase(): string | null {
  const given = process.env.FIELDTILL_PASSPHRASE ?? null;
  delete process.env.FIELDTILL_PASSPHRASE;
  return given;
}

function fail(error: unknown): void {
  logWarning('quit', { why: error instanceof Error ? error.message : 'unknown' });
  app.exit(1);
}
