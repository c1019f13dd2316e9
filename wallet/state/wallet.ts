/**
 * The wallet as the screens know it: what they show is one snapshot, what they ask for is a method here. The
 * rules are in core/; nothing here signs, and no overlay shows a code that core/ has not made durable.
 */
import { fromBase64Url } from '../../shared/bytes.ts';
import type { CustomerView, WalletPayment } from '../../shared/contract/clearing.ts';
import type { PurseId } from '../../shared/ids.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { CheckedInvoice } from '../core/answer-invoice.ts';
import type { PaymentPorts, PurseStore } from '../core/payment-ports.ts';
import { beginPresentation, endPresentation, renewPresentation } from '../core/present.ts';
import type { PurseState } from '../core/purse-state.ts';
import { readCreditNotes } from '../store/credit-notes.ts';
import { openWalletDatabase } from '../store/database.ts';
import {
  readCleared,
  readProfile,
  readSetting,
  readTrust,
  writeProfile,
  writeSetting,
} from '../store/profiles.ts';
import { purseRequestsOf } from '../store/purse-keys.ts';
import { openPurseStore, readPurses } from '../store/purses.ts';
import type { Profile } from '../store/records.ts';
import { browserDevice, type Device, paymentPorts } from './device.ts';
import type { Online } from './online.ts';
import { isSameHouse } from './same-house.ts';
import type { About, ShopCodeParts, Taken } from './shop-codes.ts';
import { FIRST_SNAPSHOT, type Notice, newsOf, type Overlay, SnapshotStore } from './snapshot.ts';

/** More than this at once are one notice. */
const MAX_NOTICES = 3;

type NoticeBody = Notice extends infer N ? (N extends Notice ? Omit<N, 'id'> : never) : never;

export interface Credentials {
  readonly userName: string;
  readonly password: string;
}

/** Shows a payment's end outside of the page, where the customer allowed it. */
export type Announce = (payment: WalletPayment) => void;

export class Wallet {
  readonly snapshot = new SnapshotStore();
  readonly #device: Device;
  readonly #purses: PurseStore;
  readonly #ports: PaymentPorts;
  readonly #shopCodes: ShopCodeParts;
  #openedOnline: Promise<Online> | null = null;
  readonly #windows: BroadcastChannel;
  readonly #announce: Announce;
  #cancelRenewal: () => void = () => undefined;
  #noticeNumber = 0;
  /** A button pressed twice is one wish: a second counter or purse would be set aside for nothing. */
  #isBeginning = false;
  #isMakingPurse = false;

  private constructor(device: Device, announce: Announce) {
    this.#device = device;
    this.#announce = announce;
    this.#windows = new BroadcastChannel('fieldtill-wallet');
    this.#windows.onmessage = () => void this.#otherWindowChanged();
    this.#purses = openPurseStore(device.db, (state) => this.#purseChanged(state));
    this.#ports = paymentPorts(device, this.#purses);
    this.#shopCodes = { ports: this.#ports, snapshot: this.snapshot, db: device.db };
  }

