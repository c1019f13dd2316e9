/** The small menu of every screen: language, light or dark, sound, the list of keys. */
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
import { useState } from 'react';
import { ariaChord } from '../keys.ts';
import { useKeys } from '../pressed-keys.tsx';
import { languages } from '../words/languages.ts';
import { chooseLanguage, useLanguage, useSay } from '../words/say.ts';
import classes from './corner.module.css';
import { HelpDialog } from './help-dialog.tsx';
import { isSilent, setSilent, sound } from './tones.ts';

export function Corner() {
  const say = useSay();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const openHelp = () => setHelpOpen(true);
  useKeys({ help: openHelp });
  return (
    <div className={classes.corner}>
      <LanguageMenu />
      <AppearanceButton />
      <SoundButton />
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

function LanguageMenu() {
  const say = useSay();
  const language = useLanguage();
  useKeys({
    language: () => {
      const at = languages.findIndex(({ tag }) => tag === language.tag);
      const next = languages[(at + 1) % languages.length];
      if (next) chooseLanguage(next);
    },
  });
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <ActionIcon
          aria-label={say('common.language')}
          title={`${say('common.language')} (Alt+L)`}
          aria-keyshortcuts={ariaChord('language')}
          data-testid="language"
        >
          <IconLanguage size={24} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((choice) => (
          <Menu.Item
            key={choice.tag}
            lang={choice.tag}
            dir={choice.direction}
            data-language={choice.tag}
            leftSection={<IconCheck size={18} aria-hidden opacity={choice.tag === language.tag ? 1 : 0} />}
            onClick={() => chooseLanguage(choice)}
          >
            {choice.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function AppearanceButton() {
  const say = useSay();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const toggle = () => setColorScheme(isDark ? 'light' : 'dark');
  useKeys({ appearance: toggle });
  return (
    <ActionIcon
      aria-label={say('common.appearance')}
      title={`${say('common.appearance')} (Alt+T)`}
      aria-keyshortcuts={ariaChord('appearance')}
      onClick={toggle}
    >
      {isDark ? <IconSun size={24} aria-hidden /> : <IconMoon size={24} aria-hidden />}
    </ActionIcon>
  );
}

function SoundButton() {
  const say = useSay();
  const [isOff, setOff] = useState(isSilent);
  const toggle = () => {
    setSilent(!isOff);
    setOff(!isOff);
    sound('notice');
  };
  useKeys({ sound: toggle });
  return (
    <ActionIcon
      aria-label={say('common.sound')}
      title={`${say('common.sound')} (Alt+M)`}
      aria-keyshortcuts={ariaChord('sound')}
      aria-pressed={!isOff}
      onClick={toggle}
    >
      {isOff ? <IconVolumeOff size={24} aria-hidden /> : <IconVolume size={24} aria-hidden />}
    </ActionIcon>
  );
}
