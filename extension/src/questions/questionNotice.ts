import { ProgressLocation, window } from "vscode";

/**
 * A notification with the button "Answer"; gives what takes it away.
 *
 * VS Code lets nobody take a plain message back, and this one must go when somebody else has answered. A progress can be ended. Its
 * one button is named by `cancellable`: the API declares a boolean, and passes a text on as the button's label.
 */
export function showQuestionNotice(text: string, press: () => void): () => void {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const options = { location: ProgressLocation.Notification, title: text, cancellable: "Answer" as unknown as boolean };
  void window.withProgress(options, async (_, token) => {
    const listener = token.onCancellationRequested(() => {
      end();
      press();
    });
    await ended;
    listener.dispose();
  });
  return end;
}
