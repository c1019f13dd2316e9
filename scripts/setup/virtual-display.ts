/**
 * An X server in memory for windows on a machine without a screen. It must end with the process that
 * opened it, and be reached from this computer only.
 */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

const START_TIMEOUT_MS = 15_000;

/** Whether windows can be shown here as it is. */
export function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Starts Xvfb on a free display.
 *
 * @param screen width x height x depth
 * @returns `display` for the environment variable DISPLAY, and `close`
 */
export function openVirtualDisplay(screen = '1366x900x24'): Promise<{ display: string; close(): void }> {
  return new Promise((settle, reject) => {
    const server = spawn(
      'Xvfb',
      ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset'],
      {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      },
    );
    const close = () => {
      process.off('exit', close);
      server.kill('SIGTERM');
    };
    const timer = setTimeout(() => {
      close();
      reject(new Error('Xvfb did not start in time.'));
    }, START_TIMEOUT_MS);
    process.on('exit', close);
    server.unref();
    server.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`Xvfb could not be started: ${error.message}`));
    });
    server.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`Xvfb ended with ${code}.`));
    });
    const numbers = server.stdio[3] as Readable;
    let said = '';
    numbers.on('data', (text: Buffer) => {
      said += text.toString('utf8');
      if (!said.endsWith('\n')) return;
      clearTimeout(timer);
      numbers.destroy();
      settle({ display: `:${said.trim()}`, close });
    });
  });
}
