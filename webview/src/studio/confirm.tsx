import { createContext } from "preact";
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

interface Question {
  title: string;
  detail: string;
  action: string;
  /** @throws Error whose message is shown */
  act: () => Promise<unknown>;
}

const Asking = createContext<(question: Question) => void>(() => {});

/** Asks before it does something that can't be taken back, and tells when that failed. */
export function useConfirm(): (question: Question) => void {
  return useContext(Asking);
}

export function ConfirmProvider({ children }: { children: ComponentChildren }) {
  const [question, setQuestion] = useState<Question>();
  return (
    <Asking.Provider value={setQuestion}>
      {children}
      {question !== undefined && <ConfirmDialog question={question} close={() => setQuestion(undefined)} />}
    </Asking.Provider>
  );
}

function ConfirmDialog({ question, close }: { question: Question; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isActing, setActing] = useState(false);
  const [failure, setFailure] = useState<string>();
  // The browser keeps the focus inside, and gives it back.
  useEffect(() => dialog.current?.showModal(), []);

  async function act(): Promise<void> {
    setActing(true);
    try {
      await question.act();
      dialog.current?.close();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setActing(false);
    }
  }

  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-title" onClose={close}>
      <h2 id="confirm-title">{question.title}</h2>
      <p>{question.detail}</p>
      {failure !== undefined && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <div class="confirm-buttons">
        <button type="button" class="button secondary" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button type="button" class="button" disabled={isActing} onClick={() => void act()}>
          {question.action}
        </button>
      </div>
    </dialog>
  );
}
