/** Commands that keep the journal safe: backups of the running database, and a second copy of them. */
import { join, resolve } from 'node:path';
import { restoreBackup } from '../../electron/engine/safe-keeping/restore.ts';
import { PROJECT } from '../tool.ts';
import { refusedOutcome } from './basics.ts';
import { amountText, type Command, done, needed, type Outcome } from './command.ts';
import { dataFolderOf } from './till.ts';

export const backup: Command = async (till) => {
  await till.signIn();
  const { backup: made, secondCopy } = await till.act('backups.make', { approval: null });
  return done(`Backup ${made.name}, ${made.sizeBytes} bytes; second copy: ${secondCopy}.`, {
    backup: made,
    secondCopy,
  });
};

export const backups: Command = async (till) => {
  await till.signIn();
  const list = await till.must('backups.list', {});
  const lines = list.map(
    ({ name, atMs, sizeBytes }) =>
      `${new Date(atMs).toISOString()}  ${String(sizeBytes).padStart(12)}  ${name}`,
  );
  return done(lines.length === 0 ? 'No backup yet.' : lines.join('\n'), { backups: list });
};

/** What is unsent, as a file to be carried. */
export const exportUnsent: Command = async (till, _options, [folder]) => {
  await till.signIn();
  const file = await till.act('exports.unsent', {
    folder: folder === undefined ? null : resolve(folder),
    approval: null,
  });
  const { path, unsentPayments, unsentSum } = file;
  return done(`${path}: ${unsentPayments} payments, ${amountText(unsentSum)}, to be carried.`, { file });
};

/**
 * Before a till is taken down: what is unsent, where it lies, and a file of it. Status 1 while something is unsent:
 * then the folder must stay.
 */
export const leave: Command = async (till, options, words) => {
  await till.unlock();
  const { sync } = await till.must('state.get', {});
  const { folder } = till;
  if (sync.unsentPayments === 0)
    return done(`All is sent. The journal is in ${folder}.`, { folder, unsentPayments: 0 });
  const { facts } = await exportUnsent(till, options, words);
  const sum = sync.unsentSum === null ? '' : `, ${amountText(sync.unsentSum)}`;
  const sentence = `${sync.unsentPayments} payments${sum} are not sent. Keep ${folder}, or bring the file to the clearing house.`;
  return { ok: false, sentence, facts: { folder, unsentPayments: sync.unsentPayments, ...facts } };
};

/** Where each backup is copied to as well: a folder, or none. */
export const secondCopy: Command = async (till, _options, [folder]) => {
  const path = needed(folder, 'FOLDER or none') === 'none' ? null : resolve(folder ?? '');
  await till.signIn();
  await till.act('backups.setSecondCopy', { path, approval: null });
  return done(path === null ? 'Backups have no second copy.' : `Each backup is copied to ${path}.`, { path });
};

/**
 * Puts a backup in place: needs nobody signed in, and no engine at work.
 *
 * @param data the folder that was named, undefined for the default one
 */
export async function restore(data: string | undefined, file: string): Promise<Outcome> {
  const folder = dataFolderOf(data);
  const restored = await restoreBackup(resolve(file), folder, join(PROJECT, 'migrations'), Date.now());
  if (!restored.ok) return refusedOutcome(restored.refusal);
  const { epoch, setAside } = restored.value;
  const old = setAside === null ? '' : ` What was there is in ${setAside}.`;
  return done(`Restored; the journal goes on in epoch ${epoch}.${old}`, { epoch, setAside });
}
