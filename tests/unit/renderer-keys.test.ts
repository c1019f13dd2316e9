import { describe, expect, it } from 'vitest';
import { actionOf, ariaChord, chordOf, type KeyPress, keys } from '../../renderer/keys.ts';

function press(code: string, more: Partial<KeyPress> = {}): KeyPress {
  return { code, key: '', ctrlKey: false, altKey: false, metaKey: false, ...more };
}

describe('the registry of keys', () => {
  it('two actions → never on one chord', () => {
    const chords = Object.values(keys).flatMap((entry): readonly string[] => entry.chords);
    expect(new Set(chords).size).toBe(chords.length);
  });

  it('a letter alone → no action, so that nothing is set off by typing', () => {
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') {
      expect(actionOf(press(`Key${letter}`, { key: letter.toLowerCase() }))).toBeUndefined();
    }
  });

  it.each([
    [press('F12'), 'invoice'],
    [press('Digit0', { altKey: true }), 'invoice'],
    [press('KeyC', { ctrlKey: true }), 'copy'],
    [press('KeyC', { metaKey: true }), 'copy'],
    [press('Space'), 'camera'],
    [press('Comma', { key: ',' }), 'point'],
    // A French keyboard: the point lies on another key, with Shift.
    [press('Comma', { key: '.' }), 'point'],
    [press('NumpadDecimal', { key: ',' }), 'point'],
    [press('NumpadEnter'), 'main'],
    [press('KeyW', { ctrlKey: true }), undefined],
    [press('KeyR', { ctrlKey: true }), undefined],
  ])('%o → %s', (pressed, action) => {
    expect(actionOf(pressed)).toBe(action);
  });

  it('an action with a key → a name for those who hear it', () => {
    expect(ariaChord('copy')).toBe('Control+C');
    expect(ariaChord('invoice')).toBe('F12');
    expect(chordOf(press('KeyL', { altKey: true }))).toBe('Alt+KeyL');
  });
});
