/** Commands that keep the journal safe: backups of the running database, and a second copy of them. */
import { resolve } from 'node:path';
import { type Command, done, needed } from './command.ts';

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

/** Where each backup is copied to as well: a folder, or none. */
export const secondCopy: Command = async (till, _options, [folder]) => {
  const path = needed(folder, 'FOLDER or none') === 'none' ? null : resolve(folder ?? '');
  await till.signIn();
  await till.act('backups.setSecondCopy', { path, approval: null });
  return done(path === null ? 'Backups have no second copy.' : `Each backup is copied to ${path}.`, { path });
};
