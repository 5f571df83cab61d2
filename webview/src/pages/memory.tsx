import { render } from "preact";
import type { AgentSubject } from "../memory/memoryModel.js";
import { MemoryView } from "../memory/memoryView.js";
import { editorPage } from "../shell/editorPage.js";

const { daemon, shell, subject } = editorPage();
render(<MemoryView daemon={daemon} shell={shell} subject={subject as AgentSubject} />, document.body);
