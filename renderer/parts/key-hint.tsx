/** The key of an action, as it stands on its button. */
import { type KeyAction, keys } from '../keys.ts';
import classes from './key-hint.module.css';

export function KeyHint({ action }: { readonly action: KeyAction }) {
  // Read out as the button's aria-keyshortcuts, not as part of its name.
  return (
    <span className={classes.hint} aria-hidden="true">
      {keys[action].caption}
    </span>
  );
}
