/**
 * What the strict decoders throw among themselves. It must never leave shared/protocol: the public decoders
 * turn it into a refusal.
 */

/** The bytes are not an object of the protocol. The message is for developers, never shown. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}
