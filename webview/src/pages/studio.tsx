import { render } from "preact";
import { SocketDaemon } from "../studio/socketDaemon.js";
import { StudioApp } from "../studio/studioApp.js";

const daemon = new SocketDaemon({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/studio/socket`,
  mayEnter: async () => (await fetch("/studio/session")).status !== 401,
  reload: () => location.reload(),
});
void daemon.run();
render(<StudioApp daemon={daemon} />, document.getElementById("app") ?? document.body);
