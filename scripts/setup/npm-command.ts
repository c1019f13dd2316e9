/** How to call the npm that came with this machine's Node, with no shell where there is none to need. */
import { existsSync } from 'node:fs';

/** @returns program and leading arguments for `npm …args`, and whether Windows needs its shell for it */
export function npmCommand(args: readonly string[]): { command: string; args: string[]; shell: boolean } {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js') && existsSync(cli)) {
    return { command: process.env.npm_node_execpath ?? process.execPath, args: [cli, ...args], shell: false };
  }
  return process.platform === 'win32'
    ? { command: 'npm.cmd', args: [...args], shell: true }
    : { command: 'npm', args: [...args], shell: false };
}
