import { useEffect, useRef, useState } from 'preact/hooks';
import { entriesOf, filesIn } from '../ui/dropped-files.ts';
import { Icon } from '../ui/icons.tsx';

export interface DropTargetProps {
  /** Files that were dropped or pasted anywhere on the page. */
  readonly onFiles: (files: readonly File[], by: 'drop' | 'paste') => void;
  /** A dropped folder, or a file in it, could not be read. */
  readonly onUnreadable?: (name: string, error: unknown) => void;
  readonly label?: string;
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** Takes files dropped or pasted anywhere, and covers the page with a word about it while one is dragged over. */
export function DropTarget({ onFiles, onUnreadable, label = 'Drop a trace or a notebook to open it' }: DropTargetProps) {
  const [over, setOver] = useState(false);
  const latest = useRef({ onFiles, onUnreadable });
  latest.current = { onFiles, onUnreadable };
  useEffect(() => {
    // Enter and leave come for every element passed over; the page is left when as many left as were entered.
    let depth = 0;
    const end = () => {
      depth = 0;
      setOver(false);
    };
    const onEnter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const onOver = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    };
    const onLeave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth -= 1;
      if (depth <= 0) end();
    };
    const onDrop = (event: DragEvent) => {
      end();
      if (!carriesFiles(event)) return;
      event.preventDefault();
      const entries = event.dataTransfer ? entriesOf(event.dataTransfer) : [];
      const take = (files: readonly File[]): void => {
        if (files.length > 0) latest.current.onFiles(files, 'drop');
      };
      if (entries.some((entry) => entry.isDirectory)) filesIn(entries).then(take, (error: unknown) => latest.current.onUnreadable?.(entries[0].name, error));
      else take([...(event.dataTransfer?.files ?? [])]);
    };
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      latest.current.onFiles(files, 'paste');
    };
    addEventListener('dragenter', onEnter);
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    addEventListener('paste', onPaste);
    return () => {
      removeEventListener('dragenter', onEnter);
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
      removeEventListener('paste', onPaste);
    };
  }, []);
  if (!over) return null;
  return (
    <div class="drop-cover">
      <p>
        <Icon name="file" size={24} />
        {label}
      </p>
      <p class="drop-note">It is read here and stays on this machine.</p>
    </div>
  );
}
