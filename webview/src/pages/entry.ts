// The page of a browser that was not let in yet.

const session = "/studio/session";

/** The code in the address goes out of it, and out of the history, before anything else. */
function takeCode(): string {
  const code = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  return code;
}

async function exchange(code: string): Promise<boolean> {
  const body = JSON.stringify({ code });
  const answer = await fetch(session, { method: "POST", headers: { "content-type": "application/json" }, body });
  return answer.ok;
}

async function enter(): Promise<void> {
  const code = takeCode();
  if (code !== "" && (await exchange(code))) return location.reload();
  // A link on another site led here: the browser did not send the session that it has.
  if ((await fetch(session)).ok) return location.reload();
  explain(
    code === ""
      ? "This browser has not been let in."
      : "This address was used before, or is older than two minutes. Open a new one.",
  );
}

function explain(message: string): void {
  const [said, how] = ["message", "how"].map((id) => document.getElementById(id));
  if (said) said.textContent = message;
  if (how) how.hidden = false;
}

enter().catch(() => explain("The daemon does not answer. Is it running?"));
