/**
 * `accept`: from the scanned text to a durable decision, in the engine on a real database file, each from
 * another purse (two signatures). The floor is what no till could do without: one OpenSSL verification per
 * signature that was checked and one fdatasync'd write of the journal entry's bytes to the same disk.
 * Both are taken in turn, so the machine's moods hit both.
 */
import * as crypto from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sigStructure } from '../shared/protocol/cose.ts';
import { encodeDigits } from '../shared/protocol/digits.ts';
import { paymentAad } from '../shared/protocol/payment.ts';
import { aadOf } from '../shared/protocol/world.ts';
import { enrolledTerminal } from '../tests/support/enrolled-terminal.ts';
import {
  codeBytes,
  EPOCH_S,
  issuer,
  policyOf,
  presentedOf,
  purseOf,
  quickFields,
  WORLD,
} from '../tests/support/protocol-fixture.ts';
import { type Figures, quantile, rounded } from './figures.ts';

const WARM_UP = 200;
const MEASURED = 2000;
/** Goals of docs/performance.md. */
const GOAL_P50 = 1.6;
/** A journal entry of a quick full sale, in bytes: what the floor writes. */
const ENTRY_BYTES = 400;
const FLOOR_FILE_BYTES = 4 * 1024 * 1024;

interface Case {
  readonly scan: string;
  /** The two verifications that the decision makes, ready for OpenSSL. */
  readonly signatures: readonly { key: crypto.KeyObject; message: Uint8Array; signature: Uint8Array }[];
}

function publicKey(raw: Uint8Array): crypto.KeyObject {
  const x = Buffer.from(raw).toString('base64url');
  return crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

function makeCase(i: number, issuerKey: crypto.KeyObject): Case {
  const purse = purseOf({ name: `purse ${i}` });
  const code = presentedOf(purse, quickFields());
  const { sign1 } = purse.certificate;
  const payment = code.payment.sign1;
  const aad = paymentAad(WORLD, purse.certificate.digest);
  return {
    scan: encodeDigits(codeBytes(code)),
    signatures: [
      {
        key: issuerKey,
        message: sigStructure(sign1.protectedHeader, aadOf(WORLD, 'purse'), sign1.payload),
        signature: sign1.signature,
      },
      {
        key: publicKey(purse.wallet.publicKey),
        message: sigStructure(payment.protectedHeader, aad, payment.payload),
        signature: payment.signature,
      },
    ],
  };
}

class Floor {
  readonly #file: number;
  readonly #bytes = crypto.randomBytes(ENTRY_BYTES);
  #at = 0;

  constructor(folder: string) {
    this.#file = openSync(join(folder, 'floor.bin'), 'w');
    writeSync(this.#file, Buffer.alloc(FLOOR_FILE_BYTES), 0, FLOOR_FILE_BYTES, 0);
    fdatasyncSync(this.#file);
  }

  run(signatures: Case['signatures']): void {
    for (const { key, message, signature } of signatures) {
      if (!crypto.verify(null, message, key, signature))
        throw new Error('the floor refused a genuine signature');
    }
    writeSync(this.#file, this.#bytes, 0, ENTRY_BYTES, this.#at);
    fdatasyncSync(this.#file);
    this.#at = (this.#at + ENTRY_BYTES) % (FLOOR_FILE_BYTES - ENTRY_BYTES);
  }

  close(): void {
    closeSync(this.#file);
  }
}

export async function run(): Promise<Figures> {
  const limits = policyOf().currencies.map((limit) => ({
    ...limit,
    exposureAmount: { lower: 10n ** 12n, upper: 10n ** 12n },
    exposureCount: { lower: 1_000_000, upper: 1_000_000 },
  }));
  // on the disk that the project is on, not on a memory file system
  const folder = mkdtempSync(join(process.cwd(), '.data-bench-'));
  const terminal = await enrolledTerminal({ folder, trust: { policy: policyOf({ currencies: limits }) } });
  terminal.clock.nowMs = (EPOCH_S + 3600) * 1000;
  const issuerKey = publicKey(issuer.publicKey);
  const cases = Array.from({ length: WARM_UP + MEASURED }, (_, i) => makeCase(i, issuerKey));
  const floor = new Floor(folder);
  const acceptMs: number[] = [];
  const floorMs: number[] = [];
  try {
    for (const { scan, signatures } of cases) {
      const begin = performance.now();
      const answer = await terminal.call('payments.accept', {
        amount: { minor: '1250', currency: 'EUR' },
        scan,
      });
      const decided = performance.now();
      if (!answer.ok || answer.value.verdict !== 'approved')
        throw new Error('a genuine code was not approved');
      floor.run(signatures);
      acceptMs.push(decided - begin);
      floorMs.push(performance.now() - decided);
    }
  } finally {
    floor.close();
    terminal.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const accepts = acceptMs.slice(WARM_UP);
  const floors = floorMs.slice(WARM_UP);
  const ratio = quantile(accepts, 0.5) / quantile(floors, 0.5);
  return {
    name: 'accept',
    ok: ratio <= GOAL_P50,
    ratio: rounded(ratio),
    p50Ms: rounded(quantile(accepts, 0.5)),
    p99Ms: rounded(quantile(accepts, 0.99)),
    floorP50Ms: rounded(quantile(floors, 0.5)),
    floorP99Ms: rounded(quantile(floors, 0.99)),
    payments: MEASURED,
    signaturesPerPayment: 2,
  };
}
