/**
 * Codes that come by clipboard or by dropping: a pasted text or picture, a dropped picture. Each counts as a
 * scan, wherever the focus is. A dropped thing is never opened, shown or kept.
 */
import { useEffect, useRef, useState } from 'react';
import { decodePicture, type PictureReading, pictureIn } from '../../../ui/scanner/decode-picture.ts';
import { spawnDecoder } from '../../../ui/scanner/spawn-decoder.ts';

export type PictureFault = Extract<PictureReading, { ok: false }>['code'];

export interface TransferredScans {
  readonly onText: (text: string, atMs: number) => void;
  readonly onPictureFault: (fault: PictureFault) => void;
}

/** @returns whether something is being dragged over the window */
export function useTransferredScans(handlers: TransferredScans): boolean {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const [isDragging, setDragging] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const take = async (transfer: DataTransfer | null, atMs: number) => {
      const picture = pictureIn(transfer);
      const text = transfer?.getData('text/plain').trim() ?? '';
      if (picture === null) {
        if (text !== '') latest.current.onText(text, atMs);
        else if (transfer?.files.length) latest.current.onPictureFault('not-a-picture');
        return;
      }
      const reading = await decodePicture(picture, spawnDecoder);
      if (signal.aborted) return;
      if (reading.ok) latest.current.onText(reading.text, atMs);
      else latest.current.onPictureFault(reading.code);
    };
    const onPaste = (event: ClipboardEvent) => {
      event.preventDefault();
      void take(event.clipboardData, event.timeStamp);
    };
    const onDrag = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setDragging(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setDragging(false);
      void take(event.dataTransfer, event.timeStamp);
    };
    document.addEventListener('paste', onPaste, { signal });
    document.addEventListener('dragover', onDrag, { signal });
    document.addEventListener('dragleave', onLeave, { signal });
    document.addEventListener('drop', onDrop, { signal });
    return () => stop.abort();
  }, []);
  return isDragging;
}