  #online(): Promise<Online> {
    this.#openedOnline ??= import('./online.ts').then(({ openOnline }) =>
      openOnline({
        device: this.#device,
        purses: this.#purses,
        snapshot: this.snapshot,
        reload: () => this.#reload(),
        becameKnown: (payments) => this.#becameKnown(payments),
        purseArrived: () => this.notice({ kind: 'purse-ready' }),
      }),
    );
    return this.#openedOnline;
  }

  /** Opens the wallet from the device alone; the network is asked afterwards. */
  static async open(announce: Announce): Promise<Wallet> {
    const wallet = new Wallet(browserDevice(await openWalletDatabase()), announce);
    await wallet.#resume();
    return wallet;
  }

  async #resume(): Promise<void> {
    const customerId = await readSetting(this.#device.db, 'customer');
    const profile = customerId === undefined ? undefined : await readProfile(this.#device.db, customerId);
    if (profile === undefined) {
      this.snapshot.set({ phase: 'signed-out' });
      void this.#sendSignOut();
      return;
    }
    await this.#enter(profile);
  }

  async #enter(profile: Profile): Promise<void> {
    const trust = await readTrust(this.#device.db, profile.rootPublicKey);
    this.snapshot.set({ profile, trust, isSessionEnded: false, overlay: null });
    await this.#reload();
    this.snapshot.set({ phase: 'signed-in' });
    void this.#online().then(({ sync }) => sync.start());
  }

  async #reload(): Promise<void> {
    const { profile } = this.snapshot.get();
    if (profile === null) return;
    const { db } = this.#device;
    const { customerId } = profile;
    const { purses, damaged } = await readPurses(db, customerId);
    const cleared = await readCleared(db, customerId);
    const creditNotes = await readCreditNotes(db, customerId);
    const purseRequests = await purseRequestsOf(db, customerId);
    this.snapshot.set({ purses, damagedPurses: damaged, cleared, creditNotes, purseRequests });
  }

  /** Another window of this wallet paid, or signed in or out. */
  async #otherWindowChanged(): Promise<void> {
    const customerId = await readSetting(this.#device.db, 'customer');
    if (customerId === this.snapshot.get().profile?.customerId) return this.#reload();
    (await this.#online()).sync.stop();
    this.snapshot.set({ ...FIRST_SNAPSHOT, phase: this.snapshot.get().phase });
    await this.#resume();
  }

  #purseChanged(state: PurseState): void {
    const purses = this.snapshot.get().purses.map((old) => (old.purseId === state.purseId ? state : old));
    this.snapshot.set({ purses });
    this.#windows.postMessage('changed');
  }

  /** The language on this device; undefined before it was chosen. */
  readLanguage(): Promise<string | undefined> {
    return readSetting(this.#device.db, 'language');
  }

  async keepLanguage(language: string): Promise<void> {
    await writeSetting(this.#device.db, 'language', language);
  }

  // account

  async register(credentials: Credentials, language: string): Promise<Result<null>> {
    const { client } = await this.#online();
    const registered = await client.call('registerCustomer', { body: { ...credentials, language } });
    return registered.ok ? this.signIn(credentials) : registered;
  }

  async signIn(credentials: Credentials): Promise<Result<null>> {
    const { client } = await this.#online();
    const view = await client.call('signIn', { body: credentials });
    if (!view.ok) return view;
    const profile = await this.#profileFor(view.value);
    if (profile === null) return refused({ code: 'clearing-answer-invalid' });
    const kept = await writeProfile(this.#device.db, profile);
    if (!kept.ok) return kept;
    await writeSetting(this.#device.db, 'signed-out-unsent', null);
    await writeSetting(this.#device.db, 'customer', profile.customerId);
    await this.#enter(profile);
    void this.persist();
    return ok(null);
  }

  /** Null when this customer's house had another root before: its word is not taken. */
  async #profileFor(view: CustomerView): Promise<Profile | null> {
    const rootPublicKey = fromBase64Url(view.rootPublicKey);
    if (rootPublicKey?.length !== 32) return null;
    const { customerId, userName, world } = view;
    const known = await readProfile(this.#device.db, customerId);
    if (known !== undefined && !isSameHouse(known, view)) return null;
    const fetchedUpTo = known?.fetchedUpTo ?? null;
    const lastViewAtMs = this.#device.nowMs();
    return { customerId, userName, rootPublicKey, world, lastView: view, lastViewAtMs, fetchedUpTo };
  }

  /** Leaves the account. Keys and purses stay on the device: they are worth money. */
  async signOut(): Promise<void> {
    (await this.#online()).sync.stop();
    await writeSetting(this.#device.db, 'customer', null);
    await writeSetting(this.#device.db, 'signed-out-unsent', 'yes');
    const { contact, clockOffsetMs } = this.snapshot.get();
    this.snapshot.set({ ...FIRST_SNAPSHOT, phase: 'signed-out', contact, clockOffsetMs });
    this.#windows.postMessage('changed');
    await this.#sendSignOut();
  }

  /** Ends the session at the clearing house, now or at the next start with a network. */
  async #sendSignOut(): Promise<void> {
    if ((await readSetting(this.#device.db, 'signed-out-unsent')) === undefined) return;
    const { client } = await this.#online();
    const sent = await client.call('signOut', {});
    if (sent.ok || sent.refusal.code === 'not-signed-in') {
      await writeSetting(this.#device.db, 'signed-out-unsent', null);
    }
  }

  /** Asks the browser to keep the data when room gets short. */
  async persist(): Promise<void> {
    const storage: StorageManager | undefined = navigator.storage;
    const isPersisted = (await storage?.persisted?.()) || ((await storage?.persist?.()) ?? false);
    this.snapshot.set({ isPersisted });
  }

  /** The network may be back, or the customer asks. */
  syncNow(): void {
    void this.#online().then(({ sync }) => sync.now());
  }

  // purses

  async getPurse(currency: CurrencyCode, allowanceMinor: bigint): Promise<Result<null>> {
    if (this.#isMakingPurse) return ok(null);
    this.#isMakingPurse = true;
    try {
      return await this.#makePurse(currency, allowanceMinor);
    } finally {
      this.#isMakingPurse = false;
    }
  }

  async #makePurse(currency: CurrencyCode, allowanceMinor: bigint): Promise<Result<null>> {
    const { profile, trust } = this.snapshot.get();
    if (profile === null) return refused({ code: 'not-signed-in' });
    if (trust === null) return refused({ code: 'no-trust-bundle' });
    const { db, crypto, nowMs } = this.#device;
    const { client, sync, requestPurse } = await this.#online();
    const desk = { db, client, crypto, nowMs };
    const purse = await requestPurse(desk, profile, trust, { currency, allowanceMinor });
    await this.#reload();
    if (!purse.ok) return purse;
    this.#windows.postMessage('changed');
    sync.now();
    return ok(null);
  }

  /** The cap that was chosen last for this currency, minor units. */
  async lastCap(currency: CurrencyCode): Promise<bigint | null> {
    const text = await readSetting(this.#device.db, `cap-${currency}`);
    return text === undefined ? null : BigInt(text);
  }

  // quick code

  async showQuickCode(purseId: PurseId, capMinor: bigint, currency: CurrencyCode): Promise<Result<null>> {
    if (this.#isBeginning || this.snapshot.get().overlay !== null) return ok(null);
    this.#isBeginning = true;
    const presentation = await beginPresentation(this.#ports, purseId, capMinor).finally(() => {
      this.#isBeginning = false;
    });
    if (!presentation.ok) return presentation;
    this.snapshot.set({ overlay: { kind: 'quick', presentation: presentation.value, ended: null } });
    this.#planRenewal();
    void writeSetting(this.#device.db, `cap-${currency}`, capMinor.toString());
    return ok(null);
  }

  #planRenewal(): void {
    const { overlay } = this.snapshot.get();
    this.#cancelRenewal();
    if (overlay?.kind !== 'quick' || overlay.ended !== null) return;
    const delayMs = Math.max(0, overlay.presentation.renewAtMs - this.#device.nowMs());
    this.#cancelRenewal = this.#device.later(delayMs, () => void this.renewCode());
  }

  /** The next picture, when it is time; called again when the page comes back into view. */
  async renewCode(): Promise<void> {
    const { overlay } = this.snapshot.get();
    if (overlay?.kind !== 'quick' || overlay.ended !== null) return;
    if (this.#device.nowMs() < overlay.presentation.renewAtMs) return this.#planRenewal();
    const { purseId, counter } = overlay.presentation;
    const next = await renewPresentation(this.#ports, overlay.presentation);
    const now = this.snapshot.get().overlay;
    const isStillShown =
      now?.kind === 'quick' && now.presentation.purseId === purseId && now.presentation.counter === counter;
    if (!isStillShown) return;
    if (next.ok) {
      this.snapshot.set({ overlay: { kind: 'quick', presentation: next.value, ended: null } });
      this.#planRenewal();
    } else this.snapshot.set({ overlay: { ...now, ended: next.refusal } });
  }

  /** Leaves whatever covers the screens. A quick code ends with it. */
  leave(): void {
    const { overlay } = this.snapshot.get();
    this.#cancelRenewal();
    if (overlay === null) return;
    this.snapshot.set({ overlay: null });
    if (overlay.kind === 'quick') void endPresentation(this.#ports, overlay.presentation);
  }

  // the shop's codes

  /** Takes what was scanned, pasted or dropped; a receipt and a credit note are noted. */
  async take(text: string): Promise<Result<Taken, About>> {
    const { takeText } = await import('./shop-codes.ts');
    const taken = await takeText(this.#shopCodes, text);
    if (taken.ok && taken.value === 'receipt') this.notice({ kind: 'receipt' });
    if (taken.ok && typeof taken.value === 'object') {
      this.notice({ kind: 'refund', note: taken.value });
      this.#windows.postMessage('changed');
    }
    return taken;
  }

  /** The customer confirmed the invoice. */
  async answer(checked: CheckedInvoice, purseId: PurseId): Promise<Result<null, About>> {
    const { answerChecked } = await import('./shop-codes.ts');
    return answerChecked(this.#shopCodes, checked, purseId);
  }

  /** From the history: the answer to an invoice that still lives. */
  async showAgain(purseId: PurseId, counter: number): Promise<Result<null, About>> {
    const { answerAgain } = await import('./shop-codes.ts');
    return answerAgain(this.#shopCodes, purseId, counter);
  }

  // notices

  notice(body: NoticeBody): void {
    this.#noticeNumber += 1;
    const { notices } = this.snapshot.get();
    const added = { ...body, id: this.#noticeNumber } as Notice;
    this.snapshot.set({ notices: [...notices, added].slice(-MAX_NOTICES) });
  }

  dismiss(id: number): void {
    this.snapshot.set({ notices: this.snapshot.get().notices.filter((notice) => notice.id !== id) });
  }

  #becameKnown(payments: readonly WalletPayment[]): void {
    const { overlay } = this.snapshot.get();
    const shown = overlay === null || overlay.kind === 'confirm' ? null : shownPayment(overlay);
    const news = payments.filter(
      ({ purseId, counter, refundId }) => refundId || purseId !== shown?.purseId || counter !== shown.counter,
    );
    if (news.length > MAX_NOTICES) this.notice({ kind: 'settled-many', count: news.length });
    else {
      for (const payment of news) {
        this.notice({ kind: newsOf(payment), payment });
      }
    }
    for (const payment of payments.slice(-MAX_NOTICES)) this.#announce(payment);
    this.#windows.postMessage('changed');
  }
}

/** The payment whose code is on the screen: its end is told there. */
function shownPayment(overlay: Exclude<Overlay, { kind: 'confirm' }>): { purseId: string; counter: number } {
  const { purseId } = overlay.kind === 'quick' ? overlay.presentation : overlay.answer;
  const { counter } = overlay.kind === 'quick' ? overlay.presentation : overlay.answer.record;
  return { purseId, counter };
}
