/**
 * The application's menu: none, but on macOS, where copy and paste live in it. Without a menu no key reloads
 * the page, closes the window or opens developer tools by accident.
 */
import { Menu } from 'electron';

export function applicationMenu(): Menu | null {
  if (process.platform !== 'darwin') return null;
  return Menu.buildFromTemplate([
    { role: 'appMenu' },
    {
      role: 'editMenu',
      submenu: [
        { role: 'undo' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    { role: 'windowMenu' },
  ]);
}
