/** The list of keys, from the one registry. */
import { Modal } from '@mantine/core';
import { keyCaptions, keys } from '../keys.ts';
import { KeyLayer } from '../pressed-keys.tsx';
import { useSay } from '../words/say.ts';
import classes from './help-dialog.module.css';

interface HelpDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function HelpDialog({ isOpen, onClose }: HelpDialogProps) {
  const say = useSay();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={say('help.title')}
      size="xl"
      lockScroll={false}
      centered
      closeButtonProps={{ 'aria-label': say('common.close') }}
    >
      <KeyLayer>
        <p className={classes.intro}>{say('help.intro')}</p>
        <dl className={classes.list}>
          {Object.entries(keys).map(([action, entry]) => (
            <div key={action} className={classes.row}>
              <dt className={classes.keys}>
                <kbd className={classes.key}>{entry.caption}</kbd>
                {'otherCaption' in entry && <kbd className={classes.key}>{entry.otherCaption}</kbd>}
              </dt>
              <dd className={classes.what}>{say(entry.word)}</dd>
            </div>
          ))}
        </dl>
        <p className={classes.intro}>{say('help.scan', { pasteKey: keyCaptions.pasteKey })}</p>
      </KeyLayer>
    </Modal>
  );
}
