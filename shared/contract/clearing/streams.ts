/** Where CBOR and event streams come from and go to; who may ask is said beside each. */
/** Routes that carry CBOR or event streams, for terminals and wallets (protocol §6). */
export const clearingStreams = {
  /**
   * COSE, ETag = "<version>"; 304 on If-None-Match. Open: it is signed and holds no secret. With ?from=<version>
   * the answer is trust-update.ts: deltas where they lead there and are smaller; 304 when it is the newest.
   */
  trustBundle: { method: 'GET', path: '/v1/trust-bundle', guard: 'open' },
  /** ?nonce=<16 bytes, base64url>. Answer: signed-time.ts. Open: who asks may not know what time it is. */
  time: { method: 'GET', path: '/v1/time', guard: 'open' },
  /** Body: a double-spend proof. Answer: proof-answer.ts; bringing it again answers the same. */
  proofs: { method: 'POST', path: '/v1/terminals/:terminalId/proofs', guard: 'terminal-signature' },
  /** Body: journal-batch.ts, may be encoded by gzip or zstd. Answer: acknowledgement.ts. */
  journal: { method: 'POST', path: '/v1/terminals/:terminalId/journal', guard: 'terminal-signature' },
  /**
   * Body: a batch of courier-file.ts, brought by anybody. Answer: acknowledgement.ts, for the terminal that it is of;
   * bringing it again, or beside the network, answers the same.
   */
  courier: { method: 'POST', path: '/v1/courier', guard: 'open' },
  /** ?epoch=&after=<seq>. Answer: held-entries.ts: what is held after there, for a terminal that lost it. */
  heldEntries: { method: 'GET', path: '/v1/terminals/:terminalId/journal', guard: 'terminal-signature' },
  /** ?after=<outcome number>. Answer: acknowledgement.ts. */
  outcomes: { method: 'GET', path: '/v1/terminals/:terminalId/outcomes', guard: 'terminal-signature' },
  /** ?after=<statement number>. Answer: [number, statement.ts] of each after it, in order, at most 100. */
  statements: { method: 'GET', path: '/v1/terminals/:terminalId/statements', guard: 'terminal-signature' },
  /** ?epoch=&seq=. Answer: a proof of statement.ts that this entry is in the statement that speaks for it, or is not. */
  statementProof: {
    method: 'GET',
    path: '/v1/terminals/:terminalId/statement-proof',
    guard: 'terminal-signature',
  },
  /** A merchant's settlement as a file. */
  settlementCsv: {
    method: 'GET',
    path: '/v1/admin/settlements/:settlementId/entries.csv',
    guard: 'operator',
  },
  settlementCamt053: {
    method: 'GET',
    path: '/v1/admin/settlements/:settlementId/camt053.xml',
    guard: 'operator',
  },
  /** Body and answer: authorisation.ts. A decline is an answer as an approval is; asking again answers the same. */
  authorisations: { method: 'POST', path: '/v1/authorisations', guard: 'terminal-signature' },
  /** Server-sent events `fetch` that say "fetch now"; the data is empty. */
  terminalEvents: { method: 'GET', path: '/v1/terminals/:terminalId/events', guard: 'terminal-signature' },
  /**
   * Server-sent events `payment` with a walletPayment, id = its number. `Last-Event-ID`, or ?after=<number>
   * at the first connection, resumes after that number; with neither only what comes from now on is told.
   */
  walletEvents: { method: 'GET', path: '/v1/events', guard: 'session' },
} as const;
