/** Purse certificates whose issuer's signature was verified here: saves a verification, serves short codes. */
import { equalBytes } from '../../../shared/bytes.ts';
import { decodeCbor } from '../../../shared/protocol/cbor.ts';
import { type PurseCertificate, readPurseCertificate } from '../../../shared/protocol/purse-certificate.ts';
import type { Connection } from './connection.ts';

export class CertificatesTable {
  readonly #get;
  readonly #insert;

  constructor(connection: Connection) {
    this.#get = connection.prepare<[Uint8Array], { bytes: Uint8Array }>(
      'SELECT bytes FROM certificate WHERE short = ?',
    );
    this.#insert = connection.prepare<[Uint8Array, Uint8Array]>(
      'INSERT INTO certificate (short, bytes) VALUES (?, ?) ON CONFLICT (short) DO NOTHING',
    );
  }

  /** @param short first 8 bytes of the certificate's digest */
  byShort(short: Uint8Array): PurseCertificate | undefined {
    const bytes = this.#get.get(short)?.bytes;
    return bytes === undefined ? undefined : readPurseCertificate(decodeCbor(bytes));
  }

  isKnown(certificate: PurseCertificate): boolean {
    const bytes = this.#get.get(certificate.digest.subarray(0, 8))?.bytes;
    return bytes !== undefined && equalBytes(bytes, certificate.bytes);
  }

  remember(certificate: PurseCertificate): void {
    this.#insert.run(certificate.digest.subarray(0, 8), certificate.bytes);
  }
}
