import { isIP } from "node:net";
import { connect } from "node:tls";

/** How long a handshake may take, in milliseconds. */
const handshakeMs = 3000;

/** Whether what listens at an address speaks TLS, whoever it trusts: asked to say what a server wants that could not be spoken to. */
export function speaksTls({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((settle) => {
    // Nothing is sent or believed here: who it is does not matter.
    const socket = connect({ host, port, rejectUnauthorized: false, ...(isIP(host) === 0 && { servername: host }) });
    const done = (does: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      settle(does);
    };
    const timer = setTimeout(() => done(false), handshakeMs);
    socket.once("secureConnect", () => done(true));
    // An alert is an answer in TLS: it wants a certificate.
    socket.on("error", ({ code }: NodeJS.ErrnoException) => done(/^ERR_SSL_.*ALERT/.test(code ?? "")));
  });
}
