// Takes the pictures of the extension's README from the screenshots that its end-to-end tests have written.
//
//   npm run test:e2e && npm run screenshots
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const from = join(root, "test/e2e/screenshots");
const to = join(root, "extension/media/screenshots");

/** Each picture, and the screenshot that it is. */
const pictures = {
  memory: "memory-dark",
  question: "question-dark",
  resources: "resources-dark",
  script: "class-lens-dark",
};

mkdirSync(to, { recursive: true });
for (const [picture, screenshot] of Object.entries(pictures)) {
  copyFileSync(join(from, `${screenshot}.png`), join(to, `${picture}.png`));
}
