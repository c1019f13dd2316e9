/**
 * How the terminal is built: main and engine (ES modules for Node), preload (one CommonJS file, because it
 * runs sandboxed) and the window. Pure JavaScript is bundled, so that a start reads few files; only packages
 * with native code stay outside.
 */
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const at = (...path: string[]) => resolve(import.meta.dirname, ...path);

/** The oldest runtime that the window opens in: Electron 33 (Chromium 130, Node 20), see docs. */
const NODE_TARGET = 'node20.18';
const CHROME_TARGET = 'chrome130';

/** Stands in the page for the style nonce of each answer; electron/main/app-protocol.ts replaces it. */
const STYLE_NONCE_PLACEHOLDER = 'STYLE-NONCE';

/** The two Node entries share `out/` with the other builds, so each clears only what is its own. */
function clearing(...folders: string[]): Plugin {
  return {
    name: 'fieldtill:clear-own-output',
    apply: 'build',
    buildStart() {
      for (const folder of folders) rmSync(at('out', folder), { recursive: true, force: true });
    },
  };
}

const engineEntry = at('electron/engine/index.ts');

export default defineConfig({
  main: {
    plugins: [clearing('main', 'engine', 'shared')],
    build: {
      outDir: at('out'),
      emptyOutDir: false,
      target: NODE_TARGET,
      externalizeDeps: false,
      rolldownOptions: {
        external: ['better-sqlite3', /^@node-rs\/argon2/],
        input: {
          'main/index': at('electron/main/index.ts'),
          ...(existsSync(engineEntry) ? { 'engine/index': engineEntry } : {}),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'shared/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      target: NODE_TARGET,
      externalizeDeps: false,
      rolldownOptions: {
        input: at('electron/preload.ts'),
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react()],
    html: { cspNonce: STYLE_NONCE_PLACEHOLDER },
    worker: { format: 'es' },
    build: {
      outDir: at('out/renderer'),
      target: CHROME_TARGET,
      minify: true,
      // Nothing is inlined as data: the content security policy names files only.
      assetsInlineLimit: 0,
      rolldownOptions: { input: at('renderer/index.html') },
    },
  },
});
