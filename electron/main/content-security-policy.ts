/**
 * What the window's pages may load and do. Scripts and workers come from our own files, WebAssembly may be
 * compiled (the code reader), the camera's pictures may be shown; nothing may come from or go to a network.
 */

/** @param styleNonce names the style elements that the interface library writes into the page itself */
export function contentSecurityPolicy(styleNonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `style-src-elem 'self' 'nonce-${styleNonce}'`,
    // Attributes of elements, such as a bar's width in server-made markup, are not needed: scripts set them.
    "style-src-attr 'none'",
    `style-src 'self' 'nonce-${styleNonce}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob: mediastream:",
    "font-src 'self'",
    // Not even our own: the code reader's WebAssembly comes inside its script.
    "connect-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
