/**
 * A trial of a policy: the sales and declines of the last days, decided again under a draft. It reads journals as
 * they came and changes nothing but the list of trials. Sums are as they really were: a payment that would have
 * been declined still counts towards the limits of those after it.
 */
import { fromHex, toHex } from '../../shared/bytes.ts';
import type { NotReplayed, TrialReport } from '../../shared/contract/clearing/trust.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import {
  type DeclineBody,
  readDecline,
  readSale,
  type SaleBody,
} from '../../shared/protocol/journal-bodies.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import { decodePictureBytes } from '../../shared/protocol/picture.ts';
import { type Policy, readPolicy } from '../../shared/protocol/policy.ts';
import { readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import { reading } from '../../shared/protocol/shape.ts';
import { openTrustBundle, type TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import * as store from '../db/policies.ts';
import type { House } from '../house.ts';
import { PurseRegister } from '../ingest/purse-register.ts';
import { isByPolicy, type Replayed, replay, TerminalPast } from './replay.ts';

const DAY_MS = 86_400_000;
/** Entries that one trial looks at: a request must come to an end. */
const MAX_ENTRIES = 300_000;
const PAGE = 1000;

type Sum = { count: number; amountMinor: bigint };
type Bin = Exclude<Replayed, 'not-reproduced'> | NotReplayed;

class Tally {
  readonly #sums = new Map<string, Map<Bin, Sum>>();

  add(currency: string, bin: Bin, amountMinor: bigint): void {
    const bins = this.#sums.get(currency) ?? new Map<Bin, Sum>();
    this.#sums.set(currency, bins);
    const sum = bins.get(bin) ?? { count: 0, amountMinor: 0n };
    bins.set(bin, { count: sum.count + 1, amountMinor: sum.amountMinor + amountMinor });
  }

  report(): TrialReport['currencies'] {
    const said = ({ count, amountMinor }: Sum) => ({ count, amountMinor: `${amountMinor}` });
    return [...this.#sums].sort().map(([currency, bins]) => {
      const of = (bin: Bin): Sum => bins.get(bin) ?? { count: 0, amountMinor: 0n };
      const replayed = (['same', 'now-declined', 'now-approved', 'now-asked'] as const)
        .map(of)
        .reduce((all, one) => ({
          count: all.count + one.count,
          amountMinor: all.amountMinor + one.amountMinor,
        }));
      const notReplayed = (['not-by-policy', 'not-reproduced', 'not-known-here'] as const).flatMap((why) =>
        bins.has(why) ? [{ why, ...said(of(why)) }] : [],
      );
      return {
        currency,
        replayed: said(replayed),
        nowDeclined: said(of('now-declined')),
        nowApproved: said(of('now-approved')),
        nowAsked: said(of('now-asked')),
        notReplayed,
      };
    });
  }
}

/** Bundles of long ago, opened once each. */
class PastTrust {
  readonly #house: House;
  readonly #opened = new Map<number, TrustBundle | null>();

  constructor(house: House) {
    this.#house = house;
  }

  async find(version: number): Promise<TrustBundle | null> {
    const known = this.#opened.get(version);
    if (known !== undefined) return known;
    const { database, keys, config, backEnd } = this.#house;
    const bytes = await store.findBundle(database, version);
    const opened =
      bytes === undefined ? undefined : openTrustBundle(bytes, keys.root.publicKey, config.world, backEnd);
    const bundle = opened?.ok === true ? opened.value : null;
    this.#opened.set(version, bundle);
    return bundle;
  }
}

interface Past {
  readonly atMs: number;
  readonly body: SaleBody | DeclineBody;
}

function pastOf({ entry }: store.PastEntry): Past | undefined {
  const read = decodeJournalEntry(entry);
  if (!read.ok) return undefined;
  const { kind, atMs, body } = read.value;
  if (kind !== 'sale' && kind !== 'decline') return undefined;
  const past = reading(() => (kind === 'sale' ? readSale(body) : readDecline(body)));
  return past.ok ? { atMs, body: past.value } : undefined;
}

class Trial {
  readonly #house: House;
  readonly #draft: Policy;
  readonly #fromMs: number;
  readonly #register: PurseRegister;
  readonly #trust: PastTrust;
  readonly tally = new Tally();
  left = MAX_ENTRIES;

  constructor(house: House, draft: Policy, fromMs: number) {
    this.#house = house;
    this.#draft = draft;
    this.#fromMs = fromMs;
    this.#register = new PurseRegister(house.database);
    this.#trust = new PastTrust(house);
  }

  async #look(row: store.PastEntry, { atMs, body }: Past, past: TerminalPast): Promise<void> {
    const count = (bin: Bin): void => {
      if (atMs >= this.#fromMs) this.tally.add(body.currency, bin, body.amountMinor);
    };
    if (!isByPolicy(body) || body.code === null || body.amountMinor === 0n) return count('not-by-policy');
    const code = decodePictureBytes(body.code);
    const isPayment = code.ok && code.value.kind === 'presented';
    const [purse] = isPayment ? await this.#register.find([code.value.certificate]) : [];
    const trust = await this.#trust.find(body.decision.trustVersion);
    if (!isPayment || purse === undefined) return count('not-known-here');
    const certificate = readPurseCertificate(decodeCbor(purse.certificate));
    const sums = past.sumsFor(certificate, body.currency, atMs);
    if (!('refusal' in body)) past.add(certificate, body, atMs, row.decidedAtMs);
    if (trust === null) return count('not-known-here');
    const { payment } = code.value;
    count(replay({ atMs, body, certificate, payment, sums, trust }, this.#draft));
  }

  async terminal(terminalId: Uint8Array): Promise<void> {
    const past = new TerminalPast();
    // a day before the first, for the sums that the first decisions saw
    const sinceMs = this.#fromMs - DAY_MS;
    let after = { epoch: 0, seq: 0 };
    while (this.left > 0) {
      const limit = Math.min(PAGE, this.left);
      const rows = await store.readPastEntries(this.#house.database, terminalId, sinceMs, after, limit);
      this.left -= rows.length;
      for (const row of rows) {
        const one = pastOf(row);
        if (one !== undefined) await this.#look(row, one, past);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < limit) return;
      after = { epoch: last.epoch, seq: last.seq };
    }
  }
}

/** Tries a draft on the last days and keeps what came out. */
export async function tryPolicy(
  house: House,
  draftIdHex: string,
  days: number,
): Promise<Result<TrialReport, Refusal<'not-found'>>> {
  const draftId = fromHex(draftIdHex);
  const draft = draftId === undefined ? undefined : await store.findDraft(house.database, draftId);
  if (draft === undefined) return refused({ code: 'not-found' });
  const toMs = house.nowMs();
  const fromMs = toMs - days * DAY_MS;
  const trial = new Trial(house, readPolicy(decodeCbor(draft.policy)), fromMs);
  const terminals = await store.terminalsSince(house.database, fromMs);
  for (const terminalId of new Map(terminals.map((id) => [toHex(id), id])).values())
    await trial.terminal(terminalId);
  const report: TrialReport = {
    fromMs,
    toMs,
    isComplete: trial.left > 0,
    currencies: trial.tally.report(),
  };
  await store.insertTrial(house.database, { draftId: draft.draftId, fromMs, toMs, report });
  return ok(report);
}
