import { CancellationError, ProgressLocation, window } from "vscode";

/** Shows that something is going on, with a button that ends it. @throws CancellationError when that was pressed. */
export function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    window.withProgress(options, async (_, token) => {
      const abort = new AbortController();
      const listener = token.onCancellationRequested(() => abort.abort(new CancellationError()));
      const cancelled = new Promise<never>((_resolve, reject) => {
        abort.signal.addEventListener("abort", () => reject(new CancellationError()));
      });
      try {
        return await Promise.race([work(abort.signal), cancelled]);
      } finally {
        listener.dispose();
      }
    }),
  );
}
