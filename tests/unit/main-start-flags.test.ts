import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStartFlags } from '../../electron/main/start-flags.ts';

const HERE = resolve('/somewhere');

describe('the window’s command line', () => {
  it.each([
    [[], { userDataFolder: null, isKiosk: false, language: null }],
    [['--kiosk'], { userDataFolder: null, isKiosk: true, language: null }],
    [['--user-data-dir=till'], { userDataFolder: resolve(HERE, 'till'), isKiosk: false, language: null }],
    [['--user-data-dir', 'a b'], { userDataFolder: resolve(HERE, 'a b'), isKiosk: false, language: null }],
    [['--user-data-dir', '--kiosk'], { userDataFolder: null, isKiosk: true, language: null }],
    [['--user-data-dir='], { userDataFolder: null, isKiosk: false, language: null }],
    [['--lang=zh-Hans'], { userDataFolder: null, isKiosk: false, language: 'zh-Hans' }],
    [['--lang=../../x'], { userDataFolder: null, isKiosk: false, language: null }],
    [['--lang=javascript:1'], { userDataFolder: null, isKiosk: false, language: null }],
    [['app://evil/', 'file.html'], { userDataFolder: null, isKiosk: false, language: null }],
  ])('%j → %j', (argv, flags) => {
    expect(parseStartFlags(argv, HERE)).toEqual(flags);
  });
});
