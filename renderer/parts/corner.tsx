/** The small menu of every screen: language, light or dark, sound; and the list of keys. */
import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconKeyboard,
  IconLanguage,
  IconMoon,
  IconSun,
  IconVolume,
  IconVolumeOff,
} from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { ariaChord } from '../keys.ts';
import { useKeys } from '../pressed-keys.tsx';
import { languages } from '../words/languages.ts';
import { chooseLanguage, useLanguage, useSay } from '../words/say.ts';
import classes from './corner.module.css';
import { HelpDialog } from './help-dialog.tsx';
import { KeyHint } from './key-hint.tsx';
import { isSilent, setSilent, sound } from './tones.ts';

/** `isCovered`: something more important stands over the screen; what is open here gives way. */
export function Corner({ isCovered = false }: { readonly isCovered?: boolean }) {
  const say = useSay();
  const [isHelpOpen, setHelpOpen] = useState(false);
  useEffect(() => {
    if (isCovered) setHelpOpen(false);
  }, [isCovered]);
  const openHelp = () => setHelpOpen(true);
  useKeys({ help: openHelp });
  return (
    <div className={classes.corner}>
      <LookMenu />
      <ActionIcon
        aria-label={say('common.help')}
        title={`${say('common.help')} (F1)`}
        aria-keyshortcuts={ariaChord('help')}
        onClick={openHelp}
      >
        <IconKeyboard size={24} aria-hidden />
      </ActionIcon>
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function LookMenu() {
  const say = useSay();
  const language = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const [isOff, setOff] = useState(isSilent);
  const nextLanguage = () => {
    const at = languages.findIndex(({ tag }) => tag === language.tag);
    const next = languages[(at + 1) % languages.length];
    if (next) chooseLanguage(next);
  };
  const toggleAppearance = () => setColorScheme(isDark ? 'light' : 'dark');
  const toggleSound = () => {
    setSilent(!isOff);
    setOff(!isOff);
    sound('notice');
  };
  useKeys({ language: nextLanguage, appearance: toggleAppearance, sound: toggleSound });
  return (
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false} width={280}>
      <Menu.Target>
        <ActionIcon
          aria-label={say('common.look')}
          title={say('common.look')}
          aria-keyshortcuts={ariaChord('language')}
          data-testid="look"
        >
          <IconLanguage size={24} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((choice) => (
          <Menu.Item
            key={choice.tag}
            lang={choice.tag}
            data-language={choice.tag}
            leftSection={<IconCheck size={18} aria-hidden opacity={choice.tag === language.tag ? 1 : 0} />}
            rightSection={choice.tag === language.tag && <KeyHint action="language" />}
            onClick={() => chooseLanguage(choice)}
          >
            <bdi>{choice.name}</bdi>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={isDark ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
          rightSection={<KeyHint action="appearance" />}
          onClick={toggleAppearance}
        >
          {say('common.appearance')}
        </Menu.Item>
        <Menu.Item
          leftSection={isOff ? <IconVolumeOff size={18} aria-hidden /> : <IconVolume size={18} aria-hidden />}
          rightSection={<KeyHint action="sound" />}
          onClick={toggleSound}
        >
          {say('common.sound')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
