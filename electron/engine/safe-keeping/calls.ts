/** Calls about backups and about what leaves the till as a file. */
import { isAbsolute, join } from 'node:path';
import type { safeKeepingCalls as shapes } from '../../../shared/contract/terminal/safe-keeping.ts';
import { backupValue } from '../../../shared/protocol/bodies/safe-keeping.ts';
import { ok, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import { record } from '../record.ts';
import type { RoomCalls } from '../room.ts';
import { listBackups } from './backup-folder.ts';
import { exportUnsent } from './export-unsent.ts';

export function safeKeepingCalls(core: EngineCore): RoomCalls<keyof typeof shapes> {
  return {
    'backups.make': async (_params, by) => {
      if (core.backups === undefined) return refused({ code: 'not-enrolled' });
      const approvedBy = by.approver?.personId ?? null;
      return await core.backups.make(by.person.name, approvedBy);
    },

    'backups.list': () => ok(listBackups(core.options.dataFolder)),

    'backups.setSecondCopy': ({ path }, { session, person, approver }) => {
      if (path !== null && !isAbsolute(path))
        return refused({ code: 'bad-request', detail: { field: 'path' } });
      const { store, ports } = session;
      const body = backupValue({ what: 'second-copy', path, approvedBy: approver?.personId ?? null });
      const written = store.write(() => {
        record(store, { kind: 'backup-made', atMs: ports.clock.nowMs(), actor: person.name, body });
        store.settings.setText('second-copy-path', path ?? '');
        store.settings.setText('second-copy-state', 'none');
      });
      if (!written.ok) return written;
      core.tellLater();
      return ok({});
    },

    'exports.unsent': ({ folder }, by) => {
      if (folder !== null && !isAbsolute(folder))
        return refused({ code: 'bad-request', detail: { field: 'folder' } });
      return exportUnsent(by, folder ?? join(core.options.dataFolder, 'exports'));
    },
  };
}
