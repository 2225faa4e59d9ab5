import { GatecastError } from '../errors.ts';

/** Files that a folder may hold; more are a mistaken folder. */
const mostFiles = 50_000;

/** The same file under its path in the folder that it was given with; nothing is read. */
export function namedByPath(file: File, path: string): File {
  return path === file.name ? file : new File([file], path, { type: file.type, lastModified: file.lastModified });
}

/** What was dropped, folders as such. To be called while the drop event is handled. */
export function entriesOf(data: DataTransfer): FileSystemEntry[] {
  return [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
}

/** All files in folders, at any depth, named by their paths: "run1/rank0.jsonl". Rejects when one cannot be read. */
export async function filesIn(entries: readonly FileSystemEntry[]): Promise<File[]> {
  const files: File[] = [];
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
    if (isFolder(entry)) waiting.push(...(await entriesInside(entry)));
    else if (isFile(entry)) files.push(namedByPath(await fileOf(entry), entry.fullPath.replace(/^\//, '')));
    if (files.length + waiting.length > mostFiles) {
      throw new GatecastError({ code: 'bad-input', message: `more than ${mostFiles.toLocaleString('en')} files were dropped`, remedy: 'drop the folder of one trace' });
    }
  }
  return files;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, (error) => reject(unreadable(entry, error))));
}

/** A folder gives its entries a hundred at a time, and none when it gave all. */
async function entriesInside(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, (error) => reject(unreadable(folder, error))));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function unreadable(entry: FileSystemEntry, error: Error): GatecastError {
  return new GatecastError({
    code: 'bad-input',
    message: `${entry.fullPath.replace(/^\//, '')} could not be read: ${error.message}`,
    where: entry.fullPath,
    remedy: 'check that it is still there and may be read, then drop it again',
  });
}
