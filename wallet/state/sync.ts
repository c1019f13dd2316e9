/**
 * Keeps the wallet in step with the clearing house: account, trust bundle, purses under way, outcomes. Every
 * round may be repeated and may fail anywhere; what it brought so far is kept. A payment is never changed by
 * what was not answered.
 */
import type { CustomerView, WalletPayment } from '../../shared/contract/clearing.ts';
import { ok } from '../../shared/result.ts';
import { retryDelayMs } from '../clearing/backoff.ts';
import type { ClearingClient, Contact } from '../clearing/client.ts';
import { openPaymentEvents, type PaymentEvents } from '../clearing/events.ts';
import { openWalletTrust } from '../clearing/open-trust.ts';
import { sendPurseRequest } from '../clearing/request-purse.ts';
import { applyOutcome, applyStanding, lapseOldPayments } from '../core/apply-outcome.ts';
import type { PurseStore } from '../core/payment-ports.ts';
import type { PurseState } from '../core/purse-state.ts';
import { keepCleared, keepTrust, writeProfile } from '../store/profiles.ts';
import { purseRequestsOf } from '../store/purse-keys.ts';
import type { Profile } from '../store/records.ts';
import type { Device } from './device.ts';
import { isSameHouse } from './same-house.ts';
import type { SnapshotStore } from './snapshot.ts';

/** How long the wallet is content with a stream that says nothing. */
const LOOK_AGAIN_MS = 5 * 60_000;
/** Pages of outcomes in one round; more come in the next. */
const MAX_PAGES = 100;

export interface SyncParts {
  readonly device: Device;
  readonly client: ClearingClient;
  readonly purses: PurseStore;
  readonly snapshot: SnapshotStore;
  /** Reads purses and outcomes anew from the device. */
  readonly reload: () => Promise<void>;
  /** Payments that became known in this round, the oldest first. */
  readonly becameKnown: (payments: readonly WalletPayment[]) => void;
  readonly purseArrived: () => void;
}

export class Sync {
  readonly #parts: SyncParts;
  #isOn = false;
  #isRunning = false;
  #isWantedAgain = false;
  /** Rounds in a row without contact, and streams in a row that ended. */
  #failures = 0;
  #lostStreams = 0;
  #cancelTimer: () => void = () => undefined;
  #events: PaymentEvents | null = null;

  constructor(parts: SyncParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#isOn = true;
    this.#failures = 0;
    this.now();
  }

  stop(): void {
    this.#isOn = false;
    this.#cancelTimer();
    this.#closeEvents();
  }

  /** A round at once: the network came back, the customer asks, the stream spoke. */
  now(): void {
    if (!this.#isOn) return;
    this.#isWantedAgain = true;
    if (!this.#isRunning) void this.#run();
  }

  /** What the client heard last decides between online and offline. */
  heard(contact: Contact): void {
    const { snapshot } = this.#parts;
    const state = contact.isReached ? 'online' : 'offline';
    const offset = contact.clockOffsetMs ?? snapshot.get().clockOffsetMs;
    if (snapshot.get().contact !== state || snapshot.get().clockOffsetMs !== offset) {
      snapshot.set({ contact: state, clockOffsetMs: offset });
    }
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#cancelTimer();
    try {
      while (this.#isWantedAgain && this.#isOn) {
        this.#isWantedAgain = false;
        const isReached = await this.#round();
        this.#failures = isReached ? 0 : this.#failures + 1;
      }
    } finally {
      this.#isRunning = false;
    }
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#isOn) return;
    const { device } = this.#parts;
    const inARow = Math.max(this.#failures, this.#events === null ? this.#lostStreams : 0);
    const delayMs = inARow === 0 ? LOOK_AGAIN_MS : retryDelayMs(inARow, device.jitter());
    this.#cancelTimer();
    this.#cancelTimer = device.later(delayMs, () => this.now());
  }

  /** Whether the clearing house was reached. */
  async #round(): Promise<boolean> {
    const { client, snapshot } = this.#parts;
    const { profile } = snapshot.get();
    if (profile === null) return true;
    const me = await client.call('me', {});
    if (!me.ok) {
      const isSessionEnded = me.refusal.code === 'not-signed-in' || me.refusal.code === 'not-allowed';
      if (isSessionEnded) {
        snapshot.set({ isSessionEnded });
        this.#closeEvents();
        await this.#fetchTrust(profile);
      }
      return isSessionEnded;
    }
    if (!isSameHouse(profile, me.value)) {
      snapshot.set({ contact: 'offline' });
      return false;
    }
    snapshot.set({ isSessionEnded: false });
    // first, so that nothing which happens after the fetch below is missed
    this.#openEvents();
    await this.#keepView(profile, me.value);
    await this.#fetchTrust(profile);
    await this.#sendRequests();
    return this.#fetchPayments();
  }

  async #keepView(profile: Profile, view: CustomerView): Promise<void> {
    const { device, purses, snapshot } = this.#parts;
    const current = snapshot.get().profile;
    // signed out, or another customer signed in, while this answer was on its way
    if (current?.customerId !== profile.customerId) return;
    const seen: Profile = { ...current, lastView: view, lastViewAtMs: device.nowMs() };
    await writeProfile(device.db, seen);
    snapshot.set({ profile: seen });
    for (const purse of snapshot.get().purses) {
      const standing = view.purses.find(({ purseId }) => purseId === purse.purseId)?.state;
      if (standing === undefined || applyStanding(purse, standing) === purse) continue;
      await purses.change<null, never>(purse.purseId, (state) =>
        ok({ state: applyStanding(state, standing), value: null }),
      );
    }
  }

  async #fetchTrust(profile: Profile): Promise<void> {
    const { client, device, snapshot } = this.#parts;
    const bytes = await client.trustBundle(snapshot.get().trust?.version ?? null);
    if (!bytes.ok || bytes.value === null) return;
    const opened = openWalletTrust(bytes.value, profile.rootPublicKey, profile.world);
    if (!opened.ok) return;
    const kept = await keepTrust(device.db, profile.rootPublicKey, opened.value);
    if (kept.ok) snapshot.set({ trust: kept.value });
  }

