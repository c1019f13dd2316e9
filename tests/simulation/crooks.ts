/**
 * What somebody tries who should not be paid for: codes used before, photographed, altered, forged, too old, of
 * another currency, and a wallet that pays two shops with one counter.
 */
import * as crypto from 'node:crypto';
import { sha256 } from '../../shared/hash.ts';
import { idBytes } from '../../shared/ids.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { sign1Value, signDraft } from '../../shared/protocol/cose.ts';
import { decodeDigits, encodeDigits } from '../../shared/protocol/digits.ts';
import { nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import { draftPayment, readPayment } from '../../shared/protocol/payment.ts';
import { decodePictureText, pictureText } from '../../shared/protocol/picture.ts';
import { issuePurseCertificate, readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import { certificateOf, type PurseState } from '../../wallet/core/purse-state.ts';
import type { ShownCode } from './book.ts';
import type { Cashier } from './cashier.ts';
import type { Customers } from './customers.ts';
import type { QuickSales } from './quick-sales.ts';
import type { Random } from './random.ts';
import type { Till } from './till.ts';
import { unitOf, type World } from './world.ts';

/** So long a photograph of a code is of use to anybody. */
const FRESH_MS = 25_000;
/** So long a till takes a code for fresh, if it has not seen it. */
const TAKEN_MS = 70_000;
/** Codes that a crook remembers. */
const REMEMBERED = 60;

export class Crooks {
  readonly #world: World;
  readonly #customers: Customers;
  readonly #cashier: Cashier;
  readonly #quickSales: QuickSales;
  readonly #random: Random;

  constructor(world: World, customers: Customers, cashier: Cashier, quickSales: QuickSales) {
    this.#world = world;
    this.#customers = customers;
    this.#cashier = cashier;
    this.#quickSales = quickSales;
    this.#random = world.random.fork('crooks');
  }

  #codes(isFit: (code: ShownCode, ageMs: number) => boolean): readonly ShownCode[] {
    const { book, timeline } = this.#world;
    return book.codes
      .slice(-REMEMBERED)
      .filter((code) => code.purse !== null && isFit(code, timeline.nowMs - code.shownAtMs));
  }

  #tillOf(isFit: (till: Till) => boolean): Till | undefined {
    return this.#random.pick(this.#world.tills.filter((till) => till.isRunning && isFit(till)));
  }

  async #try(act: string, till: Till, code: ShownCode): Promise<void> {
    await this.#cashier.charge(act, till, code, code.mostMinor);
  }

  /** The same code once more, at a till that has taken it. */
  async replay(): Promise<void> {
    const { book, faults } = this.#world;
    const isQuick = this.#random.chance(0.7);
    const taken = this.#codes(
      ({ purse }, ageMs) =>
        purse !== null &&
        (!isQuick || ageMs < TAKEN_MS) &&
        book.approvedAt(purse.purseId, purse.counter).length > 0,
    );
    const code = this.#random.pick(taken);
    const till = this.#tillOf(({ name }) =>
      code?.purse ? book.approvedAt(code.purse.purseId, code.purse.counter).includes(name) : false,
    );
    if (code === undefined || till === undefined) return;
    faults.happened('code-replayed');
    await this.#try('replay', till, code);
  }

  /** A code is charged, and its photograph is charged at another till while it is fresh. */
  replayElsewhere(): void {
    const { timeline, faults } = this.#world;
    const places = this.#twoTills();
    const payer = places === undefined ? undefined : this.#customers.payer(places.first.currency);
    if (places === undefined || payer === undefined) return;
    const { first, second } = places;
    this.#quickSales.show(payer, unitOf(first.currency) * 3n, (code) => {
      timeline.after(2000, () => this.#try('photographed', first, code));
      timeline.after(4000, () => {
        faults.happened('code-replayed-elsewhere');
        return this.#try('replay-elsewhere', second, code);
      });
    });
  }

  /** Of one currency, both open. */
  #twoTills(): { first: Till; second: Till } | undefined {
    const first = this.#tillOf((till) =>
      this.#world.tills.some((other) => other !== till && other.currency === till.currency),
    );
    const second = this.#tillOf((till) => till !== first && till.currency === first?.currency);
    return first === undefined || second === undefined ? undefined : { first, second };
  }

  async expired(): Promise<void> {
    const code = this.#random.pick(this.#codes(({ mode }, ageMs) => mode === 'quick' && ageMs > 150_000));
    const till = this.#tillOf(({ currency }) => currency === code?.currency);
    if (code === undefined || till === undefined) return;
    this.#world.faults.happened('code-expired');
    await this.#try('expired', till, code);
  }

  async otherCurrency(): Promise<void> {
    const code = this.#random.pick(this.#codes(({ mode }, ageMs) => mode === 'quick' && ageMs < FRESH_MS));
    const till = this.#tillOf(({ currency }) => currency !== code?.currency);
    if (code === undefined || till === undefined) return;
    this.#world.faults.happened('code-of-other-currency');
    await this.#try('other-currency', till, code);
  }

  /** A digit of a real code is another: misread; or a byte is, with check digits to match. */
  async altered(): Promise<void> {
    const code = this.#random.pick(this.#codes(({ mode }) => mode === 'quick'));
    const till = this.#tillOf(({ currency }) => currency === code?.currency);
    if (code === undefined || till === undefined) return;
    const text = this.#random.chance(0.4) ? this.#otherDigit(code.text) : this.#otherByte(code.text);
    this.#world.faults.happened('code-altered');
    await this.#try('altered', till, { ...code, text, purse: null });
  }

  #otherDigit(text: string): string {
    const at = this.#random.integer(0, text.length - 1);
    const digit = (Number(text[at]) + this.#random.integer(1, 9)) % 10;
    return text.slice(0, at) + String(digit) + text.slice(at + 1);
  }

  #otherByte(text: string): string {
    const decoded = decodeDigits(text);
    const bytes = decoded.ok ? decoded.value : new Uint8Array(1);
    const at = this.#random.integer(0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << this.#random.integer(0, 7));
    return encodeDigits(bytes);
  }

  /** A real code with another cap or another counter, and the signature that it had. */
  async forged(): Promise<void> {
    const code = this.#random.pick(this.#codes(({ mode }) => mode === 'quick'));
    const till = this.#tillOf(({ currency }) => currency === code?.currency);
    const picture = code === undefined ? undefined : decodePictureText(code.text);
    if (code === undefined || till === undefined || !picture?.ok || picture.value.kind !== 'presented')
      return;
    const { payment } = picture.value;
    const purse = this.#purseOf(code);
    if (payment.mode !== 'quick' || purse === undefined) return;
    const fields = this.#random.chance(0.5)
      ? { ...payment, capMinor: payment.capMinor * 3n }
      : { ...payment, counter: payment.counter + 1, iatS: Math.floor(till.nowMs / 1000) };
    const { payload } = draftPayment(fields, 'test', certificateOf(purse).digest);
    const forged = readPayment(sign1Value({ ...payment.sign1, payload }));
    this.#world.faults.happened('code-forged');
    await this.#try('forged', till, {
      ...code,
      text: pictureText({ ...picture.value, payment: forged }),
      purse: null,
    });
  }

  #purseOf(code: ShownCode): PurseState | undefined {
    return this.#world.wallets
      .flatMap((wallet) => wallet.shelf.all())
      .find((state) => state.purseId === code.purse?.purseId);
  }

  /** Everything as in a real purse, by an issuer of the crook's own. */
  async unknownIssuer(): Promise<void> {
    const till = this.#tillOf(() => true);
    const purse = this.#random.pick(
      this.#world.wallets.flatMap((wallet) => (till === undefined ? [] : wallet.pursesOf(till.currency))),
    );
    if (till === undefined || purse === undefined) return;
    const issuer = nodeSigner(crypto, this.#random.bytes(32));
    const wallet = nodeSigner(crypto, this.#random.bytes(32));
    const real = certificateOf(purse);
    // half of them name the real issuer's key, which did not sign
    const kid = this.#random.chance(0.5) ? real.kid : sha256(issuer.publicKey).subarray(0, 4);
    const fields = { ...real, purseId: idBytes(real.purseId), publicKey: wallet.publicKey };
    const certificate = readPurseCertificate(decodeCbor(issuePurseCertificate(fields, 'test', kid, issuer)));
    const capMinor = 10n * unitOf(till.currency);
    const draft = draftPayment(
      {
        mode: 'quick',
        counter: 1,
        spentMinor: 0n,
        previous: new Uint8Array(8),
        capMinor,
        iatS: Math.floor(till.nowMs / 1000),
        ttlS: 30,
        nonce: this.#random.bytes(8),
      },
      'test',
      certificate.digest,
    );
    const payment = readPayment(sign1Value(signDraft(draft, wallet)));
    this.#world.faults.happened('code-of-unknown-issuer');
    await this.#try('unknown-issuer', till, {
      text: pictureText({ kind: 'presented', certificate, payment }),
      mode: 'quick',
      invoiceId: null,
      purse: null,
      currency: till.currency,
      mostMinor: capMinor,
      shownAtMs: this.#world.timeline.nowMs,
      staleAtMs: Number.POSITIVE_INFINITY,
    });
  }

  /**
   * A cashier's trick: keep a code that was not charged, pull the network's plug, and when it has expired turn
   * the clock back to when it had not. As often as it takes.
   */
  clockTrick(): void {
    const till = this.#tillOf(({ clockOffsetMs }) => clockOffsetMs === 0);
    const payer = till === undefined ? undefined : this.#customers.payer(till.currency);
    if (till === undefined || payer === undefined) return;
    const { timeline, faults, trace } = this.#world;
    const ageMs = this.#random.integer(4, 12) * 60_000;
    till.line.cutUntilMs = Math.max(till.line.cutUntilMs, timeline.nowMs + ageMs + 60_000);
    till.loseStream();
    this.#quickSales.show(payer, unitOf(till.currency), (code) => {
      timeline.after(ageMs, async () => {
        await this.#try('trick-expired', till, code);
        if (till.clockOffsetMs !== 0) return;
        till.clockOffsetMs = -ageMs;
        faults.happened('terminal-clock-back');
        trace.event('clock', till.name, 'tricked');
      });
      for (const laterMs of [2000, 4000, 6000]) {
        timeline.after(ageMs + laterMs, () => this.#try('trick-again', till, code));
      }
      timeline.after(ageMs + 20_000, () => {
        if (till.clockOffsetMs === -ageMs) till.clockOffsetMs = 0;
      });
    });
  }

  /** Pays one shop, puts the storage of a moment ago back in place, and pays another with the same counter. */
  doubleSpend(): void {
    const { timeline, trace, book, faults } = this.#world;
    const places = this.#twoTills();
    const payer = places === undefined ? undefined : this.#customers.payer(places.first.currency);
    if (places === undefined || payer === undefined) return;
    const { first, second } = places;
    const { wallet, purse } = payer;
    const before = wallet.backUp();
    const capMinor = unitOf(first.currency) * BigInt(this.#random.integer(2, 15));
    this.#quickSales.show(payer, capMinor, (code) => {
      timeline.after(2000, () => this.#try('double-spend-first', first, code));
      timeline.after(4000, () => {
        for (const purseId of wallet.restore(before)) book.rolledBack.add(purseId);
        faults.happened('wallet-restored');
        trace.event('wallet-restored', wallet.name, 'clone');
        const copy = wallet.shelf.get(purse.purseId);
        if (copy === undefined) return;
        this.#quickSales.show({ wallet, purse: copy }, capMinor, (again) => {
          timeline.after(2000, () => this.#try('double-spend-second', second, again));
        });
      });
    });
  }
}
