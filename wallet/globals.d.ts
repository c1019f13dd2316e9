/** The version that the bundler writes into the wallet. */
declare const __WALLET_VERSION__: string;

/** The package's encoder alone, without its ways of drawing: the wallet draws itself. */
declare module 'qrcode/lib/core/qrcode.js' {
  export { create } from 'qrcode';
}
