/**
 * Unpacks chosen entries of one zip archive whose hash was checked before. It knows what such an archive
 * needs (stored, deflated, links; no ZIP64, no encryption) and must never write outside its target.
 */
import { type FileHandle, mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ENTRY_SIGNATURE = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;
const LINK_TYPE = 0o120000;
const TYPE_MASK = 0o170000;

/**
 * @param place from an entry's name to the path below `target`, or null to leave it out
 * @returns how many entries were written
 */
export async function unpackZip(
  zipFile: string,
  target: string,
  place: (name: string) => string | null,
): Promise<number> {
  const file = await open(zipFile);
  try {
    let written = 0;
    for (const entry of await readDirectory(file)) {
      const wanted = entry.name.endsWith('/') ? null : place(entry.name);
      if (wanted === null) continue;
      const path = join(target, wanted);
      if (!path.startsWith(target + sep)) throw new Error(`${zipFile} names a path outside: ${entry.name}`);
      const content = await readContent(file, entry);
      await mkdir(dirname(path), { recursive: true });
      if ((entry.mode & TYPE_MASK) === LINK_TYPE) await symlink(content.toString('utf8'), path);
      else await writeFile(path, content, { mode: entry.mode & 0o777 || 0o644 });
      written += 1;
    }
    return written;
  } finally {
    await file.close();
  }
}

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
  readonly mode: number;
};

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  if (bytesRead !== length) throw new Error('The archive ends too early.');
  return buffer;
}

async function readDirectory(file: FileHandle): Promise<Entry[]> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, 0xffff + END_BYTES);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw new Error('This is no zip archive.');
  const count = tail.readUInt16LE(end + 10);
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE)
      throw new Error('The archive has a broken directory.');
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      mode: directory.readUInt32LE(at + 38) >>> 16,
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readContent(file: FileHandle, entry: Entry): Promise<Buffer> {
  const header = await readAt(file, entry.offset, 30);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await readAt(file, start, entry.packedBytes);
  const content =
    entry.method === STORED ? packed : entry.method === DEFLATED ? await inflate(packed) : undefined;
  if (content?.length !== entry.bytes) throw new Error(`The archive's ${entry.name} cannot be unpacked.`);
  return content;
}
