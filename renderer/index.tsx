/** The window's entry: words, state, then the app in the page. */
import { createRoot } from 'react-dom/client';
import './mantine-styles.ts';
import './app.css';
import { App } from './app.tsx';
import { followTerminal } from './terminal-state.ts';
import { startWords } from './words/say.ts';

startWords();
followTerminal();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
