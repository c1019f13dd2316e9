/** The version that the bundler writes into the wallet. */
declare const __WALLET_VERSION__: string;
