import { render } from "preact";
import { type ResourcesSubject, ResourcesView } from "../resources/resourcesView.js";
import { editorPage } from "../shell/editorPage.js";

const { daemon, shell, subject } = editorPage();
render(<ResourcesView daemon={daemon} shell={shell} subject={subject as ResourcesSubject} />, document.body);
