/** Which screen stands in the window: fixed by the terminal's phase, never by the window itself. */
import { DirectionProvider, MantineProvider } from '@mantine/core';
import { useEffect } from 'react';
import { listenToKeys } from './pressed-keys.tsx';
import { useWedgeScanner } from './scanner/use-wedge-scanner.ts';
import { defaultWedgeConfig } from './scanner/wedge-key.ts';
import { SetUpScreen } from './screens/set-up/set-up-screen.tsx';
import { SignInScreen } from './screens/sign-in/sign-in-screen.tsx';
import { StoppedScreen } from './screens/stopped/stopped-screen.tsx';
import { TillScreen } from './screens/till/till-screen.tsx';
import { UnlockScreen } from './screens/unlock/unlock-screen.tsx';
import { useTerminalState } from './terminal-state.ts';
import { readableColours, theme } from './theme.ts';
import { reportWedge } from './wedge-events.ts';

/** The nonce that this answer's content security policy names (electron/main/app-protocol.ts). */
const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

export function App() {
  useWedgeScanner(defaultWedgeConfig, reportWedge);
  useEffect(() => listenToKeys(window), []);
  return (
    <DirectionProvider>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={readableColours}
        defaultColorScheme="auto"
        getStyleNonce={() => styleNonce}
      >
        <Screen />
      </MantineProvider>
    </DirectionProvider>
  );
}

function Screen() {
  const state = useTerminalState();
  if (state === null) return <StoppedScreen state={null} />;
  switch (state.phase) {
    case 'stopped':
      return <StoppedScreen state={state} />;
    case 'not-enrolled':
      return <SetUpScreen keyProtection={state.keyProtection} />;
    case 'locked':
      return <UnlockScreen />;
    case 'signed-out':
      return <SignInScreen terminal={state.terminal} />;
    case 'ready':
      return state.terminal === null ? (
        <StoppedScreen state={state} />
      ) : (
        <TillScreen state={state} terminal={state.terminal} />
      );
  }
}