  async #sendRequests(): Promise<void> {
    const { device, client, snapshot, reload, purseArrived } = this.#parts;
    const { profile, trust, purseRequests } = snapshot.get();
    if (profile === null || trust === null || purseRequests.length === 0) return;
    const desk = { db: device.db, client, crypto: device.crypto, nowMs: device.nowMs };
    for (const request of await purseRequestsOf(device.db, profile.customerId)) {
      const sent = await sendPurseRequest(desk, profile, trust, request);
      if (sent.ok) purseArrived();
    }
    await reload();
  }

  /** All outcomes after the last one held; then frees what the settlement window has ended for. */
  async #fetchPayments(): Promise<boolean> {
    const { client, device, snapshot, becameKnown } = this.#parts;
    const first = snapshot.get().profile;
    if (first === null) return true;
    let profile = first;
    const isFirstFetch = profile.fetchedUpTo === null;
    const fresh: WalletPayment[] = [];
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await client.call('walletPayments', { query: { after: `${profile.fetchedUpTo ?? 0}` } });
      if (!answer.ok) return answer.refusal.code !== 'clearing-unreachable';
      if (snapshot.get().profile?.customerId !== profile.customerId) return true;
      const payments = answer.value.payments.filter(({ number }) => number > (profile.fetchedUpTo ?? 0));
      // outcomes enter the purses before the cursor moves: a stop in between fetches them again
      await this.#changePurses((state) => payments.reduce(applyOutcome, state));
      const kept = await keepCleared(device.db, profile, payments);
      if (!kept.ok) return true;
      profile = kept.value;
      snapshot.set({
        profile,
        cleared: [...payments.toReversed(), ...snapshot.get().cleared],
      });
      fresh.push(...payments);
      if (payments.length === 0) break;
    }
    const nowMs = device.nowMs();
    await this.#changePurses((state) => lapseOldPayments(state, nowMs));
    if (!isFirstFetch && fresh.length > 0) becameKnown(fresh);
    return true;
  }

  async #changePurses(change: (state: PurseState) => PurseState): Promise<void> {
    const { purses, snapshot } = this.#parts;
    for (const purse of snapshot.get().purses) {
      if (change(purse) === purse) continue;
      await purses.change<null, never>(purse.purseId, (state) => ok({ state: change(state), value: null }));
    }
  }

  #openEvents(): void {
    this.#events ??= openPaymentEvents({
      opened: () => {
        this.#lostStreams = 0;
      },
      heard: () => this.now(),
      lost: () => {
        this.#events = null;
        this.#lostStreams += 1;
        if (!this.#isRunning) this.#schedule();
      },
    });
  }

  #closeEvents(): void {
    this.#events?.close();
    this.#events = null;
  }
}
