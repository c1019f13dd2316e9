/**
 * What the terminal's window understands on its command line. Chromium's own switches pass through; an
 * unknown word is never taken for a file or an address.
 */
import { resolve } from 'node:path';

export interface StartFlags {
  /** Where everything of this till lives; two tills on one machine have two. Null: the system's place. */
  readonly userDataFolder: string | null;
  /** Fills the screen and hides the way out, for a till that does nothing else. */
  readonly isKiosk: boolean;
  /** A language tag for this start; null: what was chosen last, else the system's. */
  readonly language: string | null;
}

/** @param argv the arguments after the program's name */
export function parseStartFlags(argv: readonly string[], workingFolder: string): StartFlags {
  const folder = flagValue(argv, 'user-data-dir');
  const language = flagValue(argv, 'lang');
  return {
    userDataFolder: folder === null ? null : resolve(workingFolder, folder),
    isKiosk: argv.includes('--kiosk'),
    language: language !== null && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(language) ? language : null,
  };
}

/** `--name=value` or `--name value`; an empty value is none. */
function flagValue(argv: readonly string[], name: string): string | null {
  const prefix = `--${name}=`;
  const joined = argv.find((word) => word.startsWith(prefix))?.slice(prefix.length);
  const at = argv.indexOf(`--${name}`);
  const apart = at >= 0 && !argv[at + 1]?.startsWith('--') ? argv[at + 1] : undefined;
  return (joined ?? apart) || null;
}
