/**
 * Writes the golden vectors: `node tests/vectors/generate.ts`. Every byte comes from fixed seeds, so a second run
 * writes the same files; golden.test.ts fails when what stands there is not what would be written now. A change of
 * these files is a change of the protocol.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { authorisationFile } from './golden/authorisations.ts';
import { purseCertificateFile, terminalCertificateFile } from './golden/certificates.ts';
import { cborFile, digitsFile, ed25519File } from './golden/encodings.ts';
import { keysFile } from './golden/golden-world.ts';
import {
  acknowledgementFile,
  journalBatchFile,
  journalEntryFile,
  trustBundleFile,
} from './golden/journal-objects.ts';
import { chargeFile, paperCopyFile } from './golden/paper-copies.ts';
import { doubleSpendFile, paymentFile, presentedCodeFile } from './golden/payments.ts';
import { exchangeRateFile, statementFile, statementProofFile } from './golden/settlement-objects.ts';
import {
  enrolmentCodeFile,
  invoiceFile,
  possessionFile,
  receiptFile,
  refundBodyFile,
  refundFile,
} from './golden/terminal-objects.ts';
import { proofAnswerFile, signedTimeFile, trustDeltaFile } from './golden/trust-objects.ts';
import { fileText, type VectorFile } from './golden/vector-file.ts';
import { zHeadFile, zReportFile } from './golden/z-reports.ts';

export const GOLDEN_FOLDER = new URL('./data/', import.meta.url);

export function goldenFiles(): readonly VectorFile[] {
  return [
    keysFile,
    digitsFile(),
    cborFile(),
    ed25519File(),
    purseCertificateFile(),
    terminalCertificateFile(),
    paymentFile(),
    presentedCodeFile(),
    doubleSpendFile(),
    invoiceFile(),
    receiptFile(),
    refundFile(),
    chargeFile(),
    paperCopyFile(),
    refundBodyFile(),
    zReportFile(),
    zHeadFile(),
    trustBundleFile(),
    trustDeltaFile(),
    signedTimeFile(),
    statementFile(),
    statementProofFile(),
    exchangeRateFile(),
    proofAnswerFile(),
    journalEntryFile(),
    journalBatchFile(),
    acknowledgementFile(),
    authorisationFile(),
    possessionFile(),
    enrolmentCodeFile(),
  ];
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(GOLDEN_FOLDER, { recursive: true });
  for (const file of goldenFiles()) {
    writeFileSync(new URL(`${file.object}.json`, GOLDEN_FOLDER), fileText(file));
    console.log(`${file.object}: ${file.valid.length} valid, ${file.invalid.length} invalid`);
  }
}
