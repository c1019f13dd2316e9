/**
 * A backup that can be set back to any moment: the log is archived as it is written, and a copy of the cluster's files
 * is taken while it works (PostgreSQL's low-level API; the programs that npm brings have no pg_basebackup). For the
 * embedded PostgreSQL; docs/operations.md says what a real one does instead. Must never overwrite a file of the archive.
 */
import { chownSync, copyFileSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import pg from 'pg';
import type { Account } from '../postgres-cluster.ts';

/** A living server's lock: it would keep the copy from starting. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts']);
/** Only the folders are copied: their log comes from the archive, the rest is for the moment. */
const LEFT_EMPTY = new Set(['pg_wal', 'pg_replslot', 'pg_stat_tmp', 'pgsql_tmp']);

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Files that go away while we look were not needed: the log brings the cluster to one moment. */
function copyFolder(from: string, to: string, account: Account | null): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  if (account) chownSync(to, account.uid, account.gid);
  if (LEFT_EMPTY.has(basename(from))) return;
  for (const name of readdirSync(from)) {
    const source = join(from, name);
    const target = join(to, name);
    try {
      if (lstatSync(source).isDirectory()) copyFolder(source, target, account);
      else if (!LEFT_OUT.has(name)) {
        copyFileSync(source, target);
        if (account) chownSync(target, account.uid, account.gid);
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** Has the server archive its log into a folder that it may write; it must be started again for it to begin. */
export async function archiveLogTo(serverUrl: string, archive: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const command = `test ! -f ${archive}/%f && cp %p ${archive}/%f.part && mv ${archive}/%f.part ${archive}/%f`;
    await client.query('ALTER SYSTEM SET archive_mode = on');
    await client.query(`ALTER SYSTEM SET archive_command = ${client.escapeLiteral(command)}`);
    // what a disaster may cost at most
    await client.query(`ALTER SYSTEM SET archive_timeout = '60s'`);
  } finally {
    await client.end();
  }
}

/**
 * Copies the cluster into a folder that is made for it, while it serves.
 *
 * @param account whose the copy shall be, as the server that will run it
 */
export async function takeBaseBackup(serverUrl: string, to: string, account: Account | null): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    await client.query(`SELECT pg_backup_start('base', fast => true)`);
    copyFolder(rows[0]?.data_directory ?? '', to, account);
    const stopped = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop()');
    writeFileSync(join(to, 'backup_label'), stopped.rows[0]?.labelfile ?? '', { mode: 0o600 });
    if (account) chownSync(join(to, 'backup_label'), account.uid, account.gid);
  } finally {
    await client.end();
  }
}

/**
 * Prepares a copy so that its next start brings it to this moment and opens it for writing.
 *
 * @param momentIso a time after the copy was taken, with its zone, to the microsecond
 */
export function setBackTo(
  cluster: string,
  archive: string,
  momentIso: string,
  account: Account | null,
): void {
  const settings = [
    `restore_command = 'cp ${archive}/%f %p'`,
    `recovery_target_time = '${momentIso}'`,
    `recovery_target_action = 'promote'`,
    // the restored cluster must not write into the archive that it was made from
    `archive_mode = off`,
  ];
  const written = [
    ['recovery.signal', ''],
    ['postgresql.auto.conf', `${settings.join('\n')}\n`],
  ] as const;
  for (const [name, text] of written) {
    writeFileSync(join(cluster, name), text, { mode: 0o600 });
    if (account) chownSync(join(cluster, name), account.uid, account.gid);
  }
}
