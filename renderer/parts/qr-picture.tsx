/**
 * A code of ours as a QR picture: digits in numeric mode, level M (protocol §2), black on white in any colour
 * scheme, with the quiet zone that readers need.
 */
import QRCode from 'qrcode';
import { useMemo } from 'react';

const QUIET_MODULES = 4;

interface QrPictureProps {
  readonly digits: string;
  /** What it is, for those who do not see it. */
  readonly label: string;
  readonly className?: string | undefined;
}

export function QrPicture({ digits, label, className }: QrPictureProps) {
  const { path, size } = useMemo(() => pathOf(digits), [digits]);
  return (
    <svg
      role="img"
      aria-label={label}
      className={className}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      data-digits={digits}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** One rectangle for each run of dark modules in a row. */
function pathOf(digits: string): { path: string; size: number } {
  const { modules } = QRCode.create([{ data: digits, mode: 'numeric' }], { errorCorrectionLevel: 'M' });
  const parts: string[] = [];
  for (let y = 0; y < modules.size; y++) {
    let start = -1;
    for (let x = 0; x <= modules.size; x++) {
      const isDark = x < modules.size && modules.get(y, x) === 1;
      if (isDark && start < 0) start = x;
      if (isDark || start < 0) continue;
      parts.push(`M${start + QUIET_MODULES} ${y + QUIET_MODULES}h${x - start}v1h${start - x}z`);
      start = -1;
    }
  }
  return { path: parts.join(''), size: modules.size + 2 * QUIET_MODULES };
}
