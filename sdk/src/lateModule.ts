import { assertFilesCanBeOpened } from "./descriptors.js";

/**
 * What is imported when it is first needed, and then is there. Where it can't be loaded for the moment, who asks next has it tried again.
 *
 * @param load imports it
 * @returns a function that gives it; it throws EMFILE or ENFILE while no descriptor is left to load it with
 */
export function lateModule<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | undefined;
  const begin = async () => {
    assertFilesCanBeOpened();
    return load();
  };
  return () => {
    if (loading === undefined) {
      loading = begin();
      loading.catch(() => (loading = undefined));
    }
    return loading;
  };
}
