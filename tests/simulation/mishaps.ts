/**
 * What happens to machines: power cuts, killed processes, clocks that jump, lines that are cut, a clearing
 * house that restarts, storage put back from an old copy, nights.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { certificateOf } from '../../wallet/core/purse-state.ts';
import { auditTill } from './audit-till.ts';
import type { Random } from './random.ts';
import { copyFiles, type Till } from './till.ts';
import type { Backup, Wallet } from './wallet.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export class Mishaps {
  readonly #world: World;
  readonly #random: Random;
  readonly #backups: { readonly wallet: Wallet; readonly backup: Backup }[] = [];
  #isNight = false;
  /** Files of an earlier moment, by till (a planted mistake). */
  readonly #stale = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('mishaps');
  }

  #till(): Till | undefined {
    return this.#random.pick(this.#world.tills.filter((till) => till.isRunning));
  }

  /** SIGKILL, a power cut; and somebody starts it again. */
  async killTill(till = this.#till()): Promise<void> {
    if (till === undefined) return;
    const { faults, trace, timeline } = this.#world;
    const isTorn = await till.kill(this.#random.chance(0.4), this.#stale.get(till.name) ?? null);
    if (isTorn) faults.happened('torn-write');
    faults.happened('terminal-killed');
    trace.event('terminal-killed', till.name, isTorn ? 'torn' : 'whole');
    timeline.after(this.#random.waitMs(15_000), () => this.startTill(till));
  }

  async startTill(till: Till): Promise<void> {
    // whoever comes at night waits for the morning
    if (till.isRunning || this.#isNight) return;
    await till.open();
    await till.signIn();
    await auditTill(this.#world, till);
    this.#world.trace.event('terminal-started', till.name, till.brokenAt() ?? 'whole');
  }

  /** Once in a while right between the commit and the screen. */
  readonly beforeShown = async (till: Till): Promise<boolean> => {
    if (this.#world.planted === 'terminal-forgets') this.#keepStale(till);
    if (!till.isRunning || !this.#random.chance(0.03)) return false;
    this.#world.faults.happened('terminal-killed-before-shown');
    await this.killTill(till);
    return true;
  };

  /** A disk that lies: what it holds after a power cut is what it held some sales ago. */
  #keepStale(till: Till): void {
    if (!till.isRunning || !this.#random.chance(0.2)) return;
    const folder = join(this.#world.folder, `stale-${till.name}`);
    rmSync(folder, { recursive: true, force: true });
    copyFiles(till.folder, folder);
    this.#stale.set(till.name, folder);
  }

  /** Closed in order, for a while; what is on its way may come back to a closed till. */
  closeTill(): void {
    const till = this.#till();
    if (till === undefined) return;
    till.close();
    this.#world.trace.event('terminal-closed', till.name, 'ok');
    this.#world.timeline.after(this.#random.waitMs(MINUTE_MS), () => this.startTill(till));
  }

  cutLine(): void {
    const { tills, wallets, timeline, faults, trace } = this.#world;
    const ends = this.#random.chance(0.2) ? [...tills] : [...tills, ...wallets];
    const end = this.#random.pick(ends);
    if (end === undefined) return;
    faults.happened('partition');
    const isForAll = this.#random.chance(0.15);
    const untilMs = timeline.nowMs + this.#random.integer(20_000, 15 * MINUTE_MS);
    for (const one of isForAll ? tills : [end]) {
      one.line.cutUntilMs = Math.max(one.line.cutUntilMs, untilMs);
      if ('loseStream' in one) one.loseStream();
    }
    trace.event('partition', isForAll ? 'all tills' : end.name, 'cut');
  }

  async restartClearing(): Promise<void> {
    const { house, tills, timeline, faults, trace } = this.#world;
    if (!house.isRunning) return;
    faults.happened('clearing-restarted');
    trace.event('clearing-stopped', 'clearing', 'ok');
    await house.stop();
    for (const till of tills) till.loseStream();
    timeline.after(this.#random.waitMs(MINUTE_MS), async () => {
      await this.startClearing();
    });
  }

  async startClearing(): Promise<void> {
    const { house, trace } = this.#world;
    if (house.isRunning) return;
    await house.start();
    trace.event('clearing-started', 'clearing', 'ok');
  }

  turnTillClock(): void {
    const till = this.#till();
    if (till === undefined || till.clockOffsetMs !== 0) return;
    const { faults, trace, timeline } = this.#world;
    const isBack = this.#random.chance(0.4);
    // a little, some hours, a day, or beyond all belief: ten years ahead, or 1970 after a flat battery
    const farMs = isBack ? timeline.nowMs - 1000 : 10 * 365 * 24 * HOUR_MS;
    const most = this.#random.weighted({ near: 50, hours: 35, day: 8, far: 7 });
    const byMs =
      most === 'far'
        ? farMs
        : this.#random.integer(
            MINUTE_MS,
            { near: 4 * MINUTE_MS, hours: 3 * HOUR_MS, day: 24 * HOUR_MS }[most],
          );
    till.clockOffsetMs = isBack ? -byMs : byMs;
    faults.happened(isBack ? 'terminal-clock-back' : 'terminal-clock-forward');
    trace.event('clock', till.name, isBack ? 'back' : 'forward');
    timeline.after(this.#random.integer(MINUTE_MS, 20 * MINUTE_MS), () => {
      till.clockOffsetMs = 0;
      trace.event('clock', till.name, 'mended');
    });
  }

  turnWalletClock(): void {
    const wallet = this.#random.pick(this.#world.wallets);
    if (wallet === undefined || wallet.clockOffsetMs !== 0) return;
    const { faults, trace, timeline } = this.#world;
    const byMs = this.#random.integer(20_000, 15 * MINUTE_MS);
    wallet.clockOffsetMs = this.#random.chance(0.5) ? -byMs : byMs;
    faults.happened('wallet-clock-off');
    trace.event('clock', wallet.name, wallet.clockOffsetMs < 0 ? 'behind' : 'ahead');
    timeline.after(this.#random.integer(MINUTE_MS, 10 * MINUTE_MS), () => {
      wallet.clockOffsetMs = 0;
      trace.event('clock', wallet.name, 'mended');
    });
  }

  /** The device will lose its power at its next payment: before it is on disk, or right after. */
  armPowerCut(): void {
    const wallet = this.#random.pick(this.#world.wallets);
    if (wallet === undefined) return;
    wallet.shelf.cut = this.#random.chance(0.5) ? 'before-commit' : 'after-commit';
  }

  /** All is mended: clocks, lines, processes. */
  async endAll(): Promise<void> {
    const { tills, wallets } = this.#world;
    this.#isNight = false;
    for (const end of [...tills, ...wallets]) {
      end.line.cutUntilMs = 0;
      end.clockOffsetMs = 0;
    }
    for (const wallet of wallets) wallet.shelf.cut = null;
    await this.startClearing();
    for (const till of tills) await this.startTill(till);
  }

  killWallet(): void {
    const wallet = this.#random.pick(this.#world.wallets);
    if (wallet === undefined) return;
    wallet.kill();
    this.#world.trace.event('wallet-killed', wallet.name, 'ok');
  }

  backUpWallet(): void {
    const wallet = this.#random.pick(this.#world.wallets);
    if (wallet === undefined) return;
    this.#backups.push({ wallet, backup: wallet.backUp() });
    this.#world.trace.event('wallet-backup', wallet.name, 'ok');
  }

  restoreWallet(): void {
    const { book, faults, trace } = this.#world;
    const [chosen] = this.#backups.splice(this.#random.integer(0, Math.max(0, this.#backups.length - 1)), 1);
    if (chosen === undefined) return;
    const { wallet, backup } = chosen;
    for (const purseId of wallet.restore(backup)) book.rolledBack.add(purseId);
    faults.happened('wallet-restored');
    trace.event('wallet-restored', wallet.name, 'backup');
  }

  /** The operator freezes a purse: one that contradicted itself, if there is one that still may pay. */
  async revokePurse(): Promise<void> {
    const { wallets, book, house, faults, trace } = this.#world;
    if (!house.isRunning) return;
    const open = wallets
      .flatMap((wallet) => wallet.shelf.all())
      .filter(({ purseId }) => !book.revoked.has(purseId));
    const guilty = open.filter(({ purseId }) => book.rolledBack.has(purseId));
    const purse = this.#random.pick(guilty.length > 0 ? guilty : open);
    if (purse === undefined) return;
    const { trustVersion } = await house.operate('revokePurse', {}, { purseId: purse.purseId });
    book.revoked.set(purse.purseId, trustVersion);
    faults.happened('purse-revoked');
    trace.event('purse-revoked', 'operator', certificateOf(purse).currency);
  }

  /** Shops close, hours pass, shops open. */
  night(): void {
    const { tills, timeline, trace } = this.#world;
    for (const till of tills) till.close();
    this.#isNight = true;
    trace.event('night', 'all tills', 'closed');
    timeline.after(this.#random.integer(8, 13) * HOUR_MS, async () => {
      this.#isNight = false;
      for (const till of tills) await this.startTill(till);
      trace.event('morning', 'all tills', 'open');
    });
  }
}
