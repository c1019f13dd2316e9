/** `npm run bench -- NAME`: prints one figure, measured as a ratio inside one run. */
import { parseArgs } from 'node:util';
import type { Figures } from '../bench/figures.ts';

const USAGE = `npm run bench -- NAME [--json] [--help]

  accept   scan text → durable decision in the terminal's engine; ratio = p50 ÷
           the floor (one verification per signature + one fdatasync'd write)
  ingest   payments settled a second by the clearing house over HTTP; ratio = that
           ÷ the slower of bare verification on both cores and bare COPY
  ingest-growth
           what a payment costs the clearing house with ten million stored; ratio = p50
           there ÷ p50 with ten thousand, in turn (takes many minutes and 10 GB of disk)
           [--rows N]  stored payments instead of ten million, a multiple of 10000
  growth   what a decision costs a till with a million payments; ratio = p50 there ÷
           p50 with a thousand, in turn (takes some minutes)
  scan     pictures of codes that are read; ratio = read ÷ read by zxing-wasm alone
           [--images FOLDER]  a folder of pictures, each with a .txt of what it says

  --json   print one JSON object as the last line: {name, ok, ratio, …figures}

Exit status 0 when the figure was measured, whether or not it meets its goal
("ok" says that), 1 when it could not be.
`;

type Bench = (args: { images?: string; rows?: string }) => Promise<Figures>;

const BENCHES: Record<string, () => Promise<{ run: Bench }>> = {
  accept: () => import('../bench/accept.ts'),
  ingest: () => import('../bench/ingest.ts'),
  'ingest-growth': () => import('../bench/ingest-growth.ts'),
  growth: () => import('../bench/growth.ts'),
  scan: () => import('../bench/scan.ts'),
};

const {
  values: { json, help, ...args },
  positionals,
} = parseArgs({
  options: {
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    images: { type: 'string' },
    rows: { type: 'string' },
  },
  allowPositionals: true,
});
const load = BENCHES[positionals[0] ?? ''];
if (help) process.stdout.write(USAGE);
else if (load === undefined || positionals.length !== 1) {
  process.stderr.write(USAGE);
  process.exit(2);
} else {
  const { run } = await load();
  const figures = await run(args);
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(22)} ${value}`);
  if (json) console.log(JSON.stringify(figures));
}
