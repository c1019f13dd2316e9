/**
 * A code as a picture: numeric QR at level M, whole device pixels a module, black on white in any theme, with
 * its quiet zone. Blurred edges and uneven modules are what scanners fail on.
 */
import { create } from 'qrcode/lib/core/qrcode.js';
import { useEffect, useRef, useState } from 'react';

/** Modules of white around the code (ISO/IEC 18004 asks for four). */
const QUIET = 4;
/** Wider is no easier to scan. */
const WIDEST_CSS_PX = 460;
/** Room that the card and the page take beside the picture. */
const BESIDE_CSS_PX = 28;

export interface QrCanvasProps {
  readonly digits: string;
  readonly label: string;
}

/** Room for the title above and the first button below, where the window is low and wide. */
const ABOVE_AND_BELOW_CSS_PX = 330;
/** But never so small that its modules get too fine. */
const SMALLEST_CSS_PX = 330;

function roomNow(): number {
  const { clientWidth, clientHeight } = document.documentElement;
  const wide = Math.min(WIDEST_CSS_PX, clientWidth - BESIDE_CSS_PX);
  return Math.min(wide, Math.max(SMALLEST_CSS_PX, clientHeight - ABOVE_AND_BELOW_CSS_PX));
}

function useRoom(): number {
  const [room, setRoom] = useState(roomNow);
  useEffect(() => {
    const measure = () => setRoom(roomNow());
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  return room;
}

export function QrCanvas({ digits, label }: QrCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const room = useRoom();
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (canvas.current === null || !context) return;
    const { modules } = create([{ data: digits, mode: 'numeric' }], { errorCorrectionLevel: 'M' });
    const across = modules.size + 2 * QUIET;
    const scale = Math.max(1, Math.floor((room * devicePixelRatio) / across));
    const side = across * scale;
    canvas.current.width = side;
    canvas.current.height = side;
    canvas.current.style.inlineSize = `${side / devicePixelRatio}px`;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, side, side);
    context.fillStyle = '#000';
    for (let row = 0; row < modules.size; row++) {
      for (let column = 0; column < modules.size; column++) {
        if (modules.get(row, column) === 0) continue;
        context.fillRect((column + QUIET) * scale, (row + QUIET) * scale, scale, scale);
      }
    }
  }, [digits, room]);
  return <canvas ref={canvas} className="qr" role="img" aria-label={label} />;
}
