/**
 * The wallet's files, at the root of this origin. What has a hash in its name never changes; everything
 * else is asked for anew each time, so a new wallet and its service worker reach every phone.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** As the build names them; a name like apple-touch-icon.png at the root only looks so. */
const HASHED = /[\\/]assets[\\/][^\\/]*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const YEAR_S = 31_536_000;

/** What the browser may do on the wallet's pages: only what came from here; the camera for scanning. */
export const WALLET_CSP = {
  'default-src': ["'none'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'"],
  'media-src': ["'self'", 'blob:'],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

export async function addWallet(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', HASHED.test(path) ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
      if (/^(sw|service-worker)\.m?js$/.test(basename(path))) reply.header('service-worker-allowed', '/');
    },
  });
}

export function hasWallet(folder: string | null): folder is string {
  return folder !== null && existsSync(join(folder, 'index.html'));
}

/** A page of the wallet that has no file of its own: the wallet's own router shows it. */
export function isWalletPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? '';
  return (
    request.method === 'GET' &&
    (request.headers.accept ?? '').includes('text/html') &&
    !/^\/(v1|docs|health)(\/|$)/.test(path) &&
    !basename(path).includes('.')
  );
}

export function sendWalletPage(reply: FastifyReply): FastifyReply {
  return reply.sendFile('index.html');
}
