/**
 * Builds the wallet into out/wallet, which the clearing house serves at /. Every file is precached by the
 * service worker; nothing is fetched from any other host.
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import project from '../package.json' with { type: 'json' };

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  define: { __WALLET_VERSION__: JSON.stringify(project.version) },
  build: {
    outDir: fileURLToPath(new URL('../out/wallet', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  plugins: [
    react(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: '.',
      filename: 'sw.ts',
      outDir: fileURLToPath(new URL('../out/wallet', import.meta.url)),
      injectRegister: false,
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,svg,png,wasm,webmanifest}'],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
      },
      manifest: {
        id: '/',
        name: 'Fieldtill Wallet',
        short_name: 'Fieldtill',
        description: 'Pay where neither you nor the shop has a network.',
        start_url: '/#/pay',
        scope: '/',
        display: 'standalone',
        orientation: 'portrait',
        theme_color: '#0b4f41',
        background_color: '#f3f4f1',
        categories: ['finance'],
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
});
