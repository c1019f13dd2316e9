/**
 * Serves the built window at app://fieldtill/, with the content security policy on every answer. It must
 * never read outside of its folder, whatever the address says.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { protocol } from 'electron';
import { contentSecurityPolicy } from './content-security-policy.ts';

const SCHEME = 'app';
const HOST = 'fieldtill';
export const APP_ORIGIN = `${SCHEME}://${HOST}`;

/** The same word as in electron.vite.config.ts. */
const STYLE_NONCE_PLACEHOLDER = 'STYLE-NONCE';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** Before the app is ready: makes the scheme an origin of its own that may use the camera and workers. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Parsed, never compared as text: "app://fieldtill.evil/" begins the same. */
export function isAppUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === `${SCHEME}:` && url.host === HOST;
}

/** @returns the path of a file in `folder`, or null when the address does not name one of ours */
export function fileOfUrl(text: string, folder: string): { path: string; mediaType: string } | null {
  if (!isAppUrl(text)) return null;
  let name: string;
  try {
    name = decodeURIComponent(new URL(text).pathname);
  } catch {
    return null;
  }
  if (name === '/') name = '/index.html';
  const parts = name.slice(1).split('/');
  // Escaped dots, back slashes, drive letters and NUL survive URL parsing; none is in a name of ours.
  if (!parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part))) return null;
  const mediaType = MEDIA_TYPES[extname(name)];
  const path = join(folder, ...parts);
  if (mediaType === undefined || !path.startsWith(folder + sep)) return null;
  return { path, mediaType };
}

/** After the app is ready. @param folder the built window, absolute */
export function serveApp(folder: string): void {
  protocol.handle(SCHEME, async (request) => {
    const styleNonce = randomBytes(16).toString('base64');
    const headers = {
      'content-security-policy': contentSecurityPolicy(styleNonce),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    };
    const nothing = () => new Response('', { status: 404, headers });
    const file = fileOfUrl(request.url, folder);
    if (file === null || request.method !== 'GET') return nothing();
    let content: Buffer<ArrayBuffer>;
    try {
      content = await readFile(file.path);
    } catch {
      // Not there, or not readable: the page has nothing to tell them apart for.
      return nothing();
    }
    const isPage = file.mediaType.startsWith('text/html');
    const body = isPage ? content.toString('utf8').replaceAll(STYLE_NONCE_PLACEHOLDER, styleNonce) : content;
    return new Response(body, { headers: { ...headers, 'content-type': file.mediaType } });
  });
}
