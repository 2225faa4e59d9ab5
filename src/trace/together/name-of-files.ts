/**
 * What a trace of these files is called: the file, the folder that holds all, or what their names have in common;
 * "12 files" where that is nothing.
 * @param paths at least one; "run1/tokens_per_expert/rank0.jsonl" for a file of a folder
 */
export function nameOfFiles(paths: readonly string[]): string {
  if (paths.length === 1) return paths[0];
  const [folder, ...rest] = paths[0].split('/');
  if (rest.length > 0 && paths.every((path) => path.startsWith(`${folder}/`))) return folder;
  let common = paths[0];
  for (const path of paths) while (!path.startsWith(common)) common = common.slice(0, -1);
  // A number that begins the same in all names is cut inside, and says nothing without its end.
  const name = common.replace(/[\d\s_.,()[\]-]+$/, '');
  return name.length > 1 ? name : `${paths.length} files`;
}
