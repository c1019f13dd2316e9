/**
 * What the window may ask the system for: pictures of the camera, for our own origin, and nothing else.
 * Electron grants everything by default, so every question needs an answer here.
 */
import { type Session, systemPreferences, type WebContents } from 'electron';
import { isAppUrl } from './app-protocol.ts';
import { logWarning } from './log.ts';

export function restrictPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, callback, details) => {
    const mediaTypes = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    const wantsVideoOnly = mediaTypes.length > 0 && mediaTypes.every((type) => type === 'video');
    if (permission !== 'media' || !wantsVideoOnly || !isOurs(contents, details.requestingUrl)) {
      logWarning('permission-denied', { permission });
      callback(false);
      return;
    }
    askSystemForCamera().then(callback, () => callback(false));
  });
  session.setPermissionCheckHandler((contents, permission, origin, details) => {
    if (permission !== 'media' || details.mediaType === 'audio') return false;
    return contents !== null && isOurs(contents, origin);
  });
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback({}));
  session.on('select-hid-device', (event, _details, callback) => {
    event.preventDefault();
    callback(null);
  });
}

function isOurs(contents: WebContents, requestingUrl: string): boolean {
  return isAppUrl(requestingUrl) && isAppUrl(contents.getURL());
}

/** macOS asks the person itself, once; Windows and Linux have no question of their own. */
async function askSystemForCamera(): Promise<boolean> {
  if (process.platform === 'darwin') return systemPreferences.askForMediaAccess('camera');
  if (process.platform === 'win32') return systemPreferences.getMediaAccessStatus('camera') !== 'denied';
  return true;
}
