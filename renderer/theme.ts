/** The looks that the interface library is given: calm sea blue, system letters for every script, large targets. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const sea: MantineColorsTuple = [
  '#ecf6f8',
  '#d6e9ed',
  '#abd3db',
  '#7cbbc8',
  '#55a6b7',
  '#3a93a6',
  '#1f7a8f',
  '#146478',
  '#0d5061',
  '#083c4a',
];

/** The greys of the dark look, with a breath of the sea in them. */
const dark: MantineColorsTuple = [
  '#d3dedd',
  '#b9c6c5',
  '#93a4a3',
  '#647676',
  '#435456',
  '#334244',
  '#263234',
  '#192224',
  '#12191b',
  '#0c1112',
];

/** No font is fetched: each script has the faces that systems bring for it. */
const FONTS = [
  'system-ui',
  '"Segoe UI"',
  'Roboto',
  '"Noto Sans"',
  '"Noto Sans Arabic"',
  '"Noto Sans Devanagari"',
  '"PingFang SC"',
  '"Microsoft YaHei"',
  '"Noto Sans CJK SC"',
  '"Noto Sans SC"',
  'sans-serif',
].join(', ');

export const theme = createTheme({
  primaryColor: 'sea',
  // White letters on either: 6.6:1 and 4.9:1.
  primaryShade: { light: 7, dark: 6 },
  colors: { sea, dark },
  fontFamily: FONTS,
  headings: { fontFamily: FONTS, fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'md' } },
    ActionIcon: { defaultProps: { size: 48, variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'md' } },
    PasswordInput: { defaultProps: { size: 'md' } },
    Textarea: { defaultProps: { size: 'md' } },
  },
});

/** The library's own quiet colours are too faint to be read by everybody (WCAG 2.2, 1.4.3). */
export const readableColours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-error': '#b3261e',
    '--mantine-color-placeholder': '#5c6b68',
    '--mantine-color-dimmed': '#51605d',
  },
  dark: {
    '--mantine-color-error': '#ff9d94',
    '--mantine-color-placeholder': '#a3b3b0',
    '--mantine-color-dimmed': '#a3b3b0',
    // The library's own are nearly black here, and look switched off.
    '--mantine-color-sea-light': '#1d3b43',
    '--mantine-color-sea-light-hover': '#24474f',
    '--mantine-color-sea-light-color': '#a9dce8',
  },
});
