import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { uploads } from './uploads';

/** The whole page takes files that are dropped on it; folders give the files in them. */
export const DropZone = ({ children }: { children: ComponentChildren }) => {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const listeners: [string, (event: DragEvent) => void][] = [
      ['dragenter', (event) => { if (hasFiles(event)) setIsOver(++depth > 0); }],
      ['dragleave', (event) => { if (hasFiles(event)) setIsOver(--depth > 0); }],
      ['dragover', (event) => { if (hasFiles(event)) event.preventDefault(); }],
      ['drop', (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        depth = 0;
        setIsOver(false);
        void filesOf(event.dataTransfer!).then((files) => uploads.add(files));
      }],
    ];
    listeners.forEach(([name, listener]) => addEventListener(name, listener as EventListener));
    return () => listeners.forEach(([name, listener]) => removeEventListener(name, listener as EventListener));
  }, []);
  return (
    <>
      {children}
      {isOver && <div class="drop"><span>Drop slides to upload and score them</span><p>Aperio SVS, pyramidal TIFF, OME-TIFF, or pictures with their µm/px</p></div>}
    </>
  );
};

const filesOf = async (dropped: DataTransfer): Promise<File[]> => {
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return entries.length === 0 ? [...dropped.files] : (await Promise.all(entries.map(filesIn))).flat();
};

const filesIn = async (entry: FileSystemEntry): Promise<File[]> => {
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  for (;;) {
    // A reader gives a hundred entries at a time, and none at the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return files;
    files.push(...(await Promise.all(entries.map(filesIn))).flat());
  }
};
