/**
 * A small process that stands between a program and its PostgreSQL: when the program ends, also by
 * SIGKILL, the channel to it closes and the server is shut down in order. It must never outlive its server.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

type Order = {
  readonly command: string;
  readonly args: readonly string[];
  readonly account: { readonly uid: number; readonly gid: number } | null;
  readonly logFile: string;
};

let server: ChildProcess | undefined;

function run(order: Order): void {
  const log = createWriteStream(order.logFile, { flags: 'a' });
  const child = spawn(order.command, order.args, {
    ...(order.account ?? {}),
    // English messages, because readiness is read from them.
    env: { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server = child;
  let heard = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    log.write(text);
    if (heard === 'ready') return;
    heard += text;
    if (heard.includes('database system is ready to accept connections')) {
      heard = 'ready';
      process.send?.({ ready: true });
    }
  });
  child.on('error', (error) => end({ log: error.message }));
  child.on('exit', (code, signal) => end({ log: `${heard}\nended with ${code ?? signal}` }));
}

function end(message: { log: string }): void {
  if (process.connected) process.send?.(message, () => process.exit(0));
  else process.exit(0);
}

process.on('message', (order: Order) => run(order));
process.on('disconnect', () => {
  if (!server || server.exitCode !== null || server.signalCode !== null) process.exit(0);
  // SIGINT is PostgreSQL's fast shutdown: sessions are cut, everything committed is on disk.
  server.kill('SIGINT');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => server?.kill('SIGINT'));
}
