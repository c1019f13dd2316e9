/**
 * `npm run demo`: the main job on the real parts, by itself: a real wallet in Chromium, the real terminal in
 * Electron, the real clearing house on PostgreSQL. One line a step; pictures of what was on the screens.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.ts';
import { sendJournalAgain } from './demo/send-again.ts';
import { must, Steps, until } from './demo/steps.ts';
import { DemoWorld } from './demo/world.ts';
import { electronRuntime } from './setup/electron-runtime.ts';
import { ensureSystemLibraries } from './setup/system-libraries.ts';
import { hasDisplay, openVirtualDisplay } from './setup/virtual-display.ts';
import { PROJECT } from './tool.ts';
import { forgedPurse, quickCode, withOneDigitChanged } from './world/scripted-purse.ts';

const USAGE = `npm run demo -- [--json] [--help]

Drives the real parts from a purse to a settled payment: offline sale by camera,
the engine killed, the same code again, a bound payment, three bad codes, then
the network comes back. Pictures of the screens go to demo-out/.

  --json   print one JSON object as the last line: {ok, steps: [{name, ok, ms}]}

Exit status 0 only when every step held.
`;

const OUT = join(PROJECT, 'demo-out');
const QUICK_MINOR = '1250';
const BOUND_MINOR = '3700';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) process.stdout.write(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const obstacle = ensureSystemLibraries(
    { window: true, virtualDisplay: !hasDisplay(), browser: true, fonts: true },
    console.log,
  );
  if (obstacle !== null) {
    console.log(obstacle);
    return 1;
  }
  await ensureBuilt(console.log);
  await electronRuntime({ say: console.log });
  const display = hasDisplay() ? undefined : await openVirtualDisplay();
  if (display !== undefined) process.env.DISPLAY = display.display;
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'fieldtill-demo-'));
  const steps = new Steps();
  const world = new DemoWorld(folder, OUT);
  try {
    await story(steps, world);
  } catch {
    await world.pictureOfFailure(); // the step has told what did not hold
  } finally {
    await world.close();
    display?.close();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(steps.allHeld ? `Every step held. Pictures: ${OUT}` : 'A step did not hold.');
  if (values.json) console.log(JSON.stringify({ ok: steps.allHeld, steps: steps.done }));
  return steps.allHeld ? 0 : 1;
}

async function story(steps: Steps, world: DemoWorld): Promise<void> {
  let quickDigits = '';

  await steps.step('clearing house, shop, terminal and customer are there', async () => {
    await world.open();
    return undefined;
  });
  await steps.step('wallet gets a purse online', async () => {
    const { wallet } = world;
    await wallet.signIn(world.customer.userName, world.customer.password);
    await wallet.getPurse(10_000n);
    await wallet.storedOffline();
    await wallet.page.screenshot({ path: join(OUT, '01-wallet-purse.png') });
    return `${await wallet.left()} minor units, of which reserved ${await wallet.reserved()}`;
  });
  const purses = await world.scriptedPurses();

  await steps.step('network cut on both sides', async () => {
    await world.cutNetwork();
    await until('the terminal sees that the clearing house is gone', async () => {
      await world.terminal.syncNow();
      const chip = await world.terminal.chip();
      return chip.reachability === 'offline' ? chip : undefined;
    });
    return (await world.terminal.chip()).text;
  });
  await steps.step('wallet, opened again without a network, shows a code', async () => {
    const { wallet } = world;
    await wallet.page.reload();
    await wallet.ready();
    const code = await wallet.showQuickCode(5000n);
    quickDigits = code.digits;
    await wallet.page.screenshot({ path: join(OUT, '02-wallet-code.png') });
    return `payment ${code.counter} of this purse, ${code.digits.length} digits`;
  });
  await steps.step('the picture of that page, before the terminal’s camera → approved offline', async () => {
    const { terminal } = world;
    world.showToCamera(await world.wallet.codePicture());
    await terminal.enterAmount(QUICK_MINOR);
    await terminal.startCamera();
    const verdict = await terminal.verdict();
    must(verdict.kind === 'approved', `declined: ${verdict.code}`);
    await world.killEngine();
    await terminal.page.screenshot({ path: join(OUT, '03-terminal-engine-killed.png') });
    return `from frame to decision ${Math.round(verdict.frameToVerdictMs)} ms; engine killed right after`;
  });
  await steps.step('engine started again: the payment is there, once', async () => {
    const { terminal } = world;
    await terminal.signIn(world.pin);
    await terminal.waitForScreen('till');
    const rows = (await terminal.payments()).filter(({ state }) => state !== 'declined');
    must(rows.length === 1 && rows[0]?.minor === QUICK_MINOR, `${rows.length} payments`);
    return rows[0]?.state;
  });
  await steps.step('the same code again, by scanner keys → declined as seen', async () => {
    const verdict = await world.scan(QUICK_MINOR, quickDigits, 'wedge');
    must(verdict.code === 'already-used', `${verdict.kind} ${verdict.code}`);
    await world.terminal.page.screenshot({ path: join(OUT, '04-terminal-already-used.png') });
    return verdict.text.slice(0, 60);
  });
  await steps.step('a bound payment: invoice shown, answered by the wallet → approved offline', async () => {
    const { terminal, wallet } = world;
    await terminal.newSale();
    await terminal.enterAmount(BOUND_MINOR);
    await terminal.page.screenshot({ path: join(OUT, '05-terminal-amount.png') });
    const invoice = await terminal.issueInvoice();
    await terminal.page.screenshot({ path: join(OUT, '05-terminal-invoice.png') });
    await wallet.leave();
    const answer = await wallet.answerInvoice(invoice);
    await wallet.page.screenshot({ path: join(OUT, '06-wallet-answer.png') });
    await terminal.paste(answer.digits);
    const verdict = await terminal.verdict();
    must(verdict.kind === 'approved', `declined: ${verdict.code}`);
    await terminal.page.screenshot({ path: join(OUT, '06-terminal-approved.png') });
    await wallet.leave();
    return verdict.amountText;
  });
  const nowS = () => Math.floor(Date.now() / 1000);
  const bad: readonly [name: string, digits: () => string, code: string][] = [
    [
      'a code altered by one digit',
      () => withOneDigitChanged(quickCode(purses.honest, { iatS: nowS() })),
      'unreadable',
    ],
    [
      'a code by an unknown issuer',
      () => quickCode(forgedPurse(purses.honest), { iatS: nowS() }),
      'untrusted',
    ],
    ['a code that is too old', () => quickCode(purses.honest, { iatS: nowS() - 3600 }), 'expired'],
  ];
  for (const [name, digits, code] of bad) {
    await steps.step(`${name} → declined as ${code}`, async () => {
      const verdict = await world.scan('500', digits(), 'paste');
      must(verdict.kind === 'declined' && verdict.code === code, `${verdict.kind} ${verdict.code}`);
      await world.terminal.page.screenshot({ path: join(OUT, `07-terminal-${code}.png`) });
      return undefined;
    });
  }
  await steps.step('the clearing house comes up: the queue drains by itself', async () => {
    await world.terminal.newSale();
    const { unsent } = await world.terminal.chip();
    must(unsent === 2, `${unsent} unsent before`);
    await world.restoreNetwork();
    await until(
      'nothing is unsent',
      async () => ((await world.terminal.chip()).unsent === 0 ? true : undefined),
      120_000,
    );
    return `${unsent} were unsent`;
  });
  await steps.step('both payments settled', async () => {
    const settled = await until('two settled payments', async () => {
      const rows = await world.terminal.payments();
      return rows.filter(({ state }) => state === 'settled').length === 2 ? rows : undefined;
    });
    await world.terminal.page.keyboard.press('F4');
    await world.terminal.page.screenshot({ path: join(OUT, '08-terminal-payments.png') });
    await world.terminal.page.keyboard.press('F4');
    return settled
      .filter(({ state }) => state === 'settled')
      .map(({ minor }) => minor)
      .join(', ');
  });
  await steps.step('the wallet was told, and knows what it has', async () => {
    await world.wallet.notice('settled');
    const history = await until('two settled payments in the wallet', async () => {
      const rows = await world.wallet.history();
      return rows.filter(({ state }) => state === 'settled').length === 2 ? rows : undefined;
    });
    await world.wallet.page.screenshot({ path: join(OUT, '09-wallet-history.png') });
    return history.map(({ state }) => state).join(', ');
  });
  await steps.step('the same batch sent again changes nothing', async () => {
    const before = JSON.stringify(await world.operator.ledger());
    await world.terminal.close();
    const ack = await sendJournalAgain(join(world.terminalFolder, 'data'), world.passphrase);
    const after = JSON.stringify(await world.operator.ledger());
    must(before === after, 'the ledger changed');
    return `acknowledged up to entry ${ack.seq} again, ledger unchanged`;
  });
  await steps.step('the ledger sums to zero, and the merchant has the money', async () => {
    const { sums, accounts } = await world.operator.ledger();
    must(
      sums.length > 0 && sums.every(({ sumMinor }) => sumMinor === '0'),
      'the ledger does not sum to zero',
    );
    const receivable = accounts.find(({ kind }) => kind === 'receivable');
    const expected = (BigInt(QUICK_MINOR) + BigInt(BOUND_MINOR)).toString();
    must(receivable?.balanceMinor === expected, `the merchant has ${receivable?.balanceMinor}`);
    return `${receivable.ownerName}: ${receivable.balanceMinor} minor units of ${receivable.currency}`;
  });
}
